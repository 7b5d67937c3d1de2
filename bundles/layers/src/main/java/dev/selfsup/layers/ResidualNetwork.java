package dev.selfsup.layers;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.model.Backbone;
import dev.selfsup.api.model.Initializer;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.op.MaxPool;
import dev.selfsup.engine.op.Relu;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * A residual network from images [N, in, H, W] to the features of its stages: a stem, then {@link ResidualStages}.
 *
 * @param stem first layers
 * @param inChannels channels of the images
 * @param stages the stages
 * @param outStages which outputs are given, whatever their order here: 0 the stem's, before pooling, 1 to 4 the stages'
 * @param frozenStages -1 for none, 0 to freeze the stem, i to freeze stages up to i as well: not trained, in evaluation mode
 * @param normEval whether normalisation is in evaluation mode throughout
 * @param initCfg rules for the first values of the weights
 */
public record ResidualNetwork(Stem stem, int inChannels, ResidualStages stages, List<Integer> outStages, int frozenStages, boolean normEval,
        List<Initializer> initCfg) {
    /** First layers of a residual network. */
    public enum Stem {
        /** A 7x7 convolution of stride 2, then max pooling. */
        PLAIN,
        /** Three 3x3 convolutions, the first of stride 2, then max pooling (ResNet-C). */
        DEEP,
        /** A 3x3 convolution of stride 1, for small images. */
        CIFAR
    }

    public ResidualNetwork {
        int count = stages.strides().size();
        check(!outStages.isEmpty() && outStages.stream().allMatch(i -> i >= 0 && i <= count),
                "out_indices must name outputs of the %d stages, not %s", count, outStages);
        check(frozenStages >= -1 && frozenStages <= count, "frozen_stages must be -1 to %d, not %d", count, frozenStages);
    }

    /** Makes the weights. */
    public Backbone.Network build(Graph place) {
        Graph graph = place.initialized(initCfg);
        Layer first = stem(frozenStages >= 0 ? graph.frozen().evaluating() : graph);
        List<Layer> rest = new ArrayList<>();
        for (int i = 0; i < stages.strides().size(); i++) {
            Graph stage = graph.in("layer" + (i + 1));
            rest.add(stages.build(i < frozenStages ? stage.frozen().evaluating() : normEval ? stage.evaluating() : stage, i));
        }
        MaxPool pool = new MaxPool(3, 2, 1, false);
        return images -> graph.call(List.of(images), in -> {
            SDVariable x = first.apply(in.get(0));                                   // [N, stem, H / 2, W / 2]
            List<SDVariable> out = new ArrayList<>(List.of(x));
            x = stem == Stem.CIFAR ? x : graph.apply(pool, x);                       // [N, stem, H / 4, W / 4]
            for (Layer stage : rest) {
                x = stage.apply(x);
                out.add(x);
            }
            return outStages.stream().distinct().sorted().map(out::get).toList();
        });
    }

    private Layer stem(Graph place) {
        Graph graph = normEval ? place.evaluating() : place;
        int out = stages.stemChannels();
        if (stem == Stem.DEEP) {
            Graph deep = graph.in("stem");
            return convolution(deep.in("0"), inChannels, out / 2, 2).then(convolution(deep.in("1"), out / 2, out / 2, 1))
                    .then(convolution(deep.in("2"), out / 2, out, 1));
        }
        Conv2d convolution = stem == Stem.CIFAR ? Conv2d.of(inChannels, out, 3, 1, 1) : Conv2d.of(inChannels, out, 7, 2, 3);
        return convolution.build(graph.in("conv1"))
                .then(stages.norm().build(graph.in(stages.norm().abbreviation() + 1), out))
                .then(x -> graph.apply(new Relu(), x));
    }

    private Layer convolution(Graph graph, int in, int out, int stride) {
        return Conv2d.of(in, out, 3, stride, 1).build(graph.in("conv"))
                .then(stages.norm().build(graph.in(stages.norm().abbreviation()), out))
                .then(x -> graph.apply(new Relu(), x));
    }
}
