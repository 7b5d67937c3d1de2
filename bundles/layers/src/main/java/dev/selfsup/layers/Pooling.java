package dev.selfsup.layers;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.Default;
import dev.selfsup.engine.Graph;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * How the features of layers become a row for each image: the value of {@code pool_cfg}.
 *
 * @param type {@code AvgPool2d}: the mean over windows of the image; {@code MultiPooling}: windows that make about 9000 features of each stage of a ResNet-50
 * @param outputSize rows and columns of windows of {@code AvgPool2d}
 * @param poolType windows of {@code MultiPooling} by number, {@code adaptive}, or by size, {@code specified}
 * @param inIndices stages of {@code MultiPooling}, the stem being 0
 * @param backbone must be {@code resnet50}, for whose stages {@code MultiPooling} is made
 */
public record Pooling(@Default("AvgPool2d") String type, @Default("1") int outputSize, @Default("adaptive") MultiPooling.Type poolType, @Default("[0]") List<Integer> inIndices,
        @Default("resnet50") String backbone) {
    /** The mean over the image. */
    public static final Pooling MEAN = new Pooling("AvgPool2d", 1, MultiPooling.Type.ADAPTIVE, List.of(0), "resnet50");
    private static final int IMAGE = 4;

    public Pooling {
        inIndices = List.copyOf(inIndices);
        check(type.equals("AvgPool2d") || type.equals("MultiPooling"), "type must be AvgPool2d or MultiPooling, not %s", type);
        check(outputSize > 0, "output_size must be positive, not %d", outputSize);
        check(backbone.equals("resnet50"), "backbone must be resnet50, not %s", backbone);
    }

    /** Stages that it is made for; empty where it takes any. */
    public List<Integer> stages() {
        return type.equals("MultiPooling") ? inIndices : List.of();
    }

    /** The same pooling for other stages. */
    public Pooling of(List<Integer> stages) {
        return stages.isEmpty() ? this : new Pooling(type, outputSize, poolType, type.equals("MultiPooling") ? stages : inIndices, backbone);
    }

    /** Pools features by name; those without places, and those of which the mean is taken as they are read, stay as they are. */
    public Map<String, SDVariable> apply(Graph graph, Map<String, SDVariable> features) {
        Map<String, SDVariable> pooled = new LinkedHashMap<>(features);
        if (type.equals("MultiPooling")) {
            List<SDVariable> all = new MultiPooling(poolType, inIndices).apply(graph, new ArrayList<>(features.values()));
            int number = 0;
            for (String name : features.keySet()) {
                pooled.put(name, rows(graph, all.get(number++)));
            }
        } else if (outputSize > 1) {
            pooled.replaceAll((name, value) -> graph.shape(value).length == IMAGE ? rows(graph, new AdaptiveAveragePool(outputSize).apply(graph, value)) : value);
        }
        return pooled;
    }

    private static SDVariable rows(Graph graph, SDVariable pooled) {
        long[] shape = graph.shape(pooled);
        return pooled.reshape(shape[0], shape[1] * shape[2] * shape[3]);
    }
}
