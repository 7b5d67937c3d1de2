package dev.selfsup.shell.gogo;

import dev.selfsup.runtime.plugins.BundleLeases;
import dev.selfsup.shell.Call;
import dev.selfsup.shell.Command;
import java.util.Dictionary;
import java.util.Hashtable;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.function.Consumer;
import java.util.function.Function;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.osgi.framework.Bundle;
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
    public static final String SCOPE = "selfsup";
    /** Variable of a Gogo session in which a command leaves its status. */
    public static final String STATUS = "selfsup.status";
    /** Variable of a Gogo session that holds the {@link Call} within which its line runs; without it a call of its own is made. */
    public static final String CALL = "selfsup.call";

    private final Map<String, ServiceReference<Command>> byName = new ConcurrentSkipListMap<>();
    private final Map<ServiceReference<Command>, ServiceRegistration<?>> functions = new ConcurrentHashMap<>();
    private final BundleContext bundles;
    private final BundleLeases leases;
    private final ProcessInterruption process;

    /** Starts empty; commands follow. */
    @Activate
    public InstalledCommands(BundleContext bundles, @Reference BundleLeases leases, @Reference ProcessInterruption process) {
        this.bundles = bundles;
        this.leases = leases;
        this.process = process;
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
                    (session, arguments) -> run(name, session, arguments), properties));
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
    public List<String> names() {
        return byName.entrySet().stream().filter(command -> isOffered(command.getValue().getBundle())).map(Map.Entry::getKey).toList();
    }

    private boolean isOffered(Bundle bundle) {
        return bundle != null && leases.offers(bundle);
    }

    /**
     * Uses a new object of a command, whose bundle keeps its classes and resources in the meantime.
     *
     * @param name name of an installed command
     * @param use what to do with it; null if the command has just been removed
     */
    public <T> T with(String name, Function<Command, T> use) {
        try (BundleLeases.Hold hold = leases.open()) {
            ServiceReference<Command> reference = byName.get(name);
            ServiceObjects<Command> objects = reference == null || !hold.add(reference.getBundle()) ? null : bundles.getServiceObjects(reference);
            Command command = objects == null ? null : objects.getService();
            try {
                return use.apply(command);
            } finally {
                if (command != null) {
                    objects.ungetService(command);
                }
            }
        }
    }

    /**
     * Calls a command.
     *
     * @param name name of an installed command
     * @param arguments its arguments, as they are
     * @param call where it prints, and how it learns that it shall end
     * @return exit status
     */
    public int run(String name, List<String> arguments, Call call) {
        return run(name, arguments, call, command -> { });
    }

    /**
     * Calls a command.
     *
     * @param name name of an installed command
     * @param arguments its arguments, as they are
     * @param call where it prints, and how it learns that it shall end
     * @param parsed is told of the command, whose fields hold its arguments, before it runs
     * @return exit status
     */
    public int run(String name, List<String> arguments, Call call, Consumer<Command> parsed) {
        return with(name, command -> {
            if (command == null) {
                call.err().println("selfsup: the command " + name + " has just been removed");
                return Invocation.BAD_USAGE;
            }
            return new Invocation(call, parsed).run(name, command, arguments);
        });
    }

    /** Whether a command runs in the background of an interactive shell. */
    public boolean background(String name) {
        ServiceReference<Command> reference = byName.get(name);
        return reference != null && Boolean.TRUE.equals(reference.getProperty(Command.BACKGROUND));
    }

    private Object run(String name, CommandSession session, List<Object> arguments) {
        List<String> words = arguments.stream().map(String::valueOf).toList();
        if (session.get(CALL) instanceof Call call) {
            session.put(STATUS, run(name, words, call));
            return null;
        }
        try (CallInterruption interruption = process.begin()) {
            Call call = new Call(session.getConsole(), System.err, 0, interruption, progress -> { });
            session.put(STATUS, run(name, words, call));
            return null;
        }
    }
}
