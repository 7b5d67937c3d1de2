package dev.selfsup.onnx;

import ai.onnxruntime.NodeInfo;
import ai.onnxruntime.OnnxJavaType;
import ai.onnxruntime.OrtException;
import ai.onnxruntime.OrtSession;
import ai.onnxruntime.TensorInfo;
import dev.selfsup.api.data.ChannelStatistics;
import dev.selfsup.api.model.FrozenNetwork;
import dev.selfsup.api.run.UsageException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** Whether an ONNX file keeps its contract and fits the images of a run. Every refusal is a {@link UsageException}. */
record FileCheck(Path file, Contract contract, FrozenNetwork.Images images) {
    /** Checks what the file declares. */
    void file(OrtSession session) throws OrtException {
        input(session.getInputInfo());
        for (Contract.Output output : contract.outputs()) {
            declared(output, session.getOutputInfo());
        }
        normalization(session.getMetadata().getCustomMetadata());
    }

    private void input(Map<String, NodeInfo> inputs) {
        if (!inputs.keySet().equals(Set.of(Contract.INPUT))) {
            throw refused("its inputs are " + inputs.keySet() + ", not the one input '" + Contract.INPUT + "'");
        }
        if (!(inputs.get(Contract.INPUT).getInfo() instanceof TensorInfo info) || info.type != OnnxJavaType.FLOAT || info.getShape().length != 4) {
            throw refused("its input '" + Contract.INPUT + "' is " + inputs.get(Contract.INPUT).getInfo() + ", not float32 [N, 3, H, W]");
        }
        long[] shape = info.getShape();
        if (shape[0] >= 0) {
            throw refused("it takes batches of " + shape[0] + " images only; export it with a free first dimension");
        }
        int[] given = images.shape();
        for (int i = 0; i < 3; i++) {
            if (shape[i + 1] >= 0 && shape[i + 1] != given[i]) {
                throw refused("it takes images of " + Arrays.toString(Arrays.copyOfRange(shape, 1, 4)) + " (channels, height, width), the pipeline gives "
                        + Arrays.toString(given) + ": set the size of the view in train_dataloader.dataset.pipeline accordingly, or export it for this size");
            }
        }
    }

    private void declared(Contract.Output output, Map<String, NodeInfo> outputs) {
        NodeInfo node = outputs.get(output.name());
        if (node == null) {
            throw refused("it has no output '" + output.name() + "', its outputs are " + outputs.keySet());
        }
        OnnxJavaType type = output.integer() ? OnnxJavaType.INT64 : OnnxJavaType.FLOAT;
        if (!(node.getInfo() instanceof TensorInfo info) || info.type != type) {
            throw refused("its output '" + output.name() + "' is " + node.getInfo() + ", not of " + (output.integer() ? "int64" : "float32"));
        }
    }

    /** Checks an output of some images. */
    void output(Contract.Output output, int batch, long[] shape) {
        if (shape.length != output.rank() || shape[0] != batch) {
            throw refused("its output '" + output.name() + "' is " + Arrays.toString(shape) + " for " + batch + " images, not one of " + output.rank()
                    + " dimensions, the first that of the batch");
        }
        if (!images.whole() && output.classes().isPresent() && shape[1] != output.classes().getAsInt()) {
            throw refused("its output '" + output.name() + "' has scores of " + shape[1] + " classes, not of " + output.classes().getAsInt()
                    + ": set the size of its vocabulary, model.target_generator.vocab_size, and that of the head to " + shape[1]);
        }
    }

    private void normalization(Map<String, String> metadata) {
        if (metadata.containsKey("mean") != metadata.containsKey("std")) {
            throw refused("of its metadata 'mean' and 'std' there is only one: write both, or none");
        }
        Optional<ChannelStatistics> wanted = metadata.containsKey("mean")
                ? Optional.of(new ChannelStatistics(numbers(metadata, "mean"), numbers(metadata, "std"))) : contract.normalization();
        if (wanted.isPresent() && images.normalization().isPresent() && !wanted.get().agrees(images.normalization().get())) {
            throw refused("it wants pixels normalised by mean " + wanted.get().mean() + " and std " + wanted.get().std() + ", model.data_preprocessor gives it "
                    + images.normalization().get().mean() + " and " + images.normalization().get().std()
                    + ": set them there, or write what the network wants into the metadata 'mean' and 'std' of the file");
        }
    }

    private List<Double> numbers(Map<String, String> metadata, String key) {
        try {
            List<Double> numbers = Stream.of(metadata.get(key).split(",")).map(String::strip).map(Double::valueOf).toList();
            if (numbers.size() == 1 || numbers.size() == 3) {
                return numbers;
            }
        } catch (NumberFormatException e) {
            // said below, as for a wrong count
        }
        throw refused("its metadata '" + key + "' is '" + metadata.get(key) + "', not one number or three with commas between them");
    }

    private UsageException refused(String reason) {
        return new UsageException("target_generator: " + file + " is not " + contract.kind() + " as needed here: " + reason + "; " + contract.advice());
    }
}
