package dev.selfsup.neck;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.api.model.Neck;
import dev.selfsup.api.model.Norm;
import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.Plan;
import dev.selfsup.engine.Weights;
import dev.selfsup.neck.beitv2neck.BEiTV2Neck;
import dev.selfsup.neck.caeneck.CAENeck;
import dev.selfsup.neck.clsbatchnormneck.ClsBatchNormNeck;
import dev.selfsup.neck.milanpretraindecoder.MILANPretrainDecoder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/** Necks of methods that predict features: what they make of their inputs, and what they refuse. */
class PredictorsTest {
    private static final Norm NONE = new Norm() {
        @Override
        public String abbreviation() {
            return "ln";
        }

        @Override
        public Layer build(Graph graph, int channels, boolean affine) {
            return Layer.IDENTITY;
        }
    };

    private final Weights weights = new Weights(0);
    private final Graph graph = new Graph(weights, true, Collectives.SINGLE);

    private static Neck milan(int patches, int heads, double ratio) {
        return new MILANPretrainDecoder.Factory().create(new MILANPretrainDecoder.Config(patches, 16, 3, 8, 4, 1, heads, 6, ratio, NONE, List.of()));
    }

    private static Neck cae(int classes, int heads, int masked, double initValues) {
        return new CAENeck.Factory().create(new CAENeck.Config(16, classes, 8, 1, 1, heads, 2, true, Optional.empty(), 0, 0, 0, NONE, Optional.of(initValues), masked, List.of()));
    }

    private SDVariable input(String name, long... shape) {
        return graph.input(name, DataType.FLOAT, shape);
    }

    /** With no layers in between the prediction of each patch comes back to its place, whatever the order. */
    @Test
    void predictionsOfMilanStandInTheOrderOfTheImage() {
        Neck.Network neck = new MILANPretrainDecoder.Factory().create(new MILANPretrainDecoder.Config(4, 16, 3, 8, 4, 0, 2, 6, 4, NONE, List.of())).build(graph.in("neck"));
        SDVariable out = neck.apply(List.of(input("tokens", 1, 2, 8), graph.input("places", DataType.INT64, 1, 4), graph.input("visible", DataType.INT64, 1, 1),
                graph.input("masked", DataType.INT64, 1, 3))).get(0);
        Plan plan = Plan.of(graph, Plan.Wanted.values(Map.of("out", out)), Kernels.PLAIN);
        plan.input("tokens").assign(Nd4j.ones(1, 2, 8));
        plan.input("places").assign(Nd4j.createFromArray(2L, 0L, 3L, 1L).reshape(1, 4));
        plan.input("visible").assign(Nd4j.createFromArray(1L).reshape(1, 1));
        plan.input("masked").assign(Nd4j.createFromArray(3L, 0L, 2L).reshape(1, 3));
        plan.run();
        float[] first = plan.output("out").dup().data().asFloat();
        plan.input("places").assign(Nd4j.createFromArray(3L, 0L, 1L, 2L).reshape(1, 4));
        plan.input("masked").assign(Nd4j.createFromArray(2L, 3L, 0L).reshape(1, 3));
        plan.run();
        assertArrayEquals(first, plan.output("out").dup().data().asFloat(), 1e-6f);
    }

    private List<SDVariable> decoded(SDVariable... inputs) {
        Map<String, Object> arch = Map.of("embed_dims", 8L, "depth", 4L, "num_heads", 2L, "feedforward_channels", 16L);
        return new BEiTV2Neck.Factory().create(new BEiTV2Neck.Config(1, 2, arch, 0, 0, 0, false, NONE, Optional.empty())).build(graph.in("neck")).apply(List.of(inputs));
    }

    @Test
    void beitV2TakesTheEarlyTokensTheNextAndTheSharedBiasWhichIsTheLast() {
        assertArrayEquals(new long[] {3, 5, 8}, graph.shape(decoded(input("a", 3, 6, 8), input("b", 3, 6, 8)).get(1)));
        assertArrayEquals(new long[] {3, 5, 8}, graph.shape(decoded(input("c", 3, 6, 8), input("d", 3, 6, 8), input("e", 3, 6, 8), input("biasOfThree", 2, 6, 6)).get(1)));
        assertEquals("the neck needs tokens of two layers: out_indices of the backbone must name an early one and the last",
                assertThrows(IllegalArgumentException.class, () -> decoded(input("f", 3, 6, 8), input("bias", 2, 6, 6))).getMessage());
    }

    @Test
    void withoutAClassifierCaeGivesTheDecodersTokens() {
        Map<String, SDVariable> outputs = new LinkedHashMap<>();
        List<SDVariable> out = cae(0, 2, 3, 0).build(graph.in("neck")).apply(List.of(input("seen", 2, 5, 8), input("atHidden", 2, 3, 8), input("atSeen", 2, 5, 8)));
        outputs.put("scores", out.get(0));
        outputs.put("latent", out.get(1));
        Plan plan = Plan.of(graph, Plan.Wanted.values(outputs), Kernels.PLAIN);
        assertArrayEquals(new long[] {2, 3, 8}, plan.output("scores").shape());
        assertArrayEquals(new long[] {2, 3, 8}, plan.output("latent").shape());
        assertEquals(1, weights.array("neck.regressors.0.gamma_1_cross").getDouble(0), "factors of the regressor are there, and 1, where they are not trained");
        assertEquals(0, weights.parameters().stream().filter(weight -> weight.name().contains("gamma")).count());
    }

    @Test
    void classTokensOfAllStagesAreNormalisedByOneLayer() {
        Neck.Network neck = new ClsBatchNormNeck.Factory().create(new ClsBatchNormNeck.Config(1, true, 1e-6, List.of())).build(graph.in("neck"));
        SDVariable patches = input("patches", 2, 1, 2, 2);
        List<SDVariable> out = neck.apply(List.of(patches, input("first", 2, 1), patches, input("second", 2, 1)));
        Plan plan = Plan.of(graph, Plan.Wanted.values(Map.of("first", out.get(1), "second", out.get(3), "patches", out.get(0))), Kernels.PLAIN);
        plan.input("first").assign(Nd4j.createFromArray(1f, 3f).reshape(2, 1));
        plan.input("second").assign(Nd4j.createFromArray(10f, 20f).reshape(2, 1));
        plan.input("patches").assign(5);
        plan.run();
        assertArrayEquals(new float[] {-1, 1}, plan.output("first").dup().data().asFloat(), 1e-5f);
        assertArrayEquals(new float[] {-1, 1}, plan.output("second").dup().data().asFloat(), 1e-5f);
        assertEquals(5, plan.output("patches").getFloat(0));
        assertEquals(2, weights.array("neck.bn.num_batches_tracked").getLong(0));
        assertEquals(List.of("neck.bn.weight", "neck.bn.bias"), weights.parameters().stream().map(weight -> weight.name()).toList());
    }

    @Test
    void mistakesNameRuleAndValue() {
        assertEquals("num_patches must be a square number, not 5", message(() -> milan(5, 2, 4)));
        assertEquals("decoder_num_heads 3 does not divide decoder_embed_dim 4", message(() -> milan(4, 3, 4)));
        Neck.Network milan = milan(4, 2, 4).build(graph.in("milan"));
        assertEquals("MILANPretrainDecoder takes tokens, places, visible and masked patches, as MILANViT gives them", message(() -> milan.apply(List.of(input("x", 1, 2, 8)))));
        assertEquals("num_patches is 4, but images have 9", message(() -> milan.apply(List.of(input("t", 1, 2, 8), graph.input("p", DataType.INT64, 1, 9),
                graph.input("v", DataType.INT64, 1, 1), graph.input("m", DataType.INT64, 1, 8)))));
        assertEquals("num_heads 3 does not divide embed_dims 8", message(() -> cae(4, 3, 3, 0)));
        assertEquals("mask_tokens_num must be positive, not 0", message(() -> cae(4, 2, 0, 0)));
        assertEquals("init_values must be at least 0, not -0.5", message(() -> cae(4, 2, 3, -0.5)));
        Neck.Network cae = cae(4, 2, 3, 0).build(graph.in("cae"));
        assertEquals("mask_tokens_num is 3, but the mask hides 2 patches of each image: it must be num_masking_patches of the mask generator in the pipeline",
                message(() -> cae.apply(List.of(input("s", 1, 2, 8), input("h", 1, 2, 8), input("a", 1, 2, 8)))));
        assertEquals("input_features must be positive, not 0", message(() -> new ClsBatchNormNeck.Config(0, false, 1e-6, List.of())));
        Neck.Network cls = new ClsBatchNormNeck.Factory().create(new ClsBatchNormNeck.Config(1, false, 1e-6, List.of())).build(graph.in("cls"));
        assertEquals("ClsBatchNormNeck takes patches and a class token of each stage: set output_cls_token: true of the backbone",
                message(() -> cls.apply(List.of(input("only", 2, 1)))));
    }

    private static String message(org.junit.jupiter.api.function.Executable mistake) {
        return assertThrows(IllegalArgumentException.class, mistake).getMessage();
    }
}
