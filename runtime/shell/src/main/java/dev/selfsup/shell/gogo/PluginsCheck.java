package dev.selfsup.shell.gogo;

import dev.selfsup.api.run.UsageException;
import dev.selfsup.runtime.plugins.Offer;
import dev.selfsup.runtime.plugins.Plugin;
import dev.selfsup.shell.Call;
import dev.selfsup.shell.Command;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import picocli.CommandLine;

/** {@code plugins check}: what would become of jars. */
@CommandLine.Command(name = "check", description = {
    "Says what would become of jars before they are dropped into the watched folder.",
    "They are examined together, as if they replaced jars of the same name; the status is 2 if one would not work."})
final class PluginsCheck implements Command {
    @CommandLine.ParentCommand
    private PluginsCommand parent;

    @CommandLine.Parameters(arity = "1..*", paramLabel = "JAR", description = "jars")
    private List<Path> files;

    @Override
    public int run(Call call) {
        files.stream().filter(Files::notExists).findFirst().ifPresent(file -> {
            throw new UsageException(file + " does not exist; check the path");
        });
        List<Plugin> found = parent.plugins().check(files);
        found.stream().filter(plugin -> plugin.problem().isEmpty()).forEach(plugin -> call.out().println(plugin.name() + ": usable, adds " + added(plugin)));
        String problems = found.stream().filter(plugin -> plugin.problem().isPresent()).map(plugin -> plugin.name() + ": " + plugin.problem().get())
                .collect(Collectors.joining("\n"));
        if (!problems.isEmpty()) {
            throw new UsageException(problems);
        }
        return 0;
    }

    private static String added(Plugin plugin) {
        return plugin.offers().isEmpty() ? "no types or commands" : plugin.offers().stream().map(Offer::toString).collect(Collectors.joining(", "));
    }
}
