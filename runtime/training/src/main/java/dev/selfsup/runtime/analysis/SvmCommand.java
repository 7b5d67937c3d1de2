package dev.selfsup.runtime.analysis;

import dev.selfsup.api.component.Lease;
import dev.selfsup.api.component.Leases;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.config.Config;
import dev.selfsup.layers.Pooling;
import dev.selfsup.metric.svm.LabelledFeatures;
import dev.selfsup.metric.svm.LinearProbe;
import dev.selfsup.metric.svm.LinearSvm;
import dev.selfsup.runtime.model.LayerFeatures;
import dev.selfsup.runtime.model.Model;
import dev.selfsup.shell.Call;
import dev.selfsup.shell.Command;
import dev.selfsup.visualization.ProgressLine;
import dev.selfsup.weights.NewFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;

/** {@code svm CONFIG CKPT}: the mAP of linear SVMs on a checkpoint's features, and a linear probe. */
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE, property = Command.NAME + "=svm")
@CommandLine.Command(name = "svm", description = {
    "Measures a checkpoint by the protocol of PASCAL VOC 2007: a linear SVM for each class on the features of chosen layers, the mAP and the AP of every class on the test images.",
    "The cost is chosen for each class by 3-fold cross-validation. With --low-shot, from a few training images of each class, drawn several times.",
    "Where every image has one class, the accuracy of a linear probe as well: SVMs of one cost for all classes, an image belongs to the class that gives it most.",
    "The images are those of VOC that --dataset-config names, or its train_dataloader.dataset and test_dataloader.dataset, with one class an image or several; without it the bank and",
    "the queries of CONFIG's KnnHook."})
public final class SvmCommand implements Command {
    @CommandLine.Mixin
    private final NetworkOptions network = new NetworkOptions();

    @CommandLine.Mixin
    private final LayerOptions layers = new LayerOptions();

    @CommandLine.Option(names = "--costs", split = ",", paramLabel = "C", defaultValue = "1.0,10.0,100.0",
            description = "costs to choose from, beside 2^-4 to 2^-19; default ${DEFAULT-VALUE}")
    private List<Double> costs;

    @CommandLine.Option(names = "--low-shot", split = ",", paramLabel = "K", description = "numbers of training images with a class, as 1,2,4,8,16,32,64,96")
    private List<Integer> shots = List.of();

    @CommandLine.Option(names = "--samples", paramLabel = "N", defaultValue = "5", description = "how often these are drawn; default ${DEFAULT-VALUE}")
    private int samples;

    @CommandLine.Option(names = "--seed", paramLabel = "N", defaultValue = "0", description = "seed of the drawing; default ${DEFAULT-VALUE}")
    private long seed;

    @CommandLine.Option(names = "--out", paramLabel = "DIR", description = "folder for the tables svm_LAYER.csv and svm_low_shot_LAYER.csv")
    private Path out;

    @CommandLine.Option(names = "--force", description = "replace files that are there")
    private boolean force;

    private final Leases leases;

    /** Made by the container. */
    @Activate
    public SvmCommand(@Reference Leases leases) {
        this.leases = leases;
    }

    @Override
    public int run(Call call) {
        if (costs.stream().anyMatch(cost -> !(cost > 0)) || shots.stream().anyMatch(k -> k < 1) || samples < 1) {
            throw new UsageException("--costs, --low-shot and --samples must be above 0");
        }
        if (out != null && Files.exists(out) && !Files.isDirectory(out)) {
            throw new UsageException("--out: " + out + " is a file; name a folder");
        }
        try (Lease components = leases.open()) {
            measure(call, components);
        }
        return 0;
    }

    private void measure(Call call, Lease components) {
        Optional<Config> named = layers.datasets();
        Pooling pooling = named.map(file -> layers.pooling(file, components)).orElse(Pooling.MEAN);
        Config resolved = network.config(layers.changes(pooling));
        String hook = named.isPresent() ? "" : DatasetKey.hook(network.file(), resolved);
        SvmImages train = named.map(file -> SvmImages.of(file, "train", "trainval", components)).orElseGet(() -> SvmImages.of(resolved, hook + ".bank", components));
        SvmImages test = named.map(file -> SvmImages.of(file, "test", "test", components)).orElseGet(() -> SvmImages.of(resolved, hook + ".queries", components));
        Model model = network.model(resolved, components);
        LayerFeatures features = layers.features(model, pooling, NetworkOptions.bad(call));
        features.names().forEach(this::check);
        features.prepare(train.images());
        network.load(model, call);
        try (ProgressLine line = new ProgressLine(call.out(), call.columns(), System::nanoTime)) {
            SvmImages.Gathering learned = gathered(features, train, line, "training images");
            SvmImages.Gathering tested = gathered(features, test, line, "test images");
            List<String> names = SvmImages.names(train.images().classes(), learned, tested);
            for (String layer : learned.layers()) {
                LabelledFeatures learn = learned.layer(layer, names.size());
                LabelledFeatures ask = tested.layer(layer, names.size());
                full(layer, names, learn, ask, line);
                if (!shots.isEmpty()) {
                    lowShot(layer, learn, ask, line);
                }
            }
        }
    }

    private static SvmImages.Gathering gathered(LayerFeatures features, SvmImages images, ProgressLine line, String work) {
        SvmImages.Gathering gathering = new SvmImages.Gathering();
        features.read(images.images(), done -> line.show(work, done, images.images().size()), gathering::add);
        return gathering;
    }

    private void full(String layer, List<String> names, LabelledFeatures train, LabelledFeatures test, ProgressLine line) {
        List<LinearSvm.ByClass> results = new LinearSvm(LinearSvm.protocol(costs)).full(train, test, done -> show(line, "SVMs of " + layer, done, train.classes()));
        StringBuilder table = new StringBuilder("class,cost,cross_validated_ap,ap\n");
        for (int i = 0; i < results.size(); i++) {
            LinearSvm.ByClass one = results.get(i);
            String name = i < names.size() ? names.get(i) : Integer.toString(i);
            print(line, "%-20s AP %6.2f  (cost %.3g)", name, 100 * one.precision(), one.cost());
            table.append(String.format(Locale.ROOT, "%s,%s,%.6f,%.6f%n", Csv.text(name), one.cost(), one.validated(), one.precision()));
        }
        double mean = results.stream().mapToDouble(LinearSvm.ByClass::precision).average().orElseThrow();
        table.append(String.format(Locale.ROOT, "mean,,%.6f,%.6f%n", results.stream().mapToDouble(LinearSvm.ByClass::validated).average().orElseThrow(), mean));
        write("svm_", layer, table);
        if (LinearProbe.fits(train, test)) {
            LinearProbe.Result all = new LinearProbe(LinearSvm.protocol(costs)).of(train, test);
            print(line, "linear probe: %s accuracy %.2f  (cost %.3g)", layer, 100 * all.accuracy(), all.cost());
        }
        print(line, "svm: %s mAP %.2f, %d classes, %d training and %d test images", layer, 100 * mean, results.size(), train.size(), test.size());
    }

    private void lowShot(String layer, LabelledFeatures train, LabelledFeatures test, ProgressLine line) {
        List<LinearSvm.LowShot> results = new LinearSvm(LinearSvm.protocol(costs)).lowShot(train, test, shots, samples, seed,
                done -> show(line, "low-shot SVMs of " + layer, done, shots.size() * samples));
        StringBuilder table = new StringBuilder("k,cost,mean,min,max,std\n");
        for (LinearSvm.LowShot one : results) {
            print(line, "svm: %s, %d shots: mean/min/max/std %.2f / %.2f / %.2f / %.2f", layer, one.k(), 100 * one.mean(), 100 * one.least(), 100 * one.greatest(), 100 * one.deviation());
            table.append(String.format(Locale.ROOT, "%d,%s,%.6f,%.6f,%.6f,%.6f%n", one.k(), one.cost(), one.mean(), one.least(), one.greatest(), one.deviation()));
        }
        write("svm_low_shot_", layer, table);
    }

    /** Threads of several classes tell how far they are. */
    private static void show(ProgressLine line, String work, int done, int total) {
        synchronized (line) {
            line.show(work, done, total);
        }
    }

    private static void print(ProgressLine line, String format, Object... values) {
        line.print(String.format(Locale.ROOT, format, values));
    }

    private Path file(String kind, String layer) {
        return out.resolve(kind + layer.replaceAll("[^A-Za-z0-9._-]", "_") + ".csv");
    }

    private void check(String layer) {
        if (out != null) {
            NewFile.check(file("svm_", layer), force);
            if (!shots.isEmpty()) {
                NewFile.check(file("svm_low_shot_", layer), force);
            }
        }
    }

    private void write(String kind, String layer, StringBuilder table) {
        if (out != null) {
            NewFile.write(file(kind, layer), force, csv -> csv.write(table.toString().getBytes(StandardCharsets.UTF_8)));
        }
    }
}
