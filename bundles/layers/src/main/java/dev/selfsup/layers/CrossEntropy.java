package dev.selfsup.layers;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.model.Loss;
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

    /** Computes a reduced cross entropy. */
    @FunctionalInterface
    public interface Reduced {
        /**
         * Computes it.
         *
         * @param graph the loss's place
         * @param in predictions, targets and, where there are three, factors of the samples
         * @param overImages whether what a mean is taken over are images, not their classes
         */
        SDVariable of(Graph graph, List<SDVariable> in, boolean overImages);
    }

    /**
     * A cross entropy ready to be applied.
     *
     * @param graph the loss's place
     * @param loss computes it
     */
    public record Built(Graph graph, Reduced loss) implements Loss.Function {
        @Override
        public List<SDVariable> apply(List<SDVariable> inputs) {
            return graph.call(inputs, in -> List.of(loss.of(graph, in, false)));
        }

        @Override
        public SDVariable meanOverImages(SDVariable... inputs) {
            return graph.call(List.of(inputs), in -> List.of(loss.of(graph, in, true))).get(0);
        }
    }

    private CrossEntropy() {}

    /** The mean over images of a loss [N], or [N, K] whose classes are summed. */
    public static SDVariable meanOverImages(Graph graph, SDVariable loss) {
        return graph.shape(loss).length == 1 ? loss.mean() : loss.sum().div(graph.shape(loss)[0]);
    }

    /** Targets as probabilities [N, K]: class labels [N] or [N, 1] become one-hot rows as {@link OneHot} makes them, probabilities stay as they are, whole numbers become real ones. */
    public static SDVariable targets(Graph graph, SDVariable logits, SDVariable targets) {
        long[] shape = graph.shape(logits);
        boolean labels = !targets.dataType().isFPType();
        if (labels && (graph.shape(targets).length == 1 || graph.shape(targets)[1] != shape[1])) {
            return graph.apply(new OneHot(Math.toIntExact(shape[1])), targets.reshape(shape[0]));
        }
        return labels ? targets.castTo(logits.dataType()) : targets;
    }

    /**
     * A loss whose samples count differently: the mean is still over their number.
     *
     * @param loss [N] or [N, K]
     * @param in what a loss is applied to: predictions, targets and, where there are three, factors of the samples, [N]
     */
    public static SDVariable perSample(Graph graph, SDVariable loss, List<SDVariable> in) {
        if (in.size() < 3) {
            return loss;
        }
        long[] shape = graph.shape(loss);
        return loss.mul(shape.length == 1 ? in.get(2) : in.get(2).reshape(shape[0], 1));
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
        long classes = graph.shape(x)[1];
        check(weights.size() == classes || weights.size() == 1, "there are factors for %d classes, but scores of %d: class_weight and pos_weight need one for each",
                weights.size(), classes);
        float[] factors = new float[weights.size()];
        for (int k = 0; k < factors.length; k++) {
            factors[k] = weights.get(k).floatValue();
        }
        return x.mul(graph.constant(factors, 1, factors.length));
    }
}
