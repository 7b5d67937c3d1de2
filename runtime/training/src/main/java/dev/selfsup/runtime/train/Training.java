package dev.selfsup.runtime.train;

import dev.selfsup.api.data.Dataset;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.model.Algorithm;
import dev.selfsup.api.run.Features;
import dev.selfsup.api.run.Hook;
import dev.selfsup.api.run.Loop;
import dev.selfsup.api.run.ParamGroup;
import dev.selfsup.api.run.Recorder;
import dev.selfsup.api.run.Restored;
import dev.selfsup.api.run.Run;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.api.run.Visualizer;
import dev.selfsup.config.RunConfig;
import dev.selfsup.engine.Updates;
import dev.selfsup.engine.Weights;
import dev.selfsup.runtime.data.LoadedBatch;
import dev.selfsup.runtime.model.Evaluation;
import dev.selfsup.runtime.model.Reconstructor;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;

/** A training run: the loop, and what hooks see of it. The constructor makes it whole, weights included; {@link #train} runs it. */
public final class Training implements Run, AutoCloseable {
    private final RunParts parts;
    private int epoch;
    private int iteration;
    private int savedAt;
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
        this.parts = new RunParts(config, options);
        this.epoch = parts.start.epoch();
        this.iteration = parts.start.iteration();
        this.savedAt = iteration > 0 ? iteration : -1;
    }

    // The loop

    /**
     * Trains to the end, or until the run is asked to stop.
     *
     * @return whether the end was reached
     */
    public boolean train() {
        parts.hooks.at(Hook::beforeTrain, this);
        if (iteration < maxIterations()) {
            parts.checkLabels();
            parts.loader.seek(iteration);
        }
        if (iteration > epoch * epochLength() && !loop().byEpoch() && loop().validatesAfter(iteration)) {
            validate();
        }
        if (iteration > epoch * epochLength() && atEndOfEpoch()) {
            endEpoch();
        }
        while (iteration < maxIterations() && !stopping) {
            if (iteration % epochLength() == 0 || losses.isEmpty()) {
                parts.hooks.at(Hook::beforeTrainEpoch, this);
            }
            iterate();
            stopping |= parts.stopRequested();
            if (atEndOfEpoch()) {
                endEpoch();
            }
        }
        if (stopping && iteration < maxIterations()) {
            interrupt();
            return false;
        }
        parts.log.plot();
        parts.log.endProgress();
        parts.hooks.at(Hook::afterTrain, this);
        parts.lastWords("the run has come to its end, epoch " + epoch + ", iteration " + iteration);
        return true;
    }

    private boolean atEndOfEpoch() {
        return iteration % epochLength() == 0 || iteration == maxIterations();
    }

    private void iterate() {
        long start = System.nanoTime();
        parts.hooks.at(Hook::beforeTrainIter, this);
        LoadedBatch batch = next();
        if (parts.step.run(batch, batchSize(), iteration)) {
            samples = batch.samples();
            losses = parts.step.losses();
            parts.optimization.step();
        }
        iteration++;
        time = new IterationTime((System.nanoTime() - start) / 1e9, parts.loader.waited());
        parts.log.iteration(position(), losses.getOrDefault("loss", Double.NaN), groups().get(0).rate(), time.total(), time.data());
        if (!loop().byEpoch() && loop().validatesAfter(iteration)) {
            validate();
        }
        parts.hooks.at(Hook::afterTrainIter, this);
    }

    private LoadedBatch next() {
        try {
            return parts.loader.next();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UsageException("interrupted while waiting for data", 1);
        }
    }

    private void endEpoch() {
        epoch++;
        if (loop().byEpoch() && loop().validatesAfter(epoch)) {
            validate();
        }
        parts.hooks.at(Hook::afterTrainEpoch, this);
        parts.log.plot();
    }

    /** Judges the model before the hooks of this point, so that the checkpoint saved here knows of its figures. */
    private void validate() {
        parts.validation.ifPresent(validation -> {
            parts.hooks.at(Hook::beforeEvaluation, this);
            Map<String, Double> figures = validation.run(done -> parts.log.working("validation", done, validation.size()));
            parts.hooks.at(Hook::afterEvaluation, this);
            report(figures);
            print((loop().byEpoch() ? "epoch " + epoch : "iteration " + iteration) + ": " + Evaluation.line(figures));
            parts.hooks.at((hook, run) -> hook.afterValidation(run, figures), this);
        });
    }

    private void interrupt() {
        if (savedAt != iteration) {
            save("iter_" + iteration, true);
        }
        parts.log.plot();
        parts.log.endProgress();
        String stopped = "stopped at epoch " + epoch + ", iteration " + iteration + "; go on with --resume";
        print(stopped);
        parts.lastWords(stopped);
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
        return parts.options.workDir();
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
        return parts.epochLength();
    }

    @Override
    public int maxIterations() {
        return parts.maxIterations();
    }

    @Override
    public Loop loop() {
        return parts.config.trainCfg();
    }

    @Override
    public int batchSize() {
        return parts.batchSize();
    }

    @Override
    public long seed() {
        return parts.seed;
    }

    @Override
    public void stop() {
        stopping = true;
    }

    @Override
    public Algorithm algorithm() {
        return parts.model.algorithm();
    }

    @Override
    public Weights weights() {
        return parts.model.weights();
    }

    @Override
    public Updates updates() {
        return parts.options.updates();
    }

    @Override
    public List<ParamGroup> groups() {
        return parts.optimization.groups();
    }

    @Override
    public void freeze(Set<String> weights) {
        parts.optimization.freeze(weights);
    }

    @Override
    public void stepSchedulesByIteration() {
        parts.schedules.afterIteration();
    }

    @Override
    public void stepSchedulesByEpoch() {
        parts.schedules.afterEpoch();
    }

    @Override
    public void reshuffleEveryEpoch() {
        parts.loader.reshuffleEveryEpoch();
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
        return parts.log.recorder();
    }

    @Override
    public void log() {
        parts.log.line(position());
    }

    @Override
    public void report(Map<String, Double> figures) {
        parts.log.report(position(), figures);
    }

    @Override
    public double latest(String figure) {
        return parts.log.latest(figure);
    }

    @Override
    public void print(String line) {
        parts.log.print(line);
    }

    @Override
    public Visualizer visualizer() {
        return parts.visualizer;
    }

    @Override
    public Features features(Dataset.Images images) {
        parts.hooks.at(Hook::beforeEvaluation, this);
        Features features = parts.extractor.features(images);
        parts.hooks.at(Hook::afterEvaluation, this);
        parts.hooks.at((hook, run) -> hook.afterFeatures(run, features), this);
        return features;
    }

    @Override
    public Features pixels(Dataset.Images images) {
        return parts.extractor.pixels(images);
    }

    @Override
    public float[][] embeddings(Dataset.Images images, int batchSize) {
        return parts.extractor.embeddings(images, batchSize, done -> parts.log.working("features", done, images.size()));
    }

    @Override
    public void reconstruct(Dataset.Images images, Consumer<Restored> user) {
        parts.hooks.at(Hook::beforeEvaluation, this);
        new Reconstructor(parts.model, parts.seed, parts.bad).reconstruct(images, user);
        parts.hooks.at(Hook::afterEvaluation, this);
    }

    @Override
    public void assignLabels(int[] labels) {
        parts.loader.assignLabels(labels);
    }

    @Override
    public void sampleUniformly(int[] labels, int classes) {
        parts.loader.sampleUniformly(epoch, labels, classes);
    }

    @Override
    public List<Sample> samples() {
        return samples;
    }

    @Override
    public void save(String tag, boolean optimizer) {
        RunState.Position position = new RunState.Position(epoch, iteration, parts.seed);
        parts.checkpoints.save(tag, parts.state.tensors(optimizer), parts.state.metadata(position, parts.options.yaml(), optimizer));
        savedAt = optimizer ? iteration : savedAt;
        parts.log.note("saved " + tag);
    }

    @Override
    public void remove(String tag) {
        parts.checkpoints.remove(tag);
    }

    @Override
    public void prune(int keep) {
        parts.checkpoints.prune(keep, Set.of());
    }

    @Override
    public void close() {
        parts.close();
    }
}
