package dev.selfsup.runtime.bench;

import dev.selfsup.api.run.UsageException;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;

/** One side of a comparison: a process that makes steps when it is told to, as {@link Worker} does. */
final class Contestant implements AutoCloseable {
    private final String name;
    private final Process process;
    private final BufferedReader answers;
    private final PrintStream orders;

    /**
     * Starts the process and waits until it is ready.
     *
     * @param name for messages
     * @param command its command line
     * @param threads of OpenMP
     */
    Contestant(String name, List<String> command, int threads) throws IOException {
        ProcessBuilder builder = new ProcessBuilder(command).redirectError(ProcessBuilder.Redirect.INHERIT);
        builder.environment().put("OMP_NUM_THREADS", Integer.toString(threads));
        this.name = name;
        this.process = builder.start();
        this.answers = process.inputReader(StandardCharsets.UTF_8);
        this.orders = new PrintStream(process.getOutputStream(), true, StandardCharsets.UTF_8);
        answer("ready");
    }

    /** Losses of five steps. */
    double[] losses() throws IOException {
        orders.println("losses");
        return answer("losses");
    }

    /** Median time of ten steps in milliseconds. */
    double millis() throws IOException {
        orders.println("steps");
        return Measured.median(answer("steps"));
    }

    /** Largest memory of the process so far, in MB. */
    double peak() throws IOException {
        orders.println("peak");
        return answer("peak")[0];
    }

    private double[] answer(String word) throws IOException {
        String line = answers.readLine();
        if (line == null || !line.startsWith(word)) {
            throw new UsageException(name + " cannot be measured: " + (line == null ? "its process ended; its own message stands above" : line), 1);
        }
        return Arrays.stream(line.substring(word.length()).strip().split(" ")).filter(s -> !s.isEmpty()).mapToDouble(Double::parseDouble).toArray();
    }

    /** Ends the process. */
    @Override
    public void close() {
        orders.close();
        try {
            process.waitFor();
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
