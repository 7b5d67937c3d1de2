package dev.selfsup.runtime.analysis;

import dev.selfsup.api.component.Lease;
import dev.selfsup.api.component.Leases;
import dev.selfsup.api.data.Dataset;
import dev.selfsup.api.run.Features;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.config.Config;
import dev.selfsup.layers.Pooling;
import dev.selfsup.metric.knn.Ballot;
import dev.selfsup.metric.knn.Knn;
import dev.selfsup.runtime.model.LayerFeatures;
import dev.selfsup.runtime.model.Model;
import dev.selfsup.shell.Call;
import dev.selfsup.shell.Command;
import dev.selfsup.visualization.ProgressLine;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;

/** {@code knn CONFIG CKPT}: the kNN accuracy of a checkpoint's features. */
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE, property = Command.NAME + "=knn")
@CommandLine.Command(name = "knn", description = {
    "Measures a checkpoint: the accuracy of a k-nearest-neighbour classifier on the backbone's features.",
    "The images that vote and those that are classified are the bank and the queries of the config's KnnHook, or train_dataloader and val_dataloader of --dataset-config.",
    "Those that vote may be millions: memory is taken for the features of those that are classified, and their neighbours."})
public final class KnnCommand implements Command {
    @CommandLine.Mixin
    private final NetworkOptions network = new NetworkOptions();

    @CommandLine.Mixin
    private final LayerOptions layers = new LayerOptions();

    @CommandLine.Option(names = "--k", split = ",", paramLabel = "K", defaultValue = "20", description = "neighbours that vote, as 10,20,100,200; default ${DEFAULT-VALUE}")
    private List<Integer> k;

    @CommandLine.Option(names = "--temperature", split = ",", paramLabel = "T", defaultValue = "0.07",
            description = "a vote counts exp(similarity / T); several as 0.02,0.07; default ${DEFAULT-VALUE}")
    private List<Double> temperature;

    private final Leases leases;

    /** Made by the container. */
    @Activate
    public KnnCommand(@Reference Leases leases) {
        this.leases = leases;
    }

    @Override
    public int run(Call call) {
        if (k.stream().anyMatch(value -> value < 1) || temperature.stream().anyMatch(value -> !(value > 0))) {
            throw new UsageException("--k must be at least 1 and --temperature above 0, not " + text(k) + " and " + text(temperature));
        }
        try (Lease components = leases.open()) {
            measure(call, components);
        }
        return 0;
    }

    private static String text(List<?> values) {
        return String.join(",", values.stream().map(Object::toString).toList());
    }

    private void measure(Call call, Lease components) {
        Config named = layers.datasets().orElse(null);
        Pooling pooling = named == null ? Pooling.MEAN : layers.pooling(named, components);
        Config resolved = network.config(layers.changes(pooling));
        Config data = named == null ? resolved : named;
        String hook = named == null ? DatasetKey.hook(network.file(), resolved) : "";
        Dataset.Images bank = data.bind(named == null ? hook + ".bank" : "train_dataloader.dataset", Dataset.class, components).open();
        Dataset.Images queries = data.bind(named == null ? hook + ".queries" : "val_dataloader.dataset", Dataset.class, components).open();
        Knn knn = new Knn(k, temperature);
        knn.check(bank.size());
        Model model = network.model(resolved, components);
        LayerFeatures features = layers.features(model, pooling, NetworkOptions.bad(call));
        features.prepare(bank);
        network.load(model, call);
        vote(call, knn, features, bank, queries);
    }

    private static void vote(Call call, Knn knn, LayerFeatures network, Dataset.Images bank, Dataset.Images queries) {
        Map<String, Ballot> ballots = new LinkedHashMap<>();
        try (ProgressLine line = new ProgressLine(call.out(), call.columns(), System::nanoTime)) {
            Gathered asked = new Gathered();
            network.read(queries, done -> line.show("queries", done, queries.size()), asked::add);
            asked.names().forEach(layer -> ballots.put(layer, knn.ballot(asked.features(layer))));
            Gathered votes = new Gathered();
            network.read(bank, done -> line.show("bank", done, bank.size()), rows -> {
                votes.add(rows);
                if (votes.full()) {
                    count(ballots, votes);
                }
            });
            count(ballots, votes);
        }
        ballots.forEach((layer, ballot) -> print(call, ballots.size() > 1 ? layer + ": " : "", ballot));
    }

    private static void count(Map<String, Ballot> ballots, Gathered votes) {
        votes.names().forEach(layer -> ballots.get(layer).add(votes.features(layer)));
        votes.clear();
    }

    private static void print(Call call, String layer, Ballot ballot) {
        List<Knn.Accuracy> accuracies = ballot.accuracies();
        Knn.Accuracy best = accuracies.stream().max(Comparator.comparingDouble(Knn.Accuracy::top1).thenComparing(Knn.Accuracy::k, Comparator.reverseOrder())).orElseThrow();
        int queries = ballot.queries();
        int bank = Math.toIntExact(ballot.bank());
        if (accuracies.size() == 1) {
            call.out().println(layer + Knn.protocol(best.k(), best.temperature(), queries, bank));
            call.out().println(layer + String.format(Locale.ROOT, "knn: %.3f", best.top1() / 100));
            return;
        }
        call.out().println(layer + "kNN, cosine, L2-normalised features, " + queries + " queries, " + bank + " bank images");
        call.out().println("     k        T    top-1    top-5");
        accuracies.forEach(a -> call.out().println(String.format(Locale.ROOT, "%6d %8s %8.3f %8.3f", a.k(), a.temperature(), a.top1(), a.top5())));
        call.out().println(layer + String.format(Locale.ROOT, "knn: best %.3f at k=%d, T=%s", best.top1() / 100, best.k(), best.temperature()));
    }
}
