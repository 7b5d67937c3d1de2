package __package__;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.api.data.Image;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.SampleRandom;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

/** Black images of 20 columns and 10 rows, with three channels. */
class __Type__Test {
    private static final int WIDTH = 20;
    private static final int HEIGHT = 10;

    @Test
    void aSquareIsPaintedAndNothingElse() {
        for (int seed = 0; seed < 100; seed++) {
            byte[] data = run(0.4, 1, seed);
            int first = 0;
            while (data[3 * first] == 0) {
                first++;
            }
            for (int pixel = 0; pixel < WIDTH * HEIGHT; pixel++) {
                int x = pixel % WIDTH - first % WIDTH;
                int y = pixel / WIDTH - first / WIDTH;
                boolean inside = x >= 0 && x < 4 && y >= 0 && y < 4;
                for (int channel = 0; channel < 3; channel++) {
                    assertEquals(inside ? 128 : 0, data[3 * pixel + channel] & 255, "pixel " + pixel + ", seed " + seed);
                }
            }
        }
    }

    @Test
    void everyPlaceIsPossible() {
        boolean[] corners = new boolean[2];
        for (int seed = 0; seed < 2000; seed++) {
            byte[] data = run(0.4, 1, seed);
            corners[0] |= data[0] != 0;
            corners[1] |= data[data.length - 1] != 0;
        }
        assertArrayEquals(new boolean[] {true, true}, corners);
    }

    @Test
    void theProbabilityIsKept() {
        int painted = 0;
        for (int seed = 0; seed < 2000; seed++) {
            painted += Arrays.equals(run(0.4, 0.3, seed), new byte[3 * WIDTH * HEIGHT]) ? 0 : 1;
        }
        assertEquals(600, painted, 82);                                                  // 4 standard errors
    }

    @Test
    void oneGeneratorMakesOneResult() {
        assertArrayEquals(run(0.3, 0.5, 7), run(0.3, 0.5, 7));
    }

    @Test
    void sizesThatDoNotFitAreRefused() {
        assertEquals("size must be above 0 and at most 1, not 1.5", assertThrows(IllegalArgumentException.class, () -> new __Type__.Config(1.5, 0.5)).getMessage());
    }

    private static byte[] run(double size, double prob, long seed) {
        Sample sample = new Sample(0, Path.of("a.png"), OptionalInt.empty());
        sample.setImages(Image.create(WIDTH, HEIGHT, 3));
        new __Type__.Factory().create(new __Type__.Config(size, prob)).apply(sample, SampleRandom.of(seed));
        return sample.image().data();
    }
}
