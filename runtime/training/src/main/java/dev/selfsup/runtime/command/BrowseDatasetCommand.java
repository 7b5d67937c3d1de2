package dev.selfsup.runtime.command;

import dev.selfsup.api.component.Lease;
import dev.selfsup.api.component.Leases;
import dev.selfsup.api.data.BadImageException;
import dev.selfsup.api.data.Dataset;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.SampleRandom;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.config.Config;
import dev.selfsup.shell.Call;
import dev.selfsup.shell.Command;
import dev.selfsup.visualization.ContactSheet;
import dev.selfsup.weights.NewFile;
import java.nio.file.Path;
import java.util.List;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;

/** {@code browse-dataset CONFIG --out DIR}: pictures of what a pipeline yields. */
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE, property = Command.NAME + "=browse-dataset")
@CommandLine.Command(name = "browse-dataset", description = {
    "Shows what a model gets to see: a contact sheet of images as the pipeline of a config yields them.",
    "Masks are drawn over the images, patches stand where they were cut, labels are written below."})
public final class BrowseDatasetCommand implements Command {
    private static final String FILE = "contact_sheet.png";
    private static final int MOST = 1000;

    @CommandLine.Parameters(paramLabel = "CONFIG", description = "YAML file")
    private Path config;

    @CommandLine.Option(names = "--out", paramLabel = "DIR", required = true, description = "folder in which " + FILE + " is written")
    private Path out;

    @CommandLine.Option(names = "--count", paramLabel = "N", defaultValue = "24", description = "how many images, at most " + MOST + "; default ${DEFAULT-VALUE}")
    private int count;

    @CommandLine.Option(names = "--dataset", paramLabel = "KEY", defaultValue = "train_dataloader.dataset",
            description = "the dataset's key in the config, as val_dataloader.dataset; default ${DEFAULT-VALUE}")
    private String key;

    @CommandLine.Option(names = "--in-order", description = "show the first images, rather than any")
    private boolean inOrder;

    @CommandLine.Option(names = "--seed", paramLabel = "N", defaultValue = "0", description = "seed of all random choices; default ${DEFAULT-VALUE}")
    private long seed;

    @CommandLine.Option(names = "--rgb", description = "the pipeline's channels are in the order red, green, blue, as CIFAR's are")
    private boolean redFirst;

    @CommandLine.Option(names = "--force", description = "overwrite " + FILE + " if there is one")
    private boolean force;

    @CommandLine.Option(names = "--cfg-options", arity = "1..*", paramLabel = "KEY=VALUE", description = "changes of the config, as in train")
    private List<String> options = List.of();

    private final Leases leases;

    /** Made by the container. */
    @Activate
    public BrowseDatasetCommand(@Reference Leases leases) {
        this.leases = leases;
    }

    @Override
    public int run(Call call) {
        if (count < 1 || count > MOST) {
            throw new UsageException("--count must be from 1 to " + MOST + ", not " + count);
        }
        Path file = out.resolve(FILE);
        NewFile.check(file, force);
        try (Lease components = leases.open()) {
            Config resolved = Config.load(config, options);
            if (resolved.find(key).isEmpty()) {
                throw new UsageException(config + " has no " + key + "; name the dataset to show with --dataset KEY");
            }
            show(call, resolved.bind(key, Dataset.class, components).open(), file);
        }
        return 0;
    }

    private void show(Call call, Dataset.Images images, Path file) {
        ContactSheet sheet = new ContactSheet(config.getFileName() + ", " + key + ": " + images.size() + " images");
        int[] order = inOrder ? java.util.stream.IntStream.range(0, images.size()).toArray() : SampleRandom.permutation(images.size(), seed);
        int shown = 0;
        for (int i = 0; i < order.length && shown < count; i++) {
            try {
                Sample sample = images.load(order[i], SampleRandom.of(seed, 0, order[i]));
                SamplePictures pictures = new SamplePictures(sample, images.classes(), redFirst);
                sheet.add(pictures.pictures(), pictures.lines());
                shown++;
            } catch (BadImageException e) {
                call.err().println("skipped " + e.path() + ": " + e.getMessage());
            }
        }
        if (shown == 0) {
            throw new UsageException("none of the " + images.size() + " images of " + key + " can be used");
        }
        NewFile.tried(file, force, sheet::write);
        call.out().println("wrote " + file + ": " + shown + " of " + images.size() + " images");
    }
}
