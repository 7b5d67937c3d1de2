package dev.selfsup.config;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.Components;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.DefaultType;
import dev.selfsup.api.data.LoaderConfig;
import dev.selfsup.api.model.Algorithm;
import dev.selfsup.api.run.EvaluationLoop;
import dev.selfsup.api.run.Hook;
import dev.selfsup.api.run.LogProcessor;
import dev.selfsup.api.run.Loop;
import dev.selfsup.api.run.Metric;
import dev.selfsup.api.run.OptimWrapper;
import dev.selfsup.api.run.Scheduler;
import dev.selfsup.api.run.VisBackend;
import dev.selfsup.api.run.Visualizer;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * A whole configuration file, bound: everything that a training run is made of.
 *
 * <pre>{@code
 * RunConfig run = RunConfig.of(Config.load(file, options), components);
 * }</pre>
 *
 * @param model the method
 * @param trainDataloader training batches
 * @param valDataloader images for validation
 * @param testDataloader images for tests
 * @param optimWrapper how weights are updated
 * @param paramScheduler schedules of the learning rate, applied in turn
 * @param trainCfg how long training lasts
 * @param valCfg how validation is done
 * @param testCfg how tests are done
 * @param valEvaluator metrics of validation
 * @param testEvaluator metrics of tests
 * @param defaultHooks hooks by their name; empty where null disables one. Those of the reference, and {@code collapse}, are there unless disabled
 * @param customHooks further hooks
 * @param envCfg settings of the reference's processes, as written; they have no effect here
 * @param logProcessor how figures become log lines
 * @param visBackends where the run is shown, if the visualizer does not say
 * @param visualizer what shows the run
 * @param defaultScope scope in which types are looked up last
 * @param randomness seeds
 * @param loadFrom checkpoint whose weights are taken over
 * @param resume whether the newest checkpoint of the work folder is continued
 * @param workDir folder for everything the run writes
 * @param logLevel least severity of log messages
 */
public record RunConfig(
        Algorithm model,
        LoaderConfig trainDataloader,
        Optional<LoaderConfig> valDataloader,
        Optional<LoaderConfig> testDataloader,
        OptimWrapper optimWrapper,
        @Default("[]") List<Scheduler> paramScheduler,
        Loop trainCfg,
        Optional<EvaluationLoop> valCfg,
        @DefaultType("mmengine.TestLoop") Optional<EvaluationLoop> testCfg,
        @Default("[]") List<Metric> valEvaluator,
        @Default("[]") List<Metric> testEvaluator,
        @Default("{}") Map<String, Optional<Hook>> defaultHooks,
        @Default("[]") List<Hook> customHooks,
        @Default("{}") Map<String, Node> envCfg,
        @Default("{}") LogProcessor logProcessor,
        @Default("[]") List<VisBackend> visBackends,
        Optional<Visualizer> visualizer,
        @Default("mmselfsup") String defaultScope,
        @Default("{}") Randomness randomness,
        Optional<String> loadFrom,
        @Default("false") boolean resume,
        Optional<String> workDir,
        @Default("info") LogLevel logLevel) {

    public RunConfig {
        check(valDataloader.isPresent() != valEvaluator.isEmpty(), "val_evaluator and val_dataloader must be given together: images and what judges them");
        check(testDataloader.isPresent() != testEvaluator.isEmpty(), "test_evaluator and test_dataloader must be given together: images and what judges them");
    }

    /** Least severity of log messages. */
    public enum LogLevel { DEBUG, INFO, WARNING, ERROR, CRITICAL }

    /**
     * Seeds of a run.
     *
     * @param seed the seed; drawn anew for every run where it is not given
     * @param deterministic accepted as the reference's; runs are always reproducible from their seed
     * @param diffRankSeed whether each process draws its own random numbers
     */
    public record Randomness(OptionalLong seed, @Default("false") boolean deterministic, @Default("false") boolean diffRankSeed) {}

    /**
     * Binds a configuration file.
     *
     * @param config the configuration
     * @param components what types can be named
     * @return the record, everything in it built
     * @throws dev.selfsup.api.run.UsageException with all mistakes found, one a line
     */
    public static RunConfig of(Config config, Components components) {
        return RunKeys.prepare(config).bind(RunConfig.class, components);
    }

    /** All hooks in the order in which they are called: by priority, default hooks before custom ones. */
    public List<Hook> hooks() {
        return Stream.concat(defaultHooks.values().stream().flatMap(Optional::stream), customHooks.stream())
                .sorted(Comparator.comparing(Hook::priority))
                .toList();
    }
}
