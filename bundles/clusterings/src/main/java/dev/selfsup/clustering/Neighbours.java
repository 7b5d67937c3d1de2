package dev.selfsup.clustering;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * The nearest other rows of each row, nearest first; of equally near ones the first.
 *
 * @param rows [N][M] their numbers
 * @param distances [N][M] squared distances to them
 */
public record Neighbours(int[][] rows, float[][] distances) {
    /**
     * Finds neighbours by comparing all rows with all others.
     *
     * @param rows [N][D]
     * @param count neighbours of a row, M: fewer than N
     */
    public static Neighbours of(float[][] rows, int count) {
        int[][] nearest = new int[rows.length][count];
        float[][] distances = new float[rows.length][count];
        int[] found = new int[rows.length];
        Nearest.visit(rows, rows, (row, first, points, all, offset) -> {
            for (int p = 0; p < points; p++) {
                float distance = all[offset + p];
                if (first + p == row || found[row] == count && distance >= distances[row][count - 1]) {
                    continue;
                }
                int at = found[row] == count ? count - 1 : found[row]++;
                for (; at > 0 && distances[row][at - 1] > distance; at--) {
                    distances[row][at] = distances[row][at - 1];
                    nearest[row][at] = nearest[row][at - 1];
                }
                distances[row][at] = distance;
                nearest[row][at] = first + p;
            }
        });
        return new Neighbours(nearest, distances);
    }

    /** How near rows are to each other: {@code w_ij + w_ji}, where {@code w_ij = exp(-distance / sigma^2)} for neighbours j of i. */
    Affinities affinities(double sigma) {
        int[] degrees = new int[rows.length];
        for (int i = 0; i < rows.length; i++) {
            degrees[i] += rows[i].length;
            for (int j : rows[i]) {
                degrees[j]++;
            }
        }
        int[][] ends = new int[rows.length][];
        double[][] weights = new double[rows.length][];
        Arrays.setAll(ends, i -> new int[degrees[i]]);
        Arrays.setAll(weights, i -> new double[degrees[i]]);
        for (int i = 0; i < rows.length; i++) {
            for (int m = 0; m < rows[i].length; m++) {
                int j = rows[i][m];
                double weight = Math.exp(-distances[i][m] / (sigma * sigma));
                ends[i][--degrees[i]] = j;
                weights[i][degrees[i]] = weight;
                ends[j][--degrees[j]] = i;
                weights[j][degrees[j]] = weight;
            }
        }
        IntStream.range(0, rows.length).parallel().forEach(i -> merge(i, ends, weights));
        return new Affinities(ends, weights);
    }

    /** Sorts the edges of a row, and joins those to the same end. */
    private static void merge(int row, int[][] ends, double[][] weights) {
        int[] from = ends[row];
        double[] with = weights[row];
        int[] order = IntStream.range(0, from.length).boxed().sorted((a, b) -> Integer.compare(from[a], from[b])).mapToInt(Integer::intValue).toArray();
        int[] to = new int[from.length];
        double[] sum = new double[from.length];
        int count = 0;
        for (int edge : order) {
            if (count == 0 || to[count - 1] != from[edge]) {
                to[count++] = from[edge];
            }
            sum[count - 1] += with[edge];
        }
        ends[row] = Arrays.copyOf(to, count);
        weights[row] = Arrays.copyOf(sum, count);
    }
}
