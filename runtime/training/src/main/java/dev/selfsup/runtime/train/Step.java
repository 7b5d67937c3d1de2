package dev.selfsup.runtime.train;

import dev.selfsup.api.data.DataPreprocessor;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.checkpoint.SafeTensors;
import dev.selfsup.checkpoint.Tensor;
import dev.selfsup.engine.Plan;
import dev.selfsup.runtime.data.BatchMixing;
import dev.selfsup.runtime.data.LoadedBatch;
import dev.selfsup.runtime.data.TargetsAhead;
import dev.selfsup.runtime.model.Model;
import dev.selfsup.runtime.model.ModelState;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.stream.Stream;

/**
 * One loss call: feeds a batch, makes the random choices, computes losses and gradients. While batches keep their shape nothing is allocated from the
 * third call on.
 */
final class Step {
    private final Model model;
    private final long seed;
    private final Path workDir;
    private final Optional<TargetsAhead> targets;
    private final Optional<BatchMixing> mixing;
    private LossPlan current;

    /**
     * Steps of a run.
     *
     * @param workDir where a batch whose loss is not finite is saved
     * @param targets the frozen network whose results batches hold
     * @param mixing what makes probabilities of the labels of batches
     */
    Step(Model model, long seed, Path workDir, Optional<TargetsAhead> targets, Optional<BatchMixing> mixing) {
        this.model = model;
        this.seed = seed;
        this.workDir = workDir;
        this.targets = targets;
        this.mixing = mixing;
    }

    /** The plan for batches of samples like these. */
    Plan plan(List<int[]> shapes, List<Sample> samples) {
        int size = samples.size();
        List<long[]> views = shapes.stream().map(s -> DataPreprocessor.shape(size, s)).toList();
        Map<String, Model.Field> fields = new LinkedHashMap<>();
        samples.get(0).fields().forEach((name, field) -> fields.put(name, new Model.Field(shape(size, field.shape()), field.integer(), ones(samples, name))));
        Stream.concat(targets.stream().flatMap(ahead -> ahead.outputs(shapes).stream()), mixing.stream().flatMap(batches -> batches.outputs().stream()))
                .forEach(output -> fields.put(output.field(), Model.Field.of(output.integer(), shape(size, output.shape()))));
        return model.loss(views, fields);
    }

    private static OptionalLong ones(List<Sample> samples, String name) {
        return OptionalLong.of(samples.stream().mapToLong(sample -> sample.fields().get(name).ones()).sum());
    }

    private static long[] shape(int size, int[] sample) {
        long[] shape = new long[sample.length + 1];
        shape[0] = size;
        for (int i = 0; i < sample.length; i++) {
            shape[i + 1] = sample[i];
        }
        return shape;
    }

    /**
     * Computes losses and gradients.
     *
     * @param whole images of a full batch; a shorter one that the method cannot work with is left out
     * @return whether there are any; not if the batch is left out
     * @throws UsageException if the loss is not finite; the batch, its random choices and the weights are saved
     */
    boolean run(LoadedBatch batch, int whole, int iteration) {
        if (batch.size() == 0) {
            return false;
        }
        if (current == null || !current.fits(batch)) {
            Plan plan = plan(batch, whole);
            if (plan == null) {
                return false;
            }
            current = new LossPlan(plan, batch, seed);
        }
        try {
            current.run(batch, iteration);
        } catch (IllegalArgumentException e) {
            throw new UsageException("the batch of iteration " + (iteration + 1) + " does not fit the model: " + e.getMessage(), 1);
        }
        if (!Float.isFinite(current.total())) {
            throw notFinite(current.plan(), current.losses(), iteration);
        }
        return true;
    }

    /** Losses of the last call by name, their sum as {@code loss}. */
    Map<String, Double> losses() {
        return current.losses();
    }

    private Plan plan(LoadedBatch batch, int whole) {
        try {
            return plan(batch.shapes(), batch.samples());
        } catch (UsageException e) {
            if (batch.size() == whole) {
                throw e;
            }
            return null;
        }
    }

    private UsageException notFinite(Plan plan, Map<String, Double> losses, int iteration) {
        List<Tensor> tensors = new ArrayList<>();
        plan.inputs().forEach(name -> tensors.add(ModelState.tensor("batch/" + name, plan.input(name))));
        model.weights().state().forEach((name, array) -> tensors.add(ModelState.tensor(name, array)));
        Path file = workDir.resolve("nonfinite_iter_" + (iteration + 1) + ".safetensors");
        String saved;
        try (FileChannel out = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            SafeTensors.write(out, tensors, Map.of("format", "pt"));
            saved = "the batch, its random choices and the weights are saved in " + file;
        } catch (IOException e) {
            saved = "the batch could not be saved in " + file + ": " + e.getMessage();
        }
        return new UsageException("the loss is not finite at iteration " + (iteration + 1) + ": " + losses + "; " + saved
                + ". Lower optim_wrapper.optimizer.lr, lengthen the warm-up or set optim_wrapper.clip_grad, and go on with --resume", 1);
    }
}
