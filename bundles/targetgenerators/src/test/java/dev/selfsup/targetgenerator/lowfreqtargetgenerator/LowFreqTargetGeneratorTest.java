package dev.selfsup.targetgenerator.lowfreqtargetgenerator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.api.model.Batch;
import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.Plan;
import dev.selfsup.engine.Weights;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.factory.Nd4j;

class LowFreqTargetGeneratorTest {
    private static final double[] MEAN = {0.485, 0.456, 0.406};
    private static final double[] STD = {0.229, 0.224, 0.225};

    @Test
    void whatRemainsIsTheFourierSeriesWithinTheRadius() {
        int height = 9;
        int width = 12;
        double[] image = image(height, width);
        double[] got = run(new LowFreqTargetGenerator.Config(3, List.of(height, width)), image, height, width);
        for (int c = 0; c < 3; c++) {
            double[] pixels = new double[height * width];
            for (int i = 0; i < pixels.length; i++) {
                pixels[i] = image[c * pixels.length + i] * STD[c] + MEAN[c];
            }
            double[] expected = naive(pixels, height, width, 3);
            for (int i = 0; i < pixels.length; i++) {
                assertEquals((expected[i] - MEAN[c]) / STD[c], got[c * pixels.length + i], 2e-5, "channel " + c + ", pixel " + i);
            }
        }
    }

    /** The sum of all waves whose frequencies lie within the radius, one after the other; its absolute value. */
    private static double[] naive(double[] pixels, int height, int width, double radius) {
        double[] real = new double[pixels.length];
        double[] imaginary = new double[pixels.length];
        for (int k = 0; k < height; k++) {
            for (int m = 0; m < width; m++) {
                double y = k - (height - 1) / 2.0;
                double x = m - (width - 1) / 2.0;
                if (y * y + x * x <= radius * radius) {
                    add(pixels, height, width, k - height / 2, m - width / 2, real, imaginary);
                }
            }
        }
        double[] length = new double[pixels.length];
        for (int i = 0; i < length.length; i++) {
            length[i] = Math.hypot(real[i], imaginary[i]);
        }
        return length;
    }

    private static void add(double[] pixels, int height, int width, int down, int across, double[] real, double[] imaginary) {
        double a = 0;
        double b = 0;
        for (int i = 0; i < pixels.length; i++) {
            double angle = -2 * Math.PI * ((double) down * (i / width) / height + (double) across * (i % width) / width);
            a += pixels[i] * Math.cos(angle) / pixels.length;
            b += pixels[i] * Math.sin(angle) / pixels.length;
        }
        for (int i = 0; i < pixels.length; i++) {
            double angle = 2 * Math.PI * ((double) down * (i / width) / height + (double) across * (i % width) / width);
            real[i] += a * Math.cos(angle) - b * Math.sin(angle);
            imaginary[i] += a * Math.sin(angle) + b * Math.cos(angle);
        }
    }

    @Test
    void aRadiusBeyondTheCornersLeavesTheImageAsItIs() {
        double[] image = image(8, 8);
        double[] got = run(new LowFreqTargetGenerator.Config(99, List.of(8)), image, 8, 8);
        for (int i = 0; i < image.length; i++) {
            double pixel = image[i] * STD[i / 64] + MEAN[i / 64];
            assertEquals((Math.abs(pixel) - MEAN[i / 64]) / STD[i / 64], got[i], 2e-5);
        }
    }

    @Test
    void mistakesNameTheRuleAndTheValue() {
        assertMistake("radius must be positive, not 0", () -> new LowFreqTargetGenerator.Config(0, List.of(8)));
        assertMistake("img_size must be one positive number or two, not [0]", () -> new LowFreqTargetGenerator.Config(3, List.of(0)));
        assertMistake("LowFreqTargetGenerator is for images of img_size 16x16 in 3 channels, not 8x8 in 3",
                () -> run(new LowFreqTargetGenerator.Config(3, List.of(16)), image(8, 8), 8, 8));
    }

    private static void assertMistake(String message, org.junit.jupiter.api.function.Executable action) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, action).getMessage());
    }

    private static double[] image(int height, int width) {
        return new Random(5).doubles(3L * height * width, -1.8, 2.2).toArray();
    }

    private static double[] run(LowFreqTargetGenerator.Config config, double[] image, int height, int width) {
        Graph graph = new Graph(new Weights(0), true, Collectives.SINGLE);
        SDVariable images = graph.input("x", DataType.FLOAT, 1, 3, height, width);
        SDVariable out = new LowFreqTargetGenerator.Factory().create(config).build(graph).apply(images, new Batch(List.of(images), Map.of())).get(0);
        Plan plan = Plan.of(graph, Plan.Wanted.values(Map.of("out", out)), Kernels.fastest());
        plan.input("x").assign(Nd4j.createFromArray(image).reshape(1, 3, height, width));
        plan.run();
        return plan.output("out").dup('c').data().asDouble();
    }
}
