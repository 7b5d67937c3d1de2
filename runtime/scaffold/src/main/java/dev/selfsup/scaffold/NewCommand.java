package dev.selfsup.scaffold;

import dev.selfsup.api.component.Components;
import dev.selfsup.api.component.Components.Id;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.shell.Call;
import dev.selfsup.shell.Command;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;

/** {@code new KIND NAME}: writes a Maven project that is built into a plug-in with one small component that works. */
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE, property = Command.NAME + "=new")
@CommandLine.Command(name = "new", description = {
    "Writes the Maven project of a plug-in: a component that works, its test, a config that trains with it.",
    "It is built with the bundles of this SelfSup, and changed to what you need."})
public final class NewCommand implements Command {
    @CommandLine.Parameters(index = "0", paramLabel = "KIND", completionCandidates = PluginKind.Names.class,
            description = "what the plug-in is: ${COMPLETION-CANDIDATES}")
    private String kindName;

    @CommandLine.Parameters(index = "1", paramLabel = "NAME", description = "name of its class and of its 'type:' in configs, upper camel case, as MyMethod")
    private String type;

    @CommandLine.Option(names = "--dir", paramLabel = "DIR", description = "folder of the project; default the name in small letters, as my-method")
    private Path dir;

    @CommandLine.Option(names = "--package", paramLabel = "PACKAGE", description = "Java package; default SCOPE.KIND.NAME in small letters")
    private String folder;

    @CommandLine.Option(names = "--scope", paramLabel = "SCOPE", defaultValue = "custom",
            description = "scope of the type, which keeps it apart from others of that name: SCOPE.NAME. Default ${DEFAULT-VALUE}")
    private String scope;

    @CommandLine.Option(names = "--force", description = "write into a folder that is not empty, replacing files of the same names")
    private boolean force;

    private final Components components;

    /** Made by the container. */
    @Activate
    public NewCommand(@Reference Components components) {
        this.components = components;
    }

    @Override
    public int run(Call call) {
        PluginKind kind = PluginKind.named(kindName);
        PluginName name = PluginName.of(kind, type, scope, folder);
        Id id = new Id(kind.toString(), scope, type);
        if (components.ids().contains(id)) {
            throw new UsageException(scope + "." + type + " is installed already as a component of kind " + kind + "; choose another NAME or --scope"
                    + ", or take its jar out of deploy first");
        }
        Path here = Path.of("").toAbsolutePath();
        Path target = real(here.resolve(dir == null ? Path.of(name.artifact()) : dir).normalize());
        Installation installation = Installation.ofSystemProperties();
        Map<String, String> files = new Project(kind, name, target, installation).files();
        new ProjectFolder(target, force).write(files);

        Commands commands = new Commands(here, installation, target, name);
        call.out().println("wrote the " + kind + " " + scope + "." + type + " to " + target + ", " + files.size() + " files. Build and test it, plug it in, train with it:");
        commands.all().forEach(line -> call.out().println("  " + line));
        return 0;
    }

    /** A path without symbolic links, as the paths of the installation are; its last parts need not exist. */
    private static Path real(Path path) {
        try {
            return Files.exists(path) || path.getParent() == null ? path.toRealPath() : real(path.getParent()).resolve(path.getFileName());
        } catch (IOException e) {
            return path;
        }
    }
}
