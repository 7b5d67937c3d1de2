package dev.selfsup.runtime.train;

import dev.selfsup.api.run.LogProcessor;
import dev.selfsup.api.run.Progress;
import dev.selfsup.api.run.Recorder;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.api.run.VisBackend;
import dev.selfsup.shell.Call;
import dev.selfsup.visualization.JsonLines;
import dev.selfsup.visualization.LinePlot;
import dev.selfsup.visualization.ProgressLine;
import java.io.IOException;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.LongSupplier;

/** What a run shows: the progress line, messages, the JSON log {@code log.jsonl} of figures and events, the visualizer, {@code loss.png}. */
final class RunLog implements AutoCloseable {
    /** Iterations over which speed is averaged. */
    private static final int SPEED_WINDOW = 50;
    private static final String LINES = "log.jsonl";

    private final Path workDir;
    private final JsonLines lines;
    private final ProgressLine terminal;
    private final Consumer<Progress> told;
    private final VisBackend visualizer;
    private final LogProcessor processor;
    private final Recorder recorder = new Recorder();
    private final Recorder speed = new Recorder();
    private final Map<String, Double> reported = new LinkedHashMap<>();
    private final LossCurve curve;
    private int epoch;
    private int iteration;

    RunLog(Path workDir, LossCurve curve, LogProcessor processor, VisBackend visualizer, Call call, LongSupplier nanos) {
        this.workDir = workDir;
        this.curve = curve;
        this.processor = processor;
        this.visualizer = visualizer;
        this.lines = new JsonLines(workDir.resolve(LINES));
        this.terminal = new ProgressLine(call.out(), call.columns(), nanos);
        this.told = call.progress();
    }

    /**
     * Removes the lines that a run wrote after a checkpoint, as it is going to write them again.
     *
     * @param iteration of the checkpoint
     * @param withinEpoch whether it was saved before the end of its epoch, whose evaluation is done again
     */
    static void forget(Path workDir, int iteration, boolean withinEpoch) {
        JsonLines.keep(workDir.resolve(LINES), line -> {
            int at = line.path("iter").asInt();
            return at < iteration || at == iteration && !(withinEpoch && line.path("mode").asText().equals("val"));
        });
    }

    Recorder recorder() {
        return recorder;
    }

    /** Says where the run begins. */
    synchronized void begin(RunState.Position start) {
        epoch = start.epoch();
        iteration = start.iteration();
    }

    /** Shows an iteration. */
    synchronized void iteration(Position at, double loss, double rate, double seconds, double waited) {
        epoch = at.epoch();
        iteration = at.iteration();
        speed.put("time", seconds);
        speed.put("data", waited);
        double mean = mean("time");
        Progress progress = new Progress(at.byEpoch() ? at.epoch() + 1 : 0, at.epochs(), at.iteration(), at.iterations(),
                mean * (at.iterations() - at.iteration()), loss, rate, at.batchSize() / mean, mean("data") / mean);
        terminal.show(progress);
        told.accept(progress);
    }

    /** Shows how far work beside training is. */
    synchronized void working(String work, int done, int total) {
        terminal.show(work, done, total);
    }

    private double mean(String name) {
        return java.util.Arrays.stream(speed.newest(name, SPEED_WINDOW)).average().orElse(Double.NaN);
    }

    /** Where a run is. */
    record Position(boolean byEpoch, int epoch, int epochs, int iteration, int iterations, int inEpoch, int batchSize) {}

    /** Writes the smoothed figures of training. */
    void line(Position at) {
        Map<String, Double> figures = processor.line(recorder, at.inEpoch());
        double mean = mean("time");
        figures.put("images_per_second", at.batchSize() / mean);
        figures.put("data_share", mean("data") / mean);
        write("train", at, figures);
    }

    /** Writes figures of an evaluation. */
    void report(Position at, Map<String, Double> figures) {
        reported.putAll(figures);
        write("val", at, new TreeMap<>(figures)); // in the same order in every process
    }

    private synchronized void write(String mode, Position at, Map<String, Double> figures) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("mode", mode);
        line.put("epoch", at.epoch());
        line.put("iter", at.iteration());
        line.putAll(figures);
        lines.write(line);
        Map<String, Double> tagged = new LinkedHashMap<>();
        figures.forEach((name, value) -> tagged.put(mode + "/" + name, value));
        visualizer.addScalars(tagged, at.iteration());
    }

    double latest(String figure) {
        return reported.containsKey(figure) ? reported.get(figure) : recorder.latest(figure);
    }

    /** Shows a message to the user, and logs it. */
    synchronized void print(String line) {
        terminal.print(line);
        note(line);
    }

    /** Logs an event that the user need not see; blank lines are none. */
    synchronized void note(String event) {
        if (!event.isBlank()) {
            Map<String, Object> line = new LinkedHashMap<>();
            line.put("mode", "event");
            line.put("epoch", epoch);
            line.put("iter", iteration);
            line.put("text", event);
            lines.write(line);
        }
    }

    /** Ends the progress line, so that what is printed next stays last. */
    synchronized void endProgress() {
        terminal.close();
    }

    void plot() {
        Path file = workDir.resolve("loss.png");
        try {
            int window = Math.max(1, curve.losses().length / 40);
            new LinePlot("Training loss", "iteration", "loss").smoothed("loss", curve.iterations(), curve.losses(), window).write(file);
        } catch (IOException e) {
            throw new UsageException("cannot write " + file + ": " + e.getMessage() + "; make room or choose another --work-dir", 1);
        }
    }

    @Override
    public synchronized void close() {
        terminal.close();
        lines.close();
    }
}
