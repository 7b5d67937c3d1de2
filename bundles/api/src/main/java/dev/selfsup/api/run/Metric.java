package dev.selfsup.api.run;

import dev.selfsup.api.component.Kind;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.osgi.annotation.versioning.ConsumerType;

/** A figure, or several, of how well images are classified: an entry of {@code val_evaluator} or {@code test_evaluator}. It has no state. */
@Kind("metric")
@ConsumerType
public interface Metric {
    /** Begins to judge images. */
    Judgement begin();

    /** Figures in the making. One thread at a time uses it. */
    interface Judgement {
        /** Takes images into account. */
        void add(Predictions predictions);

        /** The figures by their full names, as {@code accuracy/top1}, in order; throws {@link UsageException} where there are none of the images so far. */
        Map<String, Double> figures();
    }

    /**
     * What a network says of some images.
     *
     * @param scores by classifier the probability of each class, [N][K]; the name of a classifier that is alone is empty
     * @param labels the right classes, [N]
     * @param paths the images' files, [N]; empty where they are not known
     */
    record Predictions(Map<String, float[][]> scores, int[] labels, List<Path> paths) {
        /** Predictions of images whose files are not known. */
        public Predictions(Map<String, float[][]> scores, int[] labels) {
            this(scores, labels, List.of());
        }

        /** Scores of a classifier; throws {@link UsageException} where there is none of that name. */
        public float[][] of(String classifier) {
            float[][] found = scores.get(classifier);
            if (found == null) {
                throw new UsageException(scores.containsKey("") ? "the model has one classifier, not several: use Accuracy instead of MultiHeadEvaluator"
                        : classifier.isEmpty() ? "the model has several classifiers, " + scores.keySet() + ": use MultiHeadEvaluator, with metrics for each of them"
                        : "the model has no classifier " + classifier + ", only " + scores.keySet() + ": name these in metrics of MultiHeadEvaluator");
            }
            return found;
        }
    }
}
