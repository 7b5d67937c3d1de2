package dev.selfsup.metric.accuracy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.api.run.Metric;
import dev.selfsup.api.run.Metric.Predictions;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.metric.multiheadevaluator.MultiHeadEvaluator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** Accuracies of four images of three classes. */
class AccuracyTest {
    private static final float[][] SCORES = {{0.7f, 0.2f, 0.1f}, {0.4f, 0.5f, 0.1f}, {0.3f, 0.3f, 0.4f}, {0.2f, 0.2f, 0.6f}};
    private static final int[] LABELS = {0, 0, 0, 1};

    @Test
    void aClassCountsAmongTheFirstKOfWhichEqualOnesComeInOrder() {
        assertEquals(Map.of("accuracy/top1", 25.0, "accuracy/top2", 75.0, "accuracy/top3", 100.0), figures(metric(List.of(1, 2, 3), Optional.of(List.of(Optional.of(0.0))))));
    }

    @Test
    void aClassThatIsNotProbableEnoughDoesNotCount() {
        Optional<List<Optional<Double>>> thresholds = Optional.of(List.of(Optional.empty(), Optional.of(0.35)));
        assertEquals(Map.of("accuracy/top2_no-thr", 75.0, "accuracy/top2_thr-0.35", 50.0), figures(metric(List.of(2), thresholds)));
    }

    @Test
    void batchesAddUp() {
        Metric.Judgement judgement = metric(List.of(1), Optional.empty()).begin();
        for (int i = 0; i < LABELS.length; i++) {
            judgement.add(new Predictions(Map.of("", new float[][] {SCORES[i]}), new int[] {LABELS[i]}));
        }
        assertEquals(Map.of("accuracy/top1", 25.0), judgement.figures());
    }

    @Test
    void everyClassifierOfAHeadHasFiguresOfItsOwn() {
        Metric several = new MultiHeadEvaluator.Factory().create(new MultiHeadEvaluator.Config(Map.of("head4", metric(List.of(1), Optional.empty()))));
        Metric.Judgement judgement = several.begin();
        judgement.add(new Predictions(Map.of("head3", SCORES, "head4", new float[][] {{1, 0, 0}, {1, 0, 0}, {0, 1, 0}, {0, 1, 0}}), LABELS));
        assertEquals(Map.of("head4_accuracy/top1", 75.0), judgement.figures());
    }

    @Test
    void whatDoesNotFitTheModelIsSaid() {
        assertEquals("topk of Accuracy: top-4 needs as many classes, but there are 3: set topk in val_evaluator and test_evaluator",
                assertThrows(UsageException.class, () -> figures(metric(List.of(4), Optional.empty()))).getMessage());
        Metric.Judgement judgement = metric(List.of(1), Optional.empty()).begin();
        assertEquals("there are no images to take an accuracy of", assertThrows(UsageException.class, judgement::figures).getMessage());
        assertEquals("an image has the label 3, but the model tells only 3 classes apart, from 0: set num_classes in model.head",
                assertThrows(UsageException.class, () -> judgement.add(new Predictions(Map.of("", SCORES), new int[] {3, 0, 0, 0}))).getMessage());
        assertEquals("the model has several classifiers, [head1]: use MultiHeadEvaluator, with metrics for each of them",
                assertThrows(UsageException.class, () -> judgement.add(new Predictions(Map.of("head1", SCORES), LABELS))).getMessage());
    }

    private static Metric metric(List<Integer> top, Optional<List<Optional<Double>>> thresholds) {
        return new Accuracy.Factory().create(new Accuracy.Config(top, thresholds, "cpu", Optional.of("accuracy")));
    }

    private static Map<String, Double> figures(Metric metric) {
        Metric.Judgement judgement = metric.begin();
        judgement.add(new Predictions(Map.of("", SCORES), LABELS));
        return judgement.figures();
    }
}
