package dev.selfsup.engine.onednn;

import static dev.selfsup.engine.onednn.Images.layoutOf;
import static dev.selfsup.engine.onednn.Sequence.ENGINE;
import static dev.selfsup.engine.onednn.Sequence.argument;
import static dev.selfsup.engine.onednn.Sequence.attributes;
import static dev.selfsup.engine.onednn.Sequence.describe;
import static dev.selfsup.engine.onednn.Sequence.layout;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SCALE;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SHIFT;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_MEAN;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SCALE;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SHIFT;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_VARIANCE;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WORKSPACE;

import dev.selfsup.engine.op.BatchNorm;
import dev.selfsup.engine.op.BatchNormInference;
import dev.selfsup.engine.op.BatchNormRelu;
import dev.selfsup.engine.op.LayerNorm;
import dev.selfsup.engine.op.NormalizationGradient;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalLong;
import org.bytedeco.dnnl.batch_normalization_backward;
import org.bytedeco.dnnl.batch_normalization_forward;
import org.bytedeco.dnnl.global.dnnl.normalization_flags;
import org.bytedeco.dnnl.global.dnnl.prop_kind;
import org.bytedeco.dnnl.layer_normalization_backward;
import org.bytedeco.dnnl.layer_normalization_forward;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.primitive;
import org.bytedeco.dnnl.primitive_desc_base;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Batch and layer normalisation. */
final class NormalizationKernels {
    private static final int SCALE = normalization_flags.use_scale.value | normalization_flags.use_shift.value;
    private static final int RELU = normalization_flags.fuse_norm_relu.value;
    private static final int GIVEN = normalization_flags.use_global_stats.value;

    private NormalizationKernels() {}

    private static batch_normalization_forward.primitive_desc batch(memory.desc x, double epsilon, int flags) {
        return describe(() -> new batch_normalization_forward.primitive_desc(new batch_normalization_forward.desc(
                prop_kind.forward_training.value, x, (float) epsilon, flags), attributes(), ENGINE));
    }

    private static batch_normalization_backward.primitive_desc batchGradient(int kind, memory.desc x, double epsilon, int flags) {
        return describe(() -> new batch_normalization_backward.primitive_desc(
                new batch_normalization_backward.desc(kind, x, x, (float) epsilon, flags), attributes(), ENGINE, batch(x, epsilon, flags)));
    }

    private static layer_normalization_forward.primitive_desc layer(INDArray x, double epsilon, int flags) {
        return describe(() -> new layer_normalization_forward.primitive_desc(
                new layer_normalization_forward.desc(prop_kind.forward_training.value, layout(x.shape()), layout(x.size(0)),
                        (float) epsilon, flags),
                attributes(), ENGINE));
    }

    static void batchNorm(BatchNorm of, INDArray[] in, INDArray[] out, Sequence sequence) {
        batch_normalization_forward.primitive_desc description = batch(layoutOf(in[0]), of.epsilon(), GIVEN | (in.length > 1 ? SCALE : 0));
        INDArray weight = in.length > 1 ? in[1] : null;
        INDArray bias = in.length > 1 ? in[2] : null;
        sequence.first(new BatchStatistics(in[0], out[1], out[2]));
        forward(new batch_normalization_forward(description), description, in[0], out[1], out[2], weight, bias, out[0], sequence);
    }

    static void batchNormInference(BatchNormInference of, INDArray[] in, INDArray[] out, Sequence sequence) {
        batch_normalization_forward.primitive_desc description = batch(layoutOf(in[0]), of.epsilon(), GIVEN | (in.length > 3 ? SCALE : 0));
        INDArray weight = in.length > 3 ? in[3] : null;
        INDArray bias = in.length > 3 ? in[4] : null;
        forward(new batch_normalization_forward(description), description, in[0], in[1], in[2], weight, bias, out[0], sequence);
    }

    static void layerNorm(LayerNorm of, INDArray[] in, INDArray[] out, Sequence sequence) {
        layer_normalization_forward.primitive_desc description = layer(in[0], of.epsilon(), in.length > 1 ? SCALE : 0);
        INDArray weight = in.length > 1 ? in[1] : null;
        INDArray bias = in.length > 1 ? in[2] : null;
        forward(new layer_normalization_forward(description), description, in[0], out[1], out[2], weight, bias, out[0], sequence);
    }

    static void batchNormRelu(BatchNormRelu of, INDArray[] in, INDArray[] out, Sequence sequence) {
        int flags = GIVEN | RELU | (in.length > 1 ? SCALE : 0);
        batch_normalization_forward.primitive_desc description = batch(layoutOf(in[0]), of.norm().epsilon(), flags);
        INDArray weight = in.length > 1 ? in[1] : null;
        INDArray bias = in.length > 1 ? in[2] : null;
        Sequence.Argument kept = argument(DNNL_ARG_WORKSPACE, sequence.memory(description.workspace_desc(), out[3]));
        sequence.first(new BatchStatistics(in[0], out[1], out[2]));
        forward(new batch_normalization_forward(description), description, in[0], out[1], out[2], weight, bias, out[0], sequence, kept);
    }

    /** Floats of workspace of a normalisation with its rectifier, in either layout of images; empty where oneDNN has no such primitive. */
    static OptionalLong kept(BatchNormRelu of, long[] x, int block) {
        List<memory.desc> layouts = new ArrayList<>(List.of(layout(x)));
        if (x.length == 4 && block > 1 && x[1] % block == 0) {
            layouts.add(Images.blocks(x, block));
        }
        try {
            long bytes = 0;
            for (memory.desc layout : layouts) {
                bytes = Math.max(bytes, batch(layout, of.norm().epsilon(), SCALE | RELU).workspace_desc().get_size());
                batchGradient(prop_kind.backward.value, layout, of.norm().epsilon(), SCALE | RELU);
            }
            return OptionalLong.of((bytes + Float.BYTES - 1) / Float.BYTES);
        } catch (Sequence.Unsupported e) {
            return OptionalLong.empty();
        }
    }

    private static void forward(primitive primitive, primitive_desc_base description, INDArray x, INDArray mean, INDArray variance,
            INDArray weight, INDArray bias, INDArray y, Sequence sequence, Sequence.Argument... more) {
        List<Sequence.Argument> arguments = common(x, mean, variance, sequence);
        arguments.addAll(List.of(more));
        arguments.add(argument(DNNL_ARG_DST, sequence.memory(layoutOf(y), y)));
        if (weight != null) {
            arguments.add(argument(DNNL_ARG_SCALE, vector(weight, sequence)));
            arguments.add(argument(DNNL_ARG_SHIFT, vector(bias, sequence)));
        }
        sequence.add(primitive, description, arguments.toArray(Sequence.Argument[]::new));
    }

    private static List<Sequence.Argument> common(INDArray x, INDArray mean, INDArray variance, Sequence sequence) {
        List<Sequence.Argument> arguments = new ArrayList<>();
        arguments.add(argument(DNNL_ARG_SRC, sequence.memory(layoutOf(x), x)));
        arguments.add(argument(DNNL_ARG_MEAN, vector(mean, sequence)));
        arguments.add(argument(DNNL_ARG_VARIANCE, vector(variance, sequence)));
        return arguments;
    }

    private static memory vector(INDArray array, Sequence sequence) {
        return sequence.memory(layout(array.length()), array);
    }

    static void gradient(NormalizationGradient gradient, INDArray[] in, INDArray[] out, Sequence sequence) {
        int flags = in.length > 4 ? SCALE : 0;
        if (gradient.of() instanceof BatchNorm norm) {
            batchGradient(norm.epsilon(), flags, in, out, sequence);
        } else if (gradient.of() instanceof LayerNorm norm) {
            layer_normalization_backward.primitive_desc description = describe(() -> new layer_normalization_backward.primitive_desc(
                    new layer_normalization_backward.desc(kind(in), layout(in[0].shape()), layout(in[0].shape()),
                            layout(in[0].size(0)), (float) norm.epsilon(), flags),
                    attributes(), ENGINE, layer(in[0], norm.epsilon(), flags)));
            backward(new layer_normalization_backward(description), description, in, out, sequence);
        } else {
            throw new Sequence.Unsupported(gradient.name(), null);
        }
    }

    static void inferenceGradient(BatchNormInference.Gradient gradient, INDArray[] in, INDArray[] out, Sequence sequence) {
        batchGradient(gradient.epsilon(), GIVEN | (in.length > 4 ? SCALE : 0), in, out, sequence);
    }

    private static void batchGradient(double epsilon, int flags, INDArray[] in, INDArray[] out, Sequence sequence) {
        batch_normalization_backward.primitive_desc description = batchGradient(kind(in), layoutOf(in[0]), epsilon, flags);
        backward(new batch_normalization_backward(description), description, in, out, sequence);
    }

    static void reluGradient(BatchNormRelu.Gradient gradient, INDArray[] in, INDArray[] out, Sequence sequence) {
        INDArray[] rest = in.length > 5 ? new INDArray[] {in[0], in[1], in[2], in[3], in[5]} : Arrays.copyOf(in, 4);
        int flags = RELU | (rest.length > 4 ? SCALE : 0);
        double epsilon = gradient.norm().epsilon();
        batch_normalization_backward.primitive_desc description = batchGradient(kind(rest), layoutOf(in[0]), epsilon, flags);
        memory.desc workspace = batch(layoutOf(in[0]), epsilon, flags).workspace_desc();
        Sequence.Argument kept = argument(DNNL_ARG_WORKSPACE, sequence.memory(workspace, in[4]));
        backward(new batch_normalization_backward(description), description, rest, out, sequence, kept);
    }

    private static int kind(INDArray[] in) {
        return in.length > 4 ? prop_kind.backward.value : prop_kind.backward_data.value;
    }

    private static void backward(primitive primitive, primitive_desc_base description, INDArray[] in, INDArray[] out,
            Sequence sequence, Sequence.Argument... more) {
        List<Sequence.Argument> arguments = common(in[0], in[1], in[2], sequence);
        arguments.addAll(List.of(more));
        arguments.add(argument(DNNL_ARG_DIFF_DST, sequence.memory(layoutOf(in[3]), in[3])));
        arguments.add(argument(DNNL_ARG_DIFF_SRC, sequence.memory(layoutOf(out[0]), out[0])));
        if (in.length > 4) {
            arguments.add(argument(DNNL_ARG_SCALE, vector(in[4], sequence)));
            arguments.add(argument(DNNL_ARG_SHIFT, vector(in[4], sequence)));
            arguments.add(argument(DNNL_ARG_DIFF_SCALE, vector(out[1], sequence)));
            arguments.add(argument(DNNL_ARG_DIFF_SHIFT, vector(out[2], sequence)));
        }
        sequence.add(primitive, description, arguments.toArray(Sequence.Argument[]::new));
    }
}
