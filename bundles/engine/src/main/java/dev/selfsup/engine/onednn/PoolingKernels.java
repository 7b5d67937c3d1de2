package dev.selfsup.engine.onednn;

import static dev.selfsup.engine.onednn.Sequence.ENGINE;
import static dev.selfsup.engine.onednn.Sequence.argument;
import static dev.selfsup.engine.onednn.Sequence.attributes;
import static dev.selfsup.engine.onednn.Sequence.layout;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DIFF_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_DST;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_SRC;
import static org.bytedeco.dnnl.global.dnnl.DNNL_ARG_WORKSPACE;

import dev.selfsup.engine.Temporaries;
import dev.selfsup.engine.op.AveragePool;
import dev.selfsup.engine.op.ChannelSum;
import dev.selfsup.engine.op.GlobalAveragePool;
import dev.selfsup.engine.op.IndexedMaxPool;
import dev.selfsup.engine.op.MaxPool;
import dev.selfsup.engine.op.Window;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;
import org.bytedeco.dnnl.global.dnnl.algorithm;
import org.bytedeco.dnnl.global.dnnl.prop_kind;
import org.bytedeco.dnnl.memory;
import org.bytedeco.dnnl.pooling_backward;
import org.bytedeco.dnnl.pooling_forward;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Pooling by a moving window. */
final class PoolingKernels {
    private static final int MAX = algorithm.pooling_max.value;
    private static final int MEAN = algorithm.pooling_avg_exclude_padding.value;

    private final int kind;
    private final Window window;
    private final long[] x;
    private final memory.desc images;
    private final memory.desc results;

    /**
     * Pooling of some kind.
     *
     * @param images an array like x: x itself or its gradient
     */
    private PoolingKernels(int kind, Window window, INDArray images) {
        this.kind = kind;
        this.window = window;
        this.x = Images.shape(images);
        this.images = Images.layoutOf(images);
        long[] y = window.output(x);
        this.results = images.rank() == 5 ? Images.blocks(y, (int) images.size(4)) : layout(y);
    }

    private static PoolingKernels average(AveragePool of, INDArray images) {
        Window window = of.window();
        long[] x = Images.shape(images);
        boolean beyond = window.overhang(x[2], true) > window.paddingH() || window.overhang(x[3], false) > window.paddingW();
        if (of.countIncludePad() && beyond) {
            throw new Sequence.Unsupported("oneDNN counts elements beyond the padding", null);
        }
        int kind = of.countIncludePad() ? algorithm.pooling_avg_include_padding.value : MEAN;
        return new PoolingKernels(kind, window, images);
    }

    /** Averages over whole images: results of one place lie alike in every layout. */
    private static PoolingKernels whole(INDArray images) {
        long[] x = Images.shape(images);
        return new PoolingKernels(MEAN, new Window((int) x[2], (int) x[3], 1, 1, 0, 0, false), images);
    }

    static void max(MaxPool of, INDArray[] in, INDArray[] out, Sequence sequence) {
        PoolingKernels pooling = new PoolingKernels(MAX, of.window(), in[0]);
        pooling.forward(in[0], out[0], sequence.temporary(pooling.describeForward().workspace_desc()), sequence);
    }

    static void indexedMax(IndexedMaxPool of, INDArray[] in, INDArray[] out, Sequence sequence) {
        PoolingKernels pooling = new PoolingKernels(MAX, of.window(), in[0]);
        pooling.forward(in[0], out[0], sequence.memory(pooling.describeForward().workspace_desc(), out[1]), sequence);
    }

    /** Floats of workspace of a pooling: a byte, or four for large windows, for every result. */
    static OptionalLong kept(IndexedMaxPool of, long[] x) {
        long[] y = of.window().output(x);
        memory.desc workspace = describe(MAX, of.window(), x, layout(x), layout(y)).workspace_desc();
        return OptionalLong.of((workspace.get_size() + Float.BYTES - 1) / Float.BYTES);
    }

    static void average(AveragePool of, INDArray[] in, INDArray[] out, Sequence sequence) {
        average(of, in[0]).forward(in[0], out[0], null, sequence);
    }

    static void global(GlobalAveragePool of, INDArray[] in, INDArray[] out, Sequence sequence) {
        whole(in[0]).forward(in[0], out[0], null, sequence);
    }

    static void averageGradient(AveragePool.Gradient of, INDArray[] in, INDArray[] out, Sequence sequence) {
        average(of.of(), out[0]).backward(in[0], out[0], null, sequence);
    }

    static void globalGradient(GlobalAveragePool.Gradient of, INDArray[] in, INDArray[] out, Sequence sequence) {
        whole(out[0]).backward(in[0], out[0], null, sequence);
    }

    /** Which elements were largest is found anew: nobody kept it. */
    static void maxGradient(MaxPool.Gradient of, INDArray[] in, INDArray[] out, Sequence sequence) {
        PoolingKernels pooling = new PoolingKernels(MAX, of.window(), in[0]);
        pooling_forward.primitive_desc description = pooling.describeForward();
        memory places = sequence.temporary(description.workspace_desc());
        sequence.add(new pooling_forward(description), description, argument(DNNL_ARG_SRC, sequence.memory(pooling.images, in[0])),
                argument(DNNL_ARG_DST, sequence.temporary(pooling.results)), argument(DNNL_ARG_WORKSPACE, places));
        pooling.backward(in[2], out[0], places, sequence);
    }

    static void indexedMaxGradient(IndexedMaxPool.Gradient of, INDArray[] in, INDArray[] out, Sequence sequence) {
        PoolingKernels pooling = new PoolingKernels(MAX, of.window(), out[0]);
        pooling.backward(in[1], out[0], sequence.memory(pooling.describeForward().workspace_desc(), in[0]), sequence);
    }

    /** Sums over images by means of rows, then of columns, then their sums: of many short sums less is lost to rounding than of a long one. */
    static void channelSum(ChannelSum of, INDArray[] in, INDArray[] out, Sequence sequence) {
        long[] x = Images.shape(in[0]);
        INDArray rows = mean(in[0], new Window(1, (int) x[3], 1, 1, 0, 0, false), sequence);
        INDArray wholes = mean(rows, new Window((int) x[2], 1, 1, 1, 0, 0, false), sequence);
        INDArray counts = Nd4j.valueArrayOf(new long[] {1, x[0]}, (double) (x[2] * x[3]), DataType.FLOAT);
        ProductKernels.multiply(sequence.memory(layout(new long[] {x[1], x[0]}, new long[] {1, x[1]}), wholes), sequence.memory(layout(x[0], 1), counts), null,
                sequence.memory(layout(x[1], 1), out[0]), sequence);
    }

    private static INDArray mean(INDArray images, Window window, Sequence sequence) {
        PoolingKernels pooling = new PoolingKernels(MEAN, window, images);
        long[] y = window.output(pooling.x);
        INDArray means = images.rank() == 5 ? Temporaries.create(y[0], images.size(1), y[2], y[3], images.size(4)) : Temporaries.create(y);
        pooling.forward(images, means, null, sequence);
        return means;
    }

    private pooling_forward.primitive_desc describeForward() {
        return describe(kind, window, x, images, results);
    }

    private static pooling_forward.primitive_desc describe(int kind, Window window, long[] x, memory.desc images, memory.desc results) {
        return Sequence.describe(() -> new pooling_forward.primitive_desc(new pooling_forward.desc(prop_kind.forward_training.value, kind,
                images, results, strides(window), kernel(window), padding(window), paddingAfter(window, x)), attributes(), ENGINE));
    }

    private static long[] strides(Window window) {
        return new long[] {window.strideH(), window.strideW()};
    }

    private static long[] kernel(Window window) {
        return new long[] {window.kernelH(), window.kernelW()};
    }

    private static long[] padding(Window window) {
        return new long[] {window.paddingH(), window.paddingW()};
    }

    private static long[] paddingAfter(Window window, long[] x) {
        return new long[] {window.overhang(x[2], true), window.overhang(x[3], false)};
    }

    private void forward(INDArray from, INDArray to, memory places, Sequence sequence) {
        pooling_forward.primitive_desc description = describeForward();
        List<Sequence.Argument> arguments = arguments(places);
        arguments.add(argument(DNNL_ARG_SRC, sequence.memory(images, from)));
        arguments.add(argument(DNNL_ARG_DST, sequence.memory(results, to)));
        sequence.add(new pooling_forward(description), description, arguments.toArray(Sequence.Argument[]::new));
    }

    private void backward(INDArray dy, INDArray dx, memory places, Sequence sequence) {
        pooling_backward.primitive_desc description = Sequence.describe(() -> new pooling_backward.primitive_desc(
                new pooling_backward.desc(kind, images, results, strides(window), kernel(window), padding(window), paddingAfter(window, x)),
                attributes(), ENGINE, describeForward()));
        List<Sequence.Argument> arguments = arguments(places);
        arguments.add(argument(DNNL_ARG_DIFF_DST, sequence.memory(results, dy)));
        arguments.add(argument(DNNL_ARG_DIFF_SRC, sequence.memory(images, dx)));
        sequence.add(new pooling_backward(description), description, arguments.toArray(Sequence.Argument[]::new));
    }

    private static List<Sequence.Argument> arguments(memory places) {
        return new ArrayList<>(places == null ? List.of() : List.of(argument(DNNL_ARG_WORKSPACE, places)));
    }
}
