package dev.selfsup.layers;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.model.Norm;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Initialization;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.op.AveragePool;
import dev.selfsup.engine.op.Relu;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The stages {@code layer1}, {@code layer2}, ... of a residual network (He et al. 2016, <a href="https://arxiv.org/abs/1512.03385">arXiv:1512.03385</a>),
 * of basic blocks (depth 18, 34) or bottlenecks (50, 101, 152).
 *
 * @param depth 18, 34, 50, 101 or 152
 * @param stemChannels channels that come in
 * @param baseChannels width of the first stage; it doubles from stage to stage
 * @param expansion ratio of a block's output to its width; empty for 1 in basic blocks, 4 in bottlenecks
 * @param strides of the first block of each stage
 * @param dilations of each stage
 * @param caffeStyle whether a bottleneck's stride is in its first convolution rather than the 3x3 one
 * @param averageDown whether shortcuts are averaged before a 1x1 convolution of stride 1
 * @param norm normalisation
 * @param zeroInitResidual whether the last norm of each block begins at zero, so that blocks begin as identities
 * @param dropPathRate probability of dropping a block's branch
 */
public record ResidualStages(int depth, int stemChannels, int baseChannels, Optional<Integer> expansion, List<Integer> strides,
        List<Integer> dilations, boolean caffeStyle, boolean averageDown, Norm norm, boolean zeroInitResidual, double dropPathRate) {
    private static final Map<Integer, List<Integer>> BLOCKS = Map.of(
            18, List.of(2, 2, 2, 2), 34, List.of(3, 4, 6, 3), 50, List.of(3, 4, 6, 3), 101, List.of(3, 4, 23, 3), 152, List.of(3, 8, 36, 3));
    private static final Initialization ZERO = weight -> Optional.of(Fill.ZEROS);

    public ResidualStages {
        check(BLOCKS.containsKey(depth), "depth must be one of 18, 34, 50, 101, 152, not %d", depth);
        check(strides.size() == dilations.size(), "strides and dilations must be of one length, not %d and %d", strides.size(), dilations.size());
        check(strides.size() >= 1 && strides.size() <= 4, "num_stages must be 1 to 4, not %d", strides.size());
    }

    private boolean bottleneck() {
        return depth >= 50;
    }

    private int expand() {
        return expansion.orElse(bottleneck() ? 4 : 1);
    }

    /** Makes the weights of stage i, from 0, in its place {@code layer<i+1>}. */
    public Layer build(Graph graph, int i) {
        int in = i == 0 ? stemChannels : (baseChannels << (i - 1)) * expand();
        int out = (baseChannels << i) * expand();
        Layer stage = Layer.IDENTITY;
        for (int block = 0; block < BLOCKS.get(depth).get(i); block++) {
            stage = stage.then(block(graph.in(Integer.toString(block)), block == 0 ? in : out, out, block == 0 ? strides.get(i) : 1,
                    dilations.get(i)));
        }
        return graph.module(stage);
    }

    private Layer block(Graph graph, int in, int out, int stride, int dilation) {
        Layer branch = bottleneck() ? bottleneck(graph, in, out, stride, dilation) : basic(graph, in, out, stride, dilation);
        Layer dropped = branch.then(DropPath.build(graph, dropPathRate));
        Layer shortcut = stride != 1 || in != out ? shortcut(graph.in("downsample"), in, out, stride) : Layer.IDENTITY;
        return graph.module(x -> graph.apply(new Relu(), dropped.apply(x).add(shortcut.apply(x))));
    }

    private Layer basic(Graph graph, int in, int out, int stride, int dilation) {
        int width = out / expand();
        return new Conv2d(in, width, 3, stride, dilation, dilation, 1, false).build(graph.in("conv1"))
                .then(norm(graph, 1, width)).then(relu(graph))
                .then(Conv2d.of(width, out, 3, 1, 1).build(graph.in("conv2")))
                .then(lastNorm(graph, 2, out));
    }

    private Layer bottleneck(Graph graph, int in, int out, int stride, int dilation) {
        int width = out / expand();
        return Conv2d.of(in, width, 1, caffeStyle ? stride : 1, 0).build(graph.in("conv1"))
                .then(norm(graph, 1, width)).then(relu(graph))
                .then(new Conv2d(width, width, 3, caffeStyle ? 1 : stride, dilation, dilation, 1, false).build(graph.in("conv2")))
                .then(norm(graph, 2, width)).then(relu(graph))
                .then(Conv2d.of(width, out, 1, 1, 0).build(graph.in("conv3")))
                .then(lastNorm(graph, 3, out));
    }

    private Layer shortcut(Graph graph, int in, int out, int stride) {
        List<Layer> layers = new ArrayList<>();
        boolean average = averageDown && stride != 1;
        if (average) {
            AveragePool pool = new AveragePool(stride, stride, 0, true, false);
            layers.add(x -> graph.apply(pool, x));
        }
        layers.add(Conv2d.of(in, out, 1, average ? 1 : stride, 0).build(graph.in(Integer.toString(layers.size()))));
        layers.add(norm.build(graph.in(Integer.toString(layers.size())), out));
        return graph.module(layers.stream().reduce(Layer.IDENTITY, Layer::then));
    }

    private Layer norm(Graph graph, int number, int channels) {
        return norm.build(graph.in(norm.abbreviation() + number), channels);
    }

    private Layer lastNorm(Graph graph, int number, int channels) {
        Graph place = graph.in(norm.abbreviation() + number);
        return norm.build(zeroInitResidual ? place.initialized(List.of(ZERO)) : place, channels);
    }

    private static Layer relu(Graph graph) {
        return x -> graph.apply(new Relu(), x);
    }
}
