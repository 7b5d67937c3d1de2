package dev.selfsup.visualization;

import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.DoubleStream;

/**
 * The values along one side of a plot, with marks at round numbers.
 *
 * @param low value at the beginning
 * @param high value at the end, greater than {@code low}
 * @param step distance of the marks: 1, 2 or 5 times a power of ten
 */
record Axis(double low, double high, double step) {
    /** An axis for values between two finite ones, with about so many marks; {@code padded} leaves some room at both ends. */
    static Axis of(double least, double greatest, int marks, boolean padded) {
        double span = greatest - least;
        if (span <= 1e-9 * Math.max(Math.abs(least), Math.abs(greatest)) || span == 0) {
            span = Math.max(Math.abs(least), 1) * 0.1;
            return of(least - span, least + span, marks, padded);
        }
        double rough = span / marks;
        double power = Math.pow(10, Math.floor(Math.log10(rough)));
        double step = rough <= power ? power : rough <= 2 * power ? 2 * power : rough <= 5 * power ? 5 * power : 10 * power;
        double room = padded ? 0.06 * span : 0;
        return new Axis(least - room, greatest + room, step);
    }

    /** This axis, with its marks at whole numbers where all values are whole. */
    Axis whole(DoubleStream values) {
        return step < 1 && values.allMatch(v -> v == Math.rint(v)) ? new Axis(low, high, 1) : this;
    }

    /** Values of the marks. */
    List<Double> marks() {
        List<Double> marks = new ArrayList<>();
        for (long i = (long) Math.ceil(low / step - 1e-9); i * step <= high + 1e-9 * step; i++) {
            marks.add(i * step);
        }
        return marks;
    }

    /** A mark's label, with the digits that the step needs. */
    String label(double mark) {
        int digits = (int) Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
        if (digits > 5 || Math.abs(mark) >= 1e7) {
            return String.format(Locale.ROOT, "%.1e", mark);
        }
        return new BigDecimal(mark).setScale(digits, RoundingMode.HALF_EVEN).toPlainString().replaceFirst("^-(0(?:\\.0*)?)$", "$1");
    }

    /** Place of a value, 0 at the beginning to 1 at the end. */
    double place(double value) {
        return (value - low) / (high - low);
    }
}
