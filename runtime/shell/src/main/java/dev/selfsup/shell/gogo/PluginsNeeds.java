package dev.selfsup.shell.gogo;

import dev.selfsup.config.Config;
import dev.selfsup.runtime.plugins.NeededBundles;
import dev.selfsup.shell.Call;
import dev.selfsup.shell.Command;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine;

/** {@code plugins needs}: the bundles that a config needs. */
@CommandLine.Command(name = "needs", description = {
    "Says which bundles are needed to run a config, a symbolic name a line.",
    "'selfsup dist --for CONFIG' packs just these."})
final class PluginsNeeds implements Command {
    @CommandLine.ParentCommand
    private PluginsCommand parent;

    @CommandLine.Parameters(paramLabel = "CONFIG", description = "YAML file")
    private Path file;

    @CommandLine.Option(names = "--bndrun", description = "print a .bndrun file")
    private boolean bndrun;

    @CommandLine.Option(names = "--cfg-options", arity = "1..*", paramLabel = "KEY=VALUE", description = "changes of the config, as in train")
    private List<String> options = List.of();

    @Override
    public int run(Call call) {
        NeededBundles.Needs needs = parent.needed().of(Config.load(file, options));
        if (bndrun) {
            call.out().print(needs.bndrun());
        } else {
            needs.bundles().forEach(bundle -> call.out().println(bundle.symbolicName()));
        }
        return 0;
    }
}
