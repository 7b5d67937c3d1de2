package dev.selfsup.distribution;

import java.io.IOException;
import java.nio.file.FileVisitOption;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.SortedMap;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Predicate;
import java.util.jar.JarFile;
import java.util.jar.Manifest;
import java.util.stream.Stream;

/**
 * The running program as files that can be carried elsewhere. In a checkout the build has gathered one part ({@code home}) and the other lies in the sources
 * ({@code root}); in an unpacked distribution both are the same folder, whose file {@code complete} names its parts, since users keep other things there.
 *
 * @param home where {@code lib}, {@code system} and {@code bundles} lie
 * @param root where the script lies
 */
record Distribution(Path home, Path root) {
    /** File whose presence says that the rest is there. */
    static final String COMPLETE = "complete";
    static final String SCRIPT = "selfsup";

    private static final List<String> OF_THE_CHECKOUT = List.of(SCRIPT, "configs", "docs", "server", "LICENSE", "NOTICE", "README.md", "CHANGELOG.md");
    private static final List<String> MADE_WHILE_RUNNING = List.of("natives", COMPLETE);

    /** Names of the files and folders that a distribution consists of, beside {@value #COMPLETE} and an empty {@code deploy}. */
    SortedSet<String> parts() throws IOException {
        SortedSet<String> parts = new TreeSet<>(Files.readAllLines(home.resolve(COMPLETE)));
        if (parts.isEmpty()) {
            parts.addAll(OF_THE_CHECKOUT);
            try (Stream<Path> built = Files.list(home)) {
                built.map(path -> path.getFileName().toString()).filter(name -> !MADE_WHILE_RUNNING.contains(name)).forEach(parts::add);
            }
        }
        return parts;
    }

    /**
     * The files of a distribution.
     *
     * @param wanted which bundles, by symbolic name
     * @param cuda whether with the CUDA backend, if that is installed
     * @return files by the names that they have in the distribution, in order
     */
    SortedMap<String, Path> files(Predicate<String> wanted, boolean cuda) throws IOException {
        SortedMap<String, Path> files = new TreeMap<>();
        for (String part : parts()) {
            Path at = Files.exists(home.resolve(part)) ? home.resolve(part) : root.resolve(part);
            for (Path file : regularFiles(at)) {
                String name = at.equals(file) ? part : part + "/" + at.relativize(file);
                if (belongs(name, cuda) && (!part.equals("bundles") || wanted.test(symbolicName(file)))) {
                    files.put(name, file);
                }
            }
        }
        return files;
    }

    private static List<Path> regularFiles(Path at) throws IOException {
        List<Path> files = new ArrayList<>();
        try (Stream<Path> all = Files.walk(at, FileVisitOption.FOLLOW_LINKS)) {
            all.filter(Files::isRegularFile).forEach(files::add);
        }
        return files;
    }

    /** Leaves out what an installation makes in {@code lib} for itself. */
    private static boolean belongs(String name, boolean cuda) {
        return !name.startsWith("lib/" + CudaBackend.FOLDER) || cuda && CudaBackend.isPart(name.substring("lib/".length()));
    }

    private static String symbolicName(Path bundle) throws IOException {
        try (JarFile jar = new JarFile(bundle.toFile())) {
            Manifest manifest = jar.getManifest();
            String name = manifest == null ? null : manifest.getMainAttributes().getValue("Bundle-SymbolicName");
            return name == null ? "" : name.split(";")[0].strip();
        }
    }
}
