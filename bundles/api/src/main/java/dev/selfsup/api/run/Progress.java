package dev.selfsup.api.run;

import java.util.Locale;

/**
 * How far a run is, and its text in one line.
 *
 * @param epoch epoch being trained, from 1; 0 in a run counted by iterations
 * @param epochs epochs of the run
 * @param iteration iterations finished
 * @param iterations iterations of the run
 * @param secondsLeft estimated time to the end, NaN if unknown
 * @param loss loss now
 * @param lr learning rate now
 * @param imagesPerSecond images trained a second
 * @param dataShare share of the time spent waiting for data, 0 to 1
 */
public record Progress(int epoch, int epochs, int iteration, int iterations, double secondsLeft, double loss, double lr,
        double imagesPerSecond, double dataShare) {
    private static final int LONGEST_BAR = 30;
    private static final int SHORTEST_BAR = 6;

    /**
     * The text.
     *
     * @param columns most characters; what does not fit is left out from the right, after the bar has been shortened
     * @return {@code epoch 3/60 [=====>    ] 45%  ETA 2:31  loss 4.213  lr 3.00e-02  812 img/s  data 4%}
     */
    public String text(int columns) {
        String start = position() + " ";
        String end = " " + figures();
        int bar = Math.min(LONGEST_BAR, columns - start.length() - end.length() - 2);
        String text = bar < SHORTEST_BAR ? start.strip() + end : start + bar(iteration, iterations, bar) + end;
        return text.substring(0, Math.min(text.length(), Math.max(columns, 0)));
    }

    /** The text without a bar, for output that is no terminal: {@code epoch 3/60 45%  ETA 2:31  loss 4.213  lr 3.00e-02  812 img/s  data 4%}. */
    public String plain() {
        return position() + " " + figures();
    }

    /** {@code epoch 3/60}, or {@code iter 120/2000} in a run counted by iterations. */
    public String position() {
        return epoch > 0 ? "epoch %d/%d".formatted(epoch, epochs) : "iter %d/%d".formatted(iteration, iterations);
    }

    /** Time left, {@code 2:31} or {@code 1:02:31} or {@code 3d 4h}; {@code ?} if it is not known. */
    public String timeLeft() {
        return clock(secondsLeft);
    }

    private String figures() {
        int percent = (int) (100L * iteration / Math.max(1, iterations));
        return String.format(Locale.ROOT, "%d%%  ETA %s  loss %s  lr %s  %.0f img/s  data %.0f%%",
                percent, timeLeft(), number(loss), rate(lr), imagesPerSecond, 100 * dataShare);
    }

    /**
     * A bar.
     *
     * @param done how much is done
     * @param total of how much
     * @param width characters between the brackets
     * @return {@code [=====>    ]}
     */
    public static String bar(int done, int total, int width) {
        int full = (int) ((long) width * done / Math.max(1, total));
        String arrow = full < width && full > 0 ? ">" : "";
        return "[" + "=".repeat(Math.max(0, full - arrow.length())) + arrow + " ".repeat(width - full) + "]";
    }

    private static String clock(double seconds) {
        if (!Double.isFinite(seconds) || seconds < 0) {
            return "?";
        }
        long s = Math.round(seconds);
        if (s >= 86400) {
            return "%dd %dh".formatted(s / 86400, s % 86400 / 3600);
        }
        return s >= 3600 ? "%d:%02d:%02d".formatted(s / 3600, s % 3600 / 60, s % 60) : "%d:%02d".formatted(s / 60, s % 60);
    }

    private static String number(double value) {
        double size = Math.abs(value);
        return String.format(Locale.ROOT, size != 0 && (size < 1e-3 || size >= 1e4) ? "%.2e" : "%.3f", value);
    }

    private static String rate(double value) {
        return String.format(Locale.ROOT, value == 0 ? "0" : "%.2e", value);
    }
}
