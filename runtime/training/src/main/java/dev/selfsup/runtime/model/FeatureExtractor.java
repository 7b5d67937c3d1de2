package dev.selfsup.runtime.model;

import dev.selfsup.api.data.Dataset;
import dev.selfsup.api.run.Features;
import dev.selfsup.engine.HostCopy;
import dev.selfsup.engine.Plan;
import dev.selfsup.runtime.data.BadFiles;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.function.IntConsumer;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Computes features of whole datasets with a model as it is, in evaluation mode: the last stage of the backbone, averaged over the image. */
public final class FeatureExtractor {
    private static final int BATCH = 64;

    private final Model model;
    private final ImageReader reader;

    /**
     * @param seed of random transforms, if the pipeline has any
     * @param bad where unusable files are listed
     */
    public FeatureExtractor(Model model, long seed, BadFiles bad) {
        this.model = model;
        this.reader = new ImageReader(model.algorithm().dataPreprocessor(), seed, bad);
    }

    /** The images themselves, preprocessed, as rows. */
    public Features pixels(Dataset.Images images) {
        List<ImageReader.Row> all = new ArrayList<>();
        reader.read(images, BATCH, done -> {}, all::addAll);
        return new Features(all.stream().map(ImageReader.Row::values).toArray(float[][]::new), all.stream().mapToInt(ImageReader.Row::label).toArray());
    }

    /** Makes the weights that features of such images need, where the model has none yet. */
    public void prepare(Dataset.Images images) {
        int[] shape = reader.first(images).shape();
        model.features(batch(images), shape[0], shape[1], shape[2]);
    }

    /** Images that the network sees at once: of a few no more memory is taken than they need. */
    private static int batch(Dataset.Images images) {
        return Math.min(BATCH, images.size());
    }

    /**
     * Features of the images.
     *
     * @throws dev.selfsup.api.run.UsageException if some are not finite
     */
    public Features features(Dataset.Images images) {
        List<float[]> features = new ArrayList<>(images.size());
        IntStream.Builder labels = IntStream.builder();
        int batch = batch(images);
        reader.read(images, batch, done -> {}, rows -> {
            Plan plan = ImageReader.run(shape -> model.features(batch, shape[0], shape[1], shape[2]), batch, rows);
            INDArray last = plan.output("features." + (plan.outputs().size() - 1));
            features.addAll(pooled(HostCopy.read(last), last.shape(), rows));
            rows.forEach(row -> labels.add(row.label()));
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
        reader.read(images, batch, done, rows -> {
            Plan plan = ImageReader.run(shape -> model.embedding(batch, shape[0], shape[1], shape[2]), batch, rows);
            float[] values = HostCopy.read(plan.output("embedding"));
            int width = values.length / batch;
            for (int i = 0; i < rows.size(); i++) {
                all[rows.get(i).index()] = Arrays.copyOfRange(values, i * width, (i + 1) * width);
            }
        });
        return all;
    }

    /** Means over the image: [N, C, ...] to rows of C. */
    private static List<float[]> pooled(float[] values, long[] shape, List<ImageReader.Row> rows) {
        int channels = (int) shape[1];
        int area = Math.toIntExact(values.length / (shape[0] * channels));
        List<float[]> pooled = new ArrayList<>(rows.size());
        for (int row = 0; row < rows.size(); row++) {
            float[] features = new float[channels];
            for (int c = 0; c < channels; c++) {
                double sum = 0;
                for (int i = 0; i < area; i++) {
                    sum += values[(row * channels + c) * area + i];
                }
                features[c] = (float) (sum / area);
            }
            pooled.add(ImageReader.finite(features, rows.get(row).path()));
        }
        return pooled;
    }
}
