package dev.selfsup.runtime.command;

import dev.selfsup.api.component.Lease;
import dev.selfsup.api.component.Leases;
import dev.selfsup.checkpoint.Checkpoint;
import dev.selfsup.config.Config;
import dev.selfsup.config.TestConfig;
import dev.selfsup.runtime.data.BadFiles;
import dev.selfsup.runtime.model.AveragedWeights;
import dev.selfsup.runtime.model.Evaluation;
import dev.selfsup.runtime.model.Model;
import dev.selfsup.runtime.model.ModelState;
import dev.selfsup.shell.Call;
import dev.selfsup.shell.Command;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;

/** {@code test CONFIG CKPT}: how well a checkpoint classifies the images of the config's test set. */
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE, property = Command.NAME + "=test")
@CommandLine.Command(name = "test", description = {
    "Judges a checkpoint of a classifier by the images of test_dataloader and the metrics of test_evaluator.",
    "Where the run kept averaged weights (EMAHook), these are judged, as in its validation. The last line holds all figures."})
public final class TestCommand implements Command {
    @CommandLine.Parameters(index = "0", paramLabel = "CONFIG", description = "YAML file with test_dataloader and test_evaluator")
    private Path config;

    @CommandLine.Parameters(index = "1", paramLabel = "CKPT", description = "checkpoint: its .json, or a .safetensors, .npz or .pth file")
    private Path checkpoint;

    @CommandLine.Option(names = "--allow-missing", description = "judge though the checkpoint lacks weights of the model, or has others")
    private boolean allowMissing;

    @CommandLine.Option(names = "--kernels", paramLabel = "SET", defaultValue = "fast", description = "plain or fast, as in train; default ${DEFAULT-VALUE}")
    private KernelSet kernels;

    @CommandLine.Option(names = "--cfg-options", arity = "1..*", paramLabel = "KEY=VALUE", description = "changes of the config, as in train")
    private List<String> options = List.of();

    private final Leases leases;

    /** Made by the container. */
    @Activate
    public TestCommand(@Reference Leases leases) {
        this.leases = leases;
    }

    @Override
    public int run(Call call) {
        try (Lease components = leases.open()) {
            judge(call, components);
        }
        return 0;
    }

    private void judge(Call call, Lease components) {
        TestConfig test = TestConfig.of(Config.load(config, options), components);
        Model model = new Model(test.model(), 0, kernels.kernels());
        BadFiles bad = new BadFiles(call.err()::println);
        Evaluation evaluation = new Evaluation(model, test.testDataloader(), test.testEvaluator(), 0, bad);
        evaluation.prepare();
        try (Checkpoint loaded = AveragedWeights.load(checkpoint, call.out()::println)) {
            ModelState.load(model.weights(), Set.of(), loaded, allowMissing, call.out()::println);
        }
        Map<String, Double> figures = evaluation.run(done -> { });
        call.out().println(evaluation.judged() + " images of test_dataloader");
        call.out().println(Evaluation.line(figures));
    }
}
