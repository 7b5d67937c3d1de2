package dev.selfsup.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
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
                new Case(selfsup, "exact.yaml", "sgd", List.of(Interruption.kill(5), new Interruption("KILL", Interruption.KILLED, 16, true)),
                        "optim_wrapper.optimizer={type: SGD, lr: 0.05, momentum: 0.9, weight_decay: 0.0001}", "default_hooks.checkpoint.interval=1"),
                new Case(selfsup, "exact.yaml", "adamw", List.of(new Interruption("INT", 130, 7, false), Interruption.kill(17)),
                        "optim_wrapper.optimizer={type: AdamW, lr: 0.002, _delete_: true}"),
                new Case(selfsup, "exact.yaml", "lars", List.of(Interruption.kill(12), new Interruption("TERM", 143, 20, false)),
                        "optim_wrapper.optimizer={type: LARS, lr: 0.3, momentum: 0.9, weight_decay: 0.000001, _delete_: true}",
                        "default_hooks.checkpoint.interval=5", "optim_wrapper.accumulative_counts=7"),
                new Case(selfsup, "deepcluster.yaml", "clusters", List.of(Interruption.kill(5), new Interruption("INT", 130, 11, false), Interruption.kill(19),
                        new Interruption("TERM", 143, 24, false)), "default_hooks.checkpoint.interval=1"),
                new Case(selfsup, "exact.yaml", "queue", List.of(Interruption.kill(9)), "model.type=MoCo", "model.queue_len=40", "model.feat_dim=8", "model.momentum=0.9"),
                new Case(selfsup, "exact.yaml", "dense", List.of(Interruption.kill(9), Interruption.kill(23)), "model.type=DenseCL", "model.queue_len=40", "model.feat_dim=8",
                        "model.momentum=0.9", "model.neck={type: DenseCLNeck, in_channels: 32, hid_channels: 16, out_channels: 8, _delete_: true}",
                        "custom_hooks.0={type: DenseCLHook, start_iters: 20, _delete_: true}"),
                new Case(selfsup, "exact.yaml", "momentum", List.of(new Interruption("INT", 130, 11, false)), "model.type=BYOL", "model.base_momentum=0.9",
                        "model.head={type: LatentPredictHead, loss: {type: CosineSimilarityLoss}, predictor: {type: NonLinearNeck, in_channels: 8, "
                                + "hid_channels: 16, out_channels: 8, norm_cfg: {type: BN1d}}, _delete_: true}"),
                new Case(selfsup, "beitv2.yaml", "codebook", List.of(Interruption.kill(3), new Interruption("INT", 130, 12, false))),
                new Case(selfsup, "swav.yaml", "swav", List.of(Interruption.kill(6), new Interruption("INT", 130, 12, false), Interruption.kill(21)),
                        "optim_wrapper.optimizer={type: AdamW, lr: 0.002, _delete_: true}"))
                .map(run -> DynamicTest.dynamicTest(run.name(), run::holds));
    }

    /** The end of a process before that of its run, at some iteration or soon after it. */
    private record Interruption(String signal, int status, int iteration, boolean whileSaving) {
        static final int KILLED = 137;

        static Interruption kill(int iteration) {
            return new Interruption("KILL", KILLED, iteration, false);
        }

        void check(Selfsup.Ended ended) {
            assertEquals(status, ended.status(), ended::toString);
            assertTrue(status == KILLED || ended.last().matches("stopped at epoch \\d+, iteration \\d+; go on with --resume"), ended::toString);
        }
    }

    /** A config, run in one go and in pieces. */
    private record Case(Selfsup selfsup, String config, String name, List<Interruption> interruptions, String... options) {
        private String[] line(String run, String... more) {
            List<String> line = new ArrayList<>(List.of("train", config, "--work-dir", run));
            line.addAll(List.of(more));
            if (options.length > 0) {
                line.add("--cfg-options");
                line.addAll(List.of(options));
            }
            return line.toArray(String[]::new);
        }

        void holds() throws IOException, InterruptedException {
            String whole = name + "-whole";
            String pieces = name + "-pieces";
            Selfsup.Ended uninterrupted = selfsup.run(line(whole));
            assertEquals(0, uninterrupted.status(), uninterrupted::toString);
            for (Interruption interruption : interruptions) {
                Selfsup.Running running = selfsup.start(line(pieces, "--resume"));
                running.until(() -> reached(pieces, interruption.iteration()) && (!interruption.whileSaving() || saves(pieces)));
                running.signal(interruption.signal());
                interruption.check(running.ended());
            }
            Selfsup.Ended resumed = selfsup.run(line(pieces, "--resume"));
            assertEquals(0, resumed.status(), resumed::toString);
            assertEquals(-1, Files.mismatch(selfsup.tensors(whole, LAST), selfsup.tensors(pieces, LAST)), "weights, buffers, optimizer, averages");
            assertEquals(uninterrupted.last(), resumed.last());
            assertTrue(resumed.last().matches("knn: raw 0\\.\\d{3}, untrained 0\\.\\d{3}, trained 0\\.\\d{3}"), resumed::last);
            assertEquals(positions(whole), positions(pieces), "every iteration stands once in the log");
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
