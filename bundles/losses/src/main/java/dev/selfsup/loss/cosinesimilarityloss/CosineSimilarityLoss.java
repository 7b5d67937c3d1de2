package dev.selfsup.loss.cosinesimilarityloss;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Loss;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.op.Normalize;
import java.util.Arrays;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * {@code shift - scale cos(prediction, target)} over the last dimension, averaged: over everything, or over what a mask keeps. Inputs: predictions [..., C], targets
 * [..., C] and, where there is one, the mask [...]; output: the loss.
 */
public final class CosineSimilarityLoss implements Loss {
    private static final double EPSILON = 1e-12;

    /**
     * Options of the loss.
     *
     * @param shiftFactor the loss of what is at right angles
     * @param scaleFactor factor on the similarity
     */
    public record Config(@Default("0.0") double shiftFactor, @Default("1.0") double scaleFactor) {}

    private final Config config;

    private CosineSimilarityLoss(Config config) {
        this.config = config;
    }

    @Override
    public Function build(Graph graph) {
        return inputs -> graph.call(inputs, in -> {
            SDVariable similarity = rows(graph, in.get(0)).mul(rows(graph, in.get(1))).sum(1);         // [R]
            SDVariable loss = similarity.mul(config.scaleFactor()).rsub(config.shiftFactor());         // [R]
            return List.of(in.size() < 3 ? loss.mean() : masked(graph, loss, in.get(2)));
        });
    }

    /** All vectors, each of length 1. */
    private static SDVariable rows(Graph graph, SDVariable x) {
        long[] shape = graph.shape(x);
        return graph.apply(new Normalize(EPSILON), shape.length == 2 ? x : x.reshape(-1, shape[shape.length - 1]));   // [R, C]
    }

    private static SDVariable masked(Graph graph, SDVariable loss, SDVariable mask) {
        long kept = Arrays.stream(graph.shape(mask)).reduce(1, (a, b) -> a * b);
        if (kept != graph.shape(loss)[0]) {
            throw new IllegalArgumentException("the mask of CosineSimilarityLoss has a number for each of " + graph.shape(loss)[0]
                    + " vectors, not the shape " + Arrays.toString(graph.shape(mask)));
        }
        SDVariable numbers = mask.dataType().isFPType() ? mask : mask.castTo(loss.dataType());
        SDVariable weights = numbers.reshape(kept);                                  // [R]
        return loss.mul(weights).sum().div(weights.sum());
    }

    /** {@code CosineSimilarityLoss}. */
    @Component
    @TypeName(kind = "loss", name = "CosineSimilarityLoss")
    public static final class Factory implements ComponentFactory<Loss, Config> {
        @Override
        public Loss create(Config config) {
            return new CosineSimilarityLoss(config);
        }
    }
}
