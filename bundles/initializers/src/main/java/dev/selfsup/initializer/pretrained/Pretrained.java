package dev.selfsup.initializer.pretrained;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Initializer;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.checkpoint.Checkpoints;
import dev.selfsup.checkpoint.TensorFile;
import dev.selfsup.engine.Fill;
import dev.selfsup.weights.ReadWeights;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import org.osgi.service.component.annotations.Component;

/**
 * Takes the weights of a module from a file: a checkpoint of SelfSup, a safetensors file, an npz archive or a file of PyTorch's, by state_dict name, be it that of OpenMMLab,
 * torchvision, timm, MAE or MoCo. Position embeddings for images of another size, and tables of relative positions for windows of another size, are interpolated; a table that all layers
 * share is every layer's; a weight of another shape is an error. Weights that the file does not have keep their values; a training run tells them and does not begin, unless it is called with
 * {@code --allow-missing}. The file is opened when the first weight is made.
 */
public final class Pretrained implements Initializer {
    private final Config config;
    private final Set<String> asked = new HashSet<>();
    private ReadWeights weights;
    private String prefix;

    /**
     * The keys in a config.
     *
     * @param checkpoint path of the file
     * @param prefix names start with it in the file and not in the module, as {@code backbone.}
     */
    public record Config(String checkpoint, Optional<String> prefix) {
        String dotted() {
            return prefix.filter(p -> !p.isEmpty()).map(p -> p.endsWith(".") ? p : p + ".").orElse("");
        }
    }

    /** The rule of a config. */
    public Pretrained(Config config) {
        this.config = config;
    }

    /**
     * The weight's values in the file, if it has them.
     *
     * @throws UsageException if the file is missing, damaged or refused, has nothing below the prefix, or has the weight in another shape
     */
    @Override
    public synchronized Optional<Fill> fill(Weight weight) {
        open();
        String name = name(weight.key());
        asked.add(name);
        return weights.fitted(name, weight.shape()).map(tensor -> {
            if (!Arrays.equals(tensor.shape(), weight.shape())) {
                throw new UsageException("init_cfg Pretrained: %s has shape %s in %s, the model needs %s; give the checkpoint of this model"
                        .formatted(name, Arrays.toString(tensor.shape()), config.checkpoint(), Arrays.toString(weight.shape())));
            }
            return (values, shape, random) -> tensor.readFloats(FloatBuffer.wrap(values));
        });
    }

    @Override
    public Optional<String> file() {
        return Optional.of(config.checkpoint());
    }

    @Override
    public boolean overridesInner() {
        return true;
    }

    @Override
    public boolean loads() {
        return true;
    }

    @Override
    public String source() {
        return config.checkpoint() + (weights == null ? "" : weights.readAs());
    }

    @Override
    public synchronized Set<String> left() {
        return weights == null ? Set.of() : weights.left(asked);
    }

    /** The name in the file; without a configured prefix the module may be the backbone alone. */
    private String name(String key) {
        String inBackbone = "backbone." + key;
        return prefix.isEmpty() && !weights.has(key) && weights.has(inBackbone) ? inBackbone : prefix + key;
    }

    /** Opens the file once; it is closed when this rule is collected. */
    private void open() {
        if (weights != null) {
            return;
        }
        TensorFile file = Checkpoints.load(path()).tensors();
        ReadWeights read = ReadWeights.of(file);
        String dotted = config.dotted();
        if (read.names().stream().anyMatch(name -> name.startsWith(dotted))) {
            weights = read;
            prefix = dotted;
        } else if (file.names().stream().anyMatch(name -> name.startsWith(dotted))) {
            weights = ReadWeights.below(dotted, file);
            prefix = "";
        } else {
            throw new UsageException("init_cfg Pretrained: no name in " + config.checkpoint() + " starts with the prefix " + dotted
                    + "; its first is " + file.names().stream().findFirst().orElse("missing: the file is empty"));
        }
    }

    private Path path() {
        String checkpoint = config.checkpoint();
        if (checkpoint.isEmpty() || checkpoint.contains("://")) {
            throw new UsageException("init_cfg Pretrained: checkpoint is '" + checkpoint
                    + "'; give the path of a .pth, .safetensors or .npz file (download it first)");
        }
        Path path = Path.of(checkpoint);
        if (!Files.isRegularFile(path)) {
            throw new UsageException("init_cfg Pretrained: the checkpoint " + path + " is not there; check the path, relative to "
                    + Path.of("").toAbsolutePath());
        }
        return path;
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "initializer", name = "Pretrained", scope = "mmengine")
    public static final class Factory implements ComponentFactory<Initializer, Config> {
        @Override
        public Initializer create(Config config) {
            return new Pretrained(config);
        }
    }
}
