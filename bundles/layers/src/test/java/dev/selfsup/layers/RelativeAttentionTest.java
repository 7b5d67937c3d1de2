package dev.selfsup.layers;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.Plan;
import dev.selfsup.engine.Weights;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

class RelativeAttentionTest {
    private static final int CHANNELS = 4;
    private static final int HEADS = 2;
    private static final int LENGTH = 5;                                             // a class token and 2x2 patches

    private final Weights weights = new Weights(3, DataType.DOUBLE);
    private final Graph graph = new Graph(weights, true, Collectives.SINGLE);

    @Test
    void pairsOfTokensThatLieAlikeShareARowOfTheTable() {
        SDVariable bias = new RelativePositionBias(2, 2, 1).build(graph, (values, shape, random) -> {
            for (int i = 0; i < values.length; i++) {
                values[i] = i;
            }
        });
        Plan plan = Plan.of(graph, Plan.Wanted.values(Map.of("bias", bias)), Kernels.PLAIN);
        plan.run();
        assertArrayEquals(new double[] {11, 9, 9, 9, 9, 10, 4, 3, 1, 0, 10, 5, 4, 2, 1, 10, 7, 6, 4, 3, 10, 8, 7, 5, 4}, plan.output("bias").dup().data().asDouble());
        assertEquals(DataType.INT64, weights.state().get("relative_position_index").dataType());
    }

    @Test
    void scoresHaveBothBiasesAndKeysNone() {
        RelativeAttention attention = new RelativeAttention(CHANNELS, HEADS, RelativeAttention.QkvBias.QV, Optional.of(new RelativePositionBias(2, 2, HEADS)));
        SDVariable shared = graph.constant(Nd4j.rand(DataType.DOUBLE, HEADS, LENGTH, LENGTH));
        SDVariable scale = graph.weight("gamma", dev.selfsup.engine.LayerType.NONE, Fill.constant(0.5), CHANNELS);
        INDArray tokens = Nd4j.rand(DataType.DOUBLE, 1, LENGTH, CHANNELS);
        SDVariable mixed = attention.build(graph, Optional.of(shared), Optional.of(scale)).apply(graph.constant(tokens));
        Plan plan = Plan.of(graph, Plan.Wanted.values(Map.of("y", mixed)), Kernels.PLAIN);
        weights.state().forEach((name, array) -> {
            if (array.dataType() == DataType.DOUBLE) {
                array.assign(Nd4j.rand(DataType.DOUBLE, array.shape()));
            }
        });
        plan.run();
        INDArray expected = naive(tokens.reshape(LENGTH, CHANNELS), shared.getArr());
        assertArrayEquals(expected.dup().data().asDouble(), plan.output("y").reshape(LENGTH, CHANNELS).dup().data().asDouble(), 1e-12);
    }

    private INDArray naive(INDArray x, INDArray shared) {
        Map<String, INDArray> state = weights.state();
        INDArray bias = Nd4j.concat(0, state.get("q_bias"), Nd4j.zeros(DataType.DOUBLE, CHANNELS), state.get("v_bias"));
        INDArray qkv = x.mmul(state.get("qkv.weight").transpose()).addRowVector(bias);
        INDArray merged = Nd4j.create(DataType.DOUBLE, LENGTH, CHANNELS);
        int width = CHANNELS / HEADS;
        for (int h = 0; h < HEADS; h++) {
            for (int i = 0; i < LENGTH; i++) {
                double[] scores = new double[LENGTH];
                double sum = 0;
                for (int j = 0; j < LENGTH; j++) {
                    double score = 0;
                    for (int d = 0; d < width; d++) {
                        score += qkv.getDouble(i, h * width + d) * qkv.getDouble(j, CHANNELS + h * width + d) / Math.sqrt(width);
                    }
                    long row = state.get("relative_position_index").getLong(i, j);
                    scores[j] = Math.exp(score + state.get("relative_position_bias_table").getDouble(row, h) + shared.getDouble(h, i, j));
                    sum += scores[j];
                }
                for (int d = 0; d < width; d++) {
                    double value = 0;
                    for (int j = 0; j < LENGTH; j++) {
                        value += scores[j] / sum * qkv.getDouble(j, 2 * CHANNELS + h * width + d);
                    }
                    merged.putScalar(i, h * width + d, value);
                }
            }
        }
        return merged.mmul(state.get("proj.weight").transpose()).addRowVector(state.get("proj.bias")).mulRowVector(state.get("gamma"));
    }

    @Test
    void aBiasForOtherImagesIsRefused() {
        RelativeAttention attention = new RelativeAttention(CHANNELS, HEADS, RelativeAttention.QkvBias.ALL, Optional.of(new RelativePositionBias(3, 3, HEADS)));
        Layer layer = attention.build(graph, Optional.empty(), Optional.empty());
        SDVariable tokens = graph.constant(Nd4j.rand(DataType.DOUBLE, 1, LENGTH, CHANNELS));
        assertEquals("the relative position bias is for 10 tokens, the images have 5: set img_size to their size",
                assertThrows(IllegalArgumentException.class, () -> layer.apply(tokens)).getMessage());
    }

    @Test
    void theBiasOfQueriesKeysAndValuesIsOneOfThree() {
        assertEquals(List.of(RelativeAttention.QkvBias.QV, RelativeAttention.QkvBias.ALL, RelativeAttention.QkvBias.NONE),
                List.of(RelativeAttention.QkvBias.of("qv_bias"), RelativeAttention.QkvBias.of(true), RelativeAttention.QkvBias.of(false)));
        assertEquals("bias must be qv_bias, true or false, not k",
                assertThrows(IllegalArgumentException.class, () -> RelativeAttention.QkvBias.of("k")).getMessage());
    }

    @Test
    void maskedAndVisibleTokensAreTakenByTheMaskAndItsOnesMustBeKnown() {
        Graph floats = new Graph(new Weights(0), true, Collectives.SINGLE);
        SDVariable mask = floats.input("mask", DataType.INT64, 2, 1, 3);
        SDVariable tokens = floats.input("tokens", DataType.FLOAT, 2, 3, 1);
        assertEquals("how many ones mask holds is not known: it must be an input of the model, of whole numbers",
                assertThrows(IllegalArgumentException.class, () -> MaskedTokens.masked(floats, mask)).getMessage());
        floats.tell("mask", 4);
        Map<String, SDVariable> outputs = Map.of("masked", MaskedTokens.masked(floats, mask).of(floats, tokens), "visible",
                MaskedTokens.visible(floats, mask).of(floats, tokens));
        for (Kernels kernels : List.of(Kernels.PLAIN, Kernels.fastest())) {
            Plan plan = Plan.of(floats, Plan.Wanted.values(outputs), kernels);
            plan.input("mask").assign(Nd4j.createFromArray(1L, 0, 1, 0, 1, 1).reshape(2, 1, 3));
            plan.input("tokens").assign(Nd4j.createFromArray(0f, 1, 2, 3, 4, 5).reshape(2, 3, 1));
            plan.run();
            assertArrayEquals(new float[] {0, 2, 4, 5}, plan.output("masked").dup().data().asFloat());
            assertArrayEquals(new float[] {1, 3}, plan.output("visible").dup().data().asFloat());
            assertEquals(Map.of("mask", 4L), plan.counted());
            plan.input("mask").assign(1);
            assertEquals("a mask has 6 places of value 1, not the 4 that the plan was made for",
                    assertThrows(IllegalStateException.class, plan::run).getMessage());
        }
    }
}
