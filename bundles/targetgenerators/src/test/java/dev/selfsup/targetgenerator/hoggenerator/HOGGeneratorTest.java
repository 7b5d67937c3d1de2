package dev.selfsup.targetgenerator.hoggenerator;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.api.model.Batch;
import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.Plan;
import dev.selfsup.engine.Weights;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

class HOGGeneratorTest {
    private static final int CHANNELS = 3;

    @Test
    void everyCellIsTheHistogramOfItsGradients() {
        int height = 32;
        int width = 60;
        float[] image = new float[CHANNELS * height * width];
        Random random = new Random(3);
        for (int i = 0; i < image.length; i++) {
            image[i] = random.nextInt(256) / 256f;                                     // sums of these are exact, so that rounding moves no gradient to another bin
        }
        double[] cells = run(new HOGGenerator.Config(6, 4, 0), image, height, width).get("cells");
        int area = height / 4 * (width / 4);
        for (int c = 0; c < CHANNELS; c++) {
            for (int cell = 0; cell < area; cell++) {
                double[] expected = histogram(image, c * height * width, height, width, cell / (width / 4), cell % (width / 4));
                for (int bin = 0; bin < 6; bin++) {
                    assertEquals(expected[bin], cells[(c * 6 + bin) * area + cell], 1e-5, "channel " + c + ", cell " + cell + ", bin " + bin);
                }
            }
        }
    }

    /** Six bins of a cell of 4x4 pixels, of unit length. */
    private static double[] histogram(float[] image, int from, int height, int width, int row, int column) {
        double[] bins = new double[6];
        for (int y = 4 * row; y < 4 * row + 4; y++) {
            for (int x = 4 * column; x < 4 * column + 4; x++) {
                double across = 0;
                double down = 0;
                for (int i = -1; i <= 1; i++) {
                    int weight = 2 - Math.abs(i);
                    across += weight * (at(image, from, height, width, y + i, x - 1) - at(image, from, height, width, y + i, x + 1));
                    down += weight * (at(image, from, height, width, y - 1, x + i) - at(image, from, height, width, y + 1, x + i));
                }
                int bin = (int) Math.floor(Math.atan2(across, down) / Math.PI * 6);
                bins[Math.floorMod(bin, 6)] += Math.hypot(across, down);
            }
        }
        double length = Math.sqrt(java.util.Arrays.stream(bins).map(bin -> bin * bin).sum());
        return java.util.Arrays.stream(bins).map(bin -> bin / length).toArray();
    }

    private static double at(float[] image, int from, int height, int width, int y, int x) {
        int row = y < 0 ? -y : y >= height ? 2 * height - 2 - y : y;
        int column = x < 0 ? -x : x >= width ? 2 * width - 2 - x : x;
        return image[from + row * width + column];
    }

    @Test
    void aGradientAlongTheDiagonalIsInTheBinBelowTheBoundaryThere() {
        int side = 12;
        float[] image = new float[side * side];
        for (int i = 0; i < image.length; i++) {
            image[i] = -(i / side + i % side);
        }
        float[] cells = new float[4 * 9];
        new Histograms(side, side, 4, 4, new float[0], 0).fill(image, 0, cells, 0);
        assertArrayEquals(new float[] {1, 0, 0, 0}, new float[] {cells[4], cells[9 + 4], cells[18 + 4], cells[27 + 4]});    // the cell in the middle
    }

    /** Recorded with PyTorch 1.13 on a CPU with AVX2. */
    @Test
    void anglesAreThoseOfPyTorchToTheLastBit() {
        float[] y = {1, -1, 0.6100218f, -0.7145969f, -0.08562377f, 0.05137427f, 2.7547882f, 0.6334109f, -1.0855496f, 1, -3, 0, 0, 1e-3f, 123.5f, -0.26374158f};
        float[] x = {1, -1, -0.6100217f, 0.71459687f, 0.08562376f, -0.051374257f, 2.754787f, -0.5931879f, 1.0844902f, 3, -1, -1, 2, 1e3f, -0.25f, 0.34767473f};
        float[] angles = {0.7853981f, -2.3561945f, 2.3561943f, -0.78539824f, -0.78539824f, 2.3561943f, 0.78539836f, 2.3234138f, -0.78588635f, 0.32175055f, -1.8925469f,
            3.1415927f, 0, 0.000001f, 1.5728207f, -0.64897424f};
        for (int i = 0; i < y.length; i++) {
            assertEquals(angles[i], Arctangent.of(y[i], x[i]), "(" + x[i] + ", " + y[i] + ")");
        }
    }

    @Test
    void patchesHoldTheirCellsAndThoseBeyondTheLastWholeOneBelongToNone() {
        int side = 2 * 29;                                                             // 29 cells: 14 patches of 2x2 and one more
        float[] image = new float[CHANNELS * side * side];
        Random random = new Random(4);
        for (int i = 0; i < image.length; i++) {
            image[i] = random.nextFloat();
        }
        Map<String, double[]> out = run(new HOGGenerator.Config(5, 2, 0), image, side, side);
        assertEquals(14 * 14 * CHANNELS * 5 * 4, out.get("hog").length);
        int[] places = {0, 13, 14, 97, 195};
        for (int place : places) {
            for (int i = 0; i < CHANNELS * 5 * 4; i++) {
                int y = place / 14 * 2 + i % 4 / 2;
                int x = place % 14 * 2 + i % 2;
                assertEquals(out.get("cells")[i / 4 * 29 * 29 + y * 29 + x], out.get("hog")[place * CHANNELS * 5 * 4 + i]);
            }
        }
    }

    @Test
    void theWindowWeighsTheMiddleOfItsTilesMost() {
        double[] window = run(new HOGGenerator.Config(9, 4, 14), new float[CHANNELS * 56 * 56], 56, 56).get("gaussian_kernel");
        assertEquals(1, java.util.Arrays.stream(window).sum(), 1e-6);
        assertEquals(window[6 * 14 + 6], window[7 * 14 + 7], 1e-9);
        assertEquals(Math.exp(-0.5 * (6.5 * 6.5 - 0.5 * 0.5) / 49), window[7] / window[6 * 14 + 7], 1e-5);
    }

    @Test
    void anImageWithoutEdgesHasEmptyHistogramsAndABlackPicture() {
        Map<String, double[]> out = run(new HOGGenerator.Config(9, 4, 14), new float[CHANNELS * 56 * 56], 56, 56);
        assertTrue(java.util.Arrays.stream(out.get("cells")).allMatch(value -> value == 0));
        assertTrue(java.util.Arrays.stream(out.get("picture")).allMatch(value -> value == 0));
    }

    @Test
    void strokesAreAsLongAndAsBrightAsTheShareOfTheirBin() {
        int[] levels = new Strokes(8, 8, 4, 2).draw(new float[] {0, 0, 0, 1, 0, 0, 0, 0.25f}, 2, 2);
        int[] column = {0, 0, 255, 127, 127, 255, 255, 0};                             // both upright through (4, 4): all of it bright, then, over that, a quarter of it
        for (int y = 0; y < 8; y++) {
            for (int x = 0; x < 8; x++) {
                assertEquals(x == 4 ? column[y] : 0, levels[y * 8 + x], "(" + x + ", " + y + ")");
            }
        }
    }

    @Test
    void strokesBeyondTheBorderAreCut() {
        int[] levels = new Strokes(4, 4, 4, 4).draw(new float[] {0, 0, 0, 1}, 1, 1);       // three quarters of a turn: across, through the corner
        assertArrayEquals(new int[] {255, 255, 255, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0}, levels);
    }

    @Test
    void mistakesNameTheRuleAndTheValue() {
        assertMistake("nbins must be positive, not 0", () -> new HOGGenerator.Config(0, 8, 16));
        assertMistake("pool must be positive, not 0", () -> new HOGGenerator.Config(9, 0, 16));
        assertMistake("gaussian_window must be 0 for none, or at least 2, not 1", () -> new HOGGenerator.Config(9, 8, 1));
        assertMistake("HOGGenerator wants images at least 112 = 14 pool wide, not 96x96", () -> run(new HOGGenerator.Config(9, 8, 16), new float[0], 96, 96));
        assertMistake("gaussian_window 16 wants square images whose side it divides, not 120x120", () -> run(new HOGGenerator.Config(9, 8, 16), new float[0], 120, 120));
    }

    private static void assertMistake(String message, org.junit.jupiter.api.function.Executable action) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, action).getMessage());
    }

    /** Outputs, window and picture of one image. */
    private static Map<String, double[]> run(HOGGenerator.Config config, float[] image, int height, int width) {
        Weights weights = new Weights(0);
        Graph graph = new Graph(weights, true, Collectives.SINGLE);
        SDVariable images = graph.input("x", DataType.FLOAT, 1, CHANNELS, height, width);
        var generator = new HOGGenerator.Factory().create(config).build(graph);
        List<SDVariable> out = generator.apply(images, new Batch(List.of(images), Map.of()));
        Map<String, SDVariable> wanted = new LinkedHashMap<>(Map.of("hog", out.get(0), "cells", out.get(1), "picture", generator.picture(out.get(0), images).orElseThrow()));
        Plan plan = Plan.of(graph, Plan.Wanted.values(wanted), Kernels.fastest());
        plan.input("x").assign(Nd4j.create(image, new long[] {1, CHANNELS, height, width}, 'c'));
        plan.run();
        Map<String, double[]> values = new LinkedHashMap<>();
        plan.outputs().forEach((name, value) -> values.put(name, value.dup('c').data().asDouble()));
        weights.stateDict().forEach((name, value) -> values.put(name, value.dup('c').data().asDouble()));
        return values;
    }
}
