package dev.selfsup.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.data.Collate;
import dev.selfsup.api.data.DataPreprocessor;
import dev.selfsup.api.data.Dataset;
import dev.selfsup.api.data.Sampler;
import dev.selfsup.api.model.Algorithm;
import dev.selfsup.api.model.Batch;
import dev.selfsup.api.model.Losses;
import dev.selfsup.api.run.Hook;
import dev.selfsup.api.run.LogProcessor;
import dev.selfsup.api.run.Loop;
import dev.selfsup.api.run.OptimWrapper;
import dev.selfsup.api.run.Optimizer;
import dev.selfsup.api.run.ParamGroups;
import dev.selfsup.api.run.Priority;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.engine.Graph;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;

/** What a configuration file as a whole means. */
final class RunConfigTest {
    static final InstalledTypes TYPES = new InstalledTypes()
            .add("algorithm", "mmselfsup", "Method", new MethodFactory())
            .add("dataset", "mmselfsup", "Images", new ImagesFactory())
            .add("sampler", "mmengine", "DefaultSampler", new SamplerFactory())
            .add("collate", "mmengine", "default_collate", new CollateFactory())
            .add("optim_wrapper", "mmengine", "OptimWrapper", new WrapperFactory())
            .add("log_processor", "mmengine", "LogProcessor", new ProcessorFactory())
            .add("loop", "mmengine", "EpochBasedTrainLoop", new EpochLoopFactory())
            .add("loop", "mmengine", "IterBasedTrainLoop", new IterationLoopFactory());

    static {
        for (String hook : List.of("RuntimeInfoHook", "IterTimerHook", "DistSamplerSeedHook", "LoggerHook", "ParamSchedulerHook",
                "CheckpointHook", "CollapseHook", "OtherHook")) {
            TYPES.add("hook", "mmengine", hook, new HookFactory());
        }
    }

    private static final String LEAST = """
            model: Method
            train_dataloader: {batch_size: 8, dataset: Images}
            optim_wrapper: {}
            train_cfg: {max_epochs: 3}
            """;

    private static RunConfig bind(String more) {
        return RunConfig.of(Config.parse("test", LEAST + more), TYPES);
    }

    @Test
    void theLeastConfigHasTheReferencesDefaultsAndTheCollapseAlarm() {
        RunConfig run = bind("");
        assertEquals(List.of("runtime_info", "timer", "sampler_seed", "logger", "param_scheduler", "checkpoint", "collapse"),
                List.copyOf(run.defaultHooks().keySet()));
        assertEquals(8, run.trainDataloader().batchSize());
        assertEquals(0, run.trainDataloader().numWorkers());
        assertFalse(run.trainDataloader().dropLast());
        assertEquals(OptionalInt.empty(), run.trainDataloader().prefetchFactor());
        assertEquals(new Turns(true, 3), run.trainCfg());
        assertEquals(new RunConfig.Randomness(OptionalLong.empty(), false, false), run.randomness());
        assertEquals(RunConfig.LogLevel.INFO, run.logLevel());
        assertEquals(Optional.empty(), run.loadFrom());
        assertFalse(run.resume());
        assertEquals(List.of(), run.paramScheduler());
    }

    @Test
    void nullDisablesADefaultHookAndAMappingReplacesIt() {
        RunConfig run = bind("default_hooks: {timer: null, logger: {type: OtherHook, mark: mine}, more: OtherHook}\n");
        assertEquals(Optional.empty(), run.defaultHooks().get("timer"));
        assertEquals(Optional.of(new Noted("mine", Priority.NORMAL)), run.defaultHooks().get("logger"));
        assertEquals(8, run.defaultHooks().size());
        assertEquals(7, run.hooks().size());
    }

    @Test
    void hooksAreCalledByPriorityAndThenInTheOrderOfTheConfig() {
        RunConfig run = bind("""
                default_hooks: {runtime_info: null, timer: null, sampler_seed: null, collapse: null, logger: {type: OtherHook, mark: a},
                  param_scheduler: {type: OtherHook, mark: b, priority: LOW}, checkpoint: {type: OtherHook, mark: c, priority: very_high}}
                custom_hooks: [{type: OtherHook, mark: d}, {type: OtherHook, mark: e, priority: HIGHEST}]
                """);
        assertEquals(List.of("e", "c", "a", "d", "b"), run.hooks().stream().map(Hook::name).toList());
    }

    @Test
    void byEpochTellsTheLoopWhereNoTypeDoes() {
        assertEquals(new Turns(false, 10), RunConfig.of(Config.parse("test",
                LEAST.replace("{max_epochs: 3}", "{by_epoch: false, max_iters: 10}")), TYPES).trainCfg());
        assertEquals(new Turns(true, 4), RunConfig.of(Config.parse("test",
                LEAST.replace("{max_epochs: 3}", "{by_epoch: true, max_epochs: 4}")), TYPES).trainCfg());
    }

    @Test
    void nullAtTopLevelIsAsGoodAsNothing() {
        RunConfig run = bind("""
                param_scheduler: null
                custom_hooks: null
                load_from: null
                val_dataloader: null
                custom_imports: {imports: [x]}
                """);
        assertEquals(List.of(), run.paramScheduler());
        assertEquals(Optional.empty(), run.valDataloader());
    }

    @Test
    void aPreprocessorAtTopLevelIsThatOfAModelWithoutOne() {
        String top = "data_preprocessor: {type: Two, mean: 1}\n";
        Config without = RunKeys.prepare(Config.parse("test", top + "model: {type: Method}"));
        assertEquals("Two", without.find("model.data_preprocessor.type").orElseThrow().inline());
        assertEquals(Optional.empty(), without.find("data_preprocessor"));
        Config with = RunKeys.prepare(Config.parse("test", top + "model: {type: Method, data_preprocessor: {type: One}}"));
        assertEquals("One", with.find("model.data_preprocessor.type").orElseThrow().inline());
        assertEquals(Optional.empty(), with.find("model.data_preprocessor.mean"));
        assertEquals(Optional.empty(), with.find("data_preprocessor"));
    }

    @Test
    void seedsAndFoldersAreRead() {
        RunConfig run = bind("""
                randomness: {seed: 5000000000, diff_rank_seed: true}
                work_dir: work_dirs/a
                resume: true
                load_from: a.safetensors
                env_cfg: {mp_cfg: {mp_start_method: fork}}
                log_level: WARNING
                """);
        assertEquals(new RunConfig.Randomness(OptionalLong.of(5_000_000_000L), false, true), run.randomness());
        assertEquals(Optional.of("work_dirs/a"), run.workDir());
        assertEquals(Optional.of("a.safetensors"), run.loadFrom());
        assertEquals(RunConfig.LogLevel.WARNING, run.logLevel());
        assertEquals("a mapping", run.envCfg().get("mp_cfg").describe());
    }

    @Test
    void mistakesAreReportedTogether() {
        UsageException e = assertThrows(UsageException.class, () -> RunConfig.of(Config.parse("test", """
                modell: Method
                train_dataloader: {batch_size: 0, num_workers: -1, dataset: Pictures}
                train_cfg: {type: EpochLoop, max_epochs: 3}
                """), TYPES));
        assertEquals("""
                test:1:1: modell: unknown key, did you mean 'model'?
                test:1:1: model: missing key
                test:2:61: train_dataloader.dataset: no dataset 'Pictures' is installed. Installed: Images
                test:1:1: optim_wrapper: missing key
                test:3:19: train_cfg.type: no loop 'EpochLoop' is installed. Installed: EpochBasedTrainLoop, IterBasedTrainLoop""",
                e.getMessage());
        assertEquals("test:2:32: train_dataloader.batch_size: batch_size must be positive, not 0",
                assertThrows(UsageException.class, () -> RunConfig.of(Config.parse("test", LEAST.replace("8", "0")), TYPES)).getMessage());
    }

    @Test
    void obsoleteKeysAreToldWithWhatIsWrittenInTheirPlace() {
        UsageException e = assertThrows(UsageException.class, () -> bind("runner: {type: EpochBasedRunner, max_epochs: 3}\ndata: {train: {type: SingleViewDataset}}\n"));
        assertEquals("""
                test:5:1: runner: obsolete key of MMSelfSup 0.x that 1.0 does not take either; write train_cfg
                test:6:1: data: obsolete key of MMSelfSup 0.x that 1.0 does not take either; write train_dataloader, val_dataloader and test_dataloader""",
                e.getMessage());
        assertEquals("test:1:24: model.with_sobel: obsolete key of MMSelfSup 0.x that 1.0 does not take either; write a backbone that filters images itself, as "
                + "{type: ResNetSobel, depth: 50}", assertThrows(UsageException.class, () -> RunConfig.of(Config.parse("test",
                        LEAST.replace("model: Method", "model: {type: Method,  with_sobel: true}")), TYPES)).getMessage());
    }

    record NoKeys() {}

    record Turns(boolean byEpoch, int limit) implements Loop {}

    record Noted(String name, Priority priority) implements Hook {
        record Config(@Default("") String mark, @Default("NORMAL") Priority priority) {}
    }

    static final class HookFactory implements ComponentFactory<Hook, Noted.Config> {
        @Override
        public Hook create(Noted.Config config) {
            return new Noted(config.mark(), config.priority());
        }
    }

    static final class EpochLoopFactory implements ComponentFactory<Loop, EpochLoopFactory.Epochs> {
        record Epochs(int maxEpochs) {}

        @Override
        public Loop create(Epochs config) {
            return new Turns(true, config.maxEpochs());
        }
    }

    static final class IterationLoopFactory implements ComponentFactory<Loop, IterationLoopFactory.Iterations> {
        record Iterations(int maxIters) {}

        @Override
        public Loop create(Iterations config) {
            return new Turns(false, config.maxIters());
        }
    }

    static final class MethodFactory implements ComponentFactory<Algorithm, NoKeys> {
        @Override
        public Algorithm create(NoKeys config) {
            return new Algorithm() {
                @Override
                public DataPreprocessor dataPreprocessor() {
                    throw new UnsupportedOperationException();
                }

                @Override
                public Losses loss(Graph graph, Batch batch) {
                    throw new UnsupportedOperationException();
                }

                @Override
                public List<SDVariable> extract(Graph graph, SDVariable images) {
                    return List.of();
                }
            };
        }
    }

    static final class ImagesFactory implements ComponentFactory<Dataset, NoKeys> {
        @Override
        public Dataset create(NoKeys config) {
            return () -> {
                throw new UnsupportedOperationException();
            };
        }
    }

    static final class SamplerFactory implements ComponentFactory<Sampler, NoKeys> {
        @Override
        public Sampler create(NoKeys config) {
            return (size, epoch, seed, rank, worldSize) -> new int[0];
        }
    }

    static final class CollateFactory implements ComponentFactory<Collate, NoKeys> {
        @Override
        public Collate create(NoKeys config) {
            return samples -> samples;
        }
    }

    static final class ProcessorFactory implements ComponentFactory<LogProcessor, NoKeys> {
        @Override
        public LogProcessor create(NoKeys config) {
            return (recorder, inEpoch) -> Map.of();
        }
    }

    static final class WrapperFactory implements ComponentFactory<OptimWrapper, NoKeys> {
        @Override
        public OptimWrapper create(NoKeys config) {
            return new OptimWrapper() {
                @Override
                public Optimizer optimizer() {
                    throw new UnsupportedOperationException();
                }

                @Override
                public ParamGroups paramGroups() {
                    throw new UnsupportedOperationException();
                }

                @Override
                public int accumulativeCounts() {
                    return 1;
                }

                @Override
                public Optional<ClipGrad> clipGrad() {
                    return Optional.empty();
                }

                @Override
                public boolean amp() {
                    return false;
                }
            };
        }
    }
}
