package dev.selfsup.algorithm.milan;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.api.model.Batch;
import dev.selfsup.api.model.FrozenNetwork;
import dev.selfsup.api.model.TargetGenerator;
import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Weights;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;

/** What MILAN asks of its target generator. */
class MILANTest {
    /** A generator that gives as many outputs as it is told, by a frozen network or not. */
    private record Generator(int outputs, FrozenNetwork network) implements TargetGenerator {
        @Override
        public Network build(Graph graph) {
            return (images, batch) -> java.util.Collections.nCopies(outputs, images);
        }

        @Override
        public Optional<FrozenNetwork> frozen() {
            return Optional.ofNullable(network);
        }
    }

    private static MILAN milan(Generator generator) {
        return (MILAN) new MILAN.Factory().create(new MILAN.Config(graph -> images -> List.of(images), graph -> in -> in, graph -> in -> in, generator, null, List.of()));
    }

    @Test
    void itsFrozenNetworkSeesTheImageItself() {
        FrozenNetwork network = (images, words) -> {
            throw new AssertionError("not opened here");
        };
        assertEquals(0, milan(new Generator(2, network)).targets().orElseThrow().view());
        assertFalse(milan(new Generator(2, null)).targets().isPresent());
    }

    @Test
    void featuresAloneAreNotEnough() {
        Graph graph = new Graph(new Weights(0), true, Collectives.SINGLE);
        SDVariable images = graph.input("inputs.0", DataType.FLOAT, 1, 3, 2, 2);
        assertEquals("MILAN needs a target generator that gives features and attention, as CLIPGenerator",
                assertThrows(IllegalArgumentException.class, () -> milan(new Generator(1, null)).loss(graph, new Batch(List.of(images), Map.of()))).getMessage());
    }
}
