package dev.selfsup.runtime.doctor;

import dev.selfsup.api.data.DataPreprocessor;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.model.FrozenNetwork;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.config.RunConfig;
import dev.selfsup.engine.Kernels;
import dev.selfsup.runtime.model.Model;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * Estimates the memory of a training step from the plans of two small batches: what grows with the batch is extrapolated in a straight line.
 *
 * @param run the run
 * @param targets what a frozen network gives the loss of every image
 * @param machine bytes of memory that this machine has
 */
record RunMemory(RunConfig run, List<FrozenNetwork.Output> targets, long machine) {
    private static final String SUBJECT = "memory";
    private static final int SMALL = 2;
    private static final int LARGER = 4;
    /** Copies of the trained weights: values, gradients, and two moments as most optimizers have. */
    private static final int COPIES = 4;

    /** What is needed for batches of samples like this one. */
    Finding finding(Sample sample) {
        int batch = run.trainDataloader().batchSize();
        try {
            Model model = new Model(run.model(), 0, Kernels.fastest());
            long small = bytes(model, sample, SMALL);
            long step = (bytes(model, sample, LARGER) - small) / (LARGER - SMALL);
            long weights = model.weights().flat().length() * DataType.FLOAT.width();
            long needed = small + Math.max(0, step) * (batch - SMALL) + weights * COPIES;
            String found = "a step of " + batch + " images needs about " + Size.text(needed) + " (" + model.weights().flat().length() / 1000
                    + " thousand weights); the machine has " + Size.text(machine);
            if (needed > machine) {
                return Finding.fail(SUBJECT, found, "lower train_dataloader.batch_size to " + Math.max(1, (machine * 3 / 4 - weights * COPIES) / Math.max(1, step))
                        + " or less (optim_wrapper.accumulative_counts makes up for it), or use smaller images or a machine with more");
            }
            return needed > machine * 3 / 4 ? Finding.warn(SUBJECT, found, "little is left for the Java heap and data workers: lower train_dataloader.batch_size")
                    : Finding.ok(SUBJECT, found);
        } catch (UsageException | IllegalArgumentException e) {
            return Finding.warn(SUBJECT, "the memory of a step cannot be estimated from batches of " + SMALL + " and " + LARGER + ": " + e.getMessage(),
                    "if training says the same, mend the model");
        }
    }

    private long bytes(Model model, Sample sample, int size) {
        List<long[]> views = run.model().dataPreprocessor().shapes(sample.images()).stream().map(shape -> DataPreprocessor.shape(size, shape)).toList();
        Map<String, Model.Field> fields = new LinkedHashMap<>();
        sample.fields().forEach((name, field) -> fields.put(name, new Model.Field(batched(size, field.shape()), field.integer(), OptionalLong.of(size * field.ones()))));
        targets.forEach(output -> fields.put(output.field(), Model.Field.of(output.integer(), batched(size, output.shape()))));
        return model.loss(views, fields).bytes();
    }

    private static long[] batched(int size, int[] sample) {
        long[] shape = new long[sample.length + 1];
        shape[0] = size;
        for (int i = 0; i < sample.length; i++) {
            shape[i + 1] = sample[i];
        }
        return shape;
    }
}
