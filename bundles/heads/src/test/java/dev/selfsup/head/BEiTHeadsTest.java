package dev.selfsup.head;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.api.model.Head;
import dev.selfsup.api.model.Loss;
import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.Plan;
import dev.selfsup.engine.Weights;
import dev.selfsup.engine.op.ToReal;
import dev.selfsup.head.beitv1head.BEiTV1Head;
import dev.selfsup.head.beitv2head.BEiTV2Head;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class BEiTHeadsTest {
    private static final INDArray MASK = Nd4j.createFromArray(1L, 0, 0, 1, 0, 1, 0, 0).reshape(2, 2, 2);
    private static final INDArray WORDS = Nd4j.createFromArray(0L, 1, 2, 1, 2, 0, 1, 0).reshape(2, 2, 2);

    private final Graph graph = new Graph(new Weights(2), true, Collectives.SINGLE);
    private final SDVariable mask = graph.input("mask", DataType.INT64, 2, 2, 2);

    /** A loss that shows its words: their sum, once for each of the logits. */
    private static Loss.Function words(Graph at) {
        return in -> in.subList(0, in.size() - 1).stream().map(logits -> at.apply(new ToReal(), in.get(in.size() - 1)).sum()).toList();
    }

    @Test
    void scoresGiveTheSameWordsAsTheWordsThemselves() {
        graph.tell("mask", 3);
        Head.Network head = new BEiTV1Head.Factory().create(new BEiTV1Head.Config(4, 3, BEiTHeadsTest::words, List.of())).build(graph);
        SDVariable tokens = graph.constant(Nd4j.rand(DataType.FLOAT, 2, 5, 4));
        INDArray scores = Nd4j.zeros(DataType.FLOAT, 2, 3, 2, 2);
        for (int i = 0; i < 8; i++) {
            scores.putScalar(new int[] {i / 4, (int) WORDS.getLong(i / 4, i / 2 % 2, i % 2), i / 2 % 2, i % 2}, 1);
        }
        Plan plan = Plan.of(graph, Plan.Wanted.values(Map.of("scores", head.loss(tokens, graph.constant(scores), mask),
                "words", head.loss(tokens, graph.input("words", DataType.INT64, 2, 2, 2), mask))), Kernels.fastest());
        plan.input("mask").assign(MASK);
        plan.input("words").assign(WORDS);
        plan.run();
        assertEquals(0 + 1 + 0, plan.output("words").getFloat(0));
        assertEquals(plan.output("words").getFloat(0), plan.output("scores").getFloat(0));
    }

    @Test
    void theSecondVersionHasTwoLossesByName() {
        graph.tell("mask", 3);
        Head.Network head = new BEiTV2Head.Factory().create(new BEiTV2Head.Config(4, 3, BEiTHeadsTest::words, List.of())).build(graph);
        SDVariable tokens = graph.constant(Nd4j.rand(DataType.FLOAT, 2, 4, 4));
        assertEquals(List.of("loss_1", "loss_2"),
                List.copyOf(head.losses(tokens, tokens, graph.input("words", DataType.INT64, 2, 4), mask).entries().keySet()));
    }

    @Test
    void wordsOfOtherPatchesThanThoseOfTheMaskAreRefused() {
        graph.tell("mask", 3);
        Head.Network head = new BEiTV1Head.Factory().create(new BEiTV1Head.Config(4, 3, BEiTHeadsTest::words, List.of())).build(graph);
        SDVariable tokens = graph.constant(Nd4j.rand(DataType.FLOAT, 2, 5, 4));
        SDVariable words = graph.input("words", DataType.INT64, 2, 3, 3);
        assertEquals("the mask is for 4 patches of an image, there are words of 9: the target generator must give one for each patch",
                assertThrows(IllegalArgumentException.class, () -> head.loss(tokens, words, mask)).getMessage());
        SDVariable more = graph.constant(Nd4j.rand(DataType.FLOAT, 2, 10, 4));
        assertEquals("the mask is for 4 patches of an image, there are tokens of 9",
                assertThrows(IllegalArgumentException.class, () -> head.loss(more, words, mask)).getMessage());
    }

    @Test
    void sizesMustBePositive() {
        assertEquals("embed_dims and num_embed must be positive, not 0 and 3",
                assertThrows(IllegalArgumentException.class, () -> new BEiTV1Head.Config(0, 3, BEiTHeadsTest::words, List.of())).getMessage());
        assertEquals("embed_dims and num_embed must be positive, not 4 and 0",
                assertThrows(IllegalArgumentException.class, () -> new BEiTV2Head.Config(4, 0, BEiTHeadsTest::words, List.of())).getMessage());
    }
}
