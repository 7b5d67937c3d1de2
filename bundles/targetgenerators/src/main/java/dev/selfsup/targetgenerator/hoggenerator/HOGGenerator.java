package dev.selfsup.targetgenerator.hoggenerator;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.TargetGenerator;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import java.util.ArrayList;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.osgi.service.component.annotations.Component;

/**
 * Histograms of oriented gradients (Dalal and Triggs 2005) as the targets of MaskFeat (Wei et al. 2022, <a href="https://arxiv.org/abs/2112.09133">arXiv:2112.09133</a>,
 * section 3.2). Outputs: for each of the 14 x 14 patches the histograms of its cells, channel by channel, [N, 196, C * bins * U * U], where a patch has U x U cells; then all
 * cells, [N, C, bins, H / pool, W / pool]. Always computed in 32 bits.
 */
public final class HOGGenerator implements TargetGenerator {
    /** Patches along a side of the image. */
    private static final int SIDE = 14;

    /**
     * Options of the generator.
     *
     * @param nbins bins of a full turn
     * @param pool height and width of a cell in pixels
     * @param gaussianWindow height and width of the window that weighs gradients, repeated over the image, which it must divide; 0 for none
     */
    public record Config(@Default("9") int nbins, @Default("8") int pool, @Default("16") int gaussianWindow) {
        public Config {
            check(nbins > 0, "nbins must be positive, not %d", nbins);
            check(pool > 0, "pool must be positive, not %d", pool);
            check(gaussianWindow >= 0, "gaussian_window must not be negative, but is %d", gaussianWindow);
        }
    }

    private final Config config;

    private HOGGenerator(Config config) {
        this.config = config;
    }

    @Override
    public Network build(Graph graph) {
        graph.buffer("weight_x", DataType.FLOAT, sobel(3, 1), 3, 1, 3, 3);
        graph.buffer("weight_y", DataType.FLOAT, sobel(1, 3), 3, 1, 3, 3);
        int window = config.gaussianWindow();
        List<SDVariable> weights = window == 0 ? List.of()
                : List.of(graph.buffer("gaussian_kernel", DataType.FLOAT, (values, shape, random) -> gaussian(values, window), window, window));
        return (images, batch) -> graph.call(List.of(images), in -> {
            fits(graph.shape(in.get(0)));
            List<SDVariable> given = new ArrayList<>(List.of(in.get(0)));
            given.addAll(weights);
            SDVariable cells = graph.apply(new Hog(config.nbins(), config.pool()), given.toArray(SDVariable[]::new));
            return List.of(patches(graph, cells));
        });
    }

    private void fits(long... images) {
        int window = config.gaussianWindow();
        check(images[2] == images[3] && images[2] % (SIDE * config.pool()) == 0, "HOGGenerator wants square images whose side is a multiple of %d = 14 pool, not %dx%d",
                SIDE * config.pool(), images[2], images[3]);
        check(window == 0 || images[2] % window == 0, "gaussian_window %d does not divide the side %d of the images", window, images[2]);
    }

    /** The cells of each patch: [N, C, bins, 14 U, 14 U] to [N, 196, C * bins * U * U]. */
    private SDVariable patches(Graph graph, SDVariable cells) {
        long[] shape = graph.shape(cells);
        long features = shape[1] * shape[2];
        long unfold = shape[3] / SIDE;
        return cells.reshape(shape[0], features, SIDE, unfold, SIDE, unfold).permute(0, 2, 4, 1, 3, 5)
                .reshape(shape[0], (long) SIDE * SIDE, features * unfold * unfold);
    }

    /** Differences along the columns (3, 1) or the rows (1, 3) of Sobel's kernel, the same for three channels. */
    private static Fill sobel(int row, int column) {
        return (values, shape, random) -> {
            float[] smooth = {1, 2, 1};
            for (int i = 0; i < values.length; i++) {
                int along = i / (column == 1 ? 1 : 3) % 3;
                int across = i / (column == 1 ? 3 : 1) % 3;
                values[i] = (1 - along) * smooth[across];
            }
        };
    }

    private static void gaussian(float[] values, int size) {
        float[] line = new float[size];
        double total = 0;
        for (int i = 0; i < size; i++) {
            float x = (i - (size - 1) / 2f) / (size / 2);
            line[i] = (float) Math.exp(-0.5f * x * x);
        }
        for (int i = 0; i < values.length; i++) {
            values[i] = line[i / size] * line[i % size];
            total += values[i];
        }
        for (int i = 0; i < values.length; i++) {
            values[i] /= (float) total;
        }
    }

    /** {@code HOGGenerator}. */
    @Component
    @TypeName(kind = "target_generator", name = "HOGGenerator")
    public static final class Factory implements ComponentFactory<TargetGenerator, Config> {
        @Override
        public TargetGenerator create(Config config) {
            return new HOGGenerator(config);
        }
    }
}
