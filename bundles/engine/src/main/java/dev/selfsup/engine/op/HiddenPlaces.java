package dev.selfsup.engine.op;

import dev.selfsup.engine.Graph;
import dev.selfsup.engine.HostMemory;
import dev.selfsup.engine.Kernel;
import dev.selfsup.engine.Operation;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Which patches a mask hides, where it hides as many of every image: the mask [B, ...] of L elements an image, 0 where a patch is seen, to
 * <ul>
 * <li>the hidden patches, int64 [B, M], in their order;
 * <li>their rows among the patches of all images, int64 [B, M];
 * <li>the patches that are seen, int64 [B, L - M], in their order;
 * <li>their rows, int64 [B, L - M].
 * </ul>
 * No gradient. Throws {@link IllegalArgumentException} when a mask hides more or fewer patches.
 *
 * @param hidden number M of patches of an image that are hidden
 */
public record HiddenPlaces(int hidden) implements Operation {
    @Override
    public String name() {
        return "hidden_places";
    }

    @Override
    public int outputs() {
        return 4;
    }

    @Override
    public List<long[]> shapes(List<long[]> in) {
        long batch = in.get(0)[0];
        long seen = Arrays.stream(in.get(0)).skip(1).reduce(1, (a, b) -> a * b) - hidden;
        if (hidden <= 0 || seen <= 0) {
            throw new IllegalArgumentException(hidden + " of the " + (seen + hidden) + " patches of an image are to be hidden: some must be, and some not");
        }
        return List.of(new long[] {batch, hidden}, new long[] {batch, hidden}, new long[] {batch, seen}, new long[] {batch, seen});
    }

    @Override
    public List<DataType> types(List<DataType> inputs, int outputs) {
        return Collections.nCopies(outputs, DataType.INT64);
    }

    @Override
    public List<SDVariable> gradient(Graph graph, List<SDVariable> in, List<SDVariable> out, List<SDVariable> gradients) {
        return Collections.singletonList(null);
    }

    @Override
    public Kernel plain(INDArray[] in, INDArray[] out) {
        HostMemory from = new HostMemory(in[0]);
        HostMemory[] to = {new HostMemory(out[0]), new HostMemory(out[1]), new HostMemory(out[2]), new HostMemory(out[3])};
        long[] mask = new long[Math.toIntExact(in[0].length())];
        long[][] found = {new long[to[0].length()], new long[to[1].length()], new long[to[2].length()], new long[to[3].length()]};
        int batch = Math.toIntExact(in[0].size(0));
        return () -> {
            from.read(mask);
            for (int image = 0; image < batch; image++) {
                find(mask, image, mask.length / batch, found);
            }
            for (int i = 0; i < to.length; i++) {
                to[i].write(found[i]);
            }
        };
    }

    private void find(long[] mask, int image, int length, long[][] found) {
        int masked = 0;
        for (int patch = 0; patch < length; patch++) {
            masked += mask[image * length + patch] == 0 ? 0 : 1;
        }
        if (masked != hidden) {
            throw new IllegalArgumentException("the mask hides " + masked + " of the " + length + " patches of image " + image + " of the batch, and not " + hidden
                    + " as of others: the mask generator of the pipeline must hide as many of every image");
        }
        int ofHidden = image * hidden;
        int ofSeen = image * (length - hidden);
        for (int patch = 0; patch < length; patch++) {
            boolean hides = mask[image * length + patch] != 0;
            int at = hides ? ofHidden++ : ofSeen++;
            found[hides ? 0 : 2][at] = patch;
            found[hides ? 1 : 3][at] = (long) image * length + patch;
        }
    }
}
