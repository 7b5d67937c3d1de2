package dev.selfsup.runtime.command;

import dev.selfsup.api.component.Lease;
import dev.selfsup.api.component.Leases;
import dev.selfsup.api.data.BadImageException;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.model.Algorithm;
import dev.selfsup.api.run.Restored;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.checkpoint.Checkpoint;
import dev.selfsup.config.Config;
import dev.selfsup.runtime.data.BadFiles;
import dev.selfsup.runtime.model.AveragedWeights;
import dev.selfsup.runtime.model.Model;
import dev.selfsup.runtime.model.ModelState;
import dev.selfsup.runtime.model.Reconstructor;
import dev.selfsup.shell.Call;
import dev.selfsup.shell.Command;
import dev.selfsup.weights.NewFile;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;

/** {@code reconstruct CONFIG CKPT IMAGE --out PNG}: shows what a masked image model makes of an image. */
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE, property = Command.NAME + "=reconstruct")
@CommandLine.Command(name = "reconstruct", description = {
    "Hides patches of an image from a model of MAE, SimMIM, MaskFeat or PixMIM, and writes side by side: the original, the masked input, the reconstruction, and the",
    "reconstruction between the visible patches. Of MaskFeat the last two are drawings of histograms of oriented gradients.",
    "Where the model was trained on patches brought to mean 0 and variance 1, mean and variance of the true patches are given back to it."})
public final class ReconstructCommand implements Command {
    @CommandLine.Parameters(index = "0", paramLabel = "CONFIG", description = "YAML file that the model was trained with")
    private Path config;

    @CommandLine.Parameters(index = "1", paramLabel = "CKPT", description = "checkpoint: its .json, or a .safetensors, .npz or .pth file")
    private Path checkpoint;

    @CommandLine.Parameters(index = "2", paramLabel = "IMAGE", description = "image file; the whole image is brought to the size that the model is trained with")
    private Path image;

    @CommandLine.Option(names = "--out", paramLabel = "PNG", required = true, description = "the PNG file to write")
    private Path out;

    @CommandLine.Option(names = "--force", description = "overwrite the file if there is one")
    private boolean force;

    @CommandLine.Option(names = "--seed", paramLabel = "N", defaultValue = "0", description = "seed of what is hidden; default ${DEFAULT-VALUE}")
    private long seed;

    @CommandLine.Option(names = "--allow-missing", description = "show it though the checkpoint lacks weights of the model, or has others")
    private boolean allowMissing;

    @CommandLine.Option(names = "--kernels", paramLabel = "SET", defaultValue = "fast", description = "plain or fast, as in train; default ${DEFAULT-VALUE}")
    private KernelSet kernels;

    @CommandLine.Option(names = "--cfg-options", arity = "1..*", paramLabel = "KEY=VALUE", description = "changes of the config, as in train")
    private List<String> options = List.of();

    private final Leases leases;

    /** Made by the container. */
    @Activate
    public ReconstructCommand(@Reference Leases leases) {
        this.leases = leases;
    }

    @Override
    public int run(Call call) {
        NewFile.check(out, force);
        try (Lease components = leases.open()) {
            Algorithm algorithm = Config.load(config, options).bind("model", Algorithm.class, components);
            Sample sample = sample(components);
            Restored restored = restored(call, algorithm, sample);
            NewFile.tried(out, force, new RestoredPicture(algorithm.dataPreprocessor(), sample.images(), restored).row()::write);
        } catch (BadImageException e) {
            throw new UsageException(e.path() + " cannot be reconstructed: " + e.getMessage());
        }
        call.out().println("wrote " + out);
        return 0;
    }

    private Sample sample(Lease components) {
        return new WholeImage(Config.load(config, options), components).sample(image, seed);
    }

    private Restored restored(Call call, Algorithm algorithm, Sample sample) {
        Model model = new Model(algorithm, seed, kernels.kernels());
        Reconstructor reconstructor = new Reconstructor(model, seed, new BadFiles(call.err()::println));
        try (Checkpoint loaded = AveragedWeights.load(checkpoint, call.out()::println)) {
            reconstructor.prepare(sample);
            ModelState.load(model.weights(), Set.of(), loaded, allowMissing, call.out()::println);
        }
        return reconstructor.reconstruct(List.of(sample), 1, 0).get(0);
    }
}
