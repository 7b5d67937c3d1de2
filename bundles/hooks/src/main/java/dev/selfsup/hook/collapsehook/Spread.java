package dev.selfsup.hook.collapsehook;

import java.util.Arrays;

/**
 * How far features are spread over the space that they have.
 *
 * @param deviation standard deviation of a feature over images, mean over features, of rows of length 1, times the root of their number D (Chen and He 2021): 0 where all images
 *     look alike, 1 where they are spread evenly over the sphere
 * @param rank effective rank of the rows of length 1 (Roy and Vetterli 2007, as in RankMe, Garrido et al. 2023): the exponential of the entropy of their singular values, from 1,
 *     where all lie on one line, to the smaller of D and the number of images
 * @param features their number D
 */
record Spread(double deviation, double rank, int features) {
    private static final double SMALLEST = 1e-12;
    private static final int SWEEPS = 30;

    /**
     * Measures features.
     *
     * @param rows [N][D]
     * @param images at most so many rows are used, evenly chosen
     */
    static Spread of(float[][] rows, int images) {
        int count = Math.min(rows.length, images);
        double[][] unit = new double[count][];
        for (int i = 0; i < count; i++) {
            unit[i] = unit(rows[(int) ((long) i * rows.length / count)]);
        }
        return new Spread(deviation(unit), rank(unit), rows[0].length);
    }

    private static double[] unit(float[] row) {
        double squares = 0;
        for (float value : row) {
            squares += (double) value * value;
        }
        double length = Math.max(Math.sqrt(squares), SMALLEST);
        double[] unit = new double[row.length];
        Arrays.setAll(unit, d -> row[d] / length);
        return unit;
    }

    private static double deviation(double[][] rows) {
        int width = rows[0].length;
        double sum = 0;
        for (int d = 0; d < width; d++) {
            double mean = 0;
            for (double[] row : rows) {
                mean += row[d] / rows.length;
            }
            double squares = 0;
            for (double[] row : rows) {
                squares += (row[d] - mean) * (row[d] - mean);
            }
            sum += Math.sqrt(squares / rows.length);
        }
        return sum / width * Math.sqrt(width);
    }

    private static double rank(double[][] rows) {
        double[] values = eigenvalues(products(rows));
        double total = 0;
        for (int i = 0; i < values.length; i++) {
            values[i] = Math.sqrt(Math.max(values[i], 0));                           // a singular value
            total += values[i];
        }
        double entropy = 0;
        for (double value : values) {
            double share = value / Math.max(total, SMALLEST);
            entropy -= share > 0 ? share * Math.log(share) : 0;
        }
        return Math.exp(entropy);
    }

    /** The products of all rows or of all columns, whichever are fewer: their eigenvalues are the squared singular values. */
    private static double[][] products(double[][] rows) {
        int count = rows.length;
        int width = rows[0].length;
        int size = Math.min(count, width);
        double[][] products = new double[size][size];
        for (int i = 0; i < size; i++) {
            for (int j = 0; j <= i; j++) {
                double sum = 0;
                for (int k = 0; k < Math.max(count, width); k++) {
                    sum += count <= width ? rows[i][k] * rows[j][k] : rows[k][i] * rows[k][j];
                }
                products[i][j] = sum;
                products[j][i] = sum;
            }
        }
        return products;
    }

    /** The eigenvalues of a symmetric matrix by Jacobi's rotations; the matrix is lost. */
    private static double[] eigenvalues(double[][] a) {
        int size = a.length;
        double trace = 0;
        for (int i = 0; i < size; i++) {
            trace += Math.abs(a[i][i]);
        }
        for (int sweep = 0; sweep < SWEEPS && beside(a) > SMALLEST * trace; sweep++) {
            for (int p = 0; p < size; p++) {
                for (int q = p + 1; q < size; q++) {
                    if (a[p][q] != 0) {
                        rotate(a, p, q);
                    }
                }
            }
        }
        double[] values = new double[size];
        Arrays.setAll(values, i -> a[i][i]);
        return values;
    }

    /** The largest element beside the diagonal. */
    private static double beside(double[][] a) {
        double largest = 0;
        for (int i = 0; i < a.length; i++) {
            for (int j = 0; j < i; j++) {
                largest = Math.max(largest, Math.abs(a[i][j]));
            }
        }
        return largest;
    }

    /** Turns the plane of two rows and columns so that their common element becomes 0. */
    private static void rotate(double[][] a, int p, int q) {
        double theta = (a[q][q] - a[p][p]) / (2 * a[p][q]);
        double tangent = (theta < 0 ? -1 : 1) / (Math.abs(theta) + Math.sqrt(theta * theta + 1));
        double cosine = 1 / Math.sqrt(tangent * tangent + 1);
        double sine = tangent * cosine;
        double[] rowP = a[p];
        double[] rowQ = a[q];
        for (int k = 0; k < a.length; k++) {
            double x = rowP[k];
            double y = rowQ[k];
            rowP[k] = cosine * x - sine * y;
            rowQ[k] = sine * x + cosine * y;
        }
        for (double[] row : a) {
            double x = row[p];
            double y = row[q];
            row[p] = cosine * x - sine * y;
            row[q] = sine * x + cosine * y;
        }
    }
}
