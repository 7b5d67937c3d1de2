package dev.selfsup.initializer.pretrained;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Initializer;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.checkpoint.Checkpoints;
import dev.selfsup.checkpoint.Npz;
import dev.selfsup.checkpoint.SafeTensors;
import dev.selfsup.checkpoint.Tensor;
import dev.selfsup.engine.Fill;
import java.nio.FloatBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import org.osgi.service.component.annotations.Component;

/**
 * Takes the weights of a module from a file: a checkpoint of SelfSup, a safetensors file or an npz archive, by
 * state_dict name. Weights that the file does not have keep their values; one of another shape is an error. The file
 * is opened when the first weight is made.
 */
public final class Pretrained implements Initializer {
    private final Config config;
    private Function<String, Optional<Tensor>> tensors;

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
     * @throws UsageException if the file is missing or damaged, has nothing below the prefix, or has the weight in another shape
     */
    @Override
    public Optional<Fill> fill(Weight weight) {
        String name = config.dotted() + weight.key();
        return open().apply(name).map(tensor -> {
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

    /** Opens the file once; it is closed when this rule is collected. */
    private synchronized Function<String, Optional<Tensor>> open() {
        if (tensors == null) {
            Path path = path();
            if (path.toString().endsWith(".npz")) {
                Npz file = Npz.open(path);
                checkPrefix(file.names());
                tensors = file::tensor;
            } else {
                SafeTensors file = Checkpoints.load(path).tensors();
                checkPrefix(file.names());
                tensors = file::tensor;
            }
        }
        return tensors;
    }

    private Path path() {
        String checkpoint = config.checkpoint();
        if (checkpoint.isEmpty() || checkpoint.contains("://")) {
            throw new UsageException("init_cfg Pretrained: checkpoint is '" + checkpoint
                    + "'; give the path of a safetensors or npz file (download and convert it first)");
        }
        Path path = Path.of(checkpoint);
        if (!Files.isRegularFile(path)) {
            throw new UsageException("init_cfg Pretrained: the checkpoint " + path + " is not there; check the path, relative to "
                    + Path.of("").toAbsolutePath());
        }
        return path;
    }

    private void checkPrefix(Set<String> names) {
        if (names.stream().noneMatch(name -> name.startsWith(config.dotted()))) {
            throw new UsageException("init_cfg Pretrained: no name in " + config.checkpoint() + " starts with the prefix " + config.dotted()
                    + "; its first is " + names.stream().findFirst().orElse("missing: the file is empty"));
        }
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
