package dev.selfsup.runtime.doctor;

import com.sun.management.OperatingSystemMXBean;
import java.lang.management.ManagementFactory;
import java.util.List;
import org.bytedeco.javacpp.Pointer;

/**
 * Memory: the Java heap, the arrays of native code beside it, and what the machine or container has for both.
 *
 * @param machine bytes of the machine, or that a container may use
 * @param heap most bytes of the Java heap
 * @param arrays most bytes of native arrays; 0 for no limit
 * @param process most bytes of the whole process, beyond which arrays are refused; 0 for no limit
 */
record MemoryCheck(long machine, long heap, long arrays, long process) implements Check {
    private static final long SMALL_MACHINE = 4 * Size.GIB;
    private static final long SMALL_HEAP = Size.GIB / 2;

    static MemoryCheck ofThisProcess() {
        long machine = ((OperatingSystemMXBean) ManagementFactory.getOperatingSystemMXBean()).getTotalMemorySize();
        return new MemoryCheck(machine, Runtime.getRuntime().maxMemory(), Pointer.maxBytes(), Pointer.maxPhysicalBytes());
    }

    @Override
    public List<Finding> findings() {
        String found = "machine " + Size.text(machine) + "; Java heap up to " + Size.text(heap) + ", native arrays up to " + limit(arrays)
                + ", process up to " + limit(process);
        if (heap < SMALL_HEAP) {
            return List.of(Finding.warn("memory", found, "a heap this small is soon full: allow more, as SELFSUP_JAVA_OPTS=-Xmx2g"));
        }
        if (machine < SMALL_MACHINE) {
            return List.of(Finding.warn("memory", found, "enough for small networks and images only: lower train_dataloader.batch_size, or use a "
                    + "machine with more"));
        }
        if (heap > machine - machine / 4) {
            return List.of(Finding.warn("memory", found, "the heap leaves little for native arrays, which hold the network: lower -Xmx in "
                    + "SELFSUP_JAVA_OPTS to " + machine / 4 / Size.MIB + "m"));
        }
        long room = Math.min(arrays == 0 ? machine : arrays, process == 0 ? machine : process);
        if (room < machine / 8) {
            return List.of(Finding.warn("memory", found, "native arrays, which hold the network, may use little of the machine: set "
                    + "SELFSUP_JAVA_OPTS=\"-Dorg.bytedeco.javacpp.maxbytes=" + machine / 2 / Size.MIB
                    + "m -Dorg.bytedeco.javacpp.maxphysicalbytes=" + machine * 3 / 4 / Size.MIB + "m\""));
        }
        return List.of(Finding.ok("memory", found));
    }

    private static String limit(long bytes) {
        return bytes == 0 ? "any size" : Size.text(bytes);
    }
}
