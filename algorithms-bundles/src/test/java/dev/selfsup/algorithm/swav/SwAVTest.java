package dev.selfsup.algorithm.swav;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.selfsup.api.data.DataPreprocessor;
import dev.selfsup.api.data.Image;
import dev.selfsup.api.model.Algorithm;
import dev.selfsup.api.model.Batch;
import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Weights;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;

/** How views of several sizes go through the backbone. */
class SwAVTest {
    private final List<String> passes = new ArrayList<>();

    @Test
    void neighboursOfOneSizeGoThroughTheBackboneTogether() {
        assertEquals(List.of("[4, 3, 8, 8]", "[6, 3, 4, 4]"), passes(8, 8, 4, 4, 4));
    }

    @Test
    void viewsOfOneSizeThatAreNoNeighboursGoAlone() {
        assertEquals(List.of("[2, 3, 8, 8]", "[2, 3, 4, 4]", "[2, 3, 8, 8]"), passes(8, 4, 8));
    }

    private List<String> passes(int... sizes) {
        Graph graph = new Graph(new Weights(0), true, Collectives.SINGLE);
        Algorithm swav = new SwAV.Factory().create(new SwAV.Config(
                place -> images -> {
                    passes.add(Arrays.toString(place.shape(images)));
                    return List.of(images.reshape(place.shape(images)[0], -1).mean(true, 1), images);
                },
                place -> features -> List.of(place.concat(0, features.toArray(SDVariable[]::new))),
                place -> in -> List.of(in.get(0).sum()), new Untouched(), List.of()));
        List<SDVariable> views = IntStream.range(0, sizes.length)
                .mapToObj(i -> graph.input("inputs." + i, DataType.FLOAT, 2, 3, sizes[i], sizes[i])).toList();
        swav.loss(graph, new Batch(views, Map.of()));
        return passes;
    }

    private static final class Untouched implements DataPreprocessor {
        @Override
        public List<int[]> shapes(List<Image> images) {
            return List.of();
        }

        @Override
        public void write(List<Image> images, int input, float[] out, int offset) {}
    }
}
