package dev.selfsup.clustering;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.api.data.SampleRandom;
import dev.selfsup.api.run.Clustering;
import dev.selfsup.api.run.Clustering.Clusters;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.clustering.kmeans.Kmeans;
import dev.selfsup.clustering.pic.PIC;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class ClusteringsTest {
    /** Rows around some centres far from each other, row i around centre i modulo their number. */
    private static float[][] blobs(int rows, int centres, int width) {
        SampleRandom random = SampleRandom.of(3);
        float[][] places = new float[centres][width];
        for (float[] place : places) {
            for (int d = 0; d < width; d++) {
                place[d] = 10 * random.nextFloat();
            }
        }
        float[][] result = new float[rows][width];
        for (int i = 0; i < rows; i++) {
            for (int d = 0; d < width; d++) {
                result[i][d] = places[i % centres][d] + 0.1f * random.nextFloat();
            }
        }
        return result;
    }

    private static Clustering kmeans(int k, int components) {
        return new Kmeans.Factory().create(new Kmeans.Config(k, components));
    }

    @Test
    void whitenedRowsHaveUnitLengthAndComponentsWithoutCorrelation() {
        float[][] rows = blobs(5000, 400, 6);
        float[][] white = Whitening.of(rows, 3);
        double[][] products = new double[3][3];
        for (float[] row : white) {
            double length = 0;
            for (int c = 0; c < 3; c++) {
                length += (double) row[c] * row[c];
                for (int d = 0; d < 3; d++) {
                    products[c][d] += (double) row[c] * row[d] / white.length;
                }
            }
            assertEquals(1, length, 1e-5);
        }
        for (int c = 0; c < 3; c++) {
            for (int d = 0; d < 3; d++) {
                assertEquals(c == d ? 1 / 3.0 : 0, products[c][d], 0.03, "directions of a round cloud");
            }
        }
    }

    @Test
    void theFirstComponentIsTheDirectionOfTheLargestVariance() {
        float[][] rows = new float[][] {{3, 3.01f, 1}, {-3, -3, 1}, {2, 1.99f, 1}, {-2, -2, 1}, {0.01f, -0.01f, 1}};
        float[][] first = Whitening.of(rows, 1);
        float sign = first[0][0];
        assertArrayEquals(new float[] {sign, -sign, sign, -sign}, new float[] {first[0][0], first[1][0], first[2][0], first[3][0]}, 1e-6f);
        float[][] all = Whitening.of(rows, 3);
        assertEquals(0, all[0][2], "a direction without variance is left out, not divided by nothing");
    }

    @Test
    void withoutComponentsRowsAreOnlyBroughtToLengthOne() {
        float[][] rows = {{3, 4}, {0, 0}};
        assertArrayEquals(new float[] {0.6f, 0.8f}, Whitening.of(rows, -1)[0], 1e-6f);
        assertArrayEquals(new float[] {0, 0}, Whitening.of(rows, -1)[1]);
        assertArrayEquals(new float[] {3, 4}, rows[0], "the rows given are left as they are");
    }

    @Test
    void mistakesSayWhatToDo() {
        UsageException tooMany = assertThrows(UsageException.class, () -> Whitening.of(new float[][] {{1, 2}}, 3));
        assertEquals("clustering.pca_dim is 3, but features have only 2 numbers: lower it, or set -1 to cluster them as they are", tooMany.getMessage());
        UsageException few = assertThrows(UsageException.class, () -> kmeans(3, -1).cluster(new float[][] {{1, 2}}, SampleRandom.of(1), line -> {}));
        assertEquals("clustering.k is 3, but there are only 1 images to be clustered: lower it, and the number of classes of the head with it", few.getMessage());
        UsageException infinite = assertThrows(UsageException.class, () -> Whitening.of(new float[][] {{1, Float.NaN}}, -1));
        assertTrue(infinite.getMessage().startsWith("features to be clustered are not finite"), infinite.getMessage());
        Clustering pic = new PIC.Factory().create(new PIC.Config(Optional.empty(), 0.2, 5, 0.001, true, -1));
        UsageException alone = assertThrows(UsageException.class, () -> pic.cluster(new float[5][2], SampleRandom.of(1), line -> {}));
        assertEquals("clustering.nnn is 5, but there are only 5 images to be clustered: lower it", alone.getMessage());
        assertEquals("k must be positive, not 0", assertThrows(IllegalArgumentException.class, () -> new Kmeans.Config(0, 1)).getMessage());
        assertEquals("pca_dim must be positive, or -1 for none, not 0", assertThrows(IllegalArgumentException.class, () -> new Kmeans.Config(1, 0)).getMessage());
    }

    @Test
    void kMeansFindsWhatIsApart() {
        List<String> words = new ArrayList<>();
        Clusters clusters = kmeans(8, 5).cluster(blobs(400, 4, 7), SampleRandom.of(1), words::add);
        for (int i = 4; i < 400; i++) {
            for (int j = 0; j < 4; j++) {
                assertTrue(i % 4 == j || clusters.labels()[i] != clusters.labels()[j], "no cluster has rows of two blobs");
            }
        }
        assertEquals(8, Arrays.stream(clusters.labels()).distinct().count());
        assertEquals(1, words.size());
    }

    @Test
    void kMeansEqualsAComputationOfEveryDistance() {
        float[][] rows = blobs(3000, 500, 9);
        KMeans means = new KMeans(rows, 50, SampleRandom.of(2));
        double[] losses = means.run();
        float[][] centroids = naive(rows, 50, SampleRandom.of(2));
        int differing = 0;
        for (int i = 0; i < rows.length; i++) {
            differing += means.labels()[i] == nearest(rows[i], centroids) ? 0 : 1;
        }
        assertTrue(differing <= 3, differing + " rows differ by more than rounding");
        for (int round = 1; round < losses.length; round++) {
            assertTrue(losses[round] <= losses[round - 1] * (1 + 1e-5), "the loss never grows");
        }
    }

    /** Lloyd's rounds with the same beginnings; no cluster becomes empty here. */
    private static float[][] naive(float[][] rows, int count, SampleRandom random) {
        int[] order = IntStream.range(0, rows.length).toArray();
        float[][] centroids = new float[count][];
        for (int k = 0; k < count; k++) {
            int j = k + random.nextInt(rows.length - k);
            centroids[k] = rows[order[j]].clone();
            order[j] = order[k];
        }
        for (int round = 0; round < 20; round++) {
            double[][] sums = new double[count][rows[0].length];
            int[] sizes = new int[count];
            for (float[] row : rows) {
                int k = nearest(row, centroids);
                sizes[k]++;
                for (int d = 0; d < row.length; d++) {
                    sums[k][d] += row[d];
                }
            }
            for (int k = 0; k < count; k++) {
                for (int d = 0; d < sums[k].length; d++) {
                    centroids[k][d] = (float) (sums[k][d] / sizes[k]);
                }
            }
        }
        return centroids;
    }

    private static int nearest(float[] row, float[][] points) {
        int best = 0;
        double least = Double.POSITIVE_INFINITY;
        for (int k = 0; k < points.length; k++) {
            double distance = 0;
            for (int d = 0; d < row.length; d++) {
                distance += Math.pow((double) row[d] - points[k][d], 2);
            }
            if (distance < least) {
                least = distance;
                best = k;
            }
        }
        return best;
    }

    @Test
    void noClusterStaysEmptyEvenAmongEqualRows() {
        float[][] equal = new float[12][];
        Arrays.setAll(equal, i -> new float[] {1, 2});
        KMeans means = new KMeans(equal, 12, SampleRandom.of(4));
        means.run();
        assertEquals(12, Arrays.stream(means.labels()).distinct().count());
    }

    @Test
    void equalChoicesGiveEqualClusters() {
        float[][] rows = blobs(2000, 300, 8);
        int[] first = kmeans(40, 6).cluster(rows, SampleRandom.of(5), line -> {}).labels();
        assertArrayEquals(first, kmeans(40, 6).cluster(rows, SampleRandom.of(5), line -> {}).labels());
    }

    @Test
    void neighboursAreTheNearestOfAll() {
        float[][] rows = blobs(700, 90, 5);
        Neighbours found = Neighbours.of(rows, 4);
        for (int i = 0; i < rows.length; i += 37) {
            int row = i;
            double[] distances = IntStream.range(0, rows.length).filter(j -> j != row)
                    .mapToDouble(j -> IntStream.range(0, 5).mapToDouble(d -> Math.pow((double) rows[row][d] - rows[j][d], 2)).sum()).sorted().toArray();
            for (int m = 0; m < 4; m++) {
                assertEquals(distances[m], found.distances()[i][m], 1e-3);
                assertTrue(found.rows()[i][m] != i);
            }
        }
    }

    @Test
    void powerIterationFindsWhatIsApartAndSinglesGoToTheirNeighbours() {
        float[][] rows = blobs(200, 5, 16);
        Clustering pic = new PIC.Factory().create(new PIC.Config(Optional.empty(), 0.2, 5, 0.001, true, -1));
        Clusters clusters = pic.cluster(rows, SampleRandom.of(1), line -> {});
        int[] sizes = ClassWeights.sizes(clusters.labels(), clusters.count());
        assertTrue(Arrays.stream(sizes).allMatch(size -> size > 1), Arrays.toString(sizes));
        for (int i = 0; i < 200; i++) {
            for (int j = 0; j < i; j++) {
                assertTrue(i % 5 == j % 5 || clusters.labels()[i] != clusters.labels()[j]);
            }
        }
        PowerIteration alone = new PowerIteration(new Neighbours(new int[][] {{1}, {0}, {0}}, new float[3][1]), 1, 0.5);
        assertArrayEquals(new int[] {0, 0, 0}, alone.withoutSingles(new Clusters(new int[] {1, 1, 0}, 2)).labels());
    }

    @Test
    void classesCountTheLessTheLargerTheyAre() {
        float[] weights = ClassWeights.of(new int[] {0, 0, 0, 0, 1, -1}, 2, 0.5);
        assertArrayEquals(new float[] {1 / 3f, 2 / 3f}, weights, 1e-6f);
        assertArrayEquals(new float[] {0.5f, 0.5f}, ClassWeights.of(new int[] {0, 0, 1}, 2, 0), 1e-6f);
        assertTrue(ClassWeights.of(new int[] {0}, 2, 0.5)[1] > 0.99f, "an empty class has nearly all the weight, as in the reference");
    }
}
