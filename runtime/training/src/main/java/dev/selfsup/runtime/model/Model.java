package dev.selfsup.runtime.model;

import dev.selfsup.api.model.Algorithm;
import dev.selfsup.api.model.Batch;
import dev.selfsup.api.model.Losses;
import dev.selfsup.api.model.Reconstruction;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.Plan;
import dev.selfsup.engine.Weights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BiFunction;
import java.util.function.Consumer;
import java.util.stream.Collectors;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;

/**
 * An algorithm with its weights and the plans that run it, one for every entry point and set of input shapes. All plans
 * share the weights.
 */
public final class Model {
    /** Plans kept of each entry point: the usual batch, and the short ones at the end of an epoch or after bad files. */
    private static final int KEPT = 3;
    /** Before the names of pictures in levels of 0 to 255. */
    static final String LEVELS = "levels/";

    private final Algorithm algorithm;
    private final Weights weights;
    private final Kernels kernels;
    private final Graph.Run run;
    private final Map<String, Plan> losses = new RecentlyUsed();
    /** Inputs whose ones a plan has counted. */
    private final Set<String> counted = new TreeSet<>();
    private final Map<String, Plan> extractions = new RecentlyUsed();

    private static final class RecentlyUsed extends LinkedHashMap<String, Plan> {
        private static final long serialVersionUID = 1;

        RecentlyUsed() {
            super(8, 0.75f, true);
        }

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Plan> eldest) {
            return size() > KEPT;
        }
    }

    /**
     * A named input beside the images.
     *
     * @param shape [N, ...]
     * @param integer whether its values are whole numbers
     * @param ones how many of them are 1, for graphs whose shapes depend on it; empty where that is not known
     */
    public record Field(long[] shape, boolean integer, OptionalLong ones) {
        /** An input whose ones nobody has counted. */
        public static Field of(boolean integer, long... shape) {
            return new Field(shape, integer, OptionalLong.empty());
        }

        @Override
        public String toString() {
            return Arrays.toString(shape) + (integer ? "i" : "");
        }
    }

    /**
     * A model without plans yet, that is not trained.
     *
     * @param algorithm the method
     * @param seed of the first weights
     * @param kernels fast kernels to use
     */
    public Model(Algorithm algorithm, long seed, Kernels kernels) {
        this(algorithm, seed, kernels, Graph.Run.NONE);
    }

    /**
     * A model without plans yet.
     *
     * @param algorithm the method
     * @param seed of the first weights
     * @param kernels fast kernels to use
     * @param run the run that trains it
     */
    public Model(Algorithm algorithm, long seed, Kernels kernels, Graph.Run run) {
        this.algorithm = algorithm;
        this.weights = new Weights(seed);
        this.kernels = kernels;
        this.run = run;
    }

    /** The method. */
    public Algorithm algorithm() {
        return algorithm;
    }

    /** All state. */
    public Weights weights() {
        return weights;
    }

    /** Lets somebody make state for parts of the model before it is built. */
    public void declare(Consumer<Graph> declaration) {
        declaration.accept(new Graph(weights, true, Collectives.SINGLE));
    }

    /**
     * The plan of the training loss and its gradients. Its inputs are {@code inputs.0}, ... and the fields; its outputs
     * {@code loss/<name>} and {@code loss_total}.
     *
     * @param views shapes of the inputs, [N, C, H, W]
     * @param fields further inputs
     */
    public Plan loss(List<long[]> views, Map<String, Field> fields) {
        Plan known = losses.get(key(views, fields));
        if (known != null) {
            return known;
        }
        Plan plan = planLoss(views, fields);
        counted.addAll(plan.counted().keySet());
        losses.put(key(views, fields), plan);
        return plan;
    }

    private String key(List<long[]> views, Map<String, Field> fields) {
        return views.stream().map(Arrays::toString).toList() + " " + fields + " " + counted.stream().map(fields::get).map(field -> field == null ? "" : field.ones()).toList();
    }

    private Plan planLoss(List<long[]> views, Map<String, Field> fields) {
        Graph graph = new Graph(weights, true, Collectives.SINGLE, run);
        try {
            Losses named = algorithm.loss(graph, inputs(graph, views, fields));
            Plan plan = Plan.of(graph, new Plan.Wanted(outputs(named), "loss_total", List.of()), kernels);
            System.gc();          // what building left behind would stay until the heap is full, beside all that the first run takes
            return plan;
        } catch (IllegalArgumentException e) {
            throw misfit(views, e);
        }
    }

    private static UsageException misfit(List<long[]> images, IllegalArgumentException e) {
        return new UsageException("model: does not fit images of " + images.stream().map(Arrays::toString).distinct().collect(Collectors.joining(" and "))
                + ", or its parts do not fit together: " + e.getMessage());
    }

    /** The outputs of a loss call under the names that plans and fixtures give them. */
    public static Map<String, SDVariable> outputs(Losses losses) {
        Map<String, SDVariable> outputs = new LinkedHashMap<>();
        losses.entries().forEach((name, value) -> outputs.put("loss/" + name, value));
        outputs.put("loss_total", losses.total());
        return outputs;
    }

    /** The inputs of a loss call. */
    public static Batch inputs(Graph graph, List<long[]> views, Map<String, Field> fields) {
        List<SDVariable> images = new ArrayList<>();
        for (int i = 0; i < views.size(); i++) {
            images.add(graph.input("inputs." + i, DataType.FLOAT, views.get(i)));
        }
        Map<String, SDVariable> named = new LinkedHashMap<>();
        fields.forEach((name, field) -> {
            named.put(name, graph.input(name, field.integer() ? DataType.INT64 : DataType.FLOAT, field.shape()));
            field.ones().ifPresent(ones -> graph.tell(name, ones));
        });
        return new Batch(images, named);
    }

    private Plan extraction(BiFunction<Graph, SDVariable, Map<String, SDVariable>> outputs, long... images) {
        Graph graph = new Graph(weights, false, Collectives.SINGLE);
        try {
            return Plan.of(graph, Plan.Wanted.values(outputs.apply(graph, graph.input("images", DataType.FLOAT, images))), kernels);
        } catch (IllegalArgumentException e) {
            throw misfit(List.of(images), e);
        }
    }

    /**
     * A plan of values of the network in evaluation mode. Its input is {@code images}.
     *
     * @param name what tells it from other plans
     * @param outputs makes the values, by name
     * @param images [N, C, H, W]
     */
    public Plan values(String name, BiFunction<Graph, SDVariable, Map<String, SDVariable>> outputs, long... images) {
        return extractions.computeIfAbsent(name + " " + Arrays.toString(images), key -> extraction(outputs, images));
    }

    /**
     * The plan of the backbone's features in evaluation mode. Its input is {@code images}, its outputs {@code features.0}, ...
     *
     * @param images [N, C, H, W]
     */
    public Plan features(long... images) {
        return extractions.computeIfAbsent(Arrays.toString(images), k -> extraction((graph, input) -> {
            List<SDVariable> stages = algorithm.extract(graph, input);
            Map<String, SDVariable> outputs = new LinkedHashMap<>();
            for (int i = 0; i < stages.size(); i++) {
                outputs.put("features." + i, stages.get(i));
            }
            return outputs;
        }, images));
    }

    /**
     * The plan of what images are compared by, in evaluation mode. Its input is {@code images}, its output {@code embedding}, [N, ...].
     *
     * @param images [N, C, H, W]
     */
    public Plan embedding(long... images) {
        return extractions.computeIfAbsent("embedding " + Arrays.toString(images),
                k -> extraction((graph, input) -> Map.of("embedding", algorithm.embed(graph, input)), images));
    }

    /**
     * The plan of what a classifier says of images, in evaluation mode. Its input is {@code images}; its outputs {@code scores/<classifier>}, [N, K], the name of one
     * that is alone being empty.
     *
     * @param images [N, C, H, W]
     * @throws UsageException if the model does not classify
     */
    public Plan predictions(long... images) {
        return extractions.computeIfAbsent("predictions " + Arrays.toString(images), k -> extraction((graph, input) -> {
            Map<String, SDVariable> outputs = new LinkedHashMap<>();
            algorithm.predict(graph, input).forEach((name, scores) -> outputs.put("scores/" + name, scores));
            if (outputs.isEmpty()) {
                throw new UsageException("model.type must be one that classifies, as mmcls.ImageClassifier: val_evaluator and test_evaluator judge the classes of images");
            }
            return outputs;
        }, images));
    }

    /**
     * The plan of what the method predicts of hidden patches, in evaluation mode. Its inputs are those of the loss, its outputs {@code mask}, {@code target}, {@code prediction}
     * and the pictures {@code visible} and {@code predicted}, which have {@code levels/} before their names where they are not normalised.
     *
     * @param views shapes of the inputs, [N, C, H, W]
     * @param fields further inputs
     * @throws UsageException where the method reconstructs nothing
     */
    public Plan reconstruction(List<long[]> views, Map<String, Field> fields) {
        String key = "reconstruction " + views.stream().map(Arrays::toString).toList() + " " + fields;
        return extractions.computeIfAbsent(key, k -> planReconstruction(views, fields));
    }

    private Plan planReconstruction(List<long[]> views, Map<String, Field> fields) {
        Graph graph = new Graph(weights, false, Collectives.SINGLE);
        try {
            Reconstruction made = algorithm.reconstruct(graph, inputs(graph, views, fields)).orElseThrow(() -> new UsageException("model: "
                    + algorithm.getClass().getSimpleName() + " with this head reconstructs no images; methods that do are MAE, SimMIM, MaskFeat and PixMIM"));
            String picture = made.picture().levels() ? LEVELS : "";
            Map<String, SDVariable> outputs = new LinkedHashMap<>();
            outputs.put("mask", made.mask());
            outputs.put("target", made.target());
            outputs.put("prediction", made.prediction());
            outputs.put(picture + "visible", made.picture().visible());
            outputs.put(picture + "predicted", made.picture().predicted());
            return Plan.of(graph, Plan.Wanted.values(outputs), kernels);
        } catch (IllegalArgumentException e) {
            throw misfit(views, e);
        }
    }
}
