package dev.selfsup.it;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;

/** A training run with the sample plug-in's algorithm and hook, which holds it at its first iteration until a gate opens. */
final class SampleRun implements AutoCloseable {
    private final WatchedFolder container;
    private final Path folder;
    private final Path config;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ExecutorService thread = Executors.newSingleThreadExecutor();
    private Future<Integer> status;

    /** A run in a folder of its own. */
    SampleRun(WatchedFolder container, String images) throws IOException {
        this.container = container;
        this.folder = Files.createTempDirectory("run");
        this.config = Files.writeString(folder.resolve("sample.yaml"), """
                model:
                  type: sample.SampleSiam
                  backbone: {type: mmcls.ResNet_CIFAR, depth: 18, stem_channels: 4, base_channels: 4, zero_init_residual: false}
                  neck: {type: NonLinearNeck, in_channels: 32, hid_channels: 8, out_channels: 8}
                train_dataloader:
                  batch_size: 8
                  drop_last: true
                  sampler: {type: DefaultSampler, shuffle: true}
                  dataset:
                    type: mmcls.CustomDataset
                    data_root: %s
                    pipeline:
                      - {type: LoadImageFromFile}
                      - {type: MultiView, num_views: 2, transforms: [[{type: RandomResizedCrop, size: 16}]]}
                      - {type: PackSelfSupInputs}
                optim_wrapper: {optimizer: {type: SGD, lr: 0.1}}
                train_cfg: {type: EpochBasedTrainLoop, max_epochs: 1}
                default_hooks: {logger: {type: LoggerHook, interval: 1}}
                custom_hooks: [{type: sample.SampleFarewell, after: 2, gate: %s}]
                """.formatted(images, folder.resolve("gate")));
    }

    Path config() {
        return config;
    }

    Path workDir() {
        return folder.resolve("work");
    }

    /** Starts the run in a thread of its own, by the command that users type. */
    SampleRun start() {
        PrintStream printed = new PrintStream(out, true, StandardCharsets.UTF_8);
        status = thread.submit(() -> container.selfsup(printed, "train '" + config + "' --work-dir '" + workDir() + "'"));
        return this;
    }

    /** Waits until the run is held. */
    SampleRun held() throws InterruptedException {
        container.until(() -> status.isDone() || printed().contains("waits for "));
        if (status.isDone()) {
            throw new AssertionError("ended before it was held: " + printed());
        }
        return this;
    }

    /** Lets the run go on. */
    SampleRun open() throws IOException {
        Files.createFile(folder.resolve("gate"));
        return this;
    }

    /** The status of the run when it has ended. */
    int status() throws Exception {
        return status.get(60, TimeUnit.SECONDS);
    }

    /** What the hook found in its bundle: within the run, and at its end. */
    List<String> said() {
        return printed().lines().filter(line -> line.matches("(iteration 2|end): .*")).map(line -> line.replaceFirst(".*?: ", "")).toList();
    }

    String printed() {
        return out.toString(StandardCharsets.UTF_8);
    }

    @Override
    public void close() throws IOException {
        if (Files.notExists(folder.resolve("gate"))) {
            open();
        }
        thread.shutdown();
    }
}
