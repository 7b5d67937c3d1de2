package dev.selfsup.runtime.analysis;

import dev.selfsup.api.component.Lease;
import dev.selfsup.api.component.Leases;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.config.Config;
import dev.selfsup.config.ModelConfig;
import dev.selfsup.shell.Call;
import dev.selfsup.shell.Command;
import dev.selfsup.weights.NewFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;

/** {@code count-params CONFIG...}: how large models are, by their children. */
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE, property = Command.NAME + "=count-params")
@CommandLine.Command(name = "count-params", description = {
    "Counts the parameters of models, those of them that are trained, and buffers, by the model's children, and what a forward pass of one image costs.",
    "Neither data nor memory for the weights is needed: the sizes of images are those that the pipeline gives.",
    "A multiply-add is what other tools call a MAC or a FLOP; that of the loss counts all views and networks of the method, that of the features an image."})
public final class CountParamsCommand implements Command {
    private static final String HEADER = "config,child,params,trainable,buffers,multiply_adds\n";

    @CommandLine.Parameters(arity = "1..*", paramLabel = "CONFIG", description = "YAML files")
    private List<Path> configs;

    @CommandLine.Option(names = "--csv", paramLabel = "FILE", description = "write the table into a file, too")
    private Path csv;

    @CommandLine.Option(names = "--force", description = "replace the file if it is there")
    private boolean force;

    @CommandLine.Option(names = "--cfg-options", arity = "1..*", paramLabel = "KEY=VALUE", description = "changes of the configs, as in train")
    private List<String> options = List.of();

    private final Leases leases;

    /** Made by the container. */
    @Activate
    public CountParamsCommand(@Reference Leases leases) {
        this.leases = leases;
    }

    @Override
    public int run(Call call) {
        if (csv != null) {
            NewFile.check(csv, force);
        }
        StringBuilder table = new StringBuilder(HEADER);
        int failed = 0;
        try (Lease components = leases.open()) {
            for (Path config : configs) {
                failed += counted(call, components, config, table) ? 0 : 1;
            }
        }
        if (csv != null && failed < configs.size()) {
            NewFile.write(csv, force, file -> file.write(table.toString().getBytes(StandardCharsets.UTF_8)));
            call.out().println("wrote " + csv);
        }
        return failed == 0 ? 0 : 2;
    }

    /** Counts one; of several, one that cannot be counted does not end the others. */
    private boolean counted(Call call, Lease components, Path config, StringBuilder table) {
        try {
            Config resolved = Config.load(config, options);
            ParameterCount count = ParameterCount.of(ModelConfig.of(resolved, components).model(), new StandIn(resolved, components).sample(), call.err()::println);
            print(call, config, count);
            count.children().forEach((name, child) -> row(table, config, name, child));
            row(table, config, "total", count.total());
            return true;
        } catch (UsageException e) {
            if (configs.size() == 1) {
                throw e;
            }
            call.err().println(e.getMessage().startsWith(config.toString()) ? e.getMessage() : config + ": " + e.getMessage());
            return false;
        }
    }

    private static void row(StringBuilder table, Path config, String name, ParameterCount.Child child) {
        table.append(String.format(Locale.ROOT, "%s,%s,%d,%d,%d,%d%n", Csv.text(config.toString()), Csv.text(name), child.parameters(), child.trainable(), child.buffers(),
                child.multiplyAdds()));
    }

    private static void print(Call call, Path config, ParameterCount count) {
        call.out().println(config);
        call.out().println("child                    parameters      trainable        buffers   multiply-adds of an image");
        count.children().forEach((name, child) -> print(call, name, child));
        print(call, "total", count.total());
        int[] image = count.image();
        int first = image.length - 3;
        call.out().println(String.format(Locale.ROOT, "features of an image of %dx%dx%d: %.3f G multiply-adds", image[first], image[first + 1], image[first + 2],
                count.features() / 1e9));
    }

    private static void print(Call call, String name, ParameterCount.Child child) {
        call.out().println(String.format(Locale.ROOT, "%-20s %,14d %,14d %,14d %12.3f G", name, child.parameters(), child.trainable(), child.buffers(), child.multiplyAdds() / 1e9));
    }
}
