package dev.selfsup.shell.gogo;

import dev.selfsup.api.run.UsageException;
import dev.selfsup.shell.Call;
import dev.selfsup.shell.Command;
import java.io.IOException;
import java.io.PrintStream;
import java.io.PrintWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CancellationException;
import java.util.function.Consumer;
import picocli.CommandLine;

/** Carries out a call of a command: arguments into fields, run, failures into messages and a status. */
public final class Invocation {
    /** Status of a command that was told to end, as of a process that SIGINT has ended. */
    public static final int CANCELLED = 130;
    static final int FAILED = 1;
    public static final int BAD_USAGE = 2;

    private final Call call;
    private final PrintStream err;
    private final Consumer<Command> parsed;

    Invocation(Call call) {
        this(call, command -> { });
    }

    /**
     * @param parsed is told of the command, whose fields hold its arguments, before it runs
     */
    Invocation(Call call, Consumer<Command> parsed) {
        this.call = call;
        this.parsed = parsed;
        this.err = call.err();
    }

    /** The parser of a command's arguments, and of those of its subcommands: takes every argument as it stands. */
    public static CommandLine parser(Command command) {
        CommandLine.Model.CommandSpec spec = CommandLine.Model.CommandSpec.forAnnotatedObject(command);
        spec.name(InstalledCommands.SCOPE + " " + spec.name());
        addHelp(spec);
        return new CommandLine(spec)
                .setExpandAtFiles(false)
                .setCaseInsensitiveEnumValuesAllowed(true)
                .setUsageHelpWidth(120);
    }

    private static void addHelp(CommandLine.Model.CommandSpec spec) {
        spec.addOption(CommandLine.Model.OptionSpec.builder("-h", "--help").usageHelp(true).description("show this help").build());
        spec.subcommands().values().forEach(part -> addHelp(part.getCommandSpec()));
    }

    /**
     * Calls a command.
     *
     * @param name name of the command, for messages
     * @param command a command that has not been called before
     * @param arguments its arguments
     * @return exit status
     */
    int run(String name, Command command, List<String> arguments) {
        try {
            CommandLine parser = parser(command);
            CommandLine called = innermost(parser.parseArgs(arguments.toArray(String[]::new)));
            if (called.isUsageHelpRequested()) {
                called.usage(call.out(), CommandLine.Help.Ansi.OFF);
                return 0;
            }
            Command chosen = called.getCommand();
            parsed.accept(chosen);
            return chosen.run(call);
        } catch (CancellationException e) {
            return CANCELLED;
        } catch (CommandLine.ParameterException e) {
            err.println(InstalledCommands.SCOPE + " " + words(e.getCommandLine()) + ": " + e.getMessage());
            CommandLine.UnmatchedArgumentException.printSuggestions(e, new PrintWriter(err, true));
            err.println("'" + InstalledCommands.SCOPE + " help " + words(e.getCommandLine()) + "' shows its arguments");
            return BAD_USAGE;
        } catch (UsageException e) {
            err.println(e.getMessage());
            return e.status();
        } catch (Exception | LinkageError | OutOfMemoryError | StackOverflowError | AssertionError e) {
            err.println("selfsup " + name + ": unexpected failure: " + e + written(e));
            return FAILED;
        } finally {
            call.out().flush();
        }
    }

    private static CommandLine innermost(CommandLine.ParseResult result) {
        return result.hasSubcommand() ? innermost(result.subcommand()) : result.commandSpec().commandLine();
    }

    /** Name of a command, or of a subcommand after that of its command. */
    private static String words(CommandLine parser) {
        return parser.getCommandSpec().qualifiedName().substring(InstalledCommands.SCOPE.length() + 1);
    }

    private static String written(Throwable failure) {
        try {
            Path file = Files.createTempFile("selfsup-failure-", ".txt");
            try (PrintWriter trace = new PrintWriter(Files.newBufferedWriter(file))) {
                failure.printStackTrace(trace);
            }
            return " (details in " + file + ")";
        } catch (IOException e) {
            return " at " + failure.getStackTrace()[0];
        }
    }
}
