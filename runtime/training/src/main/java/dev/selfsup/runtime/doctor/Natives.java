package dev.selfsup.runtime.doctor;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.bytedeco.dnnl.dnnl_version_t;
import org.bytedeco.dnnl.global.dnnl;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOps;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * The native code of this process.
 *
 * @param backend name of ND4J's backend
 * @param binary what ND4J's library is compiled for
 * @param optimal what it could be compiled for on this processor
 * @param oneDnn version of oneDNN, empty where it cannot be loaded
 * @param libraries names of the shared libraries that are loaded
 * @param jars names of the jars on the class path
 * @param threads threads that native code uses
 * @param cores logical cores that this process may use
 */
record Natives(String backend, String binary, String optimal, Optional<String> oneDnn, List<String> libraries, List<String> jars, int threads, int cores) {
    private static final List<String> LEVELS = List.of("generic x86-64", "generic x86-64", "AVX2", "AVX-512");

    /** Loads what is not loaded yet. */
    static Natives ofThisProcess() throws IOException {
        String backend = Nd4j.getBackend().getClass().getSimpleName();
        NativeOps ops = NativeOpsHolder.getInstance().getDeviceNativeOps();
        Optional<String> oneDnn = versionOfOneDnn();
        return new Natives(backend, level(ops.binaryLevel()), level(ops.optimalLevel()), oneDnn, loadedLibraries(), jarsOfClassPath(), ops.ompGetMaxThreads(),
                Runtime.getRuntime().availableProcessors());
    }

    private static String level(int number) {
        return number >= 0 && number < LEVELS.size() ? LEVELS.get(number) : "level " + number;
    }

    private static Optional<String> versionOfOneDnn() {
        try {
            dnnl_version_t version = dnnl.dnnl_version();
            return Optional.of(version.major() + "." + version.minor() + "." + version.patch());
        } catch (LinkageError e) {
            return Optional.empty();
        }
    }

    private static List<String> loadedLibraries() throws IOException {
        Path maps = Path.of("/proc/self/maps");
        if (!Files.isReadable(maps)) {
            return List.of();
        }
        try (var lines = Files.lines(maps)) {
            return lines.filter(line -> line.contains(".so")).map(line -> line.substring(line.lastIndexOf('/') + 1)).distinct().sorted().toList();
        }
    }

    private static List<String> jarsOfClassPath() {
        List<String> names = new ArrayList<>();
        for (String path : System.getProperty("java.class.path", "").split(File.pathSeparator)) {
            names.add(path.substring(path.lastIndexOf('/') + 1));
        }
        return names;
    }

    /** Version of a jar of the class path, as {@code 0.3.19-1.5.7}. */
    Optional<String> version(String artifact) {
        Pattern name = Pattern.compile(Pattern.quote(artifact) + "-(\\d[\\w.]*(?:-[A-Z\\d][\\w.]*)?)\\.jar");
        return jars.stream().map(name::matcher).filter(Matcher::matches).map(matcher -> matcher.group(1)).findFirst();
    }

    /** Whether a library is loaded whose name begins so. */
    boolean loaded(String library) {
        return libraries.stream().anyMatch(name -> name.startsWith(library));
    }
}
