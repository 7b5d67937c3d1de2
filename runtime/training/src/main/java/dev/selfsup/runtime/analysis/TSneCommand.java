package dev.selfsup.runtime.analysis;

import dev.selfsup.api.component.Lease;
import dev.selfsup.api.component.Leases;
import dev.selfsup.api.data.Dataset;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.config.Config;
import dev.selfsup.layers.Pooling;
import dev.selfsup.runtime.model.LayerFeatures;
import dev.selfsup.runtime.model.Model;
import dev.selfsup.shell.Call;
import dev.selfsup.shell.Command;
import dev.selfsup.visualization.ProgressLine;
import dev.selfsup.visualization.ScatterPlot;
import dev.selfsup.weights.NewFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;

/** {@code tsne CONFIG CKPT --out DIR}: features of images as points in the plane. */
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE, property = Command.NAME + "=tsne")
@CommandLine.Command(name = "tsne", description = {
    "Shows the features of images as points in the plane that have the same neighbours (t-SNE), coloured by class: tsne_LAYER.png, and the points in tsne_LAYER.csv.",
    "It is computed exactly, so that time and memory grow with the square of the number of images."})
public final class TSneCommand implements Command {
    private static final int FEWEST = 4;

    @CommandLine.Mixin
    private final NetworkOptions network = new NetworkOptions();

    @CommandLine.Mixin
    private final LayerOptions layers = new LayerOptions();

    @CommandLine.Option(names = "--out", paramLabel = "DIR", required = true, description = "folder for the files")
    private Path out;

    @CommandLine.Option(names = "--dataset", paramLabel = "KEY", description = "key of the images in the config, as train_dataloader.dataset; default that of extract_dataloader,"
            + " test_dataloader or val_dataloader, or the queries of a KnnHook")
    private String dataset;

    @CommandLine.Option(names = "--max-num-class", paramLabel = "N", defaultValue = "20", description = "only images of the first N classes; default ${DEFAULT-VALUE}")
    private int classes;

    @CommandLine.Option(names = "--max-images", paramLabel = "N", defaultValue = "5000", description = "only the first N of these; default ${DEFAULT-VALUE}")
    private int most;

    @CommandLine.Option(names = "--perplexity", paramLabel = "P", defaultValue = "30", description = "neighbours that count; default ${DEFAULT-VALUE}")
    private double perplexity;

    @CommandLine.Option(names = "--early-exaggeration", paramLabel = "F", defaultValue = "12", description = "how tight clusters are at first; default ${DEFAULT-VALUE}")
    private double exaggeration;

    @CommandLine.Option(names = "--learning-rate", paramLabel = "R", defaultValue = "200", description = "default ${DEFAULT-VALUE}")
    private double rate;

    @CommandLine.Option(names = "--n-iter", paramLabel = "N", defaultValue = "1000", description = "iterations, at least 250; default ${DEFAULT-VALUE}")
    private int iterations;

    @CommandLine.Option(names = "--n-iter-without-progress", paramLabel = "N", defaultValue = "300", description = "iterations without progress after which it ends; default"
            + " ${DEFAULT-VALUE}")
    private int patience;

    @CommandLine.Option(names = "--seed", paramLabel = "N", defaultValue = "0", description = "seed of the first places; default ${DEFAULT-VALUE}")
    private long seed;

    @CommandLine.Option(names = "--force", description = "replace files that are there")
    private boolean force;

    private final Leases leases;

    /** Made by the container. */
    @Activate
    public TSneCommand(@Reference Leases leases) {
        this.leases = leases;
    }

    /** What is shown of an image. */
    private record Shown(String path, int label) {}

    @Override
    public int run(Call call) {
        if (iterations < 250 || !(perplexity > 0) || !(rate > 0) || !(exaggeration > 0) || classes < 1 || most < FEWEST) {
            throw new UsageException("--n-iter must be at least 250, --perplexity, --learning-rate, --early-exaggeration and --max-num-class above 0, and --max-images at least "
                    + FEWEST);
        }
        if (Files.exists(out) && !Files.isDirectory(out)) {
            throw new UsageException("--out: " + out + " is a file; name a folder");
        }
        try (Lease components = leases.open()) {
            show(call, components);
        }
        return 0;
    }

    private void show(Call call, Lease components) {
        Config named = layers.datasets().orElse(null);
        Config file = named == null ? network.config(List.of()) : named;
        Pooling pooling = layers.pooling(file, components);
        Config resolved = network.config(layers.changes(pooling));
        Dataset.Images images = new FirstClasses(file.bind(DatasetKey.of(layers.file(network.file()), file, dataset), Dataset.class, components).open(), classes, most);
        if (images.size() < FEWEST || perplexity >= images.size()) {
            throw new UsageException("--perplexity must be below the number of images, " + images.size() + ", of which there must be " + FEWEST + ": lower it, or show more images");
        }
        Model model = network.model(resolved, components);
        LayerFeatures features = layers.features(model, pooling, NetworkOptions.bad(call));
        List.of("png", "csv").forEach(ending -> features.names().forEach(layer -> NewFile.check(file(layer, ending), force)));
        features.prepare(images);
        network.load(model, call);
        Map<String, List<float[]>> rows = new LinkedHashMap<>();
        List<Shown> shown = new ArrayList<>();
        try (ProgressLine line = new ProgressLine(call.out(), call.columns(), System::nanoTime)) {
            features.read(images, done -> line.show("features", done, images.size()), more -> {
                more.features().forEach((layer, values) -> rows.computeIfAbsent(layer, name -> new ArrayList<>()).addAll(List.of(values)));
                for (int i = 0; i < more.labels().length; i++) {
                    shown.add(new Shown(more.paths().get(i).toString(), more.labels()[i]));
                }
            });
            rows.forEach((layer, values) -> {
                TSne.Map map = new TSne(perplexity, exaggeration, rate, iterations, patience, seed)
                        .place(values.toArray(float[][]::new), done -> line.show("t-SNE of " + layer, done, iterations));
                line.print(write(layer, map, shown, images.classes()));
            });
        }
    }

    private Path file(String layer, String ending) {
        return out.resolve("tsne_" + layer.replaceAll("[^A-Za-z0-9._-]", "_") + "." + ending);
    }

    private String write(String layer, TSne.Map map, List<Shown> shown, List<String> names) {
        StringBuilder table = new StringBuilder("path,label,class,x,y\n");
        for (int i = 0; i < shown.size(); i++) {
            int label = shown.get(i).label;
            String name = label >= 0 && label < names.size() ? names.get(label) : "";
            table.append(String.format(Locale.ROOT, "%s,%d,%s,%.6g,%.6g%n", Csv.text(shown.get(i).path), label, Csv.text(name), map.x()[i], map.y()[i]));
        }
        NewFile.write(file(layer, "csv"), force, csv -> csv.write(table.toString().getBytes(StandardCharsets.UTF_8)));
        Path png = file(layer, "png");
        ScatterPlot plot = new ScatterPlot("t-SNE of " + layer + ", " + shown.size() + " images", names.subList(0, Math.min(classes, names.size())))
                .points(map.x(), map.y(), shown.stream().mapToInt(Shown::label).toArray());
        NewFile.tried(png, force, plot::write);
        return String.format(Locale.ROOT, "wrote %s and .csv: %d images, KL divergence %.3f", png, shown.size(), map.divergence());
    }
}
