package dev.selfsup.weights;

import dev.selfsup.api.run.UsageException;
import dev.selfsup.checkpoint.SafeTensors;
import dev.selfsup.checkpoint.Tensor;
import java.io.FileOutputStream;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** A format in which weights are written for other libraries. */
public enum WeightFormat {
    /** Safetensors, of Hugging Face: timm, and all that has the library. */
    SAFETENSORS(".safetensors") {
        @Override
        void write(FileOutputStream out, List<Tensor> tensors) throws IOException {
            SafeTensors.write(out.getChannel(), tensors, Map.of("format", "pt"));
        }
    },
    /** What {@code torch.save} writes, names and tensors below {@code state_dict}: OpenMMLab's tools, torchvision. */
    PTH(".pth") {
        @Override
        void write(FileOutputStream out, List<Tensor> tensors) throws IOException {
            new TorchWriter(out).write(tensors, "state_dict", Map.of("author", "SelfSup"));
        }
    },
    /** The same as Detectron2 wants it: below {@code model}, with the wish that names are matched by their ends. */
    DETECTRON2(".pth") {
        @Override
        void write(FileOutputStream out, List<Tensor> tensors) throws IOException {
            new TorchWriter(out).write(tensors, "model", Map.of("__author__", "SelfSup", "matching_heuristics", true));
        }
    };

    private final String suffix;

    WeightFormat(String suffix) {
        this.suffix = suffix;
    }

    abstract void write(FileOutputStream out, List<Tensor> tensors) throws IOException;

    /** The end of its files' names. */
    public String suffix() {
        return suffix;
    }

    /** The format that a file's name tells. */
    public static WeightFormat of(Path path) {
        for (WeightFormat format : values()) {
            if (path.toString().endsWith(format.suffix)) {
                return format;
            }
        }
        throw new UsageException(path + ": its name must end in .safetensors or .pth, which says the format");
    }

    /**
     * Writes weights.
     *
     * @param path the file, there whole or not at all
     * @param force whether it may replace one that is there
     * @param tensors weights of different names
     */
    public void write(Path path, boolean force, List<Tensor> tensors) {
        NewFile.write(path, force, out -> write(out, tensors));
    }

    /**
     * Writes weights into a file that is tried before it gets its name.
     *
     * @param beside the file, see {@link NewFile#tried}
     * @param tensors weights of different names
     */
    public void write(Path beside, List<Tensor> tensors) throws IOException {
        try (FileOutputStream out = new FileOutputStream(beside.toFile())) {
            write(out, tensors);
            out.getFD().sync();
        }
    }
}
