package dev.selfsup.config;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.Components;
import dev.selfsup.api.component.DefaultType;
import dev.selfsup.api.data.LoaderConfig;
import dev.selfsup.api.model.Algorithm;
import dev.selfsup.api.run.EvaluationLoop;
import dev.selfsup.api.run.Metric;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The part of a configuration file by which a checkpoint is judged, bound.
 *
 * @param model the classifier, whose weights a checkpoint gives: rules for first values, as files of pretrained weights, are left out
 * @param testDataloader labelled images
 * @param testEvaluator metrics
 * @param testCfg how tests are done
 */
public record TestConfig(Algorithm model, LoaderConfig testDataloader, List<Metric> testEvaluator,
        @DefaultType("mmengine.TestLoop") Optional<EvaluationLoop> testCfg) {
    private static final Set<String> KEYS = Set.of("model", "test_dataloader", "test_evaluator", "test_cfg", "default_scope", Place.SCOPE);

    public TestConfig {
        check(!testEvaluator.isEmpty(), "test_evaluator must name a metric, as {type: mmcls.Accuracy}");
    }

    /**
     * Binds the part.
     *
     * @param config the configuration
     * @param components what types can be named
     * @throws dev.selfsup.api.run.UsageException with all mistakes found, one a line
     */
    public static TestConfig of(Config config, Components components) {
        Config prepared = RunKeys.prepare(config);
        Map<String, Node.Entry> entries = new LinkedHashMap<>(prepared.root().entries());
        entries.keySet().retainAll(KEYS);
        entries.remove("default_scope");
        entries.computeIfPresent("model", (key, entry) -> new Node.Entry(entry.key(), ModelConfig.loaded(entry.value())));
        return prepared.bind(prepared.root().with(entries), TestConfig.class, components);
    }
}
