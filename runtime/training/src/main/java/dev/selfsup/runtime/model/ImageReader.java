package dev.selfsup.runtime.model;

import dev.selfsup.api.data.BadImageException;
import dev.selfsup.api.data.DataPreprocessor;
import dev.selfsup.api.data.Dataset;
import dev.selfsup.api.data.Image;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.SampleRandom;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.engine.HostCopy;
import dev.selfsup.engine.Plan;
import dev.selfsup.runtime.data.BadFiles;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;

/**
 * Reads the images of a dataset in order, for a network that is not trained by them, the next batch while the last is used: memory does not grow with their number.
 *
 * @param preprocessor of the network
 * @param seed of random transforms, if the pipeline has any
 * @param bad where unusable files are listed
 */
record ImageReader(DataPreprocessor preprocessor, long seed, BadFiles bad) {
    /**
     * An image as the network gets it.
     *
     * @param index its place in the dataset
     * @param values its input, in C order
     * @param shape [C, H, W]
     * @param label its class, -1 for none
     * @param path its file
     * @param fields what the pipeline gives beside the image
     */
    record Row(int index, float[] values, int[] shape, int label, Path path, Map<String, Sample.Field> fields) {}

    /** The usable ones of all images, in batches; {@code done} is told the number of images that are done. */
    void read(Dataset.Images images, int batch, IntConsumer done, Consumer<List<Row>> user) {
        int[] shape = null;
        CompletableFuture<List<Row>> next = CompletableFuture.supplyAsync(() -> load(images, 0, batch));
        for (int start = 0; start < images.size(); start += batch) {
            int after = start + batch;
            List<Row> rows = joined(next);
            next = CompletableFuture.supplyAsync(() -> load(images, after, batch));
            for (Row row : rows) {
                if (shape != null && !Arrays.equals(row.shape, shape)) {
                    joined(next);
                    throw new UsageException("images that are compared must have one size: end their pipeline with Resize or CenterCrop");
                }
                shape = row.shape;
            }
            if (!rows.isEmpty()) {
                user.accept(rows);
            }
            done.accept(Math.min(after, images.size()));
        }
        joined(next);
        if (shape == null) {
            throw unusable(images);
        }
    }

    private UsageException unusable(Dataset.Images images) {
        return new UsageException("none of the " + images.size() + " images whose features are compared can be used; " + bad.reasons(), 1);
    }

    /** The first usable image. */
    Row first(Dataset.Images images) {
        return IntStream.range(0, images.size()).mapToObj(i -> row(images, i)).filter(row -> row != null).findFirst().orElseThrow(() -> unusable(images));
    }

    private static List<Row> joined(CompletableFuture<List<Row>> rows) {
        try {
            return rows.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    private List<Row> load(Dataset.Images images, int start, int count) {
        return IntStream.range(start, Math.min(start + count, images.size())).parallel().mapToObj(i -> row(images, i)).filter(r -> r != null).toList();
    }

    private Row row(Dataset.Images images, int index) {
        try {
            Sample sample = images.load(index, SampleRandom.of(seed, 0, index));
            List<Image> image = sample.images().subList(0, 1);
            int[] shape = preprocessor.shapes(image).get(0);
            float[] values = new float[DataPreprocessor.length(shape)];
            preprocessor.write(image, 0, values, 0);
            bad.good(index);
            return new Row(index, values, shape, sample.label().orElse(-1), sample.path(), Map.copyOf(sample.fields()));
        } catch (BadImageException e) {
            bad.add(e);
            return null;
        }
    }

    /** Features of an image, which must be numbers to be compared. */
    static float[] finite(float[] features, Path image) {
        for (float value : features) {
            if (!Float.isFinite(value)) {
                throw new UsageException("the features of " + image + " are not finite: the network's weights have diverged, or the checkpoint is damaged; take an earlier one", 1);
            }
        }
        return features;
    }

    /** Runs the plan for images of a shape with some of them, of which there may be fewer than it takes. */
    static Plan run(Function<int[], Plan> planned, int batch, List<Row> rows) {
        Plan plan = planned.apply(rows.get(0).shape);
        int length = rows.get(0).values.length;
        float[] images = new float[Math.multiplyExact(batch, length)];
        for (int i = 0; i < rows.size(); i++) {
            System.arraycopy(rows.get(i).values, 0, images, i * length, length);
        }
        HostCopy.write(images, images.length, plan.input("images"));
        plan.run();
        return plan;
    }
}
