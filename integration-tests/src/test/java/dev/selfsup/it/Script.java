package dev.selfsup.it;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;

/** A program with an environment that holds nothing but what a test says: the tools of a bare system, without Maven, and no home. */
final class Script {
    /** What the scripts of a distribution call. */
    private static final List<String> TOOLS = List.of("sh", "bash", "cat", "chmod", "dirname", "find", "getconf", "grep", "id", "kill", "lscpu", "mkdir", "nproc", "readlink",
            "sed", "sleep", "sort", "stty", "timeout", "wc");

    private final Path folder;
    private final Path tools;
    private final Map<String, String> environment = new HashMap<>();
    private int started;

    /**
     * @param folder an empty folder; the programs run in it
     */
    Script(Path folder) throws IOException {
        this.folder = folder;
        tools = Files.createDirectories(folder.resolve("tools"));
        for (String tool : TOOLS) {
            for (String at : List.of("/usr/bin", "/bin")) {
                if (Files.exists(Path.of(at, tool)) && !Files.exists(tools.resolve(tool), LinkOption.NOFOLLOW_LINKS)) {
                    Files.createSymbolicLink(tools.resolve(tool), Path.of(at, tool));
                }
            }
        }
        environment.put("PATH", tools.toString());
        environment.put("JAVA_HOME", System.getProperty("java.home"));
        environment.put("TMPDIR", Files.createDirectories(folder.resolve("tmp")).toString());
    }

    Path path(String name) {
        return folder.resolve(name);
    }

    Script with(String variable, String value) {
        environment.put(variable, value);
        return this;
    }

    /** Puts a program on the path. */
    Script tool(String name, String text) throws IOException {
        Path program = Files.writeString(tools.resolve(name), text);
        if (!program.toFile().setExecutable(true)) {
            throw new IOException("cannot make " + program + " executable");
        }
        return this;
    }

    Selfsup.Running start(List<String> line) throws IOException {
        started++;
        Path out = folder.resolve("out" + started + ".txt");
        Path err = folder.resolve("err" + started + ".txt");
        ProcessBuilder builder = new ProcessBuilder(line).directory(folder.toFile()).redirectOutput(out.toFile()).redirectError(err.toFile());
        builder.environment().clear();
        builder.environment().putAll(environment);
        return new Selfsup.Running(builder.start(), out, err);
    }

    Selfsup.Ended run(Path program, String... arguments) throws IOException, InterruptedException {
        List<String> line = new ArrayList<>(List.of(program.toString()));
        line.addAll(List.of(arguments));
        return start(line).ended();
    }

    /** Removes the symbolic links below a folder, which JUnit would warn of one by one. */
    static void removeLinks(Path below) throws IOException {
        List<Path> links = new ArrayList<>();
        try (Stream<Path> files = Files.walk(below)) {
            files.filter(Files::isSymbolicLink).forEach(links::add);
        }
        for (Path link : links) {
            Files.delete(link);
        }
    }

    /** What lies in a folder. */
    static List<String> names(Path folder) {
        try (Stream<Path> files = Files.list(folder)) {
            return files.map(file -> file.getFileName().toString()).sorted().toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Regular files below a folder, by their names relative to it. */
    static Set<String> files(Path below) throws IOException {
        try (Stream<Path> files = Files.walk(below)) {
            return Set.copyOf(files.filter(Files::isRegularFile).map(file -> below.relativize(file).toString()).toList());
        }
    }
}
