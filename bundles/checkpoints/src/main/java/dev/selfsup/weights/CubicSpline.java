package dev.selfsup.weights;

import java.util.Arrays;

/**
 * The cubic spline through values at rising places, which has no knot at the second place and the last but one (de Boor 1978): a matrix, as the spline's value anywhere is a weighted sum of
 * the values. Beyond the first and last place it stays what it is there. SciPy's {@code interp2d} is this spline along rows, then along columns.
 */
final class CubicSpline {
    private static final int DEGREE = 3;

    private final double[] places;
    private final double[] knots;

    /** The spline through values at so many places, at least 4. */
    CubicSpline(double... places) {
        int n = places.length;
        this.places = places.clone();
        this.knots = new double[n + DEGREE + 1];
        Arrays.fill(knots, 0, DEGREE + 1, places[0]);
        System.arraycopy(places, 2, knots, DEGREE + 1, n - DEGREE - 1);
        Arrays.fill(knots, n, n + DEGREE + 1, places[n - 1]);
    }

    /** What each of the values counts at other places, [others, places]. */
    double[][] weights(double... others) {
        int n = places.length;
        double[][] equations = new double[n][n + others.length];                                // basis transposed, and at the other places
        for (int i = 0; i < n; i++) {
            for (int j = 0; j < n; j++) {
                equations[i][j] = basis(i, places[j]);
            }
            for (int k = 0; k < others.length; k++) {
                equations[i][n + k] = basis(i, Math.max(places[0], Math.min(places[n - 1], others[k])));
            }
        }
        eliminate(equations);
        double[][] weights = new double[others.length][n];
        for (int k = 0; k < others.length; k++) {
            for (int i = 0; i < n; i++) {
                weights[k][i] = equations[i][n + k];
            }
        }
        return weights;
    }

    /** Gauss and Jordan's elimination without a search for pivots: matrices of B-splines are totally positive. */
    private static void eliminate(double[][] equations) {
        for (int i = 0; i < equations.length; i++) {
            double pivot = equations[i][i];
            for (int j = i; j < equations[i].length; j++) {
                equations[i][j] /= pivot;
            }
            for (int other = 0; other < equations.length; other++) {
                double factor = other == i ? 0 : equations[other][i];
                for (int j = i; factor != 0 && j < equations[i].length; j++) {
                    equations[other][j] -= factor * equations[i][j];
                }
            }
        }
    }

    private double basis(int number, double x) {
        int span = DEGREE;
        while (span < places.length - 1 && x >= knots[span + 1]) {
            span++;
        }
        return basis(number, DEGREE, x, span);
    }

    /** Cox and de Boor's recursion for the B-spline of a number and degree at a place between knots {@code span} and the next. */
    private double basis(int number, int degree, double x, int span) {
        if (number > span || number + degree < span) {
            return 0;
        }
        if (degree == 0) {
            return 1;
        }
        double left = knots[number + degree] - knots[number];
        double right = knots[number + degree + 1] - knots[number + 1];
        return (left == 0 ? 0 : (x - knots[number]) / left * basis(number, degree - 1, x, span))
                + (right == 0 ? 0 : (knots[number + degree + 1] - x) / right * basis(number + 1, degree - 1, x, span));
    }
}
