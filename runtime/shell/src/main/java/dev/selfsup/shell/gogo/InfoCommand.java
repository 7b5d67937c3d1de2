package dev.selfsup.shell.gogo;

import dev.selfsup.api.run.UsageException;
import dev.selfsup.runtime.components.ComponentDescription;
import dev.selfsup.runtime.components.ComponentDescription.ConfigKey;
import dev.selfsup.runtime.components.ComponentDescriptions;
import dev.selfsup.shell.Call;
import dev.selfsup.shell.Command;
import java.io.PrintStream;
import java.util.List;
import org.osgi.framework.BundleContext;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;

/** {@code info TYPE}: what a component is and the keys of its config. */
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE, property = Command.NAME + "=info")
@CommandLine.Command(name = "info", description = "Explains a component and the keys of its config.")
public final class InfoCommand implements Command {
    @CommandLine.Parameters(paramLabel = "TYPE", description = "what 'type:' names, for example ResNet or mmcls.ImageNet")
    private String type;

    private final BundleContext bundles;

    /** Made by the container. */
    @Activate
    public InfoCommand(BundleContext bundles) {
        this.bundles = bundles;
    }

    @Override
    public int run(Call call) {
        PrintStream out = call.out();
        List<ComponentDescription> all = ComponentDescriptions.of(bundles);
        List<ComponentDescription> found = all.stream().filter(this::isMeant).toList();
        if (found.isEmpty()) {
            List<String> types = all.stream().map(ComponentDescription::type).toList();
            throw new UsageException("no component of type '" + type + "' is installed."
                    + Similar.didYouMean(type, types) + " 'selfsup list' shows all.");
        }
        for (int i = 0; i < found.size(); i++) {
            out.print(i == 0 ? "" : System.lineSeparator());
            print(found.get(i), out);
        }
        return 0;
    }

    private boolean isMeant(ComponentDescription component) {
        return type.equals(component.type())
                || type.equals(component.scope() + "." + component.type())
                || type.equals(component.scope() + "/" + component.type());
    }

    private static void print(ComponentDescription component, PrintStream out) {
        out.println(component.type() + ": " + component.kind() + " of scope " + component.scope() + ", bundle " + component.bundle());
        out.println();
        print(component.doc(), "  ", out);
        out.println();
        out.println(component.keys().isEmpty() ? "  It has no keys." : "  keys:");
        print(component.keys(), "    ", out);
    }

    private static void print(List<ConfigKey> keys, String margin, PrintStream out) {
        for (ConfigKey key : keys) {
            String given = key.required() ? "required" : key.byDefault().map(value -> "default " + value).orElse("optional");
            out.println(margin + key.name() + ": " + key.type() + ", " + given);
            print(key.doc(), margin + "    ", out);
            print(key.keys(), margin + "    ", out);
        }
    }

    private static void print(String text, String margin, PrintStream out) {
        if (!text.isEmpty()) {
            text.lines().flatMap(line -> Wrapped.lines(line, 116 - margin.length())).forEach(line -> out.println((margin + line).stripTrailing()));
        }
    }
}
