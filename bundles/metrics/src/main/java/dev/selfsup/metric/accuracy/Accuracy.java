package dev.selfsup.metric.accuracy;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.run.Metric;
import dev.selfsup.api.run.UsageException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import org.osgi.service.component.annotations.Component;

/** The share of images, in percent, whose class is among the most probable ones: {@code accuracy/top1}, ... */
public final class Accuracy implements Metric {
    /**
     * Options of the metric.
     *
     * @param topk how many of the most probable classes count as right: a number, or several for a figure each
     * @param thrs probability that a class must exceed to count: a number, several for a figure each, or null for none
     * @param collectDevice accepted as the reference's: {@code cpu} or {@code gpu}
     * @param prefix first part of the names of the figures
     */
    public record Config(@Default("[1]") List<Integer> topk, @Default("0.0") Optional<List<Optional<Double>>> thrs, @Default("cpu") String collectDevice,
            @Default("accuracy") Optional<String> prefix) {
        public Config {
            check(!topk.isEmpty() && topk.stream().allMatch(k -> k > 0), "topk must be positive numbers, not %s", topk);
            check(thrs.isEmpty() || !thrs.get().isEmpty(), "thrs must not be an empty list: give a number, or null for none");
            check(collectDevice.equals("cpu") || collectDevice.equals("gpu"), "collect_device must be cpu or gpu, not %s", collectDevice);
        }

        /** Least probabilities, minus infinity where there is none. */
        double[] thresholds() {
            return thrs.orElse(List.of(Optional.empty())).stream().mapToDouble(thr -> thr.orElse(Double.NEGATIVE_INFINITY)).toArray();
        }
    }

    private final Config config;

    private Accuracy(Config config) {
        this.config = config;
    }

    @Override
    public Judgement begin() {
        return new Counts(config, config.thresholds());
    }

    /** Images that are classified rightly, by k and threshold. */
    private static final class Counts implements Judgement {
        private final Config config;
        private final double[] thresholds;
        private final long[][] right;
        private long images;

        Counts(Config config, double... thresholds) {
            this.config = config;
            this.thresholds = thresholds;
            this.right = new long[config.topk().size()][thresholds.length];
        }

        @Override
        public void add(Predictions predictions) {
            float[][] scores = predictions.of("");
            for (int n = 0; n < scores.length; n++) {
                add(scores[n], predictions.labels()[n]);
            }
        }

        private void add(float[] scores, int label) {
            config.topk().stream().filter(k -> k > scores.length).findFirst().ifPresent(k -> {
                throw new UsageException("topk of Accuracy: top-" + k + " needs as many classes, but there are " + scores.length
                        + ": set topk in val_evaluator and test_evaluator");
            });
            if (label < 0 || label >= scores.length) {
                throw new UsageException("an image has the label " + label + ", but the model tells only " + scores.length
                        + " classes apart, from 0: set num_classes in model.head");
            }
            images++;
            int place = place(scores, label);
            for (int i = 0; i < right.length; i++) {
                for (int j = 0; j < thresholds.length; j++) {
                    right[i][j] += place < config.topk().get(i) && scores[label] > thresholds[j] ? 1 : 0;
                }
            }
        }

        /** How many classes come before one: those that are more probable and, of equal ones, those of lower numbers. */
        private static int place(float[] scores, int label) {
            int place = 0;
            for (int k = 0; k < scores.length; k++) {
                place += scores[k] > scores[label] || scores[k] == scores[label] && k < label ? 1 : 0;
            }
            return place;
        }

        @Override
        public Map<String, Double> figures() {
            if (images == 0) {
                throw new UsageException("there are no images to take an accuracy of", 1);
            }
            Map<String, Double> figures = new LinkedHashMap<>();
            String prefix = config.prefix().map(p -> p + "/").orElse("");
            for (int i = 0; i < right.length; i++) {
                for (int j = 0; j < thresholds.length; j++) {
                    figures.put(prefix + "top" + config.topk().get(i) + suffix(thresholds[j]), 100.0 * right[i][j] / images);
                }
            }
            return figures;
        }

        private String suffix(double threshold) {
            if (thresholds.length == 1) {
                return "";
            }
            return threshold == Double.NEGATIVE_INFINITY ? "_no-thr" : String.format(Locale.ROOT, "_thr-%.2f", threshold);
        }
    }

    /** {@code mmcls.Accuracy}. */
    @Component
    @TypeName(kind = "metric", name = "Accuracy", scope = "mmcls")
    public static final class Factory implements ComponentFactory<Metric, Config> {
        @Override
        public Metric create(Config config) {
            return new Accuracy(config);
        }
    }
}
