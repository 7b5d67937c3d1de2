package dev.selfsup.shell.gogo;

import dev.selfsup.api.component.Components;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.config.Config;
import dev.selfsup.config.RunConfig;
import dev.selfsup.shell.Call;
import dev.selfsup.shell.Command;
import java.io.PrintStream;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;

/** {@code config print} and {@code config validate}: configs with their bases and options applied, or what is wrong with them. */
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE, property = Command.NAME + "=config")
@CommandLine.Command(name = "config", description = "Shows what a config means, or checks it without running anything.")
public final class ConfigCommand implements Command {
    private static final String PRINT = "print";
    private static final String VALIDATE = "validate";

    @CommandLine.Parameters(index = "0", paramLabel = "ACTION",
            description = "print: the values after inheritance and options; validate: whether a run can be made of them")
    private String action;

    @CommandLine.Parameters(index = "1..*", arity = "1..*", paramLabel = "CONFIG", description = "YAML file; several for validate")
    private List<Path> files;

    @CommandLine.Option(names = "--cfg-options", arity = "1..*", paramLabel = "KEY=VALUE",
            description = "values that override the file, as model.backbone.depth=18; VALUE is YAML")
    private List<String> options = List.of();

    @CommandLine.Option(names = "--json", description = "print JSON instead of YAML")
    private boolean json;

    private final Components components;

    /** Made by the container. */
    @Activate
    public ConfigCommand(@Reference Components components) {
        this.components = components;
    }

    @Override
    public int run(Call call) {
        PrintStream out = call.out();
        if (!List.of(PRINT, VALIDATE).contains(action)) {
            throw new UsageException("config can print or validate, not '" + action + "'; 'selfsup help config' shows its arguments");
        }
        if (action.equals(VALIDATE)) {
            validate(out);
        } else if (files.size() > 1) {
            throw new UsageException("config print shows one file, not " + files.size());
        } else {
            Config config = Config.load(files.get(0), options);
            out.print(json ? config.toJson() + System.lineSeparator() : config.toYaml());
        }
        return 0;
    }

    private void validate(PrintStream out) {
        List<String> mistakes = new ArrayList<>();
        for (Path file : files) {
            try {
                RunConfig.of(Config.load(file, options), components);
                out.println(file + " is valid");
            } catch (UsageException e) {
                mistakes.add(e.getMessage());
            }
        }
        if (!mistakes.isEmpty()) {
            throw new UsageException(String.join("\n", mistakes));
        }
    }
}
