package dev.selfsup.shell.gogo;

import dev.selfsup.runtime.plugins.NeededBundles;
import dev.selfsup.runtime.plugins.Plugins;
import dev.selfsup.shell.Call;
import dev.selfsup.shell.Command;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;

/** {@code plugins}: what is installed; with a subcommand, what a jar would be, or what a config needs. */
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE, property = Command.NAME + "=plugins")
@CommandLine.Command(name = "plugins", description = "Shows the bundles of this container: what they add, and why one is not usable.",
        subcommands = {PluginsCheck.class, PluginsNeeds.class})
public final class PluginsCommand implements Command {
    private final Plugins plugins;
    private final NeededBundles needed;

    /** Made by the container. */
    @Activate
    public PluginsCommand(@Reference Plugins plugins, @Reference NeededBundles needed) {
        this.plugins = plugins;
        this.needed = needed;
    }

    /** What is plugged in. */
    Plugins plugins() {
        return plugins;
    }

    /** What configs need. */
    NeededBundles needed() {
        return needed;
    }

    @Override
    public int run(Call call) {
        new PluginTable(call.out(), call.columns()).print(plugins.list());
        return 0;
    }
}
