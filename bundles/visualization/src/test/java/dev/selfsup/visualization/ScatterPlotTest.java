package dev.selfsup.visualization;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.util.List;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Points by class, and shares by category. */
class ScatterPlotTest {
    private static long pixels(BufferedImage image, int rgb) {
        return IntStream.range(0, image.getWidth() * image.getHeight()).filter(i -> (image.getRGB(i % image.getWidth(), i / image.getWidth()) & 0xffffff) == rgb).count();
    }

    @Test
    void everyClassHasItsColourInTheLegend() {
        BufferedImage image = new ScatterPlot("points", List.of("one", "two")).points(new double[] {0, 1, 2}, new double[] {0, 1, 0}, new int[] {0, 1, -1}).draw();
        assertEquals(ScatterPlot.WIDTH, image.getWidth());
        for (int number = 0; number < 2; number++) {
            assertTrue(pixels(image, Canvas.color(number).getRGB() & 0xffffff) > 40, "colour " + number);
        }
    }

    @Test
    void noPointsAndOnePointAreDrawn() {
        new ScatterPlot("nothing", List.of()).draw();
        new ScatterPlot("one", List.of("a")).points(new double[] {3}, new double[] {4}, new int[] {0}).draw();
        assertThrows(IllegalArgumentException.class, () -> new ScatterPlot("odd", List.of()).points(new double[1], new double[2], new int[1]));
    }

    @Test
    void sharesOfCategoriesAreDotsAndTheWholeIsALine() {
        BufferedImage image = new CategoryPlot("bias", "texture", List.of("cat", "dog")).series("net", 0.7, new double[] {0.6, Double.NaN}).draw();
        assertEquals(96 + 72 + 2 * 38, image.getHeight());
        assertTrue(pixels(image, Canvas.color(0).getRGB() & 0xffffff) > 300);
        assertThrows(IllegalArgumentException.class, () -> new CategoryPlot("bias", "texture", List.of("cat")).series("net", 0.7, new double[2]));
    }
}
