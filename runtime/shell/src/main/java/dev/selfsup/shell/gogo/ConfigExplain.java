package dev.selfsup.shell.gogo;

import dev.selfsup.config.Config;
import dev.selfsup.shell.Call;
import dev.selfsup.shell.Command;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine;

/** {@code config explain}: where values come from and what they mean. */
@CommandLine.Command(name = "explain", description = {
    "Tells which file, line and column, or which option, gave a value and what it overrode; the default of a key that was not written; what the key means.",
    "For a mapping or list: every value in it with its origin."})
final class ConfigExplain implements Command {
    @CommandLine.ParentCommand
    private ConfigCommand parent;

    @CommandLine.Parameters(index = "0", paramLabel = "CONFIG", description = "YAML file")
    private Path file;

    @CommandLine.Parameters(index = "1", arity = "0..1", paramLabel = "KEY",
            description = "keys and list positions joined by dots, as model.backbone.depth; without it: every value of the config")
    private String key;

    @CommandLine.Option(names = "--cfg-options", arity = "1..*", paramLabel = "KEY=VALUE", description = "values that override the file, as in train")
    private List<String> options = List.of();

    @Override
    public int run(Call call) {
        Config config = Config.load(file, options);
        if (key == null) {
            Origins.print(config.root(), "", call);
        } else {
            new Explanation(config, key, parent.components(), parent.descriptions()).print(call);
        }
        return 0;
    }
}
