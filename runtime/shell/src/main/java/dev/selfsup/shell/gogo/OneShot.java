package dev.selfsup.shell.gogo;

import dev.selfsup.shell.Call;
import java.util.List;
import java.util.function.ToIntFunction;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;

/**
 * Runs one command with exactly the arguments of the process. The launcher, which shares no class with bundles, finds
 * it by the service property {@code selfsup.launcher=command}.
 */
@Component(service = ToIntFunction.class, property = "selfsup.launcher=command")
public final class OneShot implements ToIntFunction<String[]> {
    private final InstalledCommands commands;
    private final ProcessInterruption process;

    /** Made by the container. */
    @Activate
    public OneShot(@Reference InstalledCommands commands, @Reference ProcessInterruption process) {
        this.commands = commands;
        this.process = process;
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
        List<String> arguments = List.of(line).subList(1, line.length);
        if (!commands.names().contains(name)) {
            return unknown(name);
        }
        try (CallInterruption interruption = process.begin()) {
            return commands.run(name, arguments, new Call(System.out, System.err, Integer.getInteger("selfsup.columns", 0), interruption, progress -> { }));
        }
    }

    private int unknown(String name) {
        List<String> known = commands.names();
        System.err.println("selfsup: no command '" + name + "'." + Similar.didYouMean(name, known));
        System.err.println("Commands: " + String.join(", ", known) + ". 'selfsup help COMMAND' explains one.");
        return Invocation.BAD_USAGE;
    }
}
