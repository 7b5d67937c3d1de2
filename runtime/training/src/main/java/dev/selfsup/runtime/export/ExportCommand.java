package dev.selfsup.runtime.export;

import dev.selfsup.api.component.Lease;
import dev.selfsup.api.component.Leases;
import dev.selfsup.api.data.Dataset;
import dev.selfsup.api.data.Image;
import dev.selfsup.api.model.Algorithm;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.checkpoint.Checkpoint;
import dev.selfsup.checkpoint.Checkpoints;
import dev.selfsup.checkpoint.Tensor;
import dev.selfsup.config.Config;
import dev.selfsup.engine.HostCopy;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.Plan;
import dev.selfsup.runtime.model.AveragedWeights;
import dev.selfsup.runtime.model.Model;
import dev.selfsup.runtime.model.ModelState;
import dev.selfsup.shell.Call;
import dev.selfsup.shell.Command;
import dev.selfsup.weights.BackboneWeights;
import dev.selfsup.weights.NewFile;
import dev.selfsup.weights.WeightFormat;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.osgi.service.component.annotations.Activate;
import org.osgi.service.component.annotations.Component;
import org.osgi.service.component.annotations.Reference;
import org.osgi.service.component.annotations.ServiceScope;
import picocli.CommandLine;

/** {@code export CONFIG CKPT --out FILE}: a backbone for other libraries. */
@Component(service = Command.class, scope = ServiceScope.PROTOTYPE, property = Command.NAME + "=export")
@CommandLine.Command(name = "export", description = {
    "Writes the backbone of a checkpoint for other libraries: its weights under their names, or the whole network as ONNX.",
    "The export is tried on an image beside the network that it comes from; the largest difference is printed, and a wrong one is not written."})
public final class ExportCommand implements Command {
    /** Formats of {@code --format}. */
    enum Format { safetensors, pth, onnx }

    /** Libraries of {@code --keys}. */
    enum Keys { openmmlab, timm, torchvision, detectron2 }

    @CommandLine.Parameters(index = "0", paramLabel = "CONFIG", description = "YAML file")
    private Path config;

    @CommandLine.Parameters(index = "1", paramLabel = "CKPT", description = "checkpoint: its .json, or a .safetensors, .npz or .pth file")
    private Path checkpoint;

    @CommandLine.Option(names = "--out", required = true, paramLabel = "FILE", description = "the file to write")
    private Path out;

    @CommandLine.Option(names = "--format", paramLabel = "FORMAT", defaultValue = "safetensors", description = "safetensors, pth or onnx; default ${DEFAULT-VALUE}")
    private Format format;

    @CommandLine.Option(names = "--keys", paramLabel = "LIBRARY", defaultValue = "openmmlab",
            description = "whose names the weights get: openmmlab, timm, torchvision or detectron2; default ${DEFAULT-VALUE}")
    private Keys keys;

    @CommandLine.Option(names = "--size", paramLabel = "N", description = "side of the images that an ONNX network takes; default that of train_dataloader's pipeline, or of --image")
    private Integer size;

    @CommandLine.Option(names = "--image", paramLabel = "FILE", description = "the image to try the export on; default the first of train_dataloader")
    private Path image;

    @CommandLine.Option(names = "--force", description = "replace FILE if it is there")
    private boolean force;

    @CommandLine.Option(names = "--allow-missing", description = "export though the checkpoint lacks weights of the backbone, or has others")
    private boolean allowMissing;

    @CommandLine.Option(names = "--cfg-options", arity = "1..*", paramLabel = "KEY=VALUE", description = "changes of the config, as in train")
    private List<String> options = List.of();

    private final Leases leases;

    /** Made by the container. */
    @Activate
    public ExportCommand(@Reference Leases leases) {
        this.leases = leases;
    }

    @Override
    public int run(Call call) {
        if (size != null && size < 1) {
            throw new UsageException("--size must be positive, not " + size);
        }
        if (keys == Keys.detectron2 && format != Format.pth) {
            throw new UsageException("Detectron2 loads no " + format + " file: say --format pth");
        }
        NewFile.check(out, force);
        try (Lease components = leases.open()) {
            export(call, components);
        }
        return 0;
    }

    private void export(Call call, Lease components) {
        Config resolved = Config.load(config, options);
        Model model = model(resolved, components, 0);
        Image example = example(resolved, components);
        float[] one = ExampleImage.preprocessed(example, model.algorithm().dataPreprocessor());
        int[] shape = model.algorithm().dataPreprocessor().shapes(List.of(example)).get(0);             // C, H, W
        float[] two = new float[2 * one.length];
        System.arraycopy(one, 0, two, 0, one.length);
        for (int i = 0; i < one.length; i++) {
            two[one.length + i] = -one[i];                                                            // another image
        }
        model.features(2, shape[0], shape[1], shape[2]);
        try (Checkpoint loaded = AveragedWeights.load(checkpoint, call.out()::println)) {
            ModelState.load(model.weights(), Set.of(), loaded, allowMissing, call.out()::println);
        }
        Map<String, float[]> expected = features(model, two, shape);
        if (format == Format.onnx) {
            onnx(call, model, expected, two, shape);
        } else {
            weights(call, resolved, components, model, expected, two, shape);
        }
    }

    private Model model(Config resolved, Lease components, long seed) {
        return new Model(resolved.bind("model", Algorithm.class, components), seed, Kernels.fastest());
    }

    private Image example(Config resolved, Lease components) {
        Image found = Optional.ofNullable(image).map(file -> ExampleImage.of(file, components))
                .orElseGet(() -> ExampleImage.of(resolved.bind("train_dataloader.dataset", Dataset.class, components).open()));
        return size == null ? found : ExampleImage.square(found, size);
    }

    private static Map<String, float[]> features(Model model, float[] images, int... shape) {
        Plan plan = model.features(2, shape[0], shape[1], shape[2]);
        HostCopy.write(images, images.length, plan.input("images"));
        plan.run();
        Map<String, float[]> features = new LinkedHashMap<>();
        plan.outputs().forEach((name, array) -> features.put(name, HostCopy.read(array)));
        return features;
    }

    private void onnx(Call call, Model model, Map<String, float[]> expected, float[] two, int... shape) {
        byte[] network = new OnnxExport(model.algorithm(), model.weights(), shape[0], shape[1], shape[2]).bytes();
        String tried;
        try {
            tried = "largest difference in ONNX Runtime: " + Difference.of(expected, OnnxRun.features(network, two, 2, shape[0], shape[1], shape[2])).checked("ONNX Runtime");
            float[] one = Arrays.copyOf(two, two.length / 2);
            Difference.of(halves(expected), OnnxRun.features(network, one, 1, shape[0], shape[1], shape[2])).checked("ONNX Runtime, with one image,");
        } catch (NoClassDefFoundError e) {
            tried = "not tried, as ONNX Runtime is not installed; ./selfsup doctor says how to";
        } catch (UnsatisfiedLinkError e) {
            tried = "not tried, as ONNX Runtime cannot be loaded, as where its temporary folder is full: " + e.getMessage();
        }
        NewFile.write(out, force, file -> file.write(network));
        call.out().println("wrote " + out + ": input images [batch, " + shape[0] + ", " + shape[1] + ", " + shape[2] + "], outputs " + String.join(", ", expected.keySet()));
        call.out().println(tried);
    }

    private static Map<String, float[]> halves(Map<String, float[]> two) {
        Map<String, float[]> halves = new LinkedHashMap<>();
        two.forEach((name, values) -> halves.put(name, Arrays.copyOf(values, values.length / 2)));
        return halves;
    }

    private void weights(Call call, Config resolved, Lease components, Model model, Map<String, float[]> expected, float[] two, int... shape) {
        List<Tensor> all = model.weights().stateDict().entrySet().stream().map(e -> ModelState.tensor(e.getKey(), e.getValue())).toList();
        List<Tensor> named = BackboneWeights.of("the model of " + config, all).named(keys.name());
        WeightFormat written = keys == Keys.detectron2 ? WeightFormat.DETECTRON2 : format == Format.pth ? WeightFormat.PTH : WeightFormat.SAFETENSORS;
        Path tried = NewFile.beside(out);
        try {
            Files.createDirectories(tried.getParent());
            written.write(tried, named);
            Model read = model(resolved, components, 1);
            read.features(2, shape[0], shape[1], shape[2]);
            try (Checkpoint back = Checkpoints.load(tried)) {
                ModelState.load(read.weights(), back);
            }
            Difference difference = Difference.of(expected, features(read, two, shape)).checked("SelfSup, when read back,");
            NewFile.rename(tried, out, force);
            call.out().println("wrote " + out + ": " + named.size() + " weights, the first " + named.get(0));
            call.out().println("largest difference when read back: " + difference);
        } catch (IOException e) {
            throw NewFile.failed(out, e);
        } finally {
            NewFile.discard(tried);
        }
    }
}
