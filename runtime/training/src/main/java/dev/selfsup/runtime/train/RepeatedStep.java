package dev.selfsup.runtime.train;

import dev.selfsup.api.data.Dataset;
import dev.selfsup.api.data.LoaderConfig;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.checkpoint.Tensor;
import dev.selfsup.config.RunConfig;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.Plan;
import dev.selfsup.engine.Updates;
import dev.selfsup.optimization.Optimization;
import dev.selfsup.runtime.data.BadFiles;
import dev.selfsup.runtime.data.BatchMixing;
import dev.selfsup.runtime.data.DataLoader;
import dev.selfsup.runtime.data.LoadedBatch;
import dev.selfsup.runtime.data.TargetsAhead;
import dev.selfsup.runtime.model.Model;
import dev.selfsup.runtime.model.ModelState;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The training step of a run, made again and again on its first batch with the random choices of its first iteration: loss, gradients and update by the
 * classes that training uses.
 */
public final class RepeatedStep {
    private final LoadedBatch batch;
    private final Model model;
    private final Plan plan;
    private final Step step;
    private final Optimization optimization;

    /**
     * Makes model, batch and optimizer.
     *
     * @param config the run
     * @param kernels fast kernels
     * @param updates passes over weights
     * @param folder where what goes wrong is written
     */
    public RepeatedStep(RunConfig config, Kernels kernels, Updates updates, Path folder) {
        long seed = config.randomness().seed().orElse(0);
        Optional<TargetsAhead> targets = TargetsAhead.of(config.model(), line -> { });
        try {
            Dataset.Images images = config.trainDataloader().dataset().open();
            Optional<BatchMixing> mixing = BatchMixing.of(config.model(), images, seed);
            this.batch = batch(config, images, seed, folder, targets, mixing);
            this.model = new Model(config.model(), seed, kernels, new Graph.Run(Long.MAX_VALUE, updates));
            config.hooks().forEach(hook -> model.declare(hook::beforeModel));
            this.step = new Step(model, seed, folder, targets, mixing);
            this.plan = step.plan(batch.shapes(), batch.samples());
        } finally {
            targets.ifPresent(TargetsAhead::close);
        }
        this.optimization = RunParts.optimization(config.optimWrapper(), model, plan, updates, Long.MAX_VALUE);
    }

    private static LoadedBatch batch(RunConfig config, Dataset.Images images, long seed, Path folder, Optional<TargetsAhead> targets,
            Optional<BatchMixing> mixing) {
        LoaderConfig loading = config.trainDataloader();
        DataLoader.Options options = new DataLoader.Options(loading.sampler(), loading.collateFn(), config.model().dataPreprocessor(),
                loading.batchSize(), true, 1, seed);
        BadFiles bad = new BadFiles(folder.resolve("bad_files.txt"), line -> { });
        try (DataLoader loader = new DataLoader(images, options, bad)) {
            targets.ifPresent(loader::complete);
            mixing.ifPresent(loader::mix);
            loader.seek(0);
            return loader.next();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UsageException("interrupted while waiting for data", 1);
        }
    }

    /** Makes one step. */
    public void run() {
        step.run(batch, batch.size(), 0);
        optimization.step();
    }

    /** The loss of the last step, before its update. */
    public double loss() {
        return step.losses().get("loss");
    }

    /** Nanoseconds of each kind of kernel in one step, and of {@code update}. */
    public Map<String, Long> profile() {
        Map<String, Long> nanos = new LinkedHashMap<>(plan.profile());
        long start = System.nanoTime();
        optimization.step();
        nanos.put("update", System.nanoTime() - start);
        return nanos;
    }

    /** Kinds of the plan's kernels, in order. */
    public List<String> kernels() {
        return plan.operations();
    }

    /** What the plan of the loss and its gradients consists of, in numbers. */
    public Plan.Counts counts() {
        return plan.counts();
    }

    /** The samples of the batch. */
    public List<Sample> samples() {
        return batch.samples();
    }

    /** Shape of the first input, [N, C, H, W]. */
    public long[] shape() {
        return batch.shape(0);
    }

    /** Number of trained weights. */
    public long weights() {
        return model.weights().flat().length();
    }

    /** Weights and buffers by their names, inputs and random choices as {@code batch/<input>}; the inputs are there after the first {@link #run}. */
    public List<Tensor> state() {
        List<Tensor> tensors = new ArrayList<>();
        plan.inputs().forEach(name -> tensors.add(ModelState.tensor("batch/" + name, plan.input(name))));
        model.weights().state().forEach((name, array) -> tensors.add(ModelState.tensor(name, array)));
        return tensors;
    }

    /** Fills inputs and random choices and computes losses and gradients, without an update. */
    public void rehearse() {
        step.run(batch, batch.size(), 0);
    }
}
