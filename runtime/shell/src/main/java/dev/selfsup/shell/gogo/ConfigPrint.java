package dev.selfsup.shell.gogo;

import dev.selfsup.config.Config;
import dev.selfsup.shell.Call;
import dev.selfsup.shell.Command;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine;

/** {@code config print}: the values after inheritance and options. */
@CommandLine.Command(name = "print", description = "Prints the values after inheritance and options.")
final class ConfigPrint implements Command {
    @CommandLine.Parameters(paramLabel = "CONFIG", description = "YAML file")
    private Path file;

    @CommandLine.Option(names = "--cfg-options", arity = "1..*", paramLabel = "KEY=VALUE",
            description = "values that override the file, as model.backbone.depth=18; VALUE is YAML")
    private List<String> options = List.of();

    @CommandLine.Option(names = "--json", description = "print JSON instead of YAML")
    private boolean json;

    @Override
    public int run(Call call) {
        Config config = Config.load(file, options);
        call.out().print(json ? config.toJson() + System.lineSeparator() : config.toYaml());
        return 0;
    }
}
