package dev.selfsup.backbone;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.api.model.Backbone;
import dev.selfsup.api.model.Norm;
import dev.selfsup.backbone.resnet.ResNet;
import dev.selfsup.backbone.resnet_cifar.ResNet_CIFAR;
import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.LayerType;
import dev.selfsup.engine.Plan;
import dev.selfsup.engine.Weights;
import dev.selfsup.engine.op.GlobalAveragePool;
import dev.selfsup.engine.op.Linear;
import dev.selfsup.engine.op.LogSoftmax;
import dev.selfsup.layers.BatchNorm;
import dev.selfsup.testing.Allocations;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

/**
 * What the training step of a residual network consists of. It is no timed test: it fails where a change adds a pass over memory, loses a fused kernel, or
 * falls back on slow ones.
 */
class ResidualPlansTest {
    private static final Norm NORM = new Norm() {
        @Override
        public String abbreviation() {
            return "bn";
        }

        @Override
        public Layer build(Graph graph, int channels, boolean affine) {
            return new BatchNorm(LayerType.BATCH_NORM_2D, 1e-5, 0.1, affine, false).build(graph, channels);
        }
    };
    /** ND4J's operations in the loss. */
    private static final int LOSS = 8;
    /** Images whose layout oneDNN changes for the sake of a convolution: none with AVX-512, two in ResNet-50 with AVX2. */
    private static final int FEW = 2;

    @Test
    void theStepOfResNet18IsNoMoreThanItsConvolutionsNormsAndSums() {
        Backbone backbone = new ResNet_CIFAR.Factory().create(new ResNet_CIFAR.Config(18, 3, 64, 64, Optional.empty(), 4, List.of(1, 2, 2, 2), List.of(1, 1, 1, 1),
                List.of(3), "pytorch", false, false, -1, NORM, false, false, false, List.of(), 0));
        Plan plan = plan(backbone, 512, 4, 3, 32, 32);
        check(plan, 20, 8, 9, false);
        Allocations.assertNone(plan::run);
        assertTrue(Float.isFinite(plan.output("loss").getFloat(0)));
    }

    @Test
    void theStepOfResNet50IsNoMoreThanItsConvolutionsNormsAndSums() {
        Backbone backbone = new ResNet.Factory().create(new ResNet.Config(50, 3, 64, 64, Optional.empty(), 4, List.of(1, 2, 2, 2), List.of(1, 1, 1, 1), List.of(4),
                "pytorch", false, false, -1, Optional.empty(), NORM, false, false, false, List.of(), 0));
        Plan plan = plan(backbone, 2048, 2, 3, 64, 64);
        check(plan, 53, 16, 33, true);
        Allocations.assertNone(plan::run);
        assertTrue(Float.isFinite(plan.output("loss").getFloat(0)));
    }

    private static void check(Plan plan, int convolutions, int blocks, int rectifiedNorms, boolean pooled) {
        Plan.Counts counts = plan.counts();
        List<String> operations = plan.operations();
        assertEquals(List.of(), counts.fallbacks());
        assertEquals(0, counts.copies());
        assertEquals(LOSS, counts.natives().size(), counts::toString);
        assertEquals(rectifiedNorms, Collections.frequency(operations, "batch_norm_relu"));
        assertEquals(rectifiedNorms, Collections.frequency(operations, "batch_norm_relu_bp"));
        assertEquals(convolutions - rectifiedNorms, Collections.frequency(operations, "batch_norm"));
        assertEquals(blocks, Collections.frequency(operations, "add_relu"));
        int convolving = 3 * convolutions - 1;          // the images get no gradient
        int normalising = 3 * convolutions;             // forward, running statistics, backward
        int joining = 3 * blocks;                       // sum and rectifier, its gradient, sum of the gradients of both ways
        int rest = (pooled ? 2 : 0) + 2 + 4 + 2;        // max and average pooling, the classifier with its bias, log softmax
        assertEquals(convolving + normalising + joining + rest + LOSS, counts.kernels(), operations::toString);
        assertTrue(counts.reorders() <= convolving + FEW, () -> "more than the convolutions' weights are reordered: " + counts);
    }

    private static Plan plan(Backbone backbone, int features, long... images) {
        Graph graph = new Graph(new Weights(0), true, Collectives.SINGLE);
        SDVariable x = backbone.build(graph).apply(graph.input("images", DataType.FLOAT, images)).get(0);
        Graph fc = graph.in("fc");
        SDVariable logits = graph.apply(new Linear(), graph.apply(new GlobalAveragePool(), x), fc.weight("weight", LayerType.LINEAR, Fill.uniform(0.1), 10, features),
                fc.weight("bias", LayerType.LINEAR, Fill.ZEROS, 10));
        SDVariable target = graph.input("target", DataType.FLOAT, images[0], 10);
        SDVariable loss = graph.apply(new LogSoftmax(), logits).mul(target).sum().neg().div(images[0]);
        Kernels kernels = Kernels.fastest();
        assertEquals("onednn", kernels.toString());
        Plan plan = Plan.of(graph, new Plan.Wanted(Map.of("loss", loss), "loss", List.of()), kernels);
        plan.input("images").assign(Nd4j.rand(DataType.FLOAT, images));
        plan.input("target").assign(0.1);
        return plan;
    }
}
