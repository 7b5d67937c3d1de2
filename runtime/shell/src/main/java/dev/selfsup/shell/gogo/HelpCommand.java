package dev.selfsup.shell.gogo;

import dev.selfsup.api.run.UsageException;
import dev.selfsup.shell.Call;
import dev.selfsup.shell.Command;
import java.io.PrintStream;
import java.util.List;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;

/** {@code help [COMMAND [ACTION]]}: what commands there are, and what each takes. */
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE, property = Command.NAME + "=help")
@CommandLine.Command(name = "help", description = "Lists the commands, or explains one.")
public final class HelpCommand implements Command {
    @CommandLine.Parameters(index = "0", arity = "0..1", paramLabel = "COMMAND", description = "name of a command")
    private String name;

    @CommandLine.Parameters(index = "1", arity = "0..1", paramLabel = "ACTION", description = "what the command shall do, where it has several actions")
    private String action;

    @Reference
    private InstalledCommands commands;

    @Override
    public int run(Call call) {
        PrintStream out = call.out();
        List<String> names = commands.names();
        if (name == null) {
            out.println("usage: selfsup COMMAND [ARGUMENTS]      without a command: an interactive shell");
            out.println();
            names.forEach(command -> out.printf("  %-12s %s%n", command, commands.with(command, HelpCommand::summary)));
            out.println();
            out.println("Every command takes --backend cpu|cuda; 'selfsup backend' says which is used and why.");
            out.println("'selfsup help COMMAND' explains a command, 'selfsup info TYPE' a component of a config.");
            out.println("--verbose, anywhere on the line, shows on standard error which bundles start and what the native backend says of itself.");
            return 0;
        }
        if (!names.contains(name)) {
            throw new UsageException("no command '" + name + "'." + Similar.didYouMean(name, names)
                    + " Commands: " + String.join(", ", names));
        }
        out.print(commands.<String>with(name, this::usage));
        return 0;
    }

    /** The first sentence of a command's description, up to its colon. */
    public static String summary(Command command) {
        String description = String.join(" ", Invocation.parser(command).getCommandSpec().usageMessage().description());
        return description.split("(?<=[.:]) ", 2)[0].replaceFirst(":$", ".");
    }

    private String usage(Command command) {
        CommandLine parser = Invocation.parser(command);
        if (action != null && !parser.getSubcommands().containsKey(action)) {
            List<String> actions = List.copyOf(parser.getSubcommands().keySet());
            throw new UsageException("'" + name + "' has no action '" + action + "'." + Similar.didYouMean(action, actions)
                    + (actions.isEmpty() ? " It has none" : " Actions: " + String.join(", ", actions)));
        }
        return (action == null ? parser : parser.getSubcommands().get(action)).getUsageMessage(CommandLine.Help.Ansi.OFF);
    }
}
