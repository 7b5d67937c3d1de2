package dev.selfsup.shell.gogo;

import dev.selfsup.api.run.UsageException;
import dev.selfsup.config.Config;
import dev.selfsup.config.FeaturesConfig;
import dev.selfsup.config.RunConfig;
import dev.selfsup.config.TestConfig;
import dev.selfsup.shell.Call;
import dev.selfsup.shell.Command;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/** {@code config validate}: whether runs can be made of configs, or features be looked at. */
@CommandLine.Command(name = "validate", description = {
    "Checks whether a run can be made of each of the configs, and a checkpoint of it be tested.",
    "Of a config with extract_dataloader or pool_cfg, whether features of its images can be looked at."})
final class ConfigValidate implements Command {
    @CommandLine.ParentCommand
    private ConfigCommand parent;

    @CommandLine.Parameters(arity = "1..*", paramLabel = "CONFIG", description = "YAML files")
    private List<Path> files;

    @CommandLine.Option(names = "--cfg-options", arity = "1..*", paramLabel = "KEY=VALUE",
            description = "values that override each file, as model.backbone.depth=18; VALUE is YAML")
    private List<String> options = List.of();

    @Override
    public int run(Call call) {
        List<String> mistakes = new ArrayList<>();
        for (Path file : files) {
            try {
                bind(Config.load(file, options));
                call.out().println(file + " is valid");
            } catch (UsageException e) {
                mistakes.add(e.getMessage());
            }
        }
        if (!mistakes.isEmpty()) {
            throw new UsageException(String.join("\n", mistakes));
        }
        return 0;
    }

    /** Binds all that commands bind of a file: a run and what a checkpoint of it is judged by, or images whose features are looked at. */
    private void bind(Config config) {
        if (FeaturesConfig.describes(config)) {
            FeaturesConfig.of(config, parent.components());
            return;
        }
        RunConfig.of(config, parent.components());
        if (config.find("test_dataloader").isPresent()) {
            TestConfig.of(config, parent.components());
        }
    }
}
