package dev.selfsup.runtime.export;

import dev.selfsup.api.model.Algorithm;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.HostCopy;
import dev.selfsup.engine.Listing;
import dev.selfsup.engine.Weights;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A backbone in evaluation mode as an ONNX model, for images of one size and any number of them. Its input is {@code images}, [batch, C, H, W], normalised; its outputs are
 * {@code features.0}, ... The network is built for two numbers of images: what differs is what the number decides.
 */
final class OnnxExport {
    /** Images of the first of the two networks. */
    static final int IMAGES = 2;

    private static final long BYTES_LIMIT = 2_000_000_000L;
    private static final String INPUT = "images";

    private final Algorithm algorithm;
    private final Weights weights;
    private final long[] image;
    private final OnnxGraph graph = new OnnxGraph();
    private final Set<String> known = new HashSet<>(Set.of(INPUT));

    /**
     * @param algorithm the method whose backbone it is
     * @param weights its weights, allocated
     * @param image C, H, W
     */
    OnnxExport(Algorithm algorithm, Weights weights, long... image) {
        this.algorithm = algorithm;
        this.weights = weights;
        this.image = image.clone();
    }

    /**
     * The file's content.
     *
     * @throws UsageException if the backbone has operations that cannot be exported, or is too large
     */
    byte[] bytes() {
        Map<String, SDVariable> outputs = new LinkedHashMap<>();
        OnnxShapes shapes = new OnnxShapes(listing(IMAGES, outputs), listing(IMAGES + 1, new LinkedHashMap<>()));
        graph.input(INPUT, -1, image[0], image[1], image[2]);
        OnnxOperations operations = new OnnxOperations(graph, shapes, weights::array);
        OnnxNatives natives = new OnnxNatives(graph, shapes);
        for (Listing.Step step : shapes.some().steps()) {
            step.in().forEach(name -> declare(shapes, name));
            add(step, operations, natives);
            known.addAll(step.out());
        }
        outputs.forEach((name, variable) -> {
            graph.node("Identity", name, List.of(variable.name()));
            graph.output(name, shapes.of(variable.name()));
        });
        return graph.bytes();
    }

    private Listing listing(long batch, Map<String, SDVariable> outputs) {
        Graph built = new Graph(weights, false, Collectives.SINGLE);
        List<SDVariable> features = algorithm.extract(built, built.input(INPUT, DataType.FLOAT, batch, image[0], image[1], image[2]));
        for (int i = 0; i < features.size(); i++) {
            outputs.put("features." + i, features.get(i));
        }
        return Listing.of(built, outputs);
    }

    private static void add(Listing.Step step, OnnxOperations operations, OnnxNatives natives) {
        String where = "operation " + step.kind() + (step.module().isEmpty() ? "" : " in module " + step.module());
        try {
            if (!(step.operation() == null ? natives.add(step) : operations.add(step))) {
                throw new UsageException("the backbone cannot be exported to ONNX: " + where + " has no counterpart there; export its weights with --format safetensors");
            }
        } catch (UnsupportedOperationException e) {
            throw new UsageException("the backbone cannot be exported to ONNX: " + where + ": " + e.getMessage());
        }
    }

    /** Adds a weight or constant that a step needs. */
    private void declare(OnnxShapes shapes, String name) {
        if (!known.add(name)) {
            return;
        }
        if (shapes.some().weight(name)) {
            INDArray array = weights.array(name);
            if (array.dataType().isFPType()) {                  // tables of places are written down by their operations
                checkSize();
                graph.weight(name, HostCopy.read(array), array.shape());
            }
        } else {
            INDArray value = shapes.some().constant(name).orElse(null);
            INDArray other = shapes.more().constant(name).orElse(null);
            if (value == null || !value.dataType().isFPType() || !value.equals(other)) {
                known.remove(name);                             // an integer argument, which its operation writes down by itself
                return;
            }
            graph.weight(name, HostCopy.read(value), value.shape());
        }
    }

    private void checkSize() {
        long bytes = weights.state().values().stream().mapToLong(array -> Float.BYTES * array.length()).sum();
        if (bytes > BYTES_LIMIT) {
            throw new UsageException("the backbone has " + bytes + " bytes of weights; an ONNX file holds " + BYTES_LIMIT + ": export its weights with --format safetensors");
        }
    }
}
