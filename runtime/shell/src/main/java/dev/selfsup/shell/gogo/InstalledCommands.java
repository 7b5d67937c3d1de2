package dev.selfsup.shell.gogo;

import dev.selfsup.shell.Command;
import java.util.ArrayList;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Function;
import org.apache.felix.service.command.CommandProcessor;
import org.osgi.framework.BundleContext;
import org.osgi.framework.ServiceObjects;
import org.osgi.framework.ServiceReference;
import org.osgi.framework.ServiceRegistration;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Deactivate;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ReferenceCardinality;
import org.osgi.service.component.annotations.ReferencePolicy;

/** The {@link Command} services that are there now, each published to Gogo as a function of scope {@value #SCOPE}. */
@Component(service = InstalledCommands.class, immediate = true)
public final class InstalledCommands {
    static final String SCOPE = "selfsup";

    private final Map<String, ServiceReference<Command>> byName = new ConcurrentSkipListMap<>();
    private final Map<ServiceReference<Command>, ServiceRegistration<?>> functions = new ConcurrentHashMap<>();
    private final BundleContext bundles;

    /** Starts empty; commands follow. */
    @Activate
    public InstalledCommands(BundleContext bundles) {
        this.bundles = bundles;
    }

    @Reference(service = Command.class, target = "(" + Command.NAME + "=*)",
            cardinality = ReferenceCardinality.MULTIPLE, policy = ReferencePolicy.DYNAMIC)
    void add(ServiceReference<Command> reference) {
        String name = (String) reference.getProperty(Command.NAME);
        if (byName.putIfAbsent(name, reference) == null) {
            Dictionary<String, Object> properties = new Hashtable<>();
            properties.put(CommandProcessor.COMMAND_SCOPE, SCOPE);
            properties.put(CommandProcessor.COMMAND_FUNCTION, name);
            functions.put(reference, bundles.registerService(org.apache.felix.service.command.Function.class,
                    (session, arguments) -> call(name, session, arguments), properties));
        }
    }

    void remove(ServiceReference<Command> reference) {
        byName.values().remove(reference);
        ServiceRegistration<?> function = functions.remove(reference);
        if (function != null) {
            function.unregister();
        }
    }

    @Deactivate
    void stop() {
        functions.clear(); // the framework unregisters what the bundle has registered
    }

    /** Names of the commands, in order. */
    List<String> names() {
        return new ArrayList<>(byName.keySet());
    }

    /**
     * Uses a new object of a command.
     *
     * @param name name of an installed command
     * @param use what to do with it; null if the command has just been removed
     */
    <T> T with(String name, Function<Command, T> use) {
        ServiceReference<Command> reference = byName.get(name);
        ServiceObjects<Command> objects = reference == null ? null : bundles.getServiceObjects(reference);
        Command command = objects == null ? null : objects.getService();
        try {
            return use.apply(command);
        } finally {
            if (command != null) {
                objects.ungetService(command);
            }
        }
    }

    private Object call(String name, org.apache.felix.service.command.CommandSession session, List<Object> arguments) {
        List<String> words = arguments.stream().map(String::valueOf).toList();
        int status = with(name, command -> new Invocation(session.getConsole(), System.err).run(name, command, words));
        session.put(OneShot.STATUS, status);
        return null;
    }
}
