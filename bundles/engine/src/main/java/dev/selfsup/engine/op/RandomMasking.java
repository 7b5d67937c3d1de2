package dev.selfsup.engine.op;

import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernel;
import dev.selfsup.engine.Operation;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A random choice of visible patches (He et al. 2021, <a href="https://arxiv.org/abs/2111.06377">arXiv:2111.06377</a>): of every sequence the
 * V with the least noise stay visible. Noise [B, L] to
 * <ul>
 * <li>the place of every patch in the order of its sequence's noise, int64 [B, L], which restores the order;
 * <li>the mask [B, L]: 1 where a patch is masked, 0 where it is visible;
 * <li>the visible patches, int64 [B, V], in the order of their noise;
 * <li>their rows among the patches of all sequences, int64 [B, V].
 * </ul>
 * No gradient.
 *
 * @param visible number V of visible patches of a sequence
 */
public record RandomMasking(int visible) implements Operation {
    @Override
    public String name() {
        return "random_masking";
    }

    @Override
    public int outputs() {
        return 4;
    }

    @Override
    public List<long[]> shapes(List<long[]> in) {
        long[] noise = in.get(0);
        if (noise.length != 2 || visible > noise[1]) {
            throw new IllegalArgumentException(visible + " patches of a sequence cannot be visible where the noise is " + Arrays.toString(noise));
        }
        long[] seen = {noise[0], visible};
        return List.of(noise, noise, seen, seen);
    }

    @Override
    public List<DataType> types(List<DataType> inputs, int outputs) {
        return List.of(DataType.INT64, DataType.FLOAT, DataType.INT64, DataType.INT64);
    }

    @Override
    public List<SDVariable> gradient(Graph graph, List<SDVariable> in, List<SDVariable> out, List<SDVariable> gradients) {
        return Collections.singletonList(null);
    }

    /** Where a choice reads noise and writes what it finds. */
    public interface Memory {
        /** Element i of the noise. */
        float noise(long i);

        /** A patch's place in the order of its sequence's noise, and whether it is masked. */
        void place(long patch, long place, boolean masked);

        /** Visible patch i: its number in its sequence and its row among all patches. */
        void seen(long i, long number, long row);
    }

    /** Sorts on the host, which some hundred numbers are too few to be worth anything else. */
    @Override
    public Kernel plain(INDArray[] in, INDArray[] out) {
        return kernel(in[0].shape(), new Memory() {
            @Override
            public float noise(long i) {
                return in[0].getFloat(i);
            }

            @Override
            public void place(long patch, long place, boolean masked) {
                out[0].putScalar(patch, (double) place);
                out[1].putScalar(patch, masked ? 1.0 : 0.0);
            }

            @Override
            public void seen(long i, long number, long row) {
                out[2].putScalar(i, (double) number);
                out[3].putScalar(i, (double) row);
            }
        });
    }

    /** The kernel on some memory, for noise [B, L]. */
    public Kernel kernel(long[] shape, Memory memory) {
        long[] keys = new long[(int) shape[1]];
        return () -> {
            for (long sequence = 0; sequence < shape[0]; sequence++) {
                long first = sequence * keys.length;
                order(memory, first, keys);
                for (int place = 0; place < keys.length; place++) {
                    int patch = (int) keys[place];
                    memory.place(first + patch, place, place >= visible);
                    if (place < visible) {
                        memory.seen(sequence * visible + place, patch, first + patch);
                    }
                }
            }
        };
    }

    /** The order of a sequence's noise: in the lower half of each key a patch. Noise is not negative, so that its bits order like it. */
    private static void order(Memory memory, long first, long[] keys) {
        for (int patch = 0; patch < keys.length; patch++) {
            keys[patch] = (long) Float.floatToIntBits(memory.noise(first + patch)) << Integer.SIZE | patch;
        }
        Arrays.sort(keys);
    }
}
