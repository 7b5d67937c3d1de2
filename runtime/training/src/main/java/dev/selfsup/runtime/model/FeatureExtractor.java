package dev.selfsup.runtime.model;

import dev.selfsup.api.data.BadImageException;
import dev.selfsup.api.data.DataPreprocessor;
import dev.selfsup.api.data.Dataset;
import dev.selfsup.api.data.Image;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.SampleRandom;
import dev.selfsup.api.run.Features;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.engine.HostCopy;
import dev.selfsup.engine.Plan;
import dev.selfsup.runtime.data.BadFiles;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Computes features of whole datasets with a model as it is, in evaluation mode: the last stage of the backbone, averaged over the image. */
public final class FeatureExtractor {
    private static final int BATCH = 64;

    private final Model model;
    private final long seed;
    private final BadFiles bad;

    /**
     * @param seed of random transforms, if the pipeline has any
     * @param bad where unusable files are listed
     */
    public FeatureExtractor(Model model, long seed, BadFiles bad) {
        this.model = model;
        this.seed = seed;
        this.bad = bad;
    }

    /** An image as the model gets it. */
    private record Row(int index, float[] values, int[] shape, int label) {}

    /** The images themselves, preprocessed, as rows. */
    public Features pixels(Dataset.Images images) {
        List<Row> all = new ArrayList<>();
        read(images, BATCH, done -> {}, all::addAll);
        return new Features(all.stream().map(Row::values).toArray(float[][]::new), all.stream().mapToInt(Row::label).toArray());
    }

    /** Makes the weights that features of such images need, where the model has none yet. */
    public void prepare(Dataset.Images images) {
        for (int i = 0; i < images.size(); i++) {
            Row row = row(images, i);
            if (row != null) {
                model.features(batch(images), row.shape[0], row.shape[1], row.shape[2]);
                return;
            }
        }
        throw new UsageException("none of the " + images.size() + " images can be used", 1);
    }

    /** Images that the network sees at once: of a few no more memory is taken than they need. */
    private static int batch(Dataset.Images images) {
        return Math.min(BATCH, images.size());
    }

    /** Features of the images. */
    public Features features(Dataset.Images images) {
        List<float[]> features = new ArrayList<>(images.size());
        IntStream.Builder labels = IntStream.builder();
        int batch = batch(images);
        read(images, batch, done -> {}, rows -> {
            Plan plan = run(shape -> model.features(batch, shape[0], shape[1], shape[2]), batch, rows);
            INDArray last = plan.output("features." + (plan.outputs().size() - 1));
            features.addAll(pooled(HostCopy.read(last), last.shape(), rows.size()));
            rows.forEach(row -> labels.add(row.label));
        });
        return new Features(features.toArray(float[][]::new), labels.build().toArray());
    }

    /**
     * What images are compared by, as {@link dev.selfsup.api.model.Algorithm#embed} gives it.
     *
     * @param batch images that the network sees at once
     * @param done told the number of images that are done
     * @return a row per image, null where it cannot be used
     */
    public float[][] embeddings(Dataset.Images images, int batch, IntConsumer done) {
        float[][] all = new float[images.size()][];
        read(images, batch, done, rows -> {
            Plan plan = run(shape -> model.embedding(batch, shape[0], shape[1], shape[2]), batch, rows);
            float[] values = HostCopy.read(plan.output("embedding"));
            int width = values.length / batch;
            for (int i = 0; i < rows.size(); i++) {
                all[rows.get(i).index] = Arrays.copyOfRange(values, i * width, (i + 1) * width);
            }
        });
        return all;
    }

    /** Reads images batch by batch, the next one while the last is used: memory does not grow with their number. */
    private void read(Dataset.Images images, int batch, IntConsumer done, Consumer<List<Row>> user) {
        int[] shape = null;
        CompletableFuture<List<Row>> next = CompletableFuture.supplyAsync(() -> load(images, 0, batch));
        for (int start = 0; start < images.size(); start += batch) {
            int after = start + batch;
            List<Row> rows = joined(next);
            next = CompletableFuture.supplyAsync(() -> load(images, after, batch));
            for (Row row : rows) {
                if (shape != null && !Arrays.equals(row.shape, shape)) {
                    joined(next);
                    throw new UsageException("images whose features are compared must have one size: end their pipeline with Resize or CenterCrop");
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
            throw new UsageException("none of the " + images.size() + " images whose features are compared can be used; bad_files.txt has the reasons", 1);
        }
    }

    private static List<Row> joined(CompletableFuture<List<Row>> rows) {
        try {
            return rows.join();
        } catch (CompletionException e) {
            throw e.getCause() instanceof RuntimeException cause ? cause : e;
        }
    }

    /** The usable ones of some images. */
    private List<Row> load(Dataset.Images images, int start, int count) {
        return IntStream.range(start, Math.min(start + count, images.size())).parallel().mapToObj(i -> row(images, i)).filter(r -> r != null).toList();
    }

    private Row row(Dataset.Images images, int index) {
        try {
            Sample sample = images.load(index, SampleRandom.of(seed, 0, index));
            List<Image> image = sample.images().subList(0, 1);
            int[] shape = model.algorithm().dataPreprocessor().shapes(image).get(0);
            float[] values = new float[DataPreprocessor.length(shape)];
            model.algorithm().dataPreprocessor().write(image, 0, values, 0);
            return new Row(index, values, shape, sample.label().orElse(-1));
        } catch (BadImageException e) {
            bad.add(e);
            return null;
        }
    }

    /** Runs the plan for images of a shape with some of them, of which there may be fewer than it takes. */
    private static Plan run(Function<int[], Plan> planned, int batch, List<Row> rows) {
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

    /** Means over the image: [N, C, ...] to rows of C. */
    private static List<float[]> pooled(float[] values, long[] shape, int rows) {
        int channels = (int) shape[1];
        int area = Math.toIntExact(values.length / (shape[0] * channels));
        List<float[]> pooled = new ArrayList<>(rows);
        for (int row = 0; row < rows; row++) {
            float[] features = new float[channels];
            for (int c = 0; c < channels; c++) {
                double sum = 0;
                for (int i = 0; i < area; i++) {
                    sum += values[(row * channels + c) * area + i];
                }
                features[c] = (float) (sum / area);
            }
            pooled.add(features);
        }
        return pooled;
    }
}
