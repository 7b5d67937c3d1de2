package dev.selfsup.visualization;

import dev.selfsup.api.run.Progress;
import java.io.PrintStream;
import java.util.function.LongSupplier;

/**
 * The line at the bottom of a terminal that shows how far a run is; lines for the user scroll above it. Where the
 * output is no terminal it prints plain lines now and then, without control characters. Not thread-safe.
 *
 * <pre>{@code
 * ProgressLine line = new ProgressLine(System.out, 80, System::nanoTime);
 * line.show(progress);
 * line.print("epoch 3: knn 0.712");
 * line.close();
 * }</pre>
 */
public final class ProgressLine implements AutoCloseable {
    private static final long REDRAWN_AFTER = 100_000_000L;
    private static final long PRINTED_AFTER = 5_000_000_000L;
    private static final int BAR = 30;
    private static final String ERASE = "\r\u001b[K";

    private final PrintStream out;
    private final int columns;
    private final LongSupplier nanos;
    private String shown = "";
    private long last;
    private boolean begun;
    private String working = "";
    private int doneBefore;
    private long worked;

    /**
     * @param out where it is printed
     * @param columns width of the terminal; 0 where {@code out} is none, or one without control characters
     * @param nanos the time: a terminal is redrawn at most ten times a second, plain lines come every five seconds
     */
    public ProgressLine(PrintStream out, int columns, LongSupplier nanos) {
        this.out = out;
        this.columns = columns;
        this.nanos = nanos;
    }

    /** Shows the progress, if it is time to. The end of the run is always shown. */
    public void show(Progress progress) {
        long now = nanos.getAsLong();
        boolean end = progress.iteration() >= progress.iterations();
        if (begun && !end && now - last < (columns > 0 ? REDRAWN_AFTER : PRINTED_AFTER)) {
            return;
        }
        begun = true;
        last = now;
        if (columns > 0) {
            shown = progress.text(columns - 1);
            out.print(ERASE + shown);
        } else {
            out.println(progress.plain());
        }
        out.flush();
    }

    /**
     * Shows how far work beside the run is, if it is time to, as {@code features [====>   ] 45%  576000 of 1281167}; where the output is no terminal, only if it takes long.
     *
     * @param work what is being done
     * @param done how much of it is
     * @param total how much there is to do
     */
    public void show(String work, int done, int total) {
        long now = nanos.getAsLong();
        worked = work.equals(working) && done > doneBefore ? worked : now;
        working = work;
        doneBefore = done;
        if (now - worked < (columns > 0 ? REDRAWN_AFTER : PRINTED_AFTER)) {
            return;
        }
        worked = now;
        String count = "%d%%  %d of %d".formatted(100L * done / Math.max(1, total), done, total);
        if (columns > 0) {
            String text = work + " " + Progress.bar(done, total, BAR) + " " + count;
            shown = text.substring(0, Math.min(text.length(), columns - 1));
            out.print(ERASE + shown);
        } else {
            out.println(work + " " + count);
        }
        out.flush();
    }

    /** Prints a line for the user, above the progress. */
    public void print(String line) {
        out.println(shown.isEmpty() ? line : ERASE + line);
        out.print(shown);
        out.flush();
    }

    /** Leaves the cursor on an empty line. */
    @Override
    public void close() {
        if (!shown.isEmpty()) {
            shown = "";
            out.println();
            out.flush();
        }
    }
}
