package dev.selfsup.head;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.api.model.Head;
import dev.selfsup.api.model.Reconstruction;
import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.Plan;
import dev.selfsup.engine.Weights;
import dev.selfsup.head.maepretrainhead.MAEPretrainHead;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Two images of 4x6 pixels in 3 channels, in patches of 2x2. */
class MAEPretrainHeadTest {
    private static final long[] IMAGES = {2, 3, 4, 6};
    private static final int VALUES = 144;
    private static final int PATCH = 12;

    private final double[] images = new Random(1).doubles(VALUES, -2, 2).toArray();
    private final double[] predictions = new Random(2).doubles(VALUES, -2, 2).toArray();

    @Test
    void predictionsOfPixelsAreLaidOutAsTheImageIs() {
        Map<String, INDArray> made = made(false, predictions);
        assertArrayEquals(images, values(made, "target"), 1e-6);
        assertArrayEquals(values(made, "prediction"), values(made, "predicted"), 0);
        for (int i = 0; i < VALUES; i++) {
            assertEquals(predictions[patched(i)], values(made, "prediction")[i], 1e-6);
        }
        assertArrayEquals(new long[] {2, 2, 3}, made.get("mask").shape());
    }

    @Test
    void meanAndVarianceOfEveryPatchAreGivenBack() {
        Map<String, INDArray> perfect = made(true, normalised());
        assertArrayEquals(images, values(perfect, "predicted"), 1e-5);
        assertArrayEquals(values(perfect, "target"), values(perfect, "prediction"), 1e-5);
        Map<String, INDArray> flat = made(true, new double[VALUES]);
        double sum = 0;
        for (int i = 0; i < VALUES; i++) {
            sum += patched(i) < PATCH ? images[i] : 0;
        }
        assertEquals(sum / PATCH, values(flat, "predicted")[0], 1e-5);
    }

    /** The patches of the images by their own mean and unbiased variance, [2, 6, 12]. */
    private double[] normalised() {
        double[] patches = new double[VALUES];
        for (int i = 0; i < VALUES; i++) {
            patches[patched(i)] = images[i];
        }
        for (int from = 0; from < VALUES; from += PATCH) {
            double mean = 0;
            double squares = 0;
            for (int i = from; i < from + PATCH; i++) {
                mean += patches[i] / PATCH;
            }
            for (int i = from; i < from + PATCH; i++) {
                squares += (patches[i] - mean) * (patches[i] - mean);
            }
            for (int i = from; i < from + PATCH; i++) {
                patches[i] = (patches[i] - mean) / Math.sqrt(squares / (PATCH - 1) + 1e-6);
            }
        }
        return patches;
    }

    /** Where an element of the images [2, 3, 4, 6] stands among the patches [2, 6, 2 * 2 * 3]. */
    private static int patched(int i) {
        int x = i % 6;
        int y = i / 6 % 4;
        int channel = i / 24 % 3;
        int place = i / 72 * 6 + y / 2 * 3 + x / 2;
        return place * PATCH + (y % 2 * 2 + x % 2) * 3 + channel;
    }

    @Test
    void aHeadThatComparesNoPatchesReconstructsNothing() {
        Head.Network head = in -> in;
        assertEquals(java.util.Optional.empty(), head.reconstruction(List.of()));
    }

    @Test
    void aPatchMustHaveASize() {
        assertEquals("patch_size must be positive, not 0",
                assertThrows(IllegalArgumentException.class, () -> new MAEPretrainHead.Config(place -> in -> in, true, 0)).getMessage());
    }

    private static double[] values(Map<String, INDArray> made, String name) {
        return made.get(name).dup('c').data().asDouble();
    }

    private Map<String, INDArray> made(boolean normPix, double[] predicted) {
        Graph graph = new Graph(new Weights(0), false, Collectives.SINGLE);
        SDVariable prediction = graph.input("prediction", DataType.FLOAT, 2, 6, PATCH);
        SDVariable pixels = graph.input("images", DataType.FLOAT, IMAGES);
        SDVariable mask = graph.constant(new float[] {1, 0, 0, 1, 1, 0, 0, 1, 1, 0, 1, 1}, 2, 6);
        MAEPretrainHead.Config config = new MAEPretrainHead.Config(place -> in -> List.of(in.get(0).sum()), normPix, 2);
        Reconstruction made = new MAEPretrainHead.Factory().create(config).build(graph).reconstruction(List.of(prediction, pixels, mask)).orElseThrow();
        Plan plan = Plan.of(graph, Plan.Wanted.values(Map.of("mask", made.mask(), "target", made.target(), "prediction", made.prediction(), "predicted", made.picture().predicted())),
                Kernels.fastest());
        plan.input("prediction").assign(Nd4j.createFromArray(predicted).reshape(2, 6, PATCH));
        plan.input("images").assign(Nd4j.createFromArray(images).reshape(IMAGES));
        plan.run();
        return plan.outputs();
    }
}
