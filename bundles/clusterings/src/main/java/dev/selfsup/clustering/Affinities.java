package dev.selfsup.clustering;

import java.util.Arrays;
import java.util.stream.IntStream;

/**
 * A symmetric graph.
 *
 * @param ends per node the nodes that it has edges to, ascending
 * @param weights of these edges
 */
record Affinities(int[][] ends, double[][] weights) {
    int size() {
        return ends.length;
    }

    /** The product of its matrix and a vector. */
    double[] times(double[] v) {
        return IntStream.range(0, size()).parallel().mapToDouble(i -> {
            double sum = 0;
            for (int e = 0; e < ends[i].length; e++) {
                sum += weights[i][e] * v[ends[i][e]];
            }
            return sum;
        }).toArray();
    }

    /** From each node the way up that is steepest by {@code w_ij (v_j - v_i)}, to itself where there is none. */
    int[] steepest(double[] v) {
        int[] up = new int[size()];
        Arrays.setAll(up, i -> {
            double best = 0;
            int to = i;
            for (int e = 0; e < ends[i].length; e++) {
                double rise = weights[i][e] * (v[ends[i][e]] - v[i]);
                if (rise > best) {
                    best = rise;
                    to = ends[i][e];
                }
            }
            return to;
        });
        return up;
    }
}
