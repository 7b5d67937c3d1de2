package dev.selfsup.runtime.bench;

import dev.selfsup.api.run.UsageException;
import dev.selfsup.checkpoint.SafeTensors;
import dev.selfsup.runtime.train.RepeatedStep;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.PrintStream;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.Map;
import java.util.StringJoiner;

/**
 * Our side of a comparison: makes steps when it is told to. It first writes its weights, inputs and random choices into a file, from which the other side
 * begins, then obeys the lines of its standard input: {@code losses} makes {@value #LOSSES} steps and answers with their losses, {@code steps} makes
 * {@value #STEPS} and answers with their milliseconds; at the end it tells its {@code peak} memory in MB.
 */
final class Worker {
    static final int LOSSES = 5;
    static final int STEPS = 10;

    private final RepeatedStep step;
    private final PrintStream out;

    Worker(RepeatedStep step, PrintStream out) {
        this.step = step;
        this.out = out;
    }

    /** Works until the standard input ends. */
    void run(Path file, Map<String, String> metadata) throws IOException {
        step.rehearse();
        try (FileChannel target = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE, StandardOpenOption.TRUNCATE_EXISTING)) {
            SafeTensors.write(target, step.state(), metadata);
        }
        answer("ready");
        BufferedReader in = new BufferedReader(new InputStreamReader(System.in, StandardCharsets.UTF_8));
        for (String line = in.readLine(); line != null; line = in.readLine()) {
            switch (line) {
                case "losses" -> answer("losses", losses());
                case "steps" -> answer("steps", StepBench.millis(step, STEPS));
                case "peak" -> answer("peak", Measured.peak());
                default -> throw new UsageException("a worker of bench obeys losses, steps and peak, not '" + line + "'");
            }
        }
    }

    private double[] losses() {
        double[] losses = new double[LOSSES];
        for (int i = 0; i < LOSSES; i++) {
            step.run();
            losses[i] = step.loss();
        }
        return losses;
    }

    private void answer(String word, double... figures) {
        StringJoiner line = new StringJoiner(" ").add(word);
        Arrays.stream(figures).forEach(figure -> line.add(Double.toString(figure)));
        out.println(line);
        out.flush();
    }
}
