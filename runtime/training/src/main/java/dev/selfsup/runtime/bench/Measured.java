package dev.selfsup.runtime.bench;

import com.sun.management.ThreadMXBean;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Locale;
import org.bytedeco.javacpp.Pointer;

/** What is measured of a process and its threads, and how figures are written. */
final class Measured {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final Path STATUS = Path.of("/proc/self/status");
    private static final int MEGABYTE = 1 << 20;

    private Measured() {}

    /** CPU time of the current thread in nanoseconds. */
    static long cpu() {
        return THREADS.getCurrentThreadCpuTime();
    }

    /** The current thread and those that take part in its updates, by their numbers. */
    static long[] threads() {
        return Thread.getAllStackTraces().keySet().stream().filter(t -> t == Thread.currentThread() || t.getName().equals("updates"))
                .mapToLong(Thread::getId).toArray();
    }

    /** Bytes that some threads have allocated on the Java heap; allocates none. */
    static long heap(long[] threads) {
        long bytes = 0;
        for (int i = 0; i < threads.length; i++) {
            bytes += THREADS.getThreadAllocatedBytes(threads[i]);
        }
        return bytes;
    }

    /** Bytes that native arrays take now, as JavaCPP counts them. */
    static long nativeBytes() {
        return Pointer.totalBytes();
    }

    /** Largest resident memory that the process ever had, in MB; 0 where the system does not tell. */
    static long peak() {
        try {
            return Files.readAllLines(STATUS).stream().filter(line -> line.startsWith("VmHWM:"))
                    .mapToLong(line -> Long.parseLong(line.replaceAll("\\D", "")) * 1024 / MEGABYTE).findFirst().orElse(0);
        } catch (IOException e) {
            return 0;
        }
    }

    /** The middle one of some figures, the mean of the two middle ones. */
    static double median(double... figures) {
        double[] sorted = figures.clone();
        Arrays.sort(sorted);
        int middle = sorted.length / 2;
        return sorted.length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }

    /** A figure with a number of decimals, whatever the user's language. */
    static String figure(double value, int decimals) {
        return String.format(Locale.ROOT, "%." + decimals + "f", value);
    }

    static String percent(double part) {
        return figure(part * 100, 1) + " %";
    }
}
