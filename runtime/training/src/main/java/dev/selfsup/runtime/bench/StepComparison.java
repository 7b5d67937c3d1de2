package dev.selfsup.runtime.bench;

import static dev.selfsup.runtime.bench.Measured.figure;

import dev.selfsup.api.run.UsageException;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;

/**
 * Our training step and that of an independent PyTorch program, one after the other again and again, from the same weights on the same batch.
 *
 * @param root folder of the checkout: {@code selfsup} and {@code bench/pytorch_step.py} lie there
 * @param model name of a config in {@code configs/bench}
 * @param threads of both
 * @param python the Python that has PyTorch
 */
record StepComparison(Path root, String model, int threads, String python) {
    private static final int PAIRS = 5;
    /** Largest relative difference of a loss. */
    private static final double AGREEMENT = 1e-4;

    /**
     * Compares and prints; ends with the line {@code compare: ours MS ms, PyTorch MS ms, ratio R, ...}.
     *
     * @return whether the losses agree
     */
    boolean run(PrintStream out) throws IOException {
        requirePyTorch();
        Path folder = Files.createTempDirectory("selfsup-bench-");
        Path file = folder.resolve("state.safetensors");
        try (Contestant ours = new Contestant("SelfSup", BenchCommand.here(root, model, threads, "--worker", file.toString()), threads);
                Contestant theirs = new Contestant("PyTorch", List.of(python, root.resolve("bench/pytorch_step.py").toString(), "--model", model, "--threads",
                        Integer.toString(threads), "--state", file.toString()), threads)) {
            boolean agree = agree(ours.losses(), theirs.losses(), out);
            pairs(ours, theirs, out);
            return agree;
        } finally {
            Files.deleteIfExists(file);
            Files.deleteIfExists(folder);
        }
    }

    private static boolean agree(double[] ours, double[] theirs, PrintStream out) {
        Table table = new Table();
        table.row("loss of step", "SelfSup", "PyTorch", "difference");
        double largest = 0;
        for (int i = 0; i < ours.length; i++) {
            double difference = Math.abs(ours[i] - theirs[i]) / Math.abs(theirs[i]);
            largest = Math.max(largest, difference);
            table.row(Integer.toString(i + 1), figure(ours[i], 6), figure(theirs[i], 6), String.format(Locale.ROOT, "%.1e", difference));
        }
        table.print(out);
        out.println("losses " + (largest <= AGREEMENT ? "agree" : "do NOT agree") + " to " + AGREEMENT);
        return largest <= AGREEMENT;
    }

    private void pairs(Contestant ours, Contestant theirs, PrintStream out) throws IOException {
        double[] our = new double[PAIRS];
        double[] their = new double[PAIRS];
        double[] ratios = new double[PAIRS];
        Table table = new Table();
        table.row("pair", "SelfSup ms", "PyTorch ms", "ratio");
        for (int i = 0; i < PAIRS; i++) {
            our[i] = ours.millis();
            their[i] = theirs.millis();
            ratios[i] = our[i] / their[i];
            table.row(Integer.toString(i + 1), figure(our[i], 1), figure(their[i], 1), figure(ratios[i], 3));
        }
        table.print(out);
        out.println("compare: " + model + ", " + threads + (threads == 1 ? " thread" : " threads") + ": SelfSup " + figure(Measured.median(our), 1) + " ms, PyTorch "
                + figure(Measured.median(their), 1) + " ms, ratio " + figure(Measured.median(ratios), 2) + ", peak " + figure(ours.peak(), 0) + " and "
                + figure(theirs.peak(), 0) + " MB");
    }

    private void requirePyTorch() {
        String missing = "bench compare needs a Python with PyTorch, which '" + python + "' is not: install it (pip install torch, or the package python3-torch of "
                + "Debian and Ubuntu), or name another one with --python";
        try {
            Process probe = new ProcessBuilder(python, "-c", "import torch").redirectErrorStream(true).redirectOutput(ProcessBuilder.Redirect.DISCARD).start();
            if (probe.waitFor() != 0) {
                throw new UsageException(missing);
            }
        } catch (IOException e) {
            throw new UsageException(missing);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new UsageException("interrupted", 1);
        }
    }
}
