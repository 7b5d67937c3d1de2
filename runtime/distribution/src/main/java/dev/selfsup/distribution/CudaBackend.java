package dev.selfsup.distribution;

import dev.selfsup.api.run.UsageException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.ExecutionException;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.ToLongFunction;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * ND4J's CUDA 11.6 backend with the libraries of CUDA and cuDNN, and ONNX Runtime for GPUs, as Maven fetches them. {@code cuda-pom.xml} beside this class
 * lists the jars.
 *
 * @param launcher the jar whose {@code ExportedPackages} lists a folder's packages
 * @param freeSpace bytes that can still be written to where a path lies
 */
record CudaBackend(Path launcher, ToLongFunction<Path> freeSpace) {
    /** Name of the folder, in {@code lib}. */
    static final String FOLDER = "backend-cuda";
    /** What the jars take, and a reserve. */
    static final long SPACE = 3_500_000_000L;

    private static final String PARTIAL = FOLDER + ".partial-";
    private static final String PLUGIN = "org.apache.maven.plugins:maven-dependency-plugin:3.8.1:";
    private static final Pattern FETCHING = Pattern.compile(".*Download(?:ing|ed) from .*/([^/ ]+\\.jar)( \\(.*\\))?");
    private static final Pattern COORDINATES = Pattern.compile("[\\w.]+(:[\\w.-]+){4,5}");

    /** Whether a file of {@code lib} is one of the backend, not a trace of its use or of its installation. */
    static boolean isPart(String name) {
        return name.matches(FOLDER + "/(packages\\.list|[^/]+\\.jar)");
    }

    /** The coordinates of all jars; their POMs are fetched, the jars are not. */
    List<String> coordinates(BooleanSupplier stop) throws IOException {
        return inProject(project -> {
            Path tree = project.resolve("tree.txt");
            Maven.run(project, List.of(PLUGIN + "tree", "-DoutputFile=" + tree), line -> { }, stop);
            return COORDINATES.matcher(Files.readString(tree)).results().map(match -> match.group().replace(":compile", "")).sorted().toList();
        });
    }

    /**
     * Fetches the jars.
     *
     * @param folder folder to make; it is there, and complete, when this returns
     * @param messages is told what is being done
     * @param stop whether to stop
     * @throws UsageException if Maven, the space or the right to write is missing; nothing has been made then
     * @throws CancellationException if it has been stopped; nothing has been made then
     */
    void fetch(Path folder, Consumer<String> messages, BooleanSupplier stop) throws IOException {
        checkSpace(folder.getParent());
        removePartial(folder.getParent());
        Path partial = Files.createDirectory(folder.resolveSibling(PARTIAL + ProcessHandle.current().pid()));
        try {
            for (Path jar : jars(messages, stop)) {
                if (stop.getAsBoolean()) {
                    throw new CancellationException();
                }
                linkOrCopy(jar, partial.resolve(jar.getFileName()));
            }
            listPackages(partial);
            Files.move(partial, folder, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            if (Files.exists(partial)) {
                remove(partial);
            }
        }
    }

    private void checkSpace(Path at) {
        long free = freeSpace.applyAsLong(at);
        if (free < SPACE) {
            throw new UsageException("the CUDA backend takes " + ByteProgress.size(SPACE) + " in its folder and as much in Maven's local repository; there are only "
                    + ByteProgress.size(free) + " free at " + at + ": make room, or choose another folder with --out", 1);
        }
    }

    private List<Path> jars(Consumer<String> messages, BooleanSupplier stop) throws IOException {
        return inProject(project -> {
            Path list = project.resolve("jars.txt");
            Maven.run(project, List.of(PLUGIN + "build-classpath", "-Dmdep.outputFile=" + list, "-Dmdep.pathSeparator=\n"), line -> {
                Matcher fetching = FETCHING.matcher(line);
                if (fetching.matches()) {
                    messages.accept(fetching.group(2) == null ? "fetching " + fetching.group(1) : "fetched " + fetching.group(1) + fetching.group(2));
                }
            }, stop);
            return Files.readString(list).lines().filter(line -> !line.isBlank()).map(Path::of).toList();
        });
    }

    /** A jar of some GB lies on the disk once where it can. */
    private static void linkOrCopy(Path from, Path to) throws IOException {
        try {
            Files.createLink(to, from.toRealPath());
        } catch (IOException | UnsupportedOperationException e) {
            Files.copy(from, to);
        }
    }

    private void listPackages(Path folder) throws IOException {
        String java = ProcessHandle.current().info().command().orElse("java");
        Process process = new ProcessBuilder(java, "-cp", launcher.toString(), "dev.selfsup.launcher.ExportedPackages", folder.toString())
                .redirectErrorStream(true).start();
        String said = new String(process.getInputStream().readAllBytes());
        try {
            if (process.onExit().get().exitValue() != 0) {
                throw new IOException("the packages of the jars cannot be listed: " + said);
            }
        } catch (InterruptedException | ExecutionException e) {
            throw new IOException(e);
        }
    }

    /** Does something in a Maven project of the jars, which is removed afterwards. */
    private static <T> T inProject(Step<T> step) throws IOException {
        Path project = Files.createTempDirectory("selfsup-cuda-");
        try (InputStream pom = CudaBackend.class.getResourceAsStream("cuda-pom.xml")) {
            Files.copy(pom, project.resolve("pom.xml"));
            return step.in(project);
        } finally {
            remove(project);
        }
    }

    private interface Step<T> {
        T in(Path project) throws IOException;
    }

    /** Removes what an installation left that was killed. */
    private static void removePartial(Path parent) throws IOException {
        List<Path> left = new ArrayList<>();
        try (Stream<Path> files = Files.list(parent)) {
            files.filter(path -> path.getFileName().toString().startsWith(PARTIAL) && !isOfALivingProcess(path)).forEach(left::add);
        }
        for (Path folder : left) {
            remove(folder);
        }
    }

    private static boolean isOfALivingProcess(Path partial) {
        String pid = partial.getFileName().toString().substring(PARTIAL.length());
        return pid.matches("\\d{1,18}") && ProcessHandle.of(Long.parseLong(pid)).isPresent();
    }

    private static void remove(Path folder) throws IOException {
        List<Path> all = new ArrayList<>();
        try (Stream<Path> files = Files.walk(folder)) {
            files.sorted(Comparator.reverseOrder()).forEach(all::add);
        }
        for (Path path : all) {
            Files.delete(path);
        }
    }
}
