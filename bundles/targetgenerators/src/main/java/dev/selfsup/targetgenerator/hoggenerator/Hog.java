package dev.selfsup.targetgenerator.hoggenerator;

import dev.selfsup.engine.Graph;
import dev.selfsup.engine.HostCopy;
import dev.selfsup.engine.HostMemory;
import dev.selfsup.engine.Kernel;
import dev.selfsup.engine.Operation;
import java.util.Arrays;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * {@link Histograms} of every channel: images [N, C, H, W] and, where there is one, the window [G, G] to [N, C, bins, H / pool, W / pool]. No gradient.
 *
 * @param bins bins of a full turn
 * @param pool height and width of a cell
 */
record Hog(int bins, int pool) implements Operation {
    @Override
    public String name() {
        return "hog";
    }

    @Override
    public List<long[]> shapes(List<long[]> in) {
        long[] images = in.get(0);
        return List.of(new long[] {images[0], images[1], bins, images[2] / pool, images[3] / pool});
    }

    @Override
    public List<SDVariable> gradient(Graph graph, List<SDVariable> in, List<SDVariable> out, List<SDVariable> gradients) {
        return Arrays.asList(new SDVariable[in.size()]);
    }

    @Override
    public Kernel plain(INDArray[] in, INDArray[] out) {
        int height = (int) in[0].size(2);
        int width = (int) in[0].size(3);
        int planes = (int) (in[0].size(0) * in[0].size(1));
        float[] window = new float[in.length > 1 ? (int) in[1].length() : 0];
        float[] images = new float[(int) in[0].length()];
        float[] cells = new float[(int) out[0].length()];
        Histograms histograms = new Histograms(height, width, pool, bins, window, in.length > 1 ? (int) in[1].size(0) : 0);
        Kernel read = reading(in[0], images);
        Kernel readWindow = in.length > 1 ? reading(in[1], window) : () -> { };
        Kernel write = writing(cells, out[0]);
        return () -> {
            read.run();
            readWindow.run();
            for (int plane = 0; plane < planes; plane++) {
                histograms.fill(images, plane * height * width, cells, plane * (cells.length / planes));
            }
            write.run();
        };
    }

    private static Kernel reading(INDArray array, float[] values) {
        if (array.dataType() == DataType.FLOAT) {
            HostMemory memory = new HostMemory(array);
            return () -> memory.read(values);
        }
        return () -> System.arraycopy(array.dup('c').data().asFloat(), 0, values, 0, values.length);
    }

    private static Kernel writing(float[] values, INDArray array) {
        if (array.dataType() == DataType.FLOAT) {
            return () -> HostCopy.write(values, values.length, array);
        }
        return () -> array.assign(Nd4j.createFromArray(values).reshape(array.shape()));
    }
}
