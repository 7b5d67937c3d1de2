package dev.selfsup.runtime.analysis;

import dev.selfsup.api.component.Lease;
import dev.selfsup.api.component.Leases;
import dev.selfsup.api.data.Dataset;
import dev.selfsup.config.Config;
import dev.selfsup.layers.Pooling;
import dev.selfsup.runtime.model.LayerFeatures;
import dev.selfsup.runtime.model.Model;
import dev.selfsup.shell.Call;
import dev.selfsup.shell.Command;
import dev.selfsup.visualization.ProgressLine;
import dev.selfsup.weights.NewFile;
import java.nio.file.Path;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;

/** {@code extract CONFIG CKPT --out NPZ}: features of images, for other tools. */
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE, property = Command.NAME + "=extract")
@CommandLine.Command(name = "extract", description = {
    "Writes the features of images as a NumPy archive: an array [N, D] for each layer, and index and labels of the images, [N].",
    "Features are pooled as pool_cfg says, by default averaged over the image. Images that cannot be used are left out."})
public final class ExtractCommand implements Command {
    @CommandLine.Mixin
    private final NetworkOptions network = new NetworkOptions();

    @CommandLine.Mixin
    private final LayerOptions layers = new LayerOptions();

    @CommandLine.Option(names = "--out", paramLabel = "NPZ", required = true, description = "the file to write")
    private Path out;

    @CommandLine.Option(names = "--dataset", paramLabel = "KEY", description = "key of the images in the config, as train_dataloader.dataset; default that of extract_dataloader,"
            + " test_dataloader or val_dataloader, or the queries of a KnnHook")
    private String dataset;

    @CommandLine.Option(names = "--force", description = "replace the file if it is there")
    private boolean force;

    private final Leases leases;

    /** Made by the container. */
    @Activate
    public ExtractCommand(@Reference Leases leases) {
        this.leases = leases;
    }

    @Override
    public int run(Call call) {
        NewFile.check(out, force);
        try (Lease components = leases.open()) {
            extract(call, components);
        }
        return 0;
    }

    private void extract(Call call, Lease components) {
        Config named = layers.datasets().orElse(null);
        Config file = named == null ? network.config(List.of()) : named;
        Pooling pooling = layers.pooling(file, components);
        Config resolved = network.config(layers.changes(pooling));
        Dataset.Images images = file.bind(DatasetKey.of(layers.file(network.file()), file, dataset), Dataset.class, components).open();
        Model model = network.model(resolved, components);
        LayerFeatures features = layers.features(model, pooling, NetworkOptions.bad(call));
        features.prepare(images);
        network.load(model, call);
        try (FeatureFile written = new FeatureFile(out, force); ProgressLine line = new ProgressLine(call.out(), call.columns(), System::nanoTime)) {
            features.read(images, done -> line.show("features", done, images.size()), written::add);
            String arrays = written.write();
            line.close();
            call.out().println("wrote " + out + ": " + arrays);
        }
    }
}
