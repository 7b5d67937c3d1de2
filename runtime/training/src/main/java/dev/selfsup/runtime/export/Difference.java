package dev.selfsup.runtime.export;

import dev.selfsup.api.run.UsageException;
import java.util.Locale;
import java.util.Map;

/**
 * How far the features of an exported network are from those that it was exported from.
 *
 * @param largest largest difference of two features
 * @param size largest feature
 */
record Difference(double largest, double size) {
    /** More than rounding explains: of single precision, over some hundred layers. */
    private static final double TOLERANCE = 1e-3;

    static Difference of(Map<String, float[]> expected, Map<String, float[]> got) {
        double largest = expected.keySet().equals(got.keySet()) ? 0 : Double.NaN;
        double size = 0;
        for (Map.Entry<String, float[]> entry : expected.entrySet()) {
            float[] one = entry.getValue();
            float[] other = got.getOrDefault(entry.getKey(), new float[0]);
            largest = one.length == other.length ? largest : Double.NaN;
            for (int i = 0; i < Math.min(one.length, other.length); i++) {
                largest = Math.max(largest, Math.abs((double) one[i] - other[i]));
                size = Math.max(size, Math.abs(one[i]));
            }
        }
        return new Difference(largest, size);
    }

    /**
     * Makes sure that the export is right.
     *
     * @param where who computed the other features
     * @throws UsageException with status 1 if it is wrong
     */
    Difference checked(String where) {
        if (!(largest <= TOLERANCE * Math.max(size, 1e-6))) {
            throw new UsageException("the export is wrong: in " + where + " its features differ by " + this + "; nothing was written. Please report this, with the config", 1);
        }
        return this;
    }

    @Override
    public String toString() {
        return String.format(Locale.ROOT, "%.3g, of features up to %.3g", largest, size);
    }
}
