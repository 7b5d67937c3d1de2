package dev.selfsup.layers;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.engine.Graph;
import dev.selfsup.engine.op.AveragePool;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * Average pooling of the stages of a ResNet-50, each to about 9000 features (Goyal et al. 2019, <a href="https://arxiv.org/abs/1905.01235">arXiv:1905.01235</a>): of images of
 * 224x224, stage i gives as many rows and columns as {@code side} says.
 *
 * @param type how windows are chosen
 * @param indices stages, 0 being the stem
 */
public record MultiPooling(Type type, List<Integer> indices) {
    /** How windows are chosen. */
    public enum Type {
        /** By their number, whatever the size of the features. */
        ADAPTIVE,
        /** By their size. */
        SPECIFIED
    }

    private static final List<Stage> STAGES = List.of(new Stage(64, 12, 10, 10, 4), new Stage(256, 6, 16, 8, 0), new Stage(512, 4, 13, 5, 0),
            new Stage(1024, 3, 8, 3, 0), new Stage(2048, 2, 6, 1, 0));

    /**
     * A stage.
     *
     * @param channels its channels
     * @param side rows and columns of its pooled features
     * @param kernel rows and columns of a window
     * @param stride rows and columns between windows
     * @param padding rows and columns of zeros around the features
     */
    private record Stage(int channels, int side, int kernel, int stride, int padding) {}

    public MultiPooling {
        indices = List.copyOf(indices);
        check(!indices.isEmpty() && indices.stream().allMatch(i -> i >= 0 && i < STAGES.size()), "in_indices must be among 0 to 4, not %s", indices);
    }

    /** Channels of a stage. */
    public static int channels(int stage) {
        return STAGES.get(stage).channels;
    }

    /** Features of a stage after pooling. */
    public static int features(int stage) {
        return STAGES.get(stage).channels * STAGES.get(stage).side * STAGES.get(stage).side;
    }

    /** Pools the features of the stages, each [N, C, H, W]. */
    public List<SDVariable> apply(Graph graph, List<SDVariable> features) {
        check(features.size() == indices.size(), "in_indices names %d stages, but there are features of %d", indices.size(), features.size());
        List<SDVariable> pooled = new ArrayList<>();
        for (int i = 0; i < features.size(); i++) {
            Stage stage = STAGES.get(indices.get(i));
            pooled.add(type == Type.ADAPTIVE ? new AdaptiveAveragePool(stage.side).apply(graph, features.get(i))
                    : graph.apply(new AveragePool(stage.kernel, stage.stride, stage.padding, false, true), features.get(i)));
        }
        return pooled;
    }
}
