package dev.selfsup.testing;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.Set;
import org.bytedeco.javacpp.Pointer;

/** Memory that is taken while something runs: by its threads on the Java heap, outside by JavaCPP's count. */
public final class Allocations {
    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();
    private static final int WARM = 2;
    private static final int SERIES = 3;
    private static final int RUNS = 3;

    private Allocations() {}

    /**
     * Asserts that something takes no memory from its third run on, in this thread and in those that it has started by then. It is measured in three series
     * of three runs, of which the best counts: now and then the JIT compiler gives up code from which it had left out objects, and then they are made.
     */
    public static void assertNone(Runnable run) {
        Set<Thread> others = Thread.getAllStackTraces().keySet();
        for (int i = 0; i < WARM; i++) {
            run.run();
        }
        long[] threads = Thread.getAllStackTraces().keySet().stream().filter(t -> t == Thread.currentThread() || !others.contains(t) && t.getName().equals("updates"))
                .mapToLong(Thread::getId).toArray();
        heap(threads);
        long outside = Pointer.totalBytes();
        long least = Long.MAX_VALUE;
        for (int series = 0; series < SERIES && least > 0; series++) {
            long before = heap(threads);
            for (int i = 0; i < RUNS; i++) {
                run.run();
            }
            least = Math.min(least, heap(threads) - before);
        }
        assertEquals(0, least, "bytes of heap in " + RUNS + " runs");
        assertTrue(Pointer.totalBytes() <= outside, "native memory grew");
    }

    private static long heap(long[] threads) {
        long bytes = 0;
        for (int i = 0; i < threads.length; i++) {
            bytes += THREADS.getThreadAllocatedBytes(threads[i]);
        }
        return bytes;
    }
}
