package dev.selfsup.engine;

/** The inner loops over heap arrays: one expression each, so that the JIT compiler vectorises them. */
final class HostLoops {
    private HostLoops() {}

    /** {@code target += factor source}. */
    static void add(float[] target, float[] source, float factor, int count) {
        for (int i = 0; i < count; i++) {
            target[i] += factor * source[i];
        }
    }

    /** {@code target *= factor}. */
    static void scale(float[] target, float factor, int count) {
        for (int i = 0; i < count; i++) {
            target[i] *= factor;
        }
    }

    /** {@code target = keep target + factor source}. */
    static void combine(float[] target, float keep, float[] source, float factor, int count) {
        for (int i = 0; i < count; i++) {
            target[i] = target[i] * keep + factor * source[i];
        }
    }

    /** {@code target = keep target + factor source^2}. */
    static void combineSquare(float[] target, float keep, float[] source, float factor, int count) {
        for (int i = 0; i < count; i++) {
            target[i] = target[i] * keep + factor * source[i] * source[i];
        }
    }

    /** {@code weights += rate means / (sqrt(squares) / correction + epsilon)}. */
    static void adam(float[] weights, float[] means, float[] squares, float rate, float correction, float epsilon, int count) {
        for (int i = 0; i < count; i++) {
            weights[i] += rate * means[i] / ((float) Math.sqrt(squares[i]) / correction + epsilon);
        }
    }

    /** {@code target = min(max(target, -limit), limit)}. */
    static void clamp(float[] target, float limit, int count) {
        for (int i = 0; i < count; i++) {
            target[i] = Math.max(-limit, Math.min(limit, target[i]));
        }
    }

    /** The largest absolute value. */
    static double largest(float[] values, int count) {
        float largest = 0;
        for (int i = 0; i < count; i++) {
            largest = Math.max(largest, Math.abs(values[i]));
        }
        return largest;
    }

    /** {@code sum |x|^order}: squares on four sums, which hides the latency of an addition. */
    static double powerSum(float[] values, double order, int count) {
        double a = 0;
        double b = 0;
        double c = 0;
        double d = 0;
        int i = 0;
        for (; order == 2 && i + 3 < count; i += 4) {
            a += (double) values[i] * values[i];
            b += (double) values[i + 1] * values[i + 1];
            c += (double) values[i + 2] * values[i + 2];
            d += (double) values[i + 3] * values[i + 3];
        }
        for (; i < count; i++) {
            a += order == 2 ? (double) values[i] * values[i] : Math.pow(Math.abs(values[i]), order);
        }
        return (a + b) + (c + d);
    }
}
