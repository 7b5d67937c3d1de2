package dev.selfsup.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.io.TempDir;

/** A run that is ended again and again, by whatever means, and resumed gives exactly what an uninterrupted one gives. */
final class ResumeIT {
    private static final String LAST = "iter_36";

    @TempDir
    Path folder;

    @TestFactory
    Stream<DynamicTest> interruptedAndResumedEqualsUninterrupted() throws IOException {
        Selfsup selfsup = new Selfsup(folder);
        return Stream.of(
                DynamicTest.dynamicTest("SGD, checkpoints every iteration", () -> new Case(selfsup, "sgd", List.of(
                        "optim_wrapper.optimizer={type: SGD, lr: 0.05, momentum: 0.9, weight_decay: 0.0001}",
                        "default_hooks.checkpoint.interval=1")).holds()),
                DynamicTest.dynamicTest("AdamW, checkpoints every 2 iterations", () -> new Case(selfsup, "adamw", List.of(
                        "optim_wrapper.optimizer={type: AdamW, lr: 0.002, _delete_: true}")).holds()),
                DynamicTest.dynamicTest("LARS, checkpoints every 5 iterations", () -> new Case(selfsup, "lars", List.of(
                        "optim_wrapper.optimizer={type: LARS, lr: 0.3, momentum: 0.9, weight_decay: 0.000001, _delete_: true}",
                        "default_hooks.checkpoint.interval=5", "optim_wrapper.accumulative_counts=7")).holds()));
    }

    /** A config, run in one go and in pieces. */
    private record Case(Selfsup selfsup, String name, List<String> options) {
        private String[] line(String run, String... more) {
            List<String> line = new ArrayList<>(List.of("train", "exact.yaml", "--work-dir", run));
            line.addAll(List.of(more));
            line.add("--cfg-options");
            line.addAll(options);
            return line.toArray(String[]::new);
        }

        void holds() throws IOException, InterruptedException {
            String whole = name + "-whole";
            String pieces = name + "-pieces";
            Selfsup.Ended uninterrupted = selfsup.run(line(whole));
            assertEquals(0, uninterrupted.status(), uninterrupted::toString);
            assertEquals(137, ended("KILL", () -> reached(pieces, 5), line(pieces)).status());
            assertEquals(137, ended("KILL", () -> saves(pieces) && reached(pieces, 9), line(pieces, "--resume")).status());
            stopped(130, ended("INT", () -> reached(pieces, 14), line(pieces, "--resume")));
            stopped(143, ended("TERM", () -> reached(pieces, 21), line(pieces, "--resume")));
            Selfsup.Ended resumed = selfsup.run(line(pieces, "--resume"));
            assertEquals(0, resumed.status(), resumed::toString);
            assertEquals(-1, Files.mismatch(selfsup.tensors(whole, LAST), selfsup.tensors(pieces, LAST)), "weights, buffers, optimizer, averages");
            assertEquals(uninterrupted.last(), resumed.last());
            assertTrue(resumed.last().matches("knn: raw 0\\.\\d{3}, untrained 0\\.\\d{3}, trained 0\\.\\d{3}"), resumed::last);
            assertEquals(positions(whole), positions(pieces), "every iteration stands once in the log");
        }

        private Selfsup.Ended ended(String signal, BooleanSupplier when, String[] line) throws IOException, InterruptedException {
            Selfsup.Running running = selfsup.start(line);
            running.until(when);
            running.signal(signal);
            return running.ended();
        }

        private static void stopped(int status, Selfsup.Ended ended) {
            assertEquals(status, ended.status(), ended::toString);
            assertTrue(ended.last().matches("stopped at epoch \\d+, iteration \\d+; go on with --resume"), ended::toString);
        }

        private boolean reached(String run, int iteration) {
            return selfsup.log(run).stream().anyMatch(line -> line.contains("\"iter\":" + iteration + ","));
        }

        /** Whether a checkpoint is being written. */
        private boolean saves(String run) {
            List<Path> committed = selfsup.files(run, "iter_.*\\.json");
            return selfsup.files(run, "iter_.*\\.safetensors").size() > committed.size();
        }

        private List<String> positions(String run) {
            return selfsup.log(run).stream().map(line -> line.replaceFirst(".*(\"mode\":\"\\w+\",\"epoch\":\\d+,\"iter\":\\d+).*", "$1")).toList();
        }
    }
}
