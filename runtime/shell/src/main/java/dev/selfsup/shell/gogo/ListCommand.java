package dev.selfsup.shell.gogo;

import dev.selfsup.api.run.UsageException;
import dev.selfsup.runtime.components.ComponentDescription;
import dev.selfsup.runtime.components.ComponentDescriptions;
import dev.selfsup.shell.Call;
import dev.selfsup.shell.Command;
import java.io.PrintStream;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;

/** {@code list [KIND]}: the components that a config can name. */
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE, property = Command.NAME + "=list")
@CommandLine.Command(name = "list", description = "Lists the installed components, all or those of one kind.")
public final class ListCommand implements Command {
    @CommandLine.Parameters(arity = "0..1", paramLabel = "KIND", description = "for example backbone")
    private String kind;

    private final BundleContext bundles;

    /** Made by the container. */
    @Activate
    public ListCommand(BundleContext bundles) {
        this.bundles = bundles;
    }

    @Override
    public int run(Call call) {
        PrintStream out = call.out();
        Map<String, List<ComponentDescription>> kinds = ComponentDescriptions.of(bundles).stream()
                .collect(Collectors.groupingBy(ComponentDescription::kind, TreeMap::new, Collectors.toList()));
        if (kind == null) {
            kinds.forEach((name, components) -> print(name, components, out));
        } else if (kinds.containsKey(kind)) {
            print(kind, kinds.get(kind), out);
        } else {
            throw new UsageException("no component of kind '" + kind + "' is installed." + Similar.didYouMean(kind, kinds.keySet())
                    + " Kinds: " + String.join(", ", kinds.keySet()));
        }
        return 0;
    }

    private static void print(String kind, List<ComponentDescription> components, PrintStream out) {
        out.println(kind);
        for (ComponentDescription component : components) {
            out.printf("  %-28s %-12s %s%n", component.type(), component.scope(), component.summary());
        }
    }
}
