package dev.selfsup.neck;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.api.model.Norm;
import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.Weights;
import dev.selfsup.neck.relativelocneck.RelativeLocNeck;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;

class RelativeLocNeckTest {
    @Test
    void dropoutIsADrawOfTheRunInTrainingOnly() {
        Graph training = graph(true);
        neck(new Momentum(), true, 3).build(training).apply(List.of(training.input("x", DataType.FLOAT, 5, 6, 2, 2)));
        assertEquals("rand/dropout_keep_mask#0", training.draws().get(0).name());
        assertEquals(List.of(5L, 4L), List.of(training.draws().get(0).shape()[0], training.draws().get(0).shape()[1]));
        Graph evaluation = graph(false);
        neck(new Momentum(), true, 3).build(evaluation).apply(List.of(evaluation.input("x", DataType.FLOAT, 5, 6, 2, 2)));
        assertEquals(0, evaluation.draws().size());
    }

    @Test
    void withoutPoolingAllFeaturesOfAPairAreCompared() {
        Graph graph = graph(true);
        SDVariable out = neck(new Momentum(), false, 12).build(graph).apply(List.of(graph.input("x", DataType.FLOAT, 5, 6, 2, 2))).get(0);
        assertEquals(List.of(5L, 4L), List.of(graph.shape(out)[0], graph.shape(out)[1]));
    }

    @Test
    void whatDoesNotFitIsNamed() {
        Graph graph = graph(true);
        SDVariable x = graph.input("x", DataType.FLOAT, 5, 6, 2, 2);
        SDVariable flat = graph.input("flat", DataType.FLOAT, 5, 6);
        assertEquals("in_channels is 4, but a pair of patches has 6 features in all",
                mistake(() -> neck(new Momentum(), true, 4).build(graph.in("a")).apply(List.of(x))));
        assertEquals("with_avg_pool needs features [N, C, H, W], not [5, 6]: set with_avg_pool: false",
                mistake(() -> neck(new Momentum(), true, 3).build(graph.in("b")).apply(List.of(flat))));
        assertEquals("the neck takes the features of one stage, not of 2: set one out_indices of the backbone",
                mistake(() -> neck(new Momentum(), true, 3).build(graph.in("c")).apply(List.of(x, x))));
        assertEquals("norm_cfg must be batch normalisation, as BN1d or SyncBN: its running statistics are to have momentum 0.003",
                mistake(() -> neck((Plain) (place, channels, affine) -> Layer.IDENTITY, true, 3).build(graph.in("d"))));
        assertEquals("in_channels and out_channels must be positive, not 0 and 4", mistake(() -> neck(new Momentum(), true, 0)));
    }

    private static String mistake(org.junit.jupiter.api.function.Executable executable) {
        return assertThrows(IllegalArgumentException.class, executable).getMessage();
    }

    private static Graph graph(boolean training) {
        return new Graph(new Weights(0, DataType.DOUBLE), training, Collectives.SINGLE);
    }

    private static RelativeLocNeck neck(Norm norm, boolean pool, int channels) {
        return (RelativeLocNeck) new RelativeLocNeck.Factory().create(new RelativeLocNeck.Config(channels, 4, pool, norm, List.of()));
    }

    /** A normalisation without running statistics. */
    @FunctionalInterface
    private interface Plain extends Norm {
        @Override
        default String abbreviation() {
            return "plain";
        }

        @Override
        Layer build(Graph graph, int channels, boolean affine);
    }

    /** A normalisation that takes any momentum but the reference's for a mistake. */
    private static final class Momentum implements Norm {
        @Override
        public String abbreviation() {
            return "bn";
        }

        @Override
        public Norm momentum(double momentum) {
            assertEquals(0.003, momentum);
            return this;
        }

        @Override
        public Layer build(Graph graph, int channels, boolean affine) {
            return Layer.IDENTITY;
        }
    }
}
