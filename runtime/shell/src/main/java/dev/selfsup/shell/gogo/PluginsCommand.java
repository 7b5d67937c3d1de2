package dev.selfsup.shell.gogo;

import dev.selfsup.api.run.UsageException;
import dev.selfsup.config.Config;
import dev.selfsup.runtime.plugins.NeededBundles;
import dev.selfsup.runtime.plugins.Offer;
import dev.selfsup.runtime.plugins.Plugin;
import dev.selfsup.runtime.plugins.Plugins;
import dev.selfsup.shell.Call;
import dev.selfsup.shell.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;

/** {@code plugins}, {@code plugins check} and {@code plugins needs}: what is installed, what a jar would be, what a config needs. */
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE, property = Command.NAME + "=plugins")
@CommandLine.Command(name = "plugins", description = {
    "Shows the bundles of this container: what they add, and why one is not usable.",
    "plugins check FILE.jar... says what would become of jars before they are dropped into the watched folder; status 2 if one would not work.",
    "plugins needs CONFIG says which bundles are needed to run a config."})
public final class PluginsCommand implements Command {
    enum Action { LIST, CHECK, NEEDS }

    @CommandLine.Parameters(index = "0", arity = "0..1", paramLabel = "ACTION", defaultValue = "list", description = "list (default), check or needs")
    private Action action;

    @CommandLine.Parameters(index = "1..*", paramLabel = "FILE", description = "jars for check; the config for needs")
    private List<Path> files = List.of();

    @CommandLine.Option(names = "--bndrun", description = "needs: print a .bndrun file")
    private boolean bndrun;

    @CommandLine.Option(names = "--cfg-options", arity = "1..*", paramLabel = "KEY=VALUE", description = "needs: changes of the config, as in train")
    private List<String> options = List.of();

    private final Plugins plugins;
    private final NeededBundles needed;

    /** Made by the container. */
    @Activate
    public PluginsCommand(@Reference Plugins plugins, @Reference NeededBundles needed) {
        this.plugins = plugins;
        this.needed = needed;
    }

    @Override
    public int run(Call call) {
        if (action != Action.NEEDS && (bndrun || !options.isEmpty())) {
            throw new UsageException("--bndrun and --cfg-options belong to: plugins needs CONFIG");
        }
        return switch (action) {
            case LIST -> list(call);
            case CHECK -> check(call);
            case NEEDS -> needs(call);
        };
    }

    private int list(Call call) {
        if (!files.isEmpty()) {
            throw new UsageException("plugins list takes no file; to examine a jar: plugins check " + files.get(0));
        }
        new PluginTable(call.out(), call.columns()).print(plugins.list());
        return 0;
    }

    private int check(Call call) {
        if (files.isEmpty()) {
            throw new UsageException("plugins check needs a jar: plugins check FILE.jar");
        }
        files.stream().filter(Files::notExists).findFirst().ifPresent(file -> {
            throw new UsageException(file + " does not exist; check the path");
        });
        List<Plugin> found = plugins.check(files);
        found.stream().filter(plugin -> plugin.problem().isEmpty()).forEach(plugin -> call.out().println(plugin.name() + ": usable, adds " + added(plugin)));
        String problems = found.stream().filter(plugin -> plugin.problem().isPresent()).map(plugin -> plugin.name() + ": " + plugin.problem().get())
                .collect(Collectors.joining("\n"));
        if (!problems.isEmpty()) {
            throw new UsageException(problems);
        }
        return 0;
    }

    private static String added(Plugin plugin) {
        return plugin.offers().isEmpty() ? "no types or commands" : plugin.offers().stream().map(Offer::toString).collect(Collectors.joining(", "));
    }

    private int needs(Call call) {
        if (files.size() != 1) {
            throw new UsageException("plugins needs takes one config, not " + files.size() + " files: plugins needs CONFIG");
        }
        Config config = Config.load(files.get(0), options);
        NeededBundles.Needs needs = needed.of(config);
        if (bndrun) {
            call.out().print(needs.bndrun());
        } else {
            needs.bundles().forEach(bundle -> call.out().println(bundle.symbolicName()));
        }
        return 0;
    }
}
