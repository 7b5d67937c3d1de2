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
 * of basic blocks (depth 18, 34) or bottlenecks (50, 101, 152). In ResNeXt (Xie et al. 2017, <a href="https://arxiv.org/abs/1611.05431">arXiv:1611.05431</a>) the
 * 3x3 convolution of a bottleneck is one of groups.
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
 * @param cardinality groups of the 3x3 convolution of bottlenecks
 */
public record ResidualStages(int depth, int stemChannels, int baseChannels, Optional<Integer> expansion, List<Integer> strides,
        List<Integer> dilations, boolean caffeStyle, boolean averageDown, Norm norm, boolean zeroInitResidual, double dropPathRate,
        Cardinality cardinality) {
    /**
     * Groups of channels that are convolved apart from each other.
     *
     * @param groups number of groups; 1 for a convolution of all channels, whose width the expansion says
     * @param width channels of a group in the first stage, where there are several; they double from stage to stage
     */
    public record Cardinality(int groups, int width) {
        /** One group. */
        public static final Cardinality ONE = new Cardinality(1, 0);

        public Cardinality {
            check(groups == 1 || groups > 1 && width > 0, "groups and width_per_group must be positive, not %d and %d", groups, width);
        }
    }

    private static final Map<Integer, List<Integer>> BLOCKS = Map.of(
            18, List.of(2, 2, 2, 2), 34, List.of(3, 4, 6, 3), 50, List.of(3, 4, 6, 3), 101, List.of(3, 4, 23, 3), 152, List.of(3, 8, 36, 3));
    private static final Initialization ZERO = weight -> Optional.of(Fill.ZEROS);

    public ResidualStages {
        check(BLOCKS.containsKey(depth), "depth must be one of 18, 34, 50, 101, 152, not %d", depth);
        check(strides.size() == dilations.size(), "strides and dilations must be of one length, not %d and %d", strides.size(), dilations.size());
        check(strides.size() >= 1 && strides.size() <= 4, "num_stages must be 1 to 4, not %d", strides.size());
        check(dropPathRate >= 0 && dropPathRate < 1, "drop_path_rate must be at least 0 and below 1, not %s", dropPathRate);
        check(cardinality.groups() == 1 || depth >= 50, "depth must be one of 50, 101, 152 where convolutions have groups, not %d", depth);
    }

    /** Stages without groups. */
    public ResidualStages(int depth, int stemChannels, int baseChannels, Optional<Integer> expansion, List<Integer> strides,
            List<Integer> dilations, boolean caffeStyle, boolean averageDown, Norm norm, boolean zeroInitResidual, double dropPathRate) {
        this(depth, stemChannels, baseChannels, expansion, strides, dilations, caffeStyle, averageDown, norm, zeroInitResidual, dropPathRate,
                Cardinality.ONE);
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
        int groups = cardinality.groups();
        int width = groups == 1 ? out / expand() : groups * cardinality.width() * (out / expand()) / baseChannels;
        return Conv2d.of(in, width, 1, caffeStyle ? stride : 1, 0).build(graph.in("conv1"))
                .then(norm(graph, 1, width)).then(relu(graph))
                .then(new Conv2d(width, width, 3, caffeStyle ? 1 : stride, dilation, dilation, groups, false).build(graph.in("conv2")))
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
