package dev.selfsup.layers;

import dev.selfsup.engine.Graph;
import dev.selfsup.engine.op.GlobalAveragePool;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;

/** Features of a backbone's stages as the rows that a neck's fully connected layers take. */
public final class StageFeatures {
    private StageFeatures() {}

    /** The features of the only stage; throws {@link IllegalArgumentException}, which names the neck, where there are more. */
    public static SDVariable only(String neck, List<SDVariable> features) {
        if (features.size() != 1) {
            throw new IllegalArgumentException(neck + " takes the features of one stage, not of " + features.size()
                    + "; set the backbone's out_indices to one index");
        }
        return features.get(0);
    }

    /**
     * Features of a stage as rows.
     *
     * @param features [N, C, H, W] or [N, C]
     * @param pooled whether they are averaged over the image, rather than laid side by side
     * @return [N, C], or [N, C * H * W] of images that are not averaged
     */
    public static SDVariable rows(Graph graph, SDVariable features, boolean pooled) {
        long[] shape = graph.shape(features);
        if (pooled && shape.length == 4) {
            return graph.apply(new GlobalAveragePool(), features);
        }
        return shape.length == 2 ? features : features.reshape(shape[0], -1);
    }
}
