package dev.selfsup.runtime.doctor;

import java.util.Locale;

/** Amounts of memory and disk in words. */
final class Size {
    static final long MIB = 1L << 20;
    static final long GIB = 1L << 30;

    private Size() {}

    static String text(long bytes) {
        return bytes < GIB ? bytes / MIB + " MiB" : String.format(Locale.ROOT, "%.1f GiB", (double) bytes / GIB);
    }
}
