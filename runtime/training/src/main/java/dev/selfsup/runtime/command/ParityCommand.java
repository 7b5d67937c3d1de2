package dev.selfsup.runtime.command;

import dev.selfsup.api.component.Lease;
import dev.selfsup.api.component.Leases;
import dev.selfsup.runtime.parity.Parity;
import dev.selfsup.shell.Call;
import dev.selfsup.shell.Command;
import java.nio.file.Path;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;

/** {@code parity DIR...}: whether this machine computes what the reference computed. */
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE, property = Command.NAME + "=parity")
@CommandLine.Command(name = "parity", description = {
    "Replays the recorded numbers of the reference below the given folders: losses, intermediate values, gradients, states, pixels.",
    "Prints a line a case; the status is 1 if one failed. Try it on a new machine: ./selfsup parity integration-tests/fixtures"})
public final class ParityCommand implements Command {
    @CommandLine.Parameters(arity = "1..*", paramLabel = "DIR", description = "folders of recorded cases")
    private List<Path> folders = List.of();

    @CommandLine.Option(names = "--kernels", paramLabel = "SET", defaultValue = "fast", description = "plain or fast, as in train; default ${DEFAULT-VALUE}")
    private KernelSet kernels;

    private final Leases leases;

    /** Made by the container. */
    @Activate
    public ParityCommand(@Reference Leases leases) {
        this.leases = leases;
    }

    @Override
    public int run(Call call) {
        try (Lease components = leases.open()) {
            return new Parity(components, kernels.kernels(), kernels.updates()).run(folders, call.out()) ? 0 : 1;
        }
    }
}
