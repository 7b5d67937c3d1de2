package dev.selfsup.layers;

import dev.selfsup.engine.Graph;
import dev.selfsup.engine.op.LayerNorm;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * Pixels of patches as what is to be predicted (He et al. 2021, <a href="https://arxiv.org/abs/2111.06377">arXiv:2111.06377</a>).
 *
 * @param patchSize height and width of a patch, P
 * @param normalised whether each patch is brought to mean 0 and variance 1
 */
public record PixelTargets(int patchSize, boolean normalised) {
    private static final double EPSILON = 1e-6;

    /** The patches of images [N, 3, H, W], each pixel's colours side by side, [N, L, P * P * 3]. */
    public SDVariable of(Graph graph, SDVariable images) {
        SDVariable patches = new Patches(patchSize).channelsLast(graph, images);                   // [N * L, P * P * 3]
        long[] rows = graph.shape(patches);
        long batch = graph.shape(images)[0];
        SDVariable target = normalised ? normalised(graph, patches, rows[1]) : patches;
        return target.reshape(batch, rows[0] / batch, rows[1]);
    }

    /** Divides by the unbiased variance, which is {@code size / (size - 1)} times that of the normalisation. */
    private static SDVariable normalised(Graph graph, SDVariable patches, long size) {
        return graph.applyAll(new LayerNorm(EPSILON / unbiased(size)), patches).get(0).mul(1 / Math.sqrt(unbiased(size)));
    }

    private static double unbiased(long size) {
        return (double) size / (size - 1);
    }

    /** Predictions as pixels, [N * L, P * P * 3] of any shape of so many: with the mean and the variance of the patches that they are of where targets are without. */
    public SDVariable pixels(Graph graph, SDVariable prediction, SDVariable images) {
        if (!normalised) {
            return prediction;
        }
        SDVariable patches = new Patches(patchSize).channelsLast(graph, images);                   // [N * L, P * P * 3]
        long[] shape = graph.shape(patches);
        SDVariable mean = patches.mean(true, 1);                                                   // [N * L, 1]
        SDVariable variance = graph.math().square(patches.sub(mean)).mean(true, 1).mul(unbiased(shape[1]));
        return prediction.reshape(shape).mul(graph.math().sqrt(variance.add(EPSILON))).add(mean);
    }
}
