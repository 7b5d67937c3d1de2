package dev.selfsup.visualization;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.DoubleStream;
import java.util.stream.IntStream;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class LinePlotTest {
    private static final double[] X = IntStream.range(0, 1200).asDoubleStream().toArray();

    @TempDir
    private Path folder;

    private static double[] noisyLoss() {
        Random random = new Random(5);
        return IntStream.range(0, X.length).mapToDouble(i -> 3.2 + 2.6 * Math.exp(-i / 260.0) + 0.16 * random.nextGaussian()).toArray();
    }

    private static long pixels(BufferedImage image, int rgb) {
        return IntStream.range(0, image.getWidth() * image.getHeight())
                .filter(i -> (image.getRGB(i % image.getWidth(), i / image.getWidth()) & 0xffffff) == rgb).count();
    }

    @Test
    void aLossCurveIsWrittenAsPng() throws IOException {
        Path png = folder.resolve("loss.png");
        new LinePlot("SimCLR, photograph tiles", "iteration", "loss").smoothed("loss, mean of 50", X, noisyLoss(), 50).write(png);
        BufferedImage image = ImageIO.read(png.toFile());
        assertEquals(LinePlot.WIDTH, image.getWidth());
        assertEquals(LinePlot.HEIGHT, image.getHeight());
        assertTrue(pixels(image, 0x1f6feb) > 800, "curve");
        assertEquals(List.of("loss.png"), List.of(folder.toFile().list()));
    }

    @Test
    void everyCurveAndReferenceHasItsColor() {
        double[] epochs = IntStream.rangeClosed(1, 20).asDoubleStream().toArray();
        double[] accuracy = IntStream.range(0, 20).mapToDouble(i -> 0.83 - 0.12 * Math.exp(-i / 6.0)).toArray();
        BufferedImage image = new LinePlot("kNN accuracy", "epoch", "accuracy").line("trained", epochs, accuracy)
                .reference("untrained", 0.71).reference("raw pixels", 0.58).draw();
        for (int rgb : new int[] {0x1f6feb, 0xd1570b, 0x1a7f37}) {
            assertTrue(pixels(image, rgb) > 300, Integer.toHexString(rgb));
        }
    }

    @Test
    void plotsOfNothingOfOnePointAndOfNoFiniteValueAreDrawn() {
        LinePlot plot = new LinePlot("t", "x", "y");
        assertTrue(pixels(plot.draw(), 0xffffff) > 500_000);
        plot.line("one", new double[] {3}, new double[] {0.5}).draw();
        plot.line("none", new double[] {1, 2}, new double[] {Double.NaN, Double.POSITIVE_INFINITY}).draw();
        plot.line("flat", new double[] {1, 2}, new double[] {1e-30, 1e-30}).draw();
        plot.line("huge", new double[] {1, 2}, new double[] {1e300, -1e300}).draw();
    }

    @Test
    void theAverageRunsOverTheFiniteValuesAroundEach() {
        double[] values = {1, 3, Double.NaN, 5, 7};
        assertArrayEquals(new double[] {2, 2, Double.NaN, 6, 6}, LinePlot.average(values, 2));
    }

    @Test
    void epochsAreNotDividedByMarks() {
        assertEquals("[1, 2, 3]", Axis.of(1, 3, 10, false).whole(DoubleStream.of(1, 2, 3)).marks().stream()
                .map(m -> Axis.of(0, 10, 10, false).label(m)).toList().toString());
    }

    @Test
    void marksLieAtRoundNumbers() {
        Axis axis = Axis.of(0.58, 0.83, 6, false);
        assertEquals(List.of("0.60", "0.65", "0.70", "0.75", "0.80"), axis.marks().stream().map(axis::label).toList());
        Axis wide = Axis.of(0, 1200, 10, false);
        assertEquals("[0, 200, 400, 600, 800, 1000, 1200]", wide.marks().stream().map(wide::label).toList().toString());
        Axis signed = Axis.of(-1, 1, 4, false);
        assertEquals("[-1.0, -0.5, 0.0, 0.5, 1.0]", signed.marks().stream().map(signed::label).toList().toString());
    }

    @Test
    void aFolderThatIsMissingIsAnIoException() {
        Path png = folder.resolve("none/loss.png");
        assertThrows(IOException.class, () -> new LinePlot("t", "x", "y").write(png));
        assertFalse(Files.exists(png));
    }
}
