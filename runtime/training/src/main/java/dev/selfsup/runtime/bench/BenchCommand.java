package dev.selfsup.runtime.bench;

import dev.selfsup.api.component.Components;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.config.Config;
import dev.selfsup.config.RunConfig;
import dev.selfsup.engine.HostUpdates;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.Updates;
import dev.selfsup.runtime.data.BadFiles;
import dev.selfsup.runtime.train.RepeatedStep;
import dev.selfsup.shell.Call;
import dev.selfsup.shell.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;

/** {@code bench step}, {@code bench counts}, {@code bench compare} and {@code bench data}: how fast this machine trains and reads images. */
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE, property = Command.NAME + "=bench")
@CommandLine.Command(name = "bench", description = {
    "Measures how fast this machine is.",
    "step: a training step of a model; counts: its kernels, reorders, copies and allocations, no times; compare: a step beside PyTorch's, in turn;",
    "data: the input pipeline of a config, stage by stage.",
    "Nothing else should run meanwhile."})
public final class BenchCommand implements Command {
    @CommandLine.Parameters(index = "0", paramLabel = "WHAT", description = "step, counts, compare or data")
    private What what;

    @CommandLine.Parameters(index = "1", arity = "0..1", paramLabel = "CONFIG", description = "data: the YAML file whose train_dataloader is measured")
    private Optional<Path> config = Optional.empty();

    @CommandLine.Option(names = "--model", paramLabel = "NAME",
            description = "step, counts, compare: what trains, a config of configs/bench: vit-small, resnet18-small, resnet50, mae-base; but for compare also any config's .yaml")
    private Optional<String> model = Optional.empty();

    @CommandLine.Option(names = "--threads", paramLabel = "N", description = "step, counts, compare: threads; default the number of cores")
    private int threads = Runtime.getRuntime().availableProcessors();

    @CommandLine.Option(names = "--profile", description = "step: the share of each kind of kernel")
    private boolean profile;

    @CommandLine.Option(names = "--python", paramLabel = "PYTHON", defaultValue = "python3", description = "compare: a Python that has PyTorch; default ${DEFAULT-VALUE}")
    private String python;

    @CommandLine.Option(names = "--step-ms", paramLabel = "MS", description = "data: the time of a training step, to tell how many workers keep up with it")
    private Optional<Double> stepMillis = Optional.empty();

    @CommandLine.Option(names = "--here", hidden = true, description = "measure in this process, whose number of threads is set")
    private boolean here;

    @CommandLine.Option(names = "--worker", hidden = true, paramLabel = "FILE", description = "write weights and batch into a file and obey the standard input")
    private Optional<Path> worker = Optional.empty();

    private final Components components;

    /** What is measured. */
    enum What { STEP, COUNTS, COMPARE, DATA }

    /** Made by the container. */
    @Activate
    public BenchCommand(@Reference Components components) {
        this.components = components;
    }

    @Override
    public int run(Call call) throws Exception {
        if (threads < 1) {
            throw new UsageException("--threads must be at least 1, not " + threads);
        }
        return switch (what) {
            case STEP -> here ? stepHere(call) : stepInItsOwnProcess(call);
            case COUNTS -> stepHere(call);
            case COMPARE -> {
                if (name().endsWith(".yaml")) {
                    throw new UsageException("bench compare needs a model that bench/pytorch_step.py has: vit-small, resnet18-small, resnet50 or mae-base");
                }
                runConfig();
                yield new StepComparison(root(), name(), threads, python).run(call.out()) ? 0 : 1;
            }
            case DATA -> {
                Path file = config.orElseThrow(() -> new UsageException("bench data needs a CONFIG: ./selfsup bench data configs/quickstart/simclr_photos.yaml"));
                new DataBench(Config.load(file, List.of()), file, components).run(stepMillis, call.out(), new BadFiles(call.err()::println));
                yield 0;
            }
        };
    }

    private int stepHere(Call call) throws IOException {
        Path folder = Files.createTempDirectory("selfsup-bench-");
        try (Updates updates = new HostUpdates(threads)) {
            RunConfig run = runConfig();
            RepeatedStep step = new RepeatedStep(run, Kernels.fastest(), updates, folder);
            String title = name() + ", " + threads + (threads == 1 ? " thread" : " threads");
            if (what == What.COUNTS) {
                new StepContents(step, call.out()).run(title);
            } else if (worker.isPresent()) {
                new Worker(step, call.out()).run(worker.get(), Map.of("format", "pt", "model", name(), "lr", Double.toString(run.optimWrapper().optimizer().lr())));
            } else {
                new StepBench(step, call.out()).run(title, profile);
            }
        } finally {
            try (Stream<Path> files = Files.list(folder)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(folder);
        }
        return 0;
    }

    /** OpenMP takes its number of threads when a process starts, and memory is that of a process. */
    private int stepInItsOwnProcess(Call call) throws IOException, InterruptedException {
        runConfig();
        ProcessBuilder builder = new ProcessBuilder(here(root(), name(), threads, profile ? new String[] {"--profile"} : new String[0]));
        builder.environment().put("OMP_NUM_THREADS", Integer.toString(threads));
        Process process = builder.redirectErrorStream(true).start();
        process.getOutputStream().close();
        process.inputReader().lines().forEach(call.out()::println);
        return process.waitFor();
    }

    /** The command line of a step that is measured in its own process. */
    static List<String> here(Path root, String model, int threads, String... more) {
        List<String> command = new ArrayList<>(List.of(root.resolve("selfsup").toString(), "bench", "step", "--model", model, "--threads",
                Integer.toString(threads), "--here"));
        command.addAll(List.of(more));
        return command;
    }

    private RunConfig runConfig() {
        if (name().endsWith(".yaml")) {
            return RunConfig.of(Config.load(Path.of(name()), List.of()), components);
        }
        Path file = root().resolve("configs/bench").resolve(name() + ".yaml");
        if (!Files.isRegularFile(file)) {
            throw new UsageException("there is no model '" + name() + "' to measure: there is no " + file + "; write it as its neighbours are, or take one of them");
        }
        return RunConfig.of(Config.load(file, List.of("train_dataloader.dataset.data_root=" + root().resolve("configs/quickstart/data"))), components);
    }

    private String name() {
        return model.orElseThrow(() -> new UsageException("bench " + what.name().toLowerCase(java.util.Locale.ROOT)
                + " needs a --model: vit-small, resnet18-small, resnet50 or mae-base"));
    }

    private static Path root() {
        return Path.of(System.getProperty("selfsup.root"));
    }
}
