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
    private record Row(float[] values, int[] shape, int label) {}

    /** The images themselves, preprocessed, as rows. */
    public Features pixels(Dataset.Images images) {
        List<Row> rows = load(images);
        return new Features(rows.stream().map(Row::values).toArray(float[][]::new), labels(rows));
    }

    /** Makes the weights that features of such images need, where the model has none yet. */
    public void prepare(Dataset.Images images) {
        for (int i = 0; i < images.size(); i++) {
            Row row = row(images, i);
            if (row != null) {
                model.features(BATCH, row.shape[0], row.shape[1], row.shape[2]);
                return;
            }
        }
        throw new UsageException("none of the " + images.size() + " images can be used", 1);
    }

    /** Features of the images. */
    public Features features(Dataset.Images images) {
        List<Row> rows = load(images);
        List<float[]> features = new ArrayList<>(rows.size());
        for (int start = 0; start < rows.size(); start += BATCH) {
            features.addAll(batch(rows.subList(start, Math.min(start + BATCH, rows.size()))));
        }
        return new Features(features.toArray(float[][]::new), labels(rows));
    }

    private static int[] labels(List<Row> rows) {
        return rows.stream().mapToInt(Row::label).toArray();
    }

    private List<Row> load(Dataset.Images images) {
        List<Row> rows = IntStream.range(0, images.size()).parallel().mapToObj(i -> row(images, i)).filter(r -> r != null).toList();
        if (rows.isEmpty()) {
            throw new UsageException("none of the " + images.size() + " images whose features are compared can be used; bad_files.txt has the reasons", 1);
        }
        for (Row row : rows) {
            if (!Arrays.equals(row.shape, rows.get(0).shape)) {
                throw new UsageException("images whose features are compared must have one size: end their pipeline with Resize or CenterCrop");
            }
        }
        return rows;
    }

    private Row row(Dataset.Images images, int index) {
        try {
            Sample sample = images.load(index, SampleRandom.of(seed, 0, index));
            List<Image> image = sample.images().subList(0, 1);
            int[] shape = model.algorithm().dataPreprocessor().shapes(image).get(0);
            float[] values = new float[DataPreprocessor.length(shape)];
            model.algorithm().dataPreprocessor().write(image, 0, values, 0);
            return new Row(values, shape, sample.label().orElse(-1));
        } catch (BadImageException e) {
            bad.add(e);
            return null;
        }
    }

    private List<float[]> batch(List<Row> rows) {
        int[] shape = rows.get(0).shape;
        Plan plan = model.features(BATCH, shape[0], shape[1], shape[2]);
        int length = rows.get(0).values.length;
        float[] images = new float[BATCH * length];
        for (int i = 0; i < rows.size(); i++) {
            System.arraycopy(rows.get(i).values, 0, images, i * length, length);
        }
        HostCopy.write(images, images.length, plan.input("images"));
        plan.run();
        INDArray last = plan.output("features." + (plan.outputs().size() - 1));
        return pooled(HostCopy.read(last), last.shape(), rows.size());
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
