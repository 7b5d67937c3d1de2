package dev.selfsup.shell.gogo;

import dev.selfsup.api.component.Components;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.runtime.components.ComponentDescription;
import dev.selfsup.runtime.components.ComponentDescriptions;
import dev.selfsup.shell.Call;
import dev.selfsup.shell.Command;
import java.util.List;
import java.util.function.Supplier;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;

/** {@code config ACTION CONFIG...}: what configs mean, where their values come from, how they differ, what is wrong with them. */
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE, property = Command.NAME + "=config")
@CommandLine.Command(name = "config", description = "Shows what a config means, or checks it without running anything.",
        subcommands = {ConfigPrint.class, ConfigValidate.class, ConfigExplain.class, ConfigDiff.class})
public final class ConfigCommand implements Command {
    private final Components components;
    private final Supplier<List<ComponentDescription>> descriptions;

    /** Made by the container. */
    @Activate
    public ConfigCommand(@Reference Components components, BundleContext bundles) {
        this(components, () -> ComponentDescriptions.of(bundles));
    }

    ConfigCommand(Components components, Supplier<List<ComponentDescription>> descriptions) {
        this.components = components;
        this.descriptions = descriptions;
    }

    /** What configs can name. */
    Components components() {
        return components;
    }

    /** What the installed bundles say about their components. */
    List<ComponentDescription> descriptions() {
        return descriptions.get();
    }

    @Override
    public int run(Call call) {
        throw new UsageException("config: say what to do, as in 'selfsup config print CONFIG': print, validate, explain or diff; "
                + "'selfsup help config' shows them");
    }
}
