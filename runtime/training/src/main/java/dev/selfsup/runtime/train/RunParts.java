package dev.selfsup.runtime.train;

import dev.selfsup.api.data.BadImageException;
import dev.selfsup.api.data.Dataset;
import dev.selfsup.api.data.LoaderConfig;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.SampleRandom;
import dev.selfsup.api.run.Loop;
import dev.selfsup.api.run.OptimWrapper;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.api.run.Visualizer;
import dev.selfsup.checkpoint.Checkpoint;
import dev.selfsup.checkpoint.Checkpoints;
import dev.selfsup.config.RunConfig;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Plan;
import dev.selfsup.engine.Updates;
import dev.selfsup.engine.Weights;
import dev.selfsup.optimization.FlatBuffers;
import dev.selfsup.optimization.Optimization;
import dev.selfsup.optimization.Schedules;
import dev.selfsup.runtime.data.BadFiles;
import dev.selfsup.runtime.data.BatchMixing;
import dev.selfsup.runtime.data.DataLoader;
import dev.selfsup.runtime.data.TargetsAhead;
import dev.selfsup.runtime.model.Evaluation;
import dev.selfsup.runtime.model.FeatureExtractor;
import dev.selfsup.runtime.model.LoadedWeights;
import dev.selfsup.runtime.model.Model;
import dev.selfsup.runtime.model.ModelState;
import java.nio.file.Path;
import java.util.Collections;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** What a training run is made of, made ready and opened: data, model, optimization, log, checkpoints. */
final class RunParts implements AutoCloseable {
    final RunConfig config;
    final TrainingOptions options;
    final Hooks hooks;
    final Visualizer visualizer;
    final Checkpoints checkpoints;
    final long seed;
    final BadFiles bad;
    final DataLoader loader;
    final Messages messages;
    final RunLog log;
    final Model model;
    final FeatureExtractor extractor;
    /** Labelled images that the model is judged by while it is trained. */
    final Optional<Evaluation> validation;
    final Step step;
    final Optimization optimization;
    final Schedules schedules;
    final RunState state;
    /** Where the run begins: that of the checkpoint that it goes on from. */
    final RunState.Position start;
    private RunFolder folder;
    private final Opened opened = new Opened();
    private final Optional<TargetsAhead> targets;

    /**
     * Makes everything; what was opened is closed again where that fails.
     *
     * @throws UsageException if data, checkpoint or config do not fit
     */
    RunParts(RunConfig config, TrainingOptions options) {
        this.config = config;
        this.options = options;
        LossCurve curve = new LossCurve();
        this.hooks = new Hooks(curve, config.hooks());
        this.visualizer = Shown.visualizer(config);
        this.messages = new Messages(options.call().out());
        this.checkpoints = new Checkpoints(options.workDir(), messages);
        Dataset.Images images = config.trainDataloader().dataset().open();
        checkMemory(images);
        try (Checkpoint resumed = options.resumed(checkpoints, messages); Checkpoint first = resumed == null ? first() : null) {
            this.seed = options.seed(config, resumed, messages);
            this.bad = new BadFiles(options.workDir().resolve("bad_files.txt"), messages);
            this.loader = loader(images);
            opened.add(loader::close);
            begin(resumed);
            opened.add(visualizer::close);
            visualizer.open(options.workDir());
            this.log = new RunLog(options.workDir(), curve, config.logProcessor(), visualizer, options.call(), System::nanoTime);
            opened.add(log::close);
            messages.begin(log);
            this.model = new Model(config.model(), seed, options.kernels(), new Graph.Run(maxIterations(), options.updates()));
            model.declare(graph -> hooks.named().values().forEach(hook -> hook.beforeModel(graph)));
            Set<String> madeByHooks = model.weights().names();
            this.extractor = new FeatureExtractor(model, seed, bad);
            this.targets = TargetsAhead.of(config.model(), messages);
            targets.ifPresent(ahead -> {
                opened.add(ahead::close);
                loader.complete(ahead);
            });
            Optional<BatchMixing> mixing = BatchMixing.of(config.model(), images, seed);
            mixing.ifPresent(loader::mix);
            this.step = new Step(model, seed, options.workDir(), targets, mixing);
            Plan plan = probe(images);
            if (first != null) {
                ModelState.load(model.weights(), madeByHooks, first, options.allowMissing(), messages);
            } else if (resumed == null) {
                checkPretrained();
            }
            this.validation = config.valDataloader().map(loading -> new Evaluation(model, loading, config.valEvaluator(), seed, bad));
            this.optimization = optimization(config.optimWrapper(), model, plan, options.updates(), maxIterations());
            this.schedules = new Schedules(config.paramScheduler(), optimization.groups(), loader.length());
            this.state = new RunState(model, optimization, schedules, hooks.named());
            this.start = resumed == null ? new RunState.Position(0, 0, seed) : restored(resumed);
            visualizer.addConfig(options.yaml());
        } catch (RuntimeException | Error e) {
            closeAfter(e);
            throw e;
        }
    }

    /** Takes the folder of the run. A run that goes on from a checkpoint there keeps its files, but forgets what it logged after the checkpoint. */
    private void begin(Checkpoint resumed) {
        folder = RunFolder.take(options.workDir(), options.name());
        opened.add(folder::close);
        if (resumed == null || !folder.holds(resumed.path())) {
            folder.begin(messages);
        } else {
            int at = resumed.metadata().path("iteration").asInt();
            RunLog.forget(options.workDir(), at, at > resumed.metadata().path("epoch").asInt() * epochLength());
        }
        folder.write(options.yaml());
    }

    private void closeAfter(Throwable failure) {
        try {
            opened.close();
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
        }
    }

    private void checkMemory(Dataset.Images images) {
        config.model().memory().filter(memory -> memory.length() < images.size()).ifPresent(memory -> {
            throw new UsageException("model.memory_bank.length is " + memory.length() + ", but there are " + images.size()
                    + " images to remember: set model.memory_bank.length=" + images.size());
        });
    }

    private DataLoader loader(Dataset.Images images) {
        LoaderConfig loading = config.trainDataloader();
        int workers = loading.numWorkers() == 0 ? Runtime.getRuntime().availableProcessors() : loading.numWorkers();
        return new DataLoader(images, new DataLoader.Options(loading.sampler(), loading.collateFn(), config.model().dataPreprocessor(),
                loading.batchSize(), loading.dropLast(), workers, seed), bad);
    }

    /** Plans the loss for the shapes of the first usable sample, which makes the weights. */
    private Plan probe(Dataset.Images images) {
        for (int index = 0; index < images.size(); index++) {
            try {
                Sample sample = images.load(index, SampleRandom.of(seed, 0, index));
                int size = Math.min(batchSize(), images.size());
                return step.plan(config.model().dataPreprocessor().shapes(sample.images()), Collections.nCopies(size, sample));
            } catch (BadImageException e) {
                bad.add(e);
            }
        }
        throw new UsageException("none of the " + images.size() + " images of train_dataloader.dataset can be used; see "
                + options.workDir().resolve("bad_files.txt"), 1);
    }

    /** The checkpoint that a new run begins with; null for weights of its own. */
    private Checkpoint first() {
        return config.loadFrom().map(Path::of).map(Checkpoints::load).orElse(null);
    }

    /** Whether rules that load weights found all that they were asked for. */
    private void checkPretrained() {
        model.weights().loads().forEach((rule, loaded) -> {
            LoadedWeights found = new LoadedWeights("init_cfg Pretrained: " + rule.source(), true);
            loaded.found().forEach(found::matched);
            loaded.lacking().forEach(found::missing);
            found.left(rule.left());
            found.check(options.allowMissing(), messages, "give the checkpoint of this model, and the prefix that its names have there");
        });
    }

    /** The updates of a model whose loss a plan computes. */
    static Optimization optimization(OptimWrapper wrapper, Model model, Plan plan, Updates updates, long runLength) {
        Weights weights = model.weights();
        Set<String> unreached = new HashSet<>();
        weights.parameters().forEach(p -> unreached.add(p.name()));
        plan.trained().forEach(unreached::remove);
        return new Optimization(wrapper, new FlatBuffers(weights.parameters(), weights.flat(), weights.gradient()), unreached, updates, runLength);
    }

    private RunState.Position restored(Checkpoint checkpoint) {
        RunState.Position position = state.restore(checkpoint);
        log.begin(position);
        log.print("resumed from " + checkpoint.path() + " at epoch " + position.epoch() + ", iteration " + position.iteration());
        if (position.iteration() > maxIterations()) {
            throw new UsageException("checkpoint " + checkpoint.path() + " is at iteration " + position.iteration() + ", beyond the " + maxIterations()
                    + " of this run: raise train_cfg, or resume an earlier checkpoint");
        }
        return position;
    }

    /** Whether the run shall end, by its call or by a file in its folder. */
    boolean stopRequested() {
        return options.interrupted().getAsBoolean() || folder.stopRequested();
    }

    /** What whoever has asked for the end by a file is told. */
    void lastWords(String line) {
        folder.lastWords(line);
    }

    /** Refuses to train images that wait for labels which no hook has given them. */
    void checkLabels() {
        if (!loader.ready()) {
            throw new UsageException("train_dataloader.dataset: its images have no labels of clusters, so there is nothing to train: add DeepClusterHook with "
                    + "initial: true to custom_hooks");
        }
    }

    int batchSize() {
        return config.trainDataloader().batchSize();
    }

    int epochLength() {
        return loader.length();
    }

    /** Iterations of the whole run. */
    int maxIterations() {
        Loop loop = config.trainCfg();
        return loop.byEpoch() ? Math.multiplyExact(loop.limit(), loader.length()) : loop.limit();
    }

    @Override
    public void close() {
        opened.close();
    }
}
