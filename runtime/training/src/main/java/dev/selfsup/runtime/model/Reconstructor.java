package dev.selfsup.runtime.model;

import dev.selfsup.api.data.BadImageException;
import dev.selfsup.api.data.DataPreprocessor;
import dev.selfsup.api.data.Dataset;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.SampleRandom;
import dev.selfsup.api.run.Restored;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.engine.HostCopy;
import dev.selfsup.engine.HostMemory;
import dev.selfsup.engine.Plan;
import dev.selfsup.runtime.data.BadFiles;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Has a model as it is predict hidden patches of images, in evaluation mode. What is hidden depends on the seed and the image's place alone. */
public final class Reconstructor {
    private static final int BATCH = 32;

    private final Model model;
    private final long seed;
    private final BadFiles bad;

    /**
     * @param seed of what is hidden
     * @param bad where unusable files are listed
     */
    public Reconstructor(Model model, long seed, BadFiles bad) {
        this.model = model;
        this.seed = seed;
        this.bad = bad;
    }

    /** Reconstructs all usable images of a dataset, batch by batch. */
    public void reconstruct(Dataset.Images images, Consumer<Restored> user) {
        int size = Math.min(BATCH, images.size());
        int used = 0;
        for (int start = 0; start < images.size(); start += size) {
            List<Sample> samples = IntStream.range(start, Math.min(start + size, images.size())).parallel().mapToObj(i -> load(images, i)).filter(Objects::nonNull).toList();
            if (!samples.isEmpty()) {
                used += samples.size();
                reconstruct(samples, size, start).forEach(user);
            }
        }
        if (used == 0) {
            throw new UsageException("none of the " + images.size() + " images to be reconstructed can be used; " + bad.reasons(), 1);
        }
    }

    private Sample load(Dataset.Images images, int index) {
        try {
            Sample sample = images.load(index, SampleRandom.of(seed, 0, index));
            bad.good(index);
            return sample;
        } catch (BadImageException e) {
            bad.add(e);
            return null;
        }
    }

    /** Makes the weights that samples like this one need, where the model has none yet. */
    public void prepare(Sample like) {
        plan(List.of(like), 1);
    }

    /**
     * Reconstructs some samples.
     *
     * @param samples of one shape
     * @param size images that the model sees at once, at least as many
     * @param number of the batch, by which what is hidden differs from that of other batches
     * @return what becomes of each
     */
    public List<Restored> reconstruct(List<Sample> samples, int size, long number) {
        Plan plan = plan(samples, size);
        feed(plan, samples, size);
        new Draws(plan, seed).fill(number, name -> HostCopy.read(plan.input(name)));
        plan.run();
        Map<String, List<Restored.Plane>> planes = new LinkedHashMap<>();
        plan.outputs().forEach((name, values) -> planes.put(name, planes(values, samples.size())));
        boolean levels = planes.containsKey(Model.LEVELS + "visible");
        String picture = levels ? Model.LEVELS : "";
        return IntStream.range(0, samples.size()).mapToObj(i -> new Restored(planes.get("mask").get(i), planes.get("target").get(i), planes.get("prediction").get(i),
                planes.get(picture + "visible").get(i), planes.get(picture + "predicted").get(i), levels)).toList();
    }

    private Plan plan(List<Sample> samples, int size) {
        List<int[]> shapes = shapes(samples.get(0));
        for (Sample sample : samples) {
            if (!Arrays.deepEquals(shapes(sample).toArray(), shapes.toArray())) {
                throw new UsageException("images to be reconstructed must have one size: end their pipeline with Resize or CenterCrop");
            }
        }
        Map<String, Model.Field> fields = new LinkedHashMap<>();
        samples.get(0).fields().forEach((name, field) -> fields.put(name, Model.Field.of(field.integer(), shape(size, field))));
        return model.reconstruction(shapes.stream().map(shape -> DataPreprocessor.shape(size, shape)).toList(), fields);
    }

    private List<int[]> shapes(Sample sample) {
        return model.algorithm().dataPreprocessor().shapes(sample.images());
    }

    private static long[] shape(int size, Sample.Field field) {
        long[] shape = new long[field.shape().length + 1];
        shape[0] = size;
        for (int i = 1; i < shape.length; i++) {
            shape[i] = field.shape()[i - 1];
        }
        return shape;
    }

    private void feed(Plan plan, List<Sample> samples, int size) {
        List<int[]> shapes = shapes(samples.get(0));
        for (int input = 0; input < shapes.size(); input++) {
            if (plan.inputs().contains("inputs." + input)) {
                int length = DataPreprocessor.length(shapes.get(input));
                float[] values = new float[size * length];
                for (int i = 0; i < samples.size(); i++) {
                    model.algorithm().dataPreprocessor().write(samples.get(i).images(), input, values, i * length);
                }
                HostCopy.write(values, values.length, plan.input("inputs." + input));
            }
        }
        samples.get(0).fields().forEach((name, first) -> {
            if (plan.inputs().contains(name)) {
                double[] values = new double[size * first.values().length];
                for (int i = 0; i < samples.size(); i++) {
                    System.arraycopy(samples.get(i).fields().get(name).values(), 0, values, i * first.values().length, first.values().length);
                }
                new HostMemory(plan.input(name)).write(values);
            }
        });
    }

    /** The first of some arrays of numbers over an image, [N, H, W] or [N, C, H, W]. */
    private static List<Restored.Plane> planes(INDArray array, int count) {
        float[] all = HostCopy.read(array);
        long[] shape = array.shape();
        int length = Math.toIntExact(all.length / shape[0]);
        int channels = shape.length == 4 ? (int) shape[1] : 1;
        List<Restored.Plane> planes = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            planes.add(new Restored.Plane(Arrays.copyOfRange(all, i * length, (i + 1) * length), channels, (int) shape[shape.length - 2], (int) shape[shape.length - 1]));
        }
        return planes;
    }
}
