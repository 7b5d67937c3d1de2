package dev.selfsup.layers;

import dev.selfsup.api.model.Norm;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.LayerType;
import dev.selfsup.engine.op.Linear;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * A linear map of patches to tokens, the convolution {@code projection} whose stride is its kernel: patches
 * [R, in * P * P] to tokens [R, C]. Weights {@code projection.weight} [C, in, P, P] and {@code projection.bias} [C], first
 * uniform within 1 / sqrt(in * P * P), as in PyTorch.
 *
 * @param inChannels channels of the images
 * @param channels C
 * @param patches what the images are cut into
 * @param bias whether there is a bias
 * @param norm normalisation of tokens, {@code norm}
 */
public record PatchEmbedding(int inChannels, int channels, Patches patches, boolean bias, Optional<Norm> norm) {
    /** Makes the weights. */
    public Layer build(Graph graph) {
        return build(graph, false);
    }

    /**
     * Makes the weights.
     *
     * @param frozen whether the projection is not trained
     */
    public Layer build(Graph graph, boolean frozen) {
        int size = patches.size();
        int inputs = inChannels * size * size;
        Graph projection = frozen ? graph.in("projection").frozen() : graph.in("projection");
        Fill first = Fill.uniform(1 / Math.sqrt(inputs));
        List<SDVariable> weights = new ArrayList<>();
        weights.add(projection.weight("weight", LayerType.CONV, first, channels, inChannels, size, size).reshape(channels, inputs));
        if (bias) {
            weights.add(projection.weight("bias", LayerType.CONV, first, channels));
        }
        Layer normalised = norm.map(n -> n.build(graph.in("norm"), channels)).orElse(Layer.IDENTITY);
        return graph.module(x -> {
            List<SDVariable> in = new ArrayList<>(List.of(x));
            in.addAll(weights);
            return normalised.apply(graph.apply(new Linear(), in.toArray(SDVariable[]::new)));
        });
    }
}
