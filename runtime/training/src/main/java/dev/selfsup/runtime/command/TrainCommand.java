package dev.selfsup.runtime.command;

import dev.selfsup.api.component.Lease;
import dev.selfsup.api.component.Leases;
import dev.selfsup.api.run.Interruption;
import dev.selfsup.config.Config;
import dev.selfsup.config.Node;
import dev.selfsup.config.RunConfig;
import dev.selfsup.engine.Updates;
import dev.selfsup.runtime.train.Training;
import dev.selfsup.runtime.train.TrainingOptions;
import dev.selfsup.shell.Call;
import dev.selfsup.shell.Command;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;

/** {@code train CONFIG}: runs what a config describes. */
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE, property = {Command.NAME + "=train", Command.BACKGROUND + ":Boolean=true"})
@CommandLine.Command(name = "train", description = {
    "Trains what a config describes, and leaves everything in a folder: resolved config, log, plots, checkpoints.",
    "Ctrl-C and 'selfsup stop DIR' save a checkpoint first; --resume goes on from it as if nothing had happened."})
public final class TrainCommand implements Command {
    @CommandLine.Parameters(paramLabel = "CONFIG", description = "YAML file")
    private Path config;

    @CommandLine.Option(names = "--work-dir", paramLabel = "DIR", description = "folder of the run; default work_dirs/<name of the config>")
    private Optional<Path> workDir = Optional.empty();

    @CommandLine.Option(names = "--resume", arity = "0..1", fallbackValue = "", paramLabel = "CKPT",
            description = "go on from a checkpoint, by default the newest one in the folder of the run")
    private String resume;

    @CommandLine.Option(names = "--allow-missing", description = "begin though load_from or init_cfg Pretrained lack weights of the model, or have others")
    private boolean allowMissing;

    @CommandLine.Option(names = "--amp", description = "compute in half precision where the backend is faster with it")
    private boolean amp;

    @CommandLine.Option(names = "--seed", paramLabel = "N", description = "seed of all random choices, instead of randomness.seed")
    private Long seed;

    @CommandLine.Option(names = "--kernels", paramLabel = "SET", defaultValue = "fast",
            description = "plain: operations of ND4J, as on every backend; fast: the best of this machine. Default ${DEFAULT-VALUE}")
    private KernelSet kernels;

    @CommandLine.Option(names = "--cfg-options", arity = "1..*", paramLabel = "KEY=VALUE",
            description = "changes of the config, values in YAML: optim_wrapper.optimizer.lr=0.1 or param_scheduler.1.T_max=50")
    private List<String> options = List.of();

    private final Leases leases;

    /** Made by the container. */
    @Activate
    public TrainCommand(@Reference Leases leases) {
        this.leases = leases;
    }

    @Override
    public int run(Call call) {
        try (Lease components = leases.open()) {
            train(call, components);
        }
        return 0;
    }

    private void train(Call call, Lease components) {
        Config resolved = Config.load(config, changes());
        RunConfig run = RunConfig.of(resolved, components);
        boolean resuming = resume != null || run.resume();
        Optional<Path> from = Optional.ofNullable(resume).filter(path -> !path.isEmpty()).map(Path::of);
        if (run.optimWrapper().amp()) {
            call.out().println("AmpOptimWrapper: this backend has no faster half type, so everything is computed in float32");
        }
        try (Interruption.Watch watch = call.interruption().watch();
                Updates updates = kernels.updates();
                Training training = new Training(run, new TrainingOptions(config.toString(), folder(run.workDir()), resolved.toYaml(), resuming, from, allowMissing,
                        seed == null ? OptionalLong.empty() : OptionalLong.of(seed), kernels.kernels(), updates,
                        watch::requested, call))) {
            training.train();
        }
    }

    private List<String> changes() {
        List<String> changes = new ArrayList<>(options);
        if (amp) {
            changes.add("optim_wrapper.type=AmpOptimWrapper");
        }
        return changes;
    }

    @Override
    public Optional<Path> destination() {
        return Optional.of(folder(Config.load(config, changes()).find("work_dir")
                .filter(node -> node instanceof Node.Scalar scalar && scalar.type() == Node.ScalarType.STRING)
                .map(node -> ((Node.Scalar) node).text())));
    }

    private Path folder(Optional<String> configured) {
        String name = config.getFileName().toString().replaceFirst("\\.ya?ml$", "");
        return workDir.or(() -> configured.map(Path::of)).orElse(Path.of("work_dirs", name)).toAbsolutePath().normalize();
    }
}
