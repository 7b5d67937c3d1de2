package dev.selfsup.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.api.model.Loss;
import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.Plan;
import dev.selfsup.engine.Weights;
import dev.selfsup.layers.CrossEntropy.Reduction;
import dev.selfsup.loss.crossentropyloss.CrossEntropyLoss;
import dev.selfsup.loss.labelsmoothloss.LabelSmoothLoss;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** Losses against their formulas written out, in double precision, and against finite differences. */
class LossesTest {
    private static final double[][] LOGITS = {{0.3, -1.2, 2.0}, {1.1, 0.4, -0.7}};
    private static final double[][] SOFT = {{0.2, 0.5, 0.3}, {0.9, 0.1, 0.0}};
    private static final long[] LABELS = {2, 0};
    private static final List<Double> WEIGHTS = List.of(0.5, 2.0, 1.5);

    @Test
    void crossEntropyOfLabelsIsTheMeanNegativeLogProbability() {
        check(crossEntropy(false, false, Reduction.MEAN, 1, Optional.empty(), Optional.empty()), null,
                () -> -(logSoftmax(0, 2) + logSoftmax(1, 0)) / 2);
    }

    @Test
    void classWeightsDoNotChangeTheDivisor() {
        check(crossEntropy(false, false, Reduction.MEAN, 0.7, Optional.of(WEIGHTS), Optional.empty()), null,
                () -> -0.7 * (1.5 * logSoftmax(0, 2) + 0.5 * logSoftmax(1, 0)) / 2);
    }

    @Test
    void softTargetsAreWeightedByTheirProbability() {
        check(crossEntropy(false, true, Reduction.SUM, 1, Optional.empty(), Optional.empty()), SOFT, () -> {
            double sum = 0;
            for (int i = 0; i < 2; i++) {
                for (int k = 0; k < 3; k++) {
                    sum -= SOFT[i][k] * logSoftmax(i, k);
                }
            }
            return sum;
        });
    }

    @Test
    void sigmoidCrossEntropyTreatsEveryClassAlone() {
        check(crossEntropy(true, false, Reduction.MEAN, 1, Optional.empty(), Optional.of(WEIGHTS)), SOFT, () -> {
            double sum = 0;
            for (int i = 0; i < 2; i++) {
                for (int k = 0; k < 3; k++) {
                    double p = 1 / (1 + Math.exp(-LOGITS[i][k]));
                    sum -= WEIGHTS.get(k) * SOFT[i][k] * Math.log(p) + (1 - SOFT[i][k]) * Math.log(1 - p);
                }
            }
            return sum / 6;
        });
    }

    @Test
    void smoothedLabelsShareTheirProbability() {
        double e = 0.1;
        check(smooth(LabelSmoothLoss.Mode.ORIGINAL, e), null, () -> smoothed((k, right) -> (right ? 1 - e : 0) + e / 3));
        check(smooth(LabelSmoothLoss.Mode.CLASSY_VISION, e), null, () -> smoothed((k, right) -> ((right ? 1 : 0) + e / 3) / (1 + e)));
    }

    @Test
    void multiLabelSmoothingTakesEveryPositiveTargetForOne() {
        double e = 0.1;
        check(smooth(LabelSmoothLoss.Mode.MULTI_LABEL, e), SOFT, () -> {
            double sum = 0;
            for (int i = 0; i < 2; i++) {
                for (int k = 0; k < 3; k++) {
                    double target = SOFT[i][k] > 0 ? 1 - e : e;
                    double p = 1 / (1 + Math.exp(-LOGITS[i][k]));
                    sum -= target * Math.log(p) + (1 - target) * Math.log(1 - p);
                }
            }
            return sum / 6;
        });
    }

    @Test
    void factorsOfSamplesDoNotChangeTheDivisor() {
        Graph graph = new Graph(new Weights(0, DataType.DOUBLE), true, Collectives.SINGLE);
        SDVariable logits = graph.constant(Nd4j.create(LOGITS));
        SDVariable labels = graph.constant(Nd4j.createFromArray(LABELS).reshape(2, 1));
        SDVariable factors = graph.constant(Nd4j.createFromArray(3.0, 0.25));
        Loss crossEntropy = crossEntropy(false, false, Reduction.MEAN, 1, Optional.empty(), Optional.empty());
        Loss sigmoid = crossEntropy(true, false, Reduction.MEAN, 1, Optional.empty(), Optional.empty());
        SDVariable softmaxLoss = crossEntropy.build(graph.in("softmax")).of(logits, labels, factors);
        SDVariable sigmoidLoss = sigmoid.build(graph.in("sigmoid")).of(logits, graph.constant(Nd4j.createFromArray(new long[][] {{0, 1, 1}, {1, 0, 0}})), factors);
        Plan plan = Plan.of(graph, Plan.Wanted.values(Map.of("softmax", softmaxLoss, "sigmoid", sigmoidLoss)), Kernels.PLAIN);
        plan.run();
        assertEquals(-(3 * logSoftmax(0, 2) + 0.25 * logSoftmax(1, 0)) / 2, plan.output("softmax").getDouble(0), 1e-9);
        double naive = 3 * (logistic(0, 0, -1) + logistic(0, 1, 1) + logistic(0, 2, 1)) + 0.25 * (logistic(1, 0, 1) + logistic(1, 1, -1) + logistic(1, 2, -1));
        assertEquals(naive / 6, plan.output("sigmoid").getDouble(0), 1e-9);
    }

    private static double logistic(int row, int k, int sign) {
        return Math.log(1 + Math.exp(-sign * LOGITS[row][k]));
    }

    @Test
    void theReductionOfSmoothedLabelsIsTheMeanWhateverIsAskedFor() {
        double e = 0.1;
        Loss loss = new LabelSmoothLoss.Factory().create(
                new LabelSmoothLoss.Config(e, Optional.of(3), Optional.empty(), LabelSmoothLoss.Mode.ORIGINAL, Reduction.SUM, 1));
        check(loss, null, () -> smoothed((k, right) -> (right ? 1 - e : 0) + e / 3));
    }

    @Test
    void numbersOfClassesThatDoNotFitTheScoresAreNamed() {
        Loss weighted = crossEntropy(false, false, Reduction.MEAN, 1, Optional.of(List.of(1.0, 2.0)), Optional.empty());
        assertEquals("there are factors for 2 classes, but scores of 3: class_weight and pos_weight need one for each",
                assertThrows(IllegalArgumentException.class, () -> run(weighted, null)).getMessage());
        Loss smoothed = new LabelSmoothLoss.Factory().create(
                new LabelSmoothLoss.Config(0.1, Optional.of(7), Optional.empty(), LabelSmoothLoss.Mode.ORIGINAL, Reduction.MEAN, 1));
        assertEquals("num_classes is 7, but there are logits of 3 classes",
                assertThrows(IllegalArgumentException.class, () -> run(smoothed, null)).getMessage());
    }

    @Test
    void optionsThatContradictAreRefused() {
        assertEquals("use_sigmoid and use_soft exclude each other", assertThrows(IllegalArgumentException.class,
                () -> crossEntropy(true, true, Reduction.MEAN, 1, Optional.empty(), Optional.empty())).getMessage());
        assertEquals("pos_weight needs use_sigmoid: true", assertThrows(IllegalArgumentException.class,
                () -> crossEntropy(false, false, Reduction.MEAN, 1, Optional.empty(), Optional.of(WEIGHTS))).getMessage());
        assertEquals("label_smooth_val must be at least 0 and below 1, not 1.0", assertThrows(IllegalArgumentException.class,
                () -> smooth(LabelSmoothLoss.Mode.ORIGINAL, 1)).getMessage());
    }

    private interface Target {
        double of(int k, boolean right);
    }

    private static double smoothed(Target target) {
        double sum = 0;
        for (int i = 0; i < 2; i++) {
            for (int k = 0; k < 3; k++) {
                sum -= target.of(k, LABELS[i] == k) * logSoftmax(i, k);
            }
        }
        return sum / 2;
    }

    private static double logSoftmax(int row, int k) {
        double sum = 0;
        for (double x : LOGITS[row]) {
            sum += Math.exp(x);
        }
        return LOGITS[row][k] - Math.log(sum);
    }

    private static Loss crossEntropy(boolean sigmoid, boolean soft, Reduction reduction, double weight, Optional<List<Double>> classWeight,
            Optional<List<Double>> posWeight) {
        return new CrossEntropyLoss.Factory().create(new CrossEntropyLoss.Config(sigmoid, soft, reduction, weight, classWeight, posWeight));
    }

    private static Loss smooth(LabelSmoothLoss.Mode mode, double value) {
        return new LabelSmoothLoss.Factory().create(new LabelSmoothLoss.Config(value, Optional.empty(), Optional.empty(), mode, Reduction.MEAN, 1));
    }

    /** Compares value and gradient; targets are the labels where none are given. */
    private static void check(Loss loss, double[][] soft, DoubleSupplier naive) {
        Plan plan = run(loss, soft);
        assertEquals(naive.getAsDouble(), plan.output("loss").getDouble(0), 1e-9);
        double step = 1e-6;
        for (int i = 0; i < 2; i++) {
            for (int k = 0; k < 3; k++) {
                double kept = LOGITS[i][k];
                LOGITS[i][k] = kept + step;
                double above = naive.getAsDouble();
                LOGITS[i][k] = kept - step;
                double below = naive.getAsDouble();
                LOGITS[i][k] = kept;
                assertEquals((above - below) / (2 * step), plan.output("grad_input/logits").getDouble(i, k), 1e-7);
            }
        }
    }

    private static Plan run(Loss loss, double[][] soft) {
        Graph graph = new Graph(new Weights(0, DataType.DOUBLE), true, Collectives.SINGLE);
        SDVariable logits = graph.input("logits", DataType.FLOAT, 2, 3);
        SDVariable targets = soft == null ? graph.input("targets", DataType.INT64, 2) : graph.input("targets", DataType.FLOAT, 2, 3);
        SDVariable value = loss.build(graph.in("loss")).of(logits, targets);
        Plan plan = Plan.of(graph, new Plan.Wanted(Map.of("loss", value), "loss", List.of("logits")), Kernels.PLAIN);
        plan.input("logits").assign(Nd4j.create(LOGITS));
        plan.input("targets").assign(soft == null ? Nd4j.createFromArray(LABELS) : Nd4j.create(soft));
        plan.run();
        return plan;
    }
}
