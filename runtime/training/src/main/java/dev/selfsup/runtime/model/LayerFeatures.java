package dev.selfsup.runtime.model;

import dev.selfsup.api.data.Dataset;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.HostCopy;
import dev.selfsup.engine.Plan;
import dev.selfsup.layers.Pooling;
import dev.selfsup.runtime.data.BadFiles;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Features of chosen layers of a network as it is, in evaluation mode, a row for each image and layer, batch by batch: memory does not grow with the number of images.
 */
public final class LayerFeatures {
    private static final int BATCH = 64;
    private static final String STAGE = "feat";

    private final Model model;
    private final List<String> modules;
    private final List<Integer> stages;
    private final Pooling pooling;
    private final ImageReader reader;

    /**
     * Features of some images.
     *
     * @param features by layer a row for each image, [N][D]
     * @param index places in the dataset, [N]
     * @param labels classes, -1 for none, [N]
     * @param paths files, [N]
     * @param fields what the pipeline gives beside the images, [N]
     */
    public record Rows(Map<String, float[][]> features, int[] index, int[] labels, List<Path> paths, List<Map<String, Sample.Field>> fields) {}

    /**
     * Features of stages of the backbone, or of modules.
     *
     * @param stages numbers of the stages that the backbone gives, from 0, which are called {@code feat1}, ...; empty for its last, called {@code feat}
     * @param modules paths of modules whose outputs are taken in place of stages, as {@code backbone.layer2}
     * @param seed of random transforms, if the pipeline has any
     * @param bad where unusable files are listed
     */
    public LayerFeatures(Model model, List<Integer> stages, List<String> modules, Pooling pooling, long seed, BadFiles bad) {
        this.model = model;
        this.stages = List.copyOf(stages);
        this.modules = List.copyOf(modules);
        this.pooling = pooling;
        this.reader = new ImageReader(model.algorithm().dataPreprocessor(), seed, bad);
    }

    /** Names of the layers, in order. */
    public List<String> names() {
        if (!modules.isEmpty()) {
            return modules;
        }
        return stages.isEmpty() ? List.of(STAGE) : stages.stream().map(stage -> STAGE + (stage + 1)).toList();
    }

    /** Makes the weights that features of such images need, where the model has none yet. */
    public void prepare(Dataset.Images images) {
        plan(batch(images), reader.first(images).shape());
    }

    private static int batch(Dataset.Images images) {
        return Math.min(BATCH, images.size());
    }

    private Plan plan(int batch, int... shape) {
        return model.values("layers " + stages + modules + pooling, this::outputs, batch, shape[0], shape[1], shape[2]);
    }

    /**
     * Computes the features of all usable images, in order.
     *
     * @param done told the number of images that are done
     * @param user gets them
     * @throws UsageException if some are not finite
     */
    public void read(Dataset.Images images, IntConsumer done, Consumer<Rows> user) {
        int batch = batch(images);
        reader.read(images, batch, done, rows -> {
            Plan plan = ImageReader.run(shape -> plan(batch, shape), batch, rows);
            Map<String, float[][]> features = new LinkedHashMap<>();
            plan.outputs().forEach((name, value) -> features.put(name, pooled(value, batch, rows)));
            user.accept(new Rows(features, rows.stream().mapToInt(ImageReader.Row::index).toArray(), rows.stream().mapToInt(ImageReader.Row::label).toArray(),
                    rows.stream().map(ImageReader.Row::path).toList(), rows.stream().map(ImageReader.Row::fields).toList()));
        });
    }

    private Map<String, SDVariable> outputs(Graph graph, SDVariable images) {
        List<SDVariable> found = model.algorithm().extract(graph, images);
        Map<String, SDVariable> features = new LinkedHashMap<>();
        if (!modules.isEmpty()) {
            modules.forEach(module -> features.put(module, tap(graph, images, module)));
        } else if (stages.isEmpty()) {
            features.put(STAGE, found.get(found.size() - 1));
        } else if (stages.size() == found.size()) {
            for (int i = 0; i < found.size(); i++) {
                features.put(names().get(i), found.get(i));
            }
        } else {
            throw new UsageException("--layers names " + stages.size() + " stages, but the backbone gives features of " + found.size() + ": name others, or modules by their paths");
        }
        return pooling.apply(graph, features);
    }

    /** What a module gives; of a classifier, those behind the backbone too. */
    private SDVariable tap(Graph graph, SDVariable images, String module) {
        if (!graph.taps().containsKey(name(module))) {
            model.algorithm().predict(graph, images);
        }
        SDVariable value = graph.taps().get(name(module));
        if (value == null) {
            TreeSet<String> known = new TreeSet<>();
            graph.taps().keySet().forEach(tap -> known.add(tap.substring(0, tap.indexOf('#'))));
            throw new UsageException("--layers: the network has no module '" + module + "' with one output; it has " + String.join(", ", known));
        }
        return value;
    }

    private static String name(String module) {
        return module.contains("#") ? module : module + "#0.out";
    }

    /** A row for each image: means over the places of [N, C, H, W], or over the tokens of [N, L, C] and [N * L, C]. */
    private static float[][] pooled(INDArray value, int batch, List<ImageReader.Row> rows) {
        float[] values = HostCopy.read(value);
        long[] shape = value.shape();
        int length = values.length / batch;
        boolean tokens = shape.length == 3 || shape.length == 2 && shape[0] != batch;
        int channels = (int) (tokens ? shape[shape.length - 1] : shape[1]);
        int places = length / channels;
        float[][] pooled = new float[rows.size()][];
        for (int row = 0; row < pooled.length; row++) {
            float[] means = places == 1 ? Arrays.copyOfRange(values, row * length, (row + 1) * length) : means(values, row * length, channels, places, tokens);
            pooled[row] = ImageReader.finite(means, rows.get(row).path());
        }
        return pooled;
    }

    private static float[] means(float[] values, int offset, int channels, int places, boolean channelsLast) {
        float[] means = new float[channels];
        for (int c = 0; c < channels; c++) {
            double sum = 0;
            for (int i = 0; i < places; i++) {
                sum += values[offset + (channelsLast ? i * channels + c : c * places + i)];
            }
            means[c] = (float) (sum / places);
        }
        return means;
    }
}
