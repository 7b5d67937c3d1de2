package dev.selfsup.targetgenerator.hoggenerator;

import dev.selfsup.engine.Graph;
import dev.selfsup.engine.HostCopy;
import dev.selfsup.engine.Kernel;
import dev.selfsup.engine.Operation;
import java.util.Collections;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Histograms [N, C, bins, H / pool, W / pool], the mean of their channels, drawn by {@link Strokes} as grey levels of 0 to 255, [N, 3, H, W]. No gradient.
 *
 * @param bins bins of a full turn
 * @param pool height and width of a cell
 * @param height of the picture
 * @param width of the picture
 */
record HogPicture(int bins, int pool, int height, int width) implements Operation {
    private static final int COLORS = 3;

    @Override
    public String name() {
        return "hog_picture";
    }

    @Override
    public List<long[]> shapes(List<long[]> in) {
        return List.of(new long[] {in.get(0)[0], COLORS, height, width});
    }

    @Override
    public List<SDVariable> gradient(Graph graph, List<SDVariable> in, List<SDVariable> out, List<SDVariable> gradients) {
        return Collections.singletonList(null);
    }

    @Override
    public Kernel plain(INDArray[] in, INDArray[] out) {
        int images = (int) in[0].size(0);
        int channels = (int) in[0].size(1);
        int rows = (int) in[0].size(3);
        int columns = (int) in[0].size(4);
        return () -> {
            float[] all = in[0].dataType() == DataType.FLOAT ? HostCopy.read(in[0]) : in[0].dup('c').data().asFloat();
            float[] pixels = new float[images * COLORS * height * width];
            for (int i = 0; i < images; i++) {
                int[] levels = new Strokes(height, width, pool, bins).draw(mean(all, i, channels, bins * rows * columns), rows, columns);
                for (int p = 0; p < COLORS * levels.length; p++) {
                    pixels[i * COLORS * levels.length + p] = levels[p % levels.length];
                }
            }
            if (out[0].dataType() == DataType.FLOAT) {
                HostCopy.write(pixels, pixels.length, out[0]);
            } else {
                out[0].assign(Nd4j.createFromArray(pixels).reshape(out[0].shape()));
            }
        };
    }

    /** The mean of an image's channels, [bins, H / pool, W / pool]. */
    private static float[] mean(float[] all, int image, int channels, int length) {
        float[] mean = new float[length];
        for (int i = 0; i < length; i++) {
            float sum = 0;
            for (int c = 0; c < channels; c++) {
                sum += all[(image * channels + c) * length + i];
            }
            mean[i] = sum / channels;
        }
        return mean;
    }
}
