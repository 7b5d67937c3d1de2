package dev.selfsup.layers;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.activation.relu.ReLU;
import dev.selfsup.activation.tanh.Tanh;
import dev.selfsup.api.model.Activation;
import dev.selfsup.api.model.Norm;
import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.Parameter;
import dev.selfsup.engine.Plan;
import dev.selfsup.engine.Weights;
import dev.selfsup.norm.batchnorm.BatchNormalization;
import dev.selfsup.norm.groupnorm.GroupNormalization;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What norm_cfg and act_cfg name. */
final class NormsAndActivationsTest {
    private static final int CHANNELS = 4;
    private static final int PLACES = 6;
    private static final double EPS = 1e-5;

    private final Weights weights = new Weights(3);
    private final Graph graph = new Graph(weights, true, Collectives.SINGLE);

    private INDArray run(Layer layer, INDArray images) {
        SDVariable x = graph.input("x", DataType.FLOAT, images.shape());
        Plan plan = Plan.of(graph, Plan.Wanted.values(Map.of("y", layer.apply(x))), Kernels.PLAIN);
        plan.input("x").assign(images);
        plan.run();
        return plan.output("y").dup();
    }

    private static INDArray images() {
        INDArray images = Nd4j.create(DataType.FLOAT, 2, CHANNELS, 2, PLACES / 2);
        for (int i = 0; i < images.length(); i++) {
            images.putScalar(i, i * i * 5 % 13 - 4 + i % 3 * 0.5);
        }
        return images;
    }

    private static double[] normalized(INDArray values) {
        double mean = values.meanNumber().doubleValue();
        double variance = values.varNumber().doubleValue() * (values.length() - 1) / values.length();
        return values.sub(mean).div(Math.sqrt(variance + EPS)).dup().data().asDouble();
    }

    @Test
    void groupsOfChannelsOfEachImageAreNormalised() {
        Norm norm = new GroupNormalization.Factory().create(new GroupNormalization.Config(2, true, EPS));
        assertEquals("gn", norm.abbreviation());
        INDArray images = images();
        INDArray groups = run(norm.build(graph.in("gn"), CHANNELS), images).reshape(4, CHANNELS / 2 * PLACES);
        for (int group = 0; group < 4; group++) {
            double[] expected = normalized(images.reshape(4, CHANNELS / 2 * PLACES).getRow(group).dup());
            for (int i = 0; i < expected.length; i++) {
                assertEquals(expected[i], groups.getDouble(group, i), 1e-5, "group " + group);
            }
        }
        assertEquals(List.of("gn.weight", "gn.bias"), weights.parameters().stream().map(Parameter::name).toList());
    }

    @Test
    void groupsMustDivideTheChannels() {
        Norm norm = new GroupNormalization.Factory().create(new GroupNormalization.Config(3, true, EPS));
        assertEquals("num_groups 3 does not divide the 4 channels of gn", assertThrows(IllegalArgumentException.class, () -> norm.build(graph.in("gn"), CHANNELS)).getMessage());
        assertEquals("num_groups must be positive, not 0", assertThrows(IllegalArgumentException.class, () -> new GroupNormalization.Config(0, true, EPS)).getMessage());
    }

    @Test
    void channelsOfAllImagesAreNormalisedAndWeightsThatAreNotTrainedAreThereStill() {
        Norm norm = new BatchNormalization.TwoDimensional().create(new BatchNormalization.Config(false, EPS, 0.1, true));
        INDArray images = images();
        INDArray channels = run(norm.build(graph.in("bn"), CHANNELS), images);
        for (int channel = 0; channel < CHANNELS; channel++) {
            double[] expected = normalized(images.permute(1, 0, 2, 3).dup('c').reshape(CHANNELS, 2 * PLACES).getRow(channel).dup());
            double[] actual = channels.permute(1, 0, 2, 3).dup('c').reshape(CHANNELS, 2 * PLACES).getRow(channel).dup().data().asDouble();
            for (int i = 0; i < expected.length; i++) {
                assertEquals(expected[i], actual[i], 1e-5, "channel " + channel);
            }
        }
        assertEquals(List.of(), weights.parameters());
        assertEquals(List.of("bn.bias", "bn.num_batches_tracked", "bn.running_mean", "bn.running_var", "bn.weight"), weights.state().keySet().stream().sorted().toList());
    }

    @Test
    void theRectifiedLinearUnitIsZeroBelowZero() {
        INDArray values = Nd4j.createFromArray(-2f, -0.5f, 0, 0.5f, 3).reshape(1, 5);
        Activation relu = new ReLU.Factory().create(new ReLU.Config());
        assertEquals(Nd4j.createFromArray(0f, 0, 0, 0.5f, 3).reshape(1, 5), run(relu.build(graph.in("act")), values));
    }

    @Test
    void theHyperbolicTangentIsThatOfJava() {
        INDArray values = Nd4j.createFromArray(-2f, -0.5f, 0, 0.5f, 3).reshape(1, 5);
        Activation tanh = new Tanh.Factory().create(new Tanh.Config());
        INDArray tangent = run(tanh.build(graph.in("act")), values);
        for (int i = 0; i < 5; i++) {
            assertEquals(Math.tanh(values.getDouble(i)), tangent.getDouble(i), 1e-6);
        }
    }
}
