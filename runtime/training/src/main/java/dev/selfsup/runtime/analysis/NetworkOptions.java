package dev.selfsup.runtime.analysis;

import dev.selfsup.api.component.Components;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.checkpoint.Checkpoint;
import dev.selfsup.config.Config;
import dev.selfsup.config.ModelConfig;
import dev.selfsup.config.Node;
import dev.selfsup.runtime.command.KernelSet;
import dev.selfsup.runtime.data.BadFiles;
import dev.selfsup.runtime.model.AveragedWeights;
import dev.selfsup.runtime.model.Model;
import dev.selfsup.runtime.model.ModelState;
import dev.selfsup.shell.Call;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;

/** What every command is told that shows images to a trained network. */
final class NetworkOptions {
    @CommandLine.Parameters(index = "0", paramLabel = "CONFIG", description = "YAML file that the network was trained with")
    private Path config;

    @CommandLine.Parameters(index = "1", arity = "0..1", paramLabel = "CKPT", description = "checkpoint: its .json, or a .safetensors, .npz or .pth file")
    private Path checkpoint;

    @CommandLine.Option(names = "--untrained", description = "in place of CKPT: the network as it is before training, with the seed of randomness.seed or 0, to compare with")
    private boolean untrained;

    @CommandLine.Option(names = "--allow-missing", description = "go on though the checkpoint lacks weights of the backbone, or has others")
    private boolean allowMissing;

    @CommandLine.Option(names = "--kernels", paramLabel = "SET", defaultValue = "fast", description = "plain or fast, as in train; default ${DEFAULT-VALUE}")
    private KernelSet kernels;

    @CommandLine.Option(names = "--cfg-options", arity = "1..*", paramLabel = "KEY=VALUE", description = "changes of the config, as in train")
    private List<String> options = List.of();

    /** The config file, for messages. */
    Path file() {
        return config;
    }

    /** The config with its changes, those of the user last. */
    Config config(List<String> more) {
        List<String> all = new ArrayList<>(more);
        all.addAll(options);
        return Config.load(config, all);
    }

    /** The network, without weights yet. */
    Model model(Config resolved, Components components) {
        check();
        ModelConfig bound = untrained ? ModelConfig.untrained(resolved, components) : ModelConfig.of(resolved, components);
        return new Model(bound.model(), seed(resolved), kernels.kernels());
    }

    /** The seed that first values are drawn with. */
    private static long seed(Config config) {
        return config.find("randomness.seed").map(node -> node instanceof Node.Scalar scalar ? scalar.text() : "").filter(text -> text.matches("\\d{1,18}")).map(Long::valueOf)
                .orElse(0L);
    }

    private void check() {
        if (untrained == (checkpoint != null)) {
            throw new UsageException("a checkpoint must be named, or --untrained be said for the network before training; not both");
        }
    }

    /** Gives a network whose weights are made those of the checkpoint, averaged where the run kept averages. An untrained one keeps its first values. */
    void load(Model model, Call call) {
        check();
        if (untrained) {
            return;
        }
        try (Checkpoint loaded = AveragedWeights.load(checkpoint, call.out()::println)) {
            ModelState.load(model.weights(), Set.of(), loaded, allowMissing, call.out()::println);
        }
    }

    /** What tells of unusable images. */
    static BadFiles bad(Call call) {
        return new BadFiles(call.err()::println);
    }
}
