package dev.selfsup.runtime.train;

import dev.selfsup.api.data.BadImageException;
import dev.selfsup.api.data.Dataset;
import dev.selfsup.api.data.LoaderConfig;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.SampleRandom;
import dev.selfsup.api.run.Features;
import dev.selfsup.api.run.Hook;
import dev.selfsup.api.run.Loop;
import dev.selfsup.api.run.ParamGroup;
import dev.selfsup.api.run.Recorder;
import dev.selfsup.api.run.Run;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.api.run.Visualizer;
import dev.selfsup.checkpoint.Checkpoint;
import dev.selfsup.checkpoint.Checkpoints;
import dev.selfsup.config.RunConfig;
import dev.selfsup.engine.Plan;
import dev.selfsup.engine.Updates;
import dev.selfsup.engine.Weights;
import dev.selfsup.optimization.FlatBuffers;
import dev.selfsup.optimization.Optimization;
import dev.selfsup.optimization.Schedules;
import dev.selfsup.runtime.data.BadFiles;
import dev.selfsup.runtime.data.DataLoader;
import dev.selfsup.runtime.data.LoadedBatch;
import dev.selfsup.runtime.model.FeatureExtractor;
import dev.selfsup.runtime.model.Model;
import dev.selfsup.runtime.model.ModelState;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * A training run from its config to its end. It is made whole, weights included, by the constructor; {@link #train} then runs it.
 */
public final class Training implements Run, AutoCloseable {
    private final RunConfig config;
    private final TrainingOptions options;
    private final Hooks hooks;
    private final RunLog log;
    private final BadFiles bad;
    private final DataLoader loader;
    private final Model model;
    private final FeatureExtractor extractor;
    private final Optimization optimization;
    private final Schedules schedules;
    private final Checkpoints checkpoints;
    private final RunState state;
    private final Visualizer visualizer;
    private final Step step;
    private final long seed;
    private final Opened opened = new Opened();
    private int epoch;
    private int iteration;
    private int savedAt = -1;
    private boolean stopping;
    private Map<String, Double> losses = Map.of();
    private IterationTime time = new IterationTime(0, 0);
    private List<Sample> samples = List.of();

    /**
     * Makes a run.
     *
     * @throws UsageException if data, checkpoint or config do not fit
     */
    public Training(RunConfig config, TrainingOptions options) {
        this.config = config;
        this.options = options;
        LossCurve curve = new LossCurve();
        this.hooks = new Hooks(curve, config.hooks());
        this.visualizer = Shown.visualizer(config);
        this.checkpoints = new Checkpoints(options.workDir(), options.out()::println);
        Dataset.Images images = config.trainDataloader().dataset().open();
        try (Checkpoint resumed = options.resumed(checkpoints); Checkpoint first = resumed == null ? first() : null) {
            this.seed = options.seed(config, resumed);
            this.bad = new BadFiles(options.workDir().resolve("bad_files.txt"), options.out()::println);
            this.loader = loader(images);
            opened.add(loader::close);
            begin(resumed);
            opened.add(visualizer::close);
            visualizer.open(options.workDir());
            this.log = new RunLog(options.workDir(), curve, config.logProcessor(), visualizer, options.out(), options.terminal(), System::nanoTime);
            opened.add(log::close);
            this.model = new Model(config.model(), seed, options.kernels());
            this.extractor = new FeatureExtractor(model, seed, bad);
            this.step = new Step(model, seed, options.workDir());
            Plan plan = probe(images);
            if (first != null) {
                ModelState.load(model.weights().state(), first);
            }
            this.optimization = optimization(plan);
            this.schedules = new Schedules(config.paramScheduler(), optimization.groups(), loader.length());
            this.state = new RunState(model, optimization, schedules, hooks.named());
            if (resumed != null) {
                restore(resumed);
            }
            visualizer.addConfig(options.yaml());
        } catch (RuntimeException | Error e) {
            closeAfter(e);
            throw e;
        }
    }

    /** Takes the folder of the run. A run that goes on from a checkpoint there keeps its files, but forgets what it logged after the checkpoint. */
    private void begin(Checkpoint resumed) {
        RunFolder folder = RunFolder.take(options.workDir());
        opened.add(folder::close);
        if (resumed == null || !folder.holds(resumed.path())) {
            folder.begin(options.out()::println);
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
                return step.plan(config.model().dataPreprocessor().shapes(sample.images()), sample, size);
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

    private Optimization optimization(Plan plan) {
        Weights weights = model.weights();
        Set<String> unreached = new HashSet<>();
        weights.parameters().forEach(p -> unreached.add(p.name()));
        plan.trained().forEach(unreached::remove);
        return new Optimization(config.optimWrapper(), new FlatBuffers(weights.parameters(), weights.flat(), weights.gradient()), unreached,
                options.updates(), maxIterations());
    }

    private void restore(Checkpoint checkpoint) {
        RunState.Position position = state.restore(checkpoint);
        epoch = position.epoch();
        iteration = position.iteration();
        savedAt = iteration;
        print("resumed from " + checkpoint.path() + " at epoch " + epoch + ", iteration " + iteration);
        if (iteration > maxIterations()) {
            throw new UsageException("checkpoint " + checkpoint.path() + " is at iteration " + iteration + ", beyond the " + maxIterations()
                    + " of this run: raise train_cfg, or resume an earlier checkpoint");
        }
    }

    // The loop

    /**
     * Trains to the end, or until the run is asked to stop.
     *
     * @return whether the end was reached
     */
    public boolean train() {
        hooks.at(Hook::beforeTrain, this);
        if (iteration < maxIterations()) {
            loader.seek(iteration);
        }
        if (iteration > epoch * epochLength() && atEndOfEpoch()) {
            endEpoch();
        }
        while (iteration < maxIterations() && !stopping) {
            if (iteration % epochLength() == 0 || losses.isEmpty()) {
                hooks.at(Hook::beforeTrainEpoch, this);
            }
            iterate();
            stopping |= options.interrupted().getAsBoolean();
            if (atEndOfEpoch()) {
                endEpoch();
            }
        }
        if (stopping && iteration < maxIterations()) {
            interrupt();
            return false;
        }
        log.plot();
        log.endProgress();
        hooks.at(Hook::afterTrain, this);
        return true;
    }

    private boolean atEndOfEpoch() {
        return iteration % epochLength() == 0 || iteration == maxIterations();
    }

    private void iterate() {
        long start = System.nanoTime();
        hooks.at(Hook::beforeTrainIter, this);
        LoadedBatch batch = next();
        Map<String, Double> found = step.run(batch, batchSize(), iteration);
        if (!found.isEmpty()) {
            samples = batch.samples();
            losses = found;
            optimization.step();
        }
        iteration++;
        time = new IterationTime((System.nanoTime() - start) / 1e9, loader.waited());
        log.iteration(position(), losses.getOrDefault("loss", Double.NaN), groups().get(0).rate(), time.total(), time.data());
        hooks.at(Hook::afterTrainIter, this);
    }

    private LoadedBatch next() {
        try {
            return loader.next();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UsageException("interrupted while waiting for data", 1);
        }
    }

    private void endEpoch() {
        epoch++;
        hooks.at(Hook::afterTrainEpoch, this);
        log.plot();
    }

    private void interrupt() {
        if (savedAt != iteration) {
            save("iter_" + iteration, true);
        }
        log.plot();
        log.endProgress();
        print("stopped at epoch " + epoch + ", iteration " + iteration + "; go on with --resume");
    }

    private RunLog.Position position() {
        int inEpoch = iteration == 0 ? 0 : (iteration - 1) % epochLength() + 1;
        int shown = (Math.max(iteration, 1) - 1) / epochLength();
        return new RunLog.Position(loop().byEpoch(), shown, (maxIterations() + epochLength() - 1) / epochLength(), iteration, maxIterations(),
                inEpoch, batchSize());
    }

    // What hooks see

    @Override
    public Path workDir() {
        return options.workDir();
    }

    @Override
    public int epoch() {
        return epoch;
    }

    @Override
    public int iteration() {
        return iteration;
    }

    @Override
    public int epochLength() {
        return loader.length();
    }

    @Override
    public int maxIterations() {
        return loop().byEpoch() ? Math.multiplyExact(loop().limit(), loader.length()) : loop().limit();
    }

    @Override
    public Loop loop() {
        return config.trainCfg();
    }

    @Override
    public int batchSize() {
        return config.trainDataloader().batchSize();
    }

    @Override
    public long seed() {
        return seed;
    }

    @Override
    public void stop() {
        stopping = true;
    }

    @Override
    public Weights weights() {
        return model.weights();
    }

    @Override
    public Updates updates() {
        return options.updates();
    }

    @Override
    public List<ParamGroup> groups() {
        return optimization.groups();
    }

    @Override
    public void stepSchedulesByIteration() {
        schedules.afterIteration();
    }

    @Override
    public void stepSchedulesByEpoch() {
        schedules.afterEpoch();
    }

    @Override
    public void reshuffleEveryEpoch() {
        loader.reshuffleEveryEpoch();
    }

    @Override
    public Map<String, Double> losses() {
        return losses;
    }

    @Override
    public IterationTime time() {
        return time;
    }

    @Override
    public Recorder recorder() {
        return log.recorder();
    }

    @Override
    public void log() {
        log.line(position());
    }

    @Override
    public void report(Map<String, Double> figures) {
        log.report(position(), figures);
    }

    @Override
    public double latest(String figure) {
        return log.latest(figure);
    }

    @Override
    public void print(String line) {
        log.print(line);
    }

    @Override
    public Visualizer visualizer() {
        return visualizer;
    }

    @Override
    public Features features(Dataset.Images images) {
        hooks.at(Hook::beforeEvaluation, this);
        Features features = extractor.features(images);
        hooks.at(Hook::afterEvaluation, this);
        return features;
    }

    @Override
    public Features pixels(Dataset.Images images) {
        return extractor.pixels(images);
    }

    @Override
    public List<Sample> samples() {
        return samples;
    }

    @Override
    public void save(String tag, boolean optimizer) {
        RunState.Position position = new RunState.Position(epoch, iteration, seed);
        checkpoints.save(tag, state.tensors(optimizer), state.metadata(position, options.yaml(), optimizer));
        savedAt = optimizer ? iteration : savedAt;
    }

    @Override
    public void remove(String tag) {
        checkpoints.remove(tag);
    }

    @Override
    public void prune(int keep) {
        checkpoints.prune(keep, Set.of());
    }

    @Override
    public void close() {
        opened.close();
    }
}
