package dev.selfsup.runtime.doctor;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** The native libraries: that they are loaded, their versions, their threads. */
final class NativesCheck implements Check {
    private final Source source;

    /** Where the facts come from. */
    interface Source {
        Natives read() throws IOException;
    }

    NativesCheck(Source source) {
        this.source = source;
    }

    @Override
    public List<Finding> findings() throws IOException {
        Natives natives;
        try {
            natives = source.read();
        } catch (LinkageError | RuntimeException e) {
            return List.of(Finding.fail("natives", "ND4J cannot be loaded: " + leaf(e), "see that the backend folder is whole (build anew with "
                    + "mvn package), and that the folder natives are unpacked into can be written to and allows programs (not mounted noexec)"));
        }
        List<Finding> findings = new ArrayList<>();
        findings.add(Finding.ok("natives", "ND4J " + natives.version("nd4j-native").or(() -> natives.version("nd4j-api")).orElse("of unknown version") + " "
                + natives.backend() + ", compiled for " + natives.binary() + faster(natives)));
        findings.add(oneDnn(natives));
        findings.add(Finding.ok("natives", library(natives, "OpenBLAS", "openblas", "libopenblas") + ", "
                + library(natives, "JavaCPP", "javacpp", "libjnijavacpp")));
        findings.add(threads(natives.threads(), natives.cores()));
        return findings;
    }

    private static String leaf(Throwable failure) {
        Throwable leaf = failure;
        while (leaf.getCause() != null && leaf.getCause() != leaf) {
            leaf = leaf.getCause();
        }
        return leaf.toString();
    }

    private static String faster(Natives natives) {
        return natives.optimal().equals(natives.binary()) ? "" : " (the processor has " + natives.optimal() + ", which oneDNN uses by itself)";
    }

    private static Finding oneDnn(Natives natives) {
        if (natives.oneDnn().isPresent()) {
            return Finding.ok("natives", "oneDNN " + natives.oneDnn().get() + " for the fast kernels");
        }
        return Finding.warn("natives", "oneDNN cannot be loaded: plain kernels are used, which are several times slower",
                "on a CPU backend, put the jars dnnl and opencl of its build back into the backend folder (mvn package)");
    }

    private static String library(Natives natives, String name, String artifact, String library) {
        return name + " " + natives.version(artifact).orElse("of unknown version") + (natives.loaded(library) ? "" : " (not loaded)");
    }

    private static Finding threads(int threads, int cores) {
        String found = threads + " OpenMP thread" + (threads == 1 ? "" : "s") + " on " + cores + " core" + (cores == 1 ? "" : "s");
        if (threads > cores) {
            return Finding.warn("threads", found, "more threads than cores only disturb each other: set OMP_NUM_THREADS=" + cores);
        }
        if (threads * 2 < cores) {
            return Finding.warn("threads", found, "most cores have nothing to do: set OMP_NUM_THREADS to the number of physical cores, or unset it");
        }
        return Finding.ok("threads", found);
    }
}
