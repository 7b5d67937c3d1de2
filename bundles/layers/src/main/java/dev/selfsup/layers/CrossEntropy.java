package dev.selfsup.layers;

import dev.selfsup.engine.Graph;
import dev.selfsup.engine.op.LogSoftmax;
import dev.selfsup.engine.op.OneHot;
import dev.selfsup.engine.op.Relu;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;

/** Cross entropies of logits [N, K], before reduction. */
public final class CrossEntropy {
    /** How a loss is reduced to its output. */
    public enum Reduction {
        /** Not at all. */
        NONE,
        /** The mean over all elements. */
        MEAN,
        /** The sum of all elements. */
        SUM;

        /** Reduces a loss. */
        public SDVariable of(SDVariable loss) {
            return switch (this) {
                case NONE -> loss;
                case MEAN -> loss.mean();
                case SUM -> loss.sum();
            };
        }
    }

    private CrossEntropy() {}

    /** Targets as probabilities: class labels [N] become one-hot rows [N, K], others stay as they are. */
    public static SDVariable targets(Graph graph, SDVariable logits, SDVariable targets) {
        if (graph.shape(targets).length == graph.shape(logits).length) {
            return targets;
        }
        return graph.apply(new OneHot(Math.toIntExact(graph.shape(logits)[1])), targets);
    }

    /**
     * Cross entropy of a softmax.
     *
     * @param targets probabilities [N, K]
     * @param classWeight factor per class; empty for none
     * @return [N]
     */
    public static SDVariable softmax(Graph graph, SDVariable logits, SDVariable targets, List<Double> classWeight) {
        SDVariable loss = graph.apply(new LogSoftmax(), logits).mul(targets);        // [N, K]
        return weighted(graph, loss, classWeight).sum(1).neg();
    }

    /**
     * Cross entropy of a sigmoid for each class.
     *
     * @param targets probabilities [N, K]
     * @param classWeight factor per class; empty for none
     * @param positiveWeight factor on the positive part, per class; empty for none
     * @return [N, K]
     */
    public static SDVariable sigmoid(Graph graph, SDVariable logits, SDVariable targets, List<Double> classWeight, List<Double> positiveWeight) {
        SDVariable softplus = graph.math().log(graph.math().exp(graph.math().abs(logits).neg()).add(1));   // log(1 + exp(-|x|))
        SDVariable ofNegative = softplus.add(graph.apply(new Relu(), logits.neg()));                       // log(1 + exp(-x))
        SDVariable positive = weighted(graph, targets, positiveWeight);
        SDVariable loss = targets.rsub(1).mul(logits).add(positive.add(targets.rsub(1)).mul(ofNegative));
        return weighted(graph, loss, classWeight);
    }

    private static SDVariable weighted(Graph graph, SDVariable x, List<Double> weights) {
        if (weights.isEmpty()) {
            return x;
        }
        float[] factors = new float[weights.size()];
        for (int k = 0; k < factors.length; k++) {
            factors[k] = weights.get(k).floatValue();
        }
        return x.mul(graph.constant(factors, 1, factors.length));
    }
}
