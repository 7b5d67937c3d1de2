package dev.selfsup.metric.multiheadevaluator;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.run.Metric;
import java.util.LinkedHashMap;
import java.util.Map;
import org.osgi.service.component.annotations.Component;

/** A metric for each classifier of a head that has several, as MultiClsHead: {@code head1_accuracy/top1}, ... */
public final class MultiHeadEvaluator implements Metric {
    /**
     * Options of the evaluator.
     *
     * @param metrics metrics by classifier: {@code head1} is that of stage 1
     */
    public record Config(Map<String, Metric> metrics) {
        public Config {
            check(!metrics.isEmpty(), "metrics must not be empty: name a classifier and its metric, as head1: {type: mmcls.Accuracy}");
        }
    }

    private final Map<String, Metric> metrics;

    private MultiHeadEvaluator(Config config) {
        this.metrics = config.metrics();
    }

    @Override
    public Judgement begin() {
        Map<String, Judgement> judgements = new LinkedHashMap<>();
        metrics.forEach((name, metric) -> judgements.put(name, metric.begin()));
        return new Together(judgements);
    }

    private record Together(Map<String, Judgement> judgements) implements Judgement {
        @Override
        public void add(Predictions predictions) {
            judgements.forEach((name, judgement) -> judgement.add(new Predictions(Map.of("", predictions.of(name)), predictions.labels(), predictions.paths())));
        }

        @Override
        public Map<String, Double> figures() {
            Map<String, Double> figures = new LinkedHashMap<>();
            judgements.forEach((name, judgement) -> judgement.figures().forEach((figure, value) -> figures.put(name + "_" + figure, value)));
            return figures;
        }
    }

    /** {@code MultiHeadEvaluator}. */
    @Component
    @TypeName(kind = "metric", name = "MultiHeadEvaluator")
    public static final class Factory implements ComponentFactory<Metric, Config> {
        @Override
        public Metric create(Config config) {
            return new MultiHeadEvaluator(config);
        }
    }
}
