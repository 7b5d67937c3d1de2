package dev.selfsup.runtime.command;

import dev.selfsup.api.component.Lease;
import dev.selfsup.api.component.Leases;
import dev.selfsup.api.data.Dataset;
import dev.selfsup.api.model.Algorithm;
import dev.selfsup.api.run.Features;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.checkpoint.Checkpoint;
import dev.selfsup.checkpoint.Checkpoints;
import dev.selfsup.config.Config;
import dev.selfsup.config.Node;
import dev.selfsup.metric.knn.Knn;
import dev.selfsup.runtime.data.BadFiles;
import dev.selfsup.runtime.model.FeatureExtractor;
import dev.selfsup.runtime.model.Model;
import dev.selfsup.runtime.model.ModelState;
import dev.selfsup.shell.Call;
import dev.selfsup.shell.Command;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;

/** {@code knn CONFIG CKPT}: the kNN accuracy of a checkpoint's features. */
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE, property = Command.NAME + "=knn")
@CommandLine.Command(name = "knn", description = {
    "Measures a checkpoint: the accuracy of a k-nearest-neighbour classifier on the backbone's features.",
    "The images that vote and those that are classified are the bank and the queries of the config's KnnHook."})
public final class KnnCommand implements Command {
    @CommandLine.Parameters(index = "0", paramLabel = "CONFIG", description = "YAML file with a KnnHook")
    private Path config;

    @CommandLine.Parameters(index = "1", paramLabel = "CKPT", description = "checkpoint: its .json, or a .safetensors, .npz or .pth file")
    private Path checkpoint;

    @CommandLine.Option(names = "--allow-missing", description = "measure though the checkpoint lacks weights of the backbone, or has others")
    private boolean allowMissing;

    @CommandLine.Option(names = "--k", paramLabel = "K", defaultValue = "20", description = "neighbours that vote; default ${DEFAULT-VALUE}")
    private int k;

    @CommandLine.Option(names = "--temperature", paramLabel = "T", defaultValue = "0.07",
            description = "a vote counts exp(similarity / T); default ${DEFAULT-VALUE}")
    private double temperature;

    @CommandLine.Option(names = "--kernels", paramLabel = "SET", defaultValue = "fast", description = "plain or fast, as in train; default ${DEFAULT-VALUE}")
    private KernelSet kernels;

    @CommandLine.Option(names = "--cfg-options", arity = "1..*", paramLabel = "KEY=VALUE", description = "changes of the config, as in train")
    private List<String> options = List.of();

    private final Leases leases;

    /** Made by the container. */
    @Activate
    public KnnCommand(@Reference Leases leases) {
        this.leases = leases;
    }

    @Override
    public int run(Call call) {
        if (k < 1 || !(temperature > 0)) {
            throw new UsageException("--k must be at least 1 and --temperature above 0, not " + k + " and " + temperature);
        }
        try (Lease components = leases.open()) {
            measure(call, components);
        }
        return 0;
    }

    private void measure(Call call, Lease components) {
        Config resolved = Config.load(config, options);
        String hook = hook(resolved);
        Dataset.Images bank = resolved.bind(hook + ".bank", Dataset.class, components).open();
        Dataset.Images queries = resolved.bind(hook + ".queries", Dataset.class, components).open();
        Model model = new Model(resolved.bind("model", Algorithm.class, components), 0, kernels.kernels());
        BadFiles bad = new BadFiles(Path.of("bad_files.txt"), call.err()::println);
        FeatureExtractor extractor = new FeatureExtractor(model, 0, bad);
        extractor.prepare(bank);
        try (Checkpoint loaded = Checkpoints.load(checkpoint)) {
            ModelState.load(model.weights().state(), loaded, allowMissing, call.out()::println);
        }
        Features votes = extractor.features(bank);
        Features asked = extractor.features(queries);
        double accuracy = new Knn(List.of(k), List.of(temperature)).evaluate(votes, asked).get(0).top1() / 100;
        call.out().println(Knn.protocol(k, temperature, asked.rows().length, votes.rows().length));
        call.out().println(String.format(Locale.ROOT, "knn: %.3f", accuracy));
    }

    private static boolean namesKnnHook(Node type) {
        return type instanceof Node.Scalar name && name.text().substring(name.text().lastIndexOf('.') + 1).equals("KnnHook");
    }

    private String hook(Config resolved) {
        Node hooks = resolved.find("custom_hooks").orElse(null);
        if (hooks instanceof Node.Sequence list) {
            for (int i = 0; i < list.elements().size(); i++) {
                String path = "custom_hooks." + i;
                if (resolved.find(path + ".type").filter(KnnCommand::namesKnnHook).isPresent()) {
                    return path;
                }
            }
        }
        throw new UsageException(config + " has no KnnHook among its custom_hooks, which would name the labelled images to compare: add\n"
                + "custom_hooks: [{type: KnnHook, bank: {...}, queries: {...}}], as configs/quickstart/_base_/photos.yaml does");
    }
}
