package dev.selfsup.shell.interactive;

import dev.selfsup.runtime.components.ComponentDescription;
import dev.selfsup.runtime.components.ComponentDescriptions;
import dev.selfsup.shell.gogo.HelpCommand;
import dev.selfsup.shell.gogo.InstalledCommands;
import dev.selfsup.shell.gogo.Invocation;
import dev.selfsup.shell.jobs.Jobs;
import java.nio.file.Path;
import java.util.List;
import org.jline.builtins.Completers;
import org.jline.reader.Candidate;
import org.jline.reader.Completer;
import org.jline.reader.LineReader;
import org.jline.reader.ParsedLine;
import org.osgi.framework.BundleContext;
import picocli.CommandLine.Model.ArgSpec;
import picocli.CommandLine.Model.CommandSpec;

/**
 * Proposes what comes next: names of commands, their options, and values of arguments by the label that the command itself gives them ({@code paramLabel}):
 *
 * <pre>
 * CONFIG     YAML files            TYPE       types of installed components     JOB      numbers of jobs
 * CKPT       checkpoints           KIND       kinds of installed components     COMMAND  names of commands
 * FILE, JAR  files                 KEY        keys of the config on the line    DIR      folders
 * KEY=VALUE  the same with values  A|B        both
 * </pre>
 *
 * <p>An argument of another label is completed by its {@code completionCandidates}, which an enum has by itself.
 */
final class ShellCompleter implements Completer {
    private static final int LONGEST = 70;

    private final BundleContext bundles;
    private final InstalledCommands commands;
    private final Jobs jobs;

    ShellCompleter(BundleContext bundles, InstalledCommands commands, Jobs jobs) {
        this.bundles = bundles;
        this.commands = commands;
        this.jobs = jobs;
    }

    @Override
    public void complete(LineReader reader, ParsedLine line, List<Candidate> proposed) {
        if (line.wordIndex() == 0) {
            commands(proposed);
            proposed.add(candidate("exit", "Leaves the shell."));
            return;
        }
        String name = line.words().get(0);
        if (commands.names().contains(name)) {
            CommandSpec spec = commands.with(name, command -> command == null ? null : Invocation.parser(command).getCommandSpec());
            if (spec != null) {
                arguments(spec, line.words().subList(1, line.wordIndex()), reader, line, proposed);
            }
        }
    }

    private void arguments(CommandSpec spec, List<String> typed, LineReader reader, ParsedLine line, List<Candidate> proposed) {
        if (!typed.isEmpty() && spec.subcommands().containsKey(typed.get(0))) {
            arguments(spec.subcommands().get(typed.get(0)).getCommandSpec(), typed.subList(1, typed.size()), reader, line, proposed);
            return;
        }
        Arguments arguments = Arguments.after(spec, typed);
        boolean option = line.word().startsWith("-") && !arguments.needed();
        if (typed.isEmpty() && !option) {
            spec.subcommands().forEach((action, of) -> proposed.add(candidate(action, String.join(" ", of.getCommandSpec().usageMessage().description()))));
        }
        if (option || arguments.expected().isEmpty() && spec.subcommands().isEmpty()) {
            options(spec, arguments, proposed);
        } else {
            arguments.expected().ifPresent(expected -> values(expected, arguments, reader, line, proposed));
        }
    }

    private static void options(CommandSpec spec, Arguments arguments, List<Candidate> proposed) {
        spec.options().stream().filter(option -> !arguments.used().contains(option) && !option.hidden())
                .forEach(option -> proposed.add(candidate(option.longestName(), String.join(" ", option.description())
                        .replace("${DEFAULT-VALUE}", String.valueOf(option.defaultValue())))));
    }

    private void values(ArgSpec expected, Arguments arguments, LineReader reader, ParsedLine line, List<Candidate> proposed) {
        for (String label : expected.paramLabel().split("\\|")) {
            switch (label) {
                case "CONFIG" -> files("*.ya?ml").complete(reader, line, proposed);
                case "CKPT" -> files("*.json").complete(reader, line, proposed);
                case "JAR" -> files("*.jar").complete(reader, line, proposed);
                case "FILE" -> files(null).complete(reader, line, proposed);
                case "DIR" -> new Completers.DirectoriesCompleter(here()).complete(reader, line, proposed);
                case "TYPE" -> types(proposed);
                case "KIND" -> descriptions().stream().map(ComponentDescription::kind).distinct().forEach(kind -> proposed.add(candidate(kind, null)));
                case "KEY", "KEY=VALUE" -> new ConfigKeys(descriptions(), label.equals("KEY=VALUE"))
                        .propose(arguments.config(), line.word().substring(0, line.wordCursor())).forEach(proposed::add);
                case "JOB" -> jobs.all().forEach((id, job) -> proposed.add(candidate(id.toString(), job.described())));
                case "COMMAND" -> commands(proposed);
                default -> candidates(expected, proposed);
            }
        }
    }

    private static void candidates(ArgSpec expected, List<Candidate> proposed) {
        if (expected.completionCandidates() != null) {
            expected.completionCandidates().forEach(value -> proposed.add(candidate(value, null)));
        }
    }

    private void commands(List<Candidate> proposed) {
        commands.names().forEach(name -> proposed.add(candidate(name, commands.with(name, HelpCommand::summary))));
    }

    private void types(List<Candidate> proposed) {
        descriptions().forEach(component -> proposed.add(candidate(component.type(), component.kind() + ": " + component.summary())));
    }

    private List<ComponentDescription> descriptions() {
        return ComponentDescriptions.of(bundles);
    }

    private static Completers.FilesCompleter files(String pattern) {
        return new Completers.FilesCompleter(here(), pattern);
    }

    private static Path here() {
        return Path.of("").toAbsolutePath();
    }

    private static Candidate candidate(String value, String description) {
        return new Candidate(value, value, null, shortened(description), null, null, true);
    }

    /** So that one long description does not make a list unreadable. */
    static String shortened(String description) {
        return description == null || description.length() <= LONGEST ? description : description.substring(0, LONGEST - 3) + "...";
    }
}
