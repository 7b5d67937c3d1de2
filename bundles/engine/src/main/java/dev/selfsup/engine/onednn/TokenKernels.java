package dev.selfsup.engine.onednn;

import static dev.selfsup.engine.onednn.Sequence.layout;

import dev.selfsup.engine.HostCopy;
import dev.selfsup.engine.Kernel;
import dev.selfsup.engine.Views;
import dev.selfsup.engine.op.AddPositions;
import dev.selfsup.engine.op.BatchSum;
import dev.selfsup.engine.op.GatherRows;
import dev.selfsup.engine.op.MaskedPlaces;
import dev.selfsup.engine.op.MoveRows;
import dev.selfsup.engine.op.OneHot;
import dev.selfsup.engine.op.PlacesOf;
import dev.selfsup.engine.op.PrependToken;
import dev.selfsup.engine.op.PutRows;
import dev.selfsup.engine.op.RandomMasking;
import dev.selfsup.engine.op.TokenRange;
import java.nio.FloatBuffer;
import org.bytedeco.dnnl.memory;
import org.bytedeco.javacpp.BytePointer;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.LongPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** Sequences of tokens put together, cut, summed and masked, rows by place, and classes as rows. */
final class TokenKernels {
    private TokenKernels() {}

    static void prepend(PrependToken of, INDArray[] in, INDArray[] out, Sequence sequence) {
        memory token = sequence.memory(layout(1, 1, in[1].length()), in[1]);
        for (long b = 0; b < out[0].size(0); b++) {
            sequence.reorder(token, part(out[0], b, 1, 0, 1, sequence));
        }
        sequence.reorder(whole(in[0], sequence), all(out[0], 1, out[0].size(1), sequence));
    }

    static void range(TokenRange of, INDArray[] in, INDArray[] out, Sequence sequence) {
        sequence.reorder(all(in[0], of.from(), of.to(), sequence), whole(out[0], sequence));
    }

    static void rangeGradient(TokenRange.Gradient gradient, INDArray[] in, INDArray[] out, Sequence sequence) {
        zero(out[0], 0, gradient.of().from(), sequence);
        zero(out[0], gradient.of().to(), gradient.length(), sequence);
        sequence.reorder(whole(in[0], sequence), all(out[0], gradient.of().from(), gradient.of().to(), sequence));
    }

    private static void zero(INDArray array, long from, long to, Sequence sequence) {
        if (to > from) {
            INDArray zeros = Nd4j.zeros(DataType.FLOAT, array.size(0), to - from, array.size(2));
            sequence.reorder(whole(zeros, sequence), all(array, from, to, sequence));
        }
    }

    static void positions(AddPositions of, INDArray[] in, INDArray[] out, Sequence sequence) {
        memory.desc flat = layout(in[1].length());
        memory positions = sequence.memory(flat, in[1]);
        for (long b = 0; b < in[0].size(0); b++) {
            ElementKernels.add(sequence.memory(flat, Views.at(in[0], b * in[1].length(), 1)), positions,
                    sequence.memory(flat, Views.at(out[0], b * in[1].length(), 1)), sequence);
        }
    }

    static void batchSum(BatchSum of, INDArray[] in, INDArray[] out, Sequence sequence) {
        ProductKernels.sumRows(Views.shaped(in[0], in[0].size(0), out[0].length()), out[0], sequence);
    }

    private static memory whole(INDArray array, Sequence sequence) {
        return sequence.memory(layout(array.shape()), array);
    }

    /** Tokens of all sequences. */
    private static memory all(INDArray array, long from, long to, Sequence sequence) {
        return part(array, 0, array.size(0), from, to, sequence);
    }

    /** Tokens of some sequences. */
    private static memory part(INDArray array, long first, long count, long from, long to, Sequence sequence) {
        long[] strides = Nd4j.getStrides(array.shape(), 'c');
        INDArray start = Views.at(array, first * strides[0] + from * strides[1], 1);
        return sequence.memory(layout(new long[] {count, to - from, array.size(2)}, strides), start);
    }

    /** Copies rows; oneDNN has nothing for places that are not known before. */
    static Kernel gather(GatherRows of, INDArray[] in, INDArray[] out) {
        long row = in[0].size(1) * in[0].dataType().width();
        BytePointer from = new BytePointer(in[0].data().addressPointer());
        BytePointer to = new BytePointer(out[0].data().addressPointer());
        LongPointer places = new LongPointer(in[1].data().addressPointer());
        long rows = in[1].length();
        return new Held(() -> {
            for (long i = 0; i < rows; i++) {
                Pointer.memcpy(to.position(i * row), from.position(places.get(i) * row), row);
            }
        }, in, out);
    }

    /** Copies runs of rows that stay together. */
    static Kernel move(MoveRows of, INDArray[] in, INDArray[] out) {
        long row = in[0].size(1) * in[0].dataType().width();
        BytePointer from = new BytePointer(in[0].data().addressPointer());
        BytePointer to = new BytePointer(out[0].data().addressPointer());
        int[][] runs = of.runs();
        long blocks = in[0].size(0) / of.rows();
        long block = of.places().length;
        return new Held(() -> {
            for (long b = 0; b < blocks; b++) {
                for (int[] run : runs) {
                    Pointer target = to.position((b * block + run[0]) * row);
                    if (run[1] < 0) {
                        Pointer.memset(target, 0, run[2] * row);
                    } else {
                        Pointer.memcpy(target, from.position((b * of.rows() + run[1]) * row), run[2] * row);
                    }
                }
            }
        }, in, out);
    }

    /** Copies rows to their places, one after the other. */
    static Kernel put(PutRows of, INDArray[] in, INDArray[] out) {
        long rows = in[1].length();
        long row = in[2].length() / rows * in[2].dataType().width();
        long table = out[0].length() * out[0].dataType().width();
        BytePointer before = new BytePointer(in[0].data().addressPointer());
        BytePointer to = new BytePointer(out[0].data().addressPointer());
        BytePointer from = new BytePointer(in[2].data().addressPointer());
        LongPointer places = new LongPointer(in[1].data().addressPointer());
        boolean elsewhere = !Views.same(in[0], out[0]);
        return new Held(() -> {
            if (elsewhere) {
                Pointer.memcpy(to.position(0), before, table);
            }
            for (long i = 0; i < rows; i++) {
                Pointer.memcpy(to.position(PutRows.place(places.get(i), table / row) * row), from.position(i * row), row);
            }
        }, in, out);
    }

    static Kernel gatherGradient(GatherRows.Gradient of, INDArray[] in, INDArray[] out) {
        FloatBuffer from = HostCopy.buffer(in[0]);
        FloatBuffer to = HostCopy.buffer(out[0]);
        LongPointer places = new LongPointer(in[1].data().addressPointer());
        float[] row = new float[(int) in[0].size(1)];
        float[] sum = new float[row.length];
        float[] zeros = new float[row.length];
        int rows = (int) in[0].size(0);
        return new Held(() -> {
            for (int i = 0; i < of.rows(); i++) {
                to.put(i * zeros.length, zeros);
            }
            for (int i = 0; i < rows; i++) {
                int place = (int) places.get(i) * row.length;
                from.get(i * row.length, row);
                to.get(place, sum);
                for (int c = 0; c < row.length; c++) {
                    sum[c] += row[c];
                }
                to.put(place, sum);
            }
        }, in, out);
    }

    static Kernel oneHot(OneHot of, INDArray[] in, INDArray[] out) {
        LongPointer classes = new LongPointer(in[0].data().addressPointer());
        FloatBuffer rows = HostCopy.buffer(out[0]);
        float[] row = new float[of.depth()];
        int count = (int) in[0].length();
        return new Held(() -> {
            for (int i = 0; i < count; i++) {
                int column = of.column(classes.get(i));
                if (column >= 0) {
                    row[column] = 1;
                }
                rows.put(i * row.length, row);
                if (column >= 0) {
                    row[column] = 0;
                }
            }
        }, in, out);
    }

    static Kernel masking(RandomMasking of, INDArray[] in, INDArray[] out) {
        FloatPointer noise = new FloatPointer(in[0].data().addressPointer());
        LongPointer places = new LongPointer(out[0].data().addressPointer());
        FloatPointer mask = new FloatPointer(out[1].data().addressPointer());
        LongPointer numbers = new LongPointer(out[2].data().addressPointer());
        LongPointer rows = new LongPointer(out[3].data().addressPointer());
        return new Held(of.kernel(in[0].shape(), new RandomMasking.Memory() {
            @Override
            public float noise(long i) {
                return noise.get(i);
            }

            @Override
            public void place(long patch, long place, boolean masked) {
                places.put(patch, place);
                mask.put(patch, masked ? 1 : 0);
            }

            @Override
            public void seen(long i, long number, long row) {
                numbers.put(i, number);
                rows.put(i, row);
            }
        }), in, out);
    }

    static Kernel maskedPlaces(MaskedPlaces of, INDArray[] in, INDArray[] out) {
        LongPointer places = new LongPointer(in[0].data().addressPointer());
        LongPointer rows = new LongPointer(out[0].data().addressPointer());
        return new Held(of.kernel(in[0].shape(), places::get, rows::put), in, out);
    }

    static Kernel placesOf(PlacesOf of, INDArray[] in, INDArray[] out) {
        LongPointer values = new LongPointer(in[0].data().addressPointer());
        LongPointer places = new LongPointer(out[0].data().addressPointer());
        return new Held(of.kernel(in[0].length(), values::get, places::put), in, out);
    }

    /** A kernel that holds the arrays whose memory it knows by address. */
    private record Held(Kernel kernel, INDArray[] in, INDArray[] out) implements Kernel {
        @Override
        public void run() {
            kernel.run();
        }
    }
}
