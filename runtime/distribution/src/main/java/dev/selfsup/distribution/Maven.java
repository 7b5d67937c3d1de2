package dev.selfsup.distribution;

import dev.selfsup.api.run.UsageException;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;

/** The program {@code mvn}, which knows the user's repositories, mirrors and passwords. */
final class Maven {
    private static final String ERROR = "[ERROR] ";
    private static final long ASKED_EVERY_MILLIS = 100;

    private Maven() {}

    /**
     * Runs goals in a project.
     *
     * @param project folder of a {@code pom.xml}
     * @param arguments goals and options
     * @param lines is told each line that Maven prints
     * @param stop whether to stop
     * @throws UsageException if there is no Maven, or it fails
     * @throws CancellationException if it has been stopped
     */
    static void run(Path project, List<String> arguments, Consumer<String> lines, BooleanSupplier stop) throws IOException {
        List<String> command = new ArrayList<>(List.of("mvn", "-B", "-Dstyle.color=never"));
        command.addAll(arguments);
        Process process = start(command, project);
        List<String> errors = new ArrayList<>();
        Thread reader = new Thread(() -> read(process.inputReader(), lines, errors), "maven");
        reader.start();
        try {
            while (!process.waitFor(ASKED_EVERY_MILLIS, TimeUnit.MILLISECONDS)) {
                if (stop.getAsBoolean()) {
                    process.destroy();
                }
            }
            reader.join();
        } catch (InterruptedException e) {
            process.destroy();
            throw new CancellationException();
        }
        if (stop.getAsBoolean()) {
            throw new CancellationException();
        }
        if (process.exitValue() != 0) {
            throw new UsageException("Maven cannot fetch the jars: " + (errors.isEmpty() ? "mvn has status " + process.exitValue() : errors.get(0)), 1);
        }
    }

    private static Process start(List<String> command, Path project) {
        try {
            return new ProcessBuilder(command).directory(project.toFile()).redirectErrorStream(true).start();
        } catch (IOException e) {
            throw new UsageException("the jars are fetched by Maven, and there is no 'mvn' on the PATH. On a machine that has one, run './selfsup backend install cuda "
                    + "--out backend-cuda', and copy that folder to lib/" + CudaBackend.FOLDER + " here");
        }
    }

    private static void read(BufferedReader out, Consumer<String> lines, List<String> errors) {
        out.lines().forEach(line -> {
            if (line.startsWith(ERROR) && line.length() > ERROR.length()) {
                errors.add(line.substring(ERROR.length()));
            }
            lines.accept(line);
        });
    }
}
