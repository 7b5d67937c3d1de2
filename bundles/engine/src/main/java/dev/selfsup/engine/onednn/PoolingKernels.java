package dev.selfsup.engine.onednn;

import static dev.selfsup.engine.onednn.Sequence.ENGINE;
import static dev.selfsup.engine.onednn.Sequence.argument;
import static dev.selfsup.engine.onednn.Sequence.attributes;
import static dev.selfsup.engine.onednn.Sequence.describe;
import static dev.selfsup.engine.onednn.Sequence.layout;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WORKSPACE;

import dev.selfsup.engine.op.AveragePool;
import dev.selfsup.engine.op.GlobalAveragePool;
import dev.selfsup.engine.op.MaxPool;
import dev.selfsup.engine.op.Window;
import org.bytedeco.dnnl.global.dnnl.algorithm;
import org.bytedeco.dnnl.global.dnnl.prop_kind;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.pooling_backward;
import org.bytedeco.dnnl.pooling_forward;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Pooling by a moving window. */
final class PoolingKernels {
    private static final int MAX = algorithm.pooling_max.value;

    private final int kind;
    private final Window window;
    private final long[] x;
    private final long[] y;

    private PoolingKernels(int kind, Window window, long[] x) {
        this.kind = kind;
        this.window = window;
        this.x = x;
        this.y = window.output(x);
    }

    private static int average(AveragePool of, long[] x) {
        Window window = of.window();
        boolean beyond = window.overhang(x[2], true) > window.paddingH() || window.overhang(x[3], false) > window.paddingW();
        if (of.countIncludePad() && beyond) {
            throw new Sequence.Unsupported("oneDNN counts elements beyond the padding", null);
        }
        return of.countIncludePad() ? algorithm.pooling_avg_include_padding.value : algorithm.pooling_avg_exclude_padding.value;
    }

    private static Window whole(long[] x) {
        return new Window((int) x[2], (int) x[3], 1, 1, 0, 0, false);
    }

    static void max(MaxPool of, INDArray[] in, INDArray[] out, Sequence sequence) {
        new PoolingKernels(MAX, of.window(), in[0].shape()).forward(in[0], out[0], sequence);
    }

    static void average(AveragePool of, INDArray[] in, INDArray[] out, Sequence sequence) {
        new PoolingKernels(average(of, in[0].shape()), of.window(), in[0].shape()).forward(in[0], out[0], sequence);
    }

    static void global(GlobalAveragePool of, INDArray[] in, INDArray[] out, Sequence sequence) {
        long[] x = in[0].shape();
        new PoolingKernels(algorithm.pooling_avg_exclude_padding.value, whole(x), x).forward(in[0], out[0], sequence);
    }

    static void averageGradient(AveragePool.Gradient of, INDArray[] in, INDArray[] out, Sequence sequence) {
        long[] x = out[0].shape();
        new PoolingKernels(average(of.of(), x), of.of().window(), x).backward(in[0], out[0], null, sequence);
    }

    static void globalGradient(GlobalAveragePool.Gradient of, INDArray[] in, INDArray[] out, Sequence sequence) {
        long[] x = out[0].shape();
        new PoolingKernels(algorithm.pooling_avg_exclude_padding.value, whole(x), x).backward(in[0], out[0], null, sequence);
    }

    /** Which elements were largest is found anew, which is cheaper than to keep it. */
    static void maxGradient(MaxPool.Gradient of, INDArray[] in, INDArray[] out, Sequence sequence) {
        PoolingKernels pooling = new PoolingKernels(MAX, of.window(), in[0].shape());
        pooling_forward.primitive_desc description = pooling.describeForward();
        memory places = sequence.temporary(description.workspace_desc());
        sequence.add(new pooling_forward(description), description,
                argument(DNNL_ARG_SRC, sequence.memory(layout(pooling.x), in[0])),
                argument(DNNL_ARG_DST, sequence.temporary(layout(pooling.y))), argument(DNNL_ARG_WORKSPACE, places));
        pooling.backward(in[2], out[0], places, sequence);
    }

    private pooling_forward.primitive_desc describeForward() {
        return describe(() -> new pooling_forward.primitive_desc(new pooling_forward.desc(prop_kind.forward_training.value, kind,
                layout(x), layout(y), strides(), kernel(), padding(), paddingAfter()), attributes(), ENGINE));
    }

    private long[] strides() {
        return new long[] {window.strideH(), window.strideW()};
    }

    private long[] kernel() {
        return new long[] {window.kernelH(), window.kernelW()};
    }

    private long[] padding() {
        return new long[] {window.paddingH(), window.paddingW()};
    }

    private long[] paddingAfter() {
        return new long[] {window.overhang(x[2], true), window.overhang(x[3], false)};
    }

    private void forward(INDArray from, INDArray to, Sequence sequence) {
        pooling_forward.primitive_desc description = describeForward();
        memory source = sequence.memory(layout(x), from);
        memory target = sequence.memory(layout(y), to);
        if (kind == MAX) {
            sequence.add(new pooling_forward(description), description, argument(DNNL_ARG_SRC, source),
                    argument(DNNL_ARG_DST, target), argument(DNNL_ARG_WORKSPACE, sequence.temporary(description.workspace_desc())));
        } else {
            sequence.add(new pooling_forward(description), description, argument(DNNL_ARG_SRC, source),
                    argument(DNNL_ARG_DST, target));
        }
    }

    private void backward(INDArray dy, INDArray dx, memory places, Sequence sequence) {
        pooling_backward.primitive_desc description = describe(() -> new pooling_backward.primitive_desc(
                new pooling_backward.desc(kind, layout(x), layout(y), strides(), kernel(), padding(), paddingAfter()), attributes(),
                ENGINE, describeForward()));
        memory source = sequence.memory(layout(y), dy);
        memory target = sequence.memory(layout(x), dx);
        if (places == null) {
            sequence.add(new pooling_backward(description), description, argument(DNNL_ARG_DIFF_DST, source),
                    argument(DNNL_ARG_DIFF_SRC, target));
        } else {
            sequence.add(new pooling_backward(description), description, argument(DNNL_ARG_DIFF_DST, source),
                    argument(DNNL_ARG_DIFF_SRC, target), argument(DNNL_ARG_WORKSPACE, places));
        }
    }
}
