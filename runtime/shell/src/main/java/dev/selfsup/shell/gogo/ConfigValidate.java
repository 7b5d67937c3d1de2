package dev.selfsup.shell.gogo;

import dev.selfsup.api.run.UsageException;
import dev.selfsup.config.Config;
import dev.selfsup.config.RunConfig;
import dev.selfsup.shell.Call;
import dev.selfsup.shell.Command;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine;

/** {@code config validate}: whether runs can be made of configs. */
@CommandLine.Command(name = "validate", description = "Checks whether a run can be made of each of the configs.")
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
                RunConfig.of(Config.load(file, options), parent.components());
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
}
