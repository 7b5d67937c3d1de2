package dev.selfsup.distribution;

import java.io.PrintStream;
import java.util.Locale;
import java.util.function.LongConsumer;
import java.util.function.LongSupplier;

/** How much of a known number of bytes is done: a line that is drawn again on a terminal, a line every five seconds elsewhere. */
final class ByteProgress implements LongConsumer, AutoCloseable {
    private static final long REDRAWN_AFTER = 100_000_000L;
    private static final long PRINTED_AFTER = 5_000_000_000L;
    private static final String ERASE = "\r\u001b[K";

    private final PrintStream out;
    private final int columns;
    private final String what;
    private final long total;
    private final LongSupplier nanos;
    private long done;
    private long last;
    private boolean drawn;

    /**
     * @param out where it is shown
     * @param columns width of the terminal; 0 where {@code out} is none
     * @param what the text before the numbers
     * @param total bytes in all
     * @param nanos the time
     */
    ByteProgress(PrintStream out, int columns, String what, long total, LongSupplier nanos) {
        this.out = out;
        this.columns = columns;
        this.what = what;
        this.total = total;
        this.nanos = nanos;
        last = nanos.getAsLong();
    }

    /** Shows that more bytes are done, if it is time to. */
    @Override
    public void accept(long bytes) {
        done += bytes;
        long now = nanos.getAsLong();
        if (now - last < (columns > 0 ? REDRAWN_AFTER : PRINTED_AFTER)) {
            return;
        }
        last = now;
        String text = "%s %d%%  %s of %s".formatted(what, 100 * done / Math.max(1, total), size(done), size(total));
        if (columns > 0) {
            out.print(ERASE + text.substring(0, Math.min(text.length(), columns - 1)));
            drawn = true;
        } else {
            out.println(text);
        }
        out.flush();
    }

    /** Takes the line away. */
    @Override
    public void close() {
        if (drawn) {
            out.print(ERASE);
            out.flush();
        }
    }

    /** Bytes as {@code 215 MB} or {@code 3.1 GB}. */
    static String size(long bytes) {
        return bytes < 999_500_000 ? "%.0f MB".formatted(bytes / 1e6) : String.format(Locale.ROOT, "%.1f GB", bytes / 1e9);
    }
}
