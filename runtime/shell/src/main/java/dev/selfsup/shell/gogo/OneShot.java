package dev.selfsup.shell.gogo;

import java.io.PrintStream;
import java.util.List;
import java.util.function.ToIntFunction;
import org.apache.felix.service.command.CommandProcessor;
import org.apache.felix.service.command.CommandSession;
import org.apache.felix.service.command.Function;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * Runs one Gogo command with exactly the arguments of the process. The launcher, which shares no class with bundles, finds
 * it by the service property {@code selfsup.launcher=command}.
 */
@Component(service = ToIntFunction.class, property = "selfsup.launcher=command")
public final class OneShot implements ToIntFunction<String[]> {
    /** Variable of the Gogo session in which a command leaves its status. */
    static final String STATUS = "selfsup.status";

    private final CommandProcessor gogo;
    private final InstalledCommands commands;

    /** Made by the container. */
    @Activate
    public OneShot(@Reference CommandProcessor gogo, @Reference InstalledCommands commands) {
        this.gogo = gogo;
        this.commands = commands;
    }

    /**
     * Runs a command.
     *
     * @param line name of the command and its arguments
     * @return exit status of the process
     */
    @Override
    public int applyAsInt(String[] line) {
        String name = line[0].equals("-h") || line[0].equals("--help") ? "help" : line[0];
        List<Object> arguments = List.of((Object[]) line).subList(1, line.length);
        try (CommandSession session = gogo.createSession(System.in, System.out, System.err)) {
            // Looked up, not parsed: Gogo's own syntax would change what is in the arguments.
            if (!(session.get(InstalledCommands.SCOPE + ":" + name) instanceof Function command)) {
                return unknown(name, System.err);
            }
            Object result = command.execute(session, arguments);
            return session.get(STATUS) instanceof Integer status ? status : print(result);
        } catch (Exception e) {
            System.err.println("selfsup " + name + ": " + e);
            return Invocation.FAILED;
        }
    }

    private int unknown(String name, PrintStream err) {
        List<String> known = commands.names();
        err.println("selfsup: no command '" + name + "'." + Similar.didYouMean(name, known));
        err.println("Commands: " + String.join(", ", known) + ". 'selfsup help COMMAND' explains one.");
        return Invocation.BAD_USAGE;
    }

    private static int print(Object result) {
        if (result != null) {
            System.out.println(result);
        }
        return 0;
    }
}
