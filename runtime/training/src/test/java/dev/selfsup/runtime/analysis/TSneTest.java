package dev.selfsup.runtime.analysis;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Arrays;
import java.util.Random;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** t-SNE of three clusters in ten dimensions. */
class TSneTest {
    private static final int EACH = 20;

    private static float[][] clusters() {
        Random random = new Random(3);
        return IntStream.range(0, 3 * EACH).mapToObj(i -> {
            float[] row = new float[10];
            for (int d = 0; d < row.length; d++) {
                row[d] = (float) ((d == i / EACH ? 8 : 0) + random.nextGaussian());
            }
            return row;
        }).toArray(float[][]::new);
    }

    /** Of a few points, steps of the usual rate of 200 throw single ones across. */
    private static TSne tsne(long seed) {
        return new TSne(10, 12, 50, 500, 300, seed);
    }

    @Test
    void nearestPointsAreOfTheSameCluster() {
        AtomicInteger iterations = new AtomicInteger();
        TSne.Map map = tsne(0).place(clusters(), iterations::set);
        assertTrue(iterations.get() > 250 && iterations.get() <= 500);
        assertTrue(map.divergence() > 0 && map.divergence() < 1, () -> "KL divergence " + map.divergence());
        for (int i = 0; i < 3 * EACH; i++) {
            int at = i;
            int nearest = IntStream.range(0, 3 * EACH).filter(j -> j != at).boxed()
                    .min((a, b) -> Double.compare(distance(map, at, a), distance(map, at, b))).orElseThrow();
            assertEquals(i / EACH, nearest / EACH, "point " + i);
        }
    }

    private static double distance(TSne.Map map, int a, int b) {
        return Math.hypot(map.x()[a] - map.x()[b], map.y()[a] - map.y()[b]);
    }

    @Test
    void aSeedGivesTheSamePointsAndAnotherOneOthers() {
        TSne.Map map = tsne(0).place(clusters(), done -> { });
        assertArrayEquals(map.x(), tsne(0).place(clusters(), done -> { }).x());
        assertFalse(Arrays.equals(map.x(), tsne(1).place(clusters(), done -> { }).x()));
    }

    @Test
    void equalRowsAndFewRowsArePlaced() {
        float[][] equal = new float[5][3];
        TSne.Map map = new TSne(2, 12, 200, 260, 300, 0).place(equal, done -> { });
        assertTrue(Arrays.stream(map.x()).allMatch(Double::isFinite) && Arrays.stream(map.y()).allMatch(Double::isFinite));
    }
}
