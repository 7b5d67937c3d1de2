package dev.selfsup.targetgenerator.hoggenerator;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Batch;
import dev.selfsup.api.model.TargetGenerator;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.osgi.service.component.annotations.Component;

/**
 * Histograms of oriented gradients (Dalal and Triggs 2005) as the targets of MaskFeat (Wei et al. 2022, <a href="https://arxiv.org/abs/2112.09133">arXiv:2112.09133</a>,
 * section 3.2). Outputs: for each patch the histograms of its cells, channel by channel, [N, L, C * bins * U * U], where a patch has U x U cells: as many as make 14 patches of a row
 * of cells, so that there are L = 14 x 14 where the side is a multiple of 14 cells; then all cells, [N, C, bins, H / pool, W / pool]. Always computed in 32 bits.
 */
public final class HOGGenerator implements TargetGenerator {
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
            check(gaussianWindow == 0 || gaussianWindow > 1, "gaussian_window must be 0 for none, or at least 2, not %d", gaussianWindow);
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
        return new Network() {
            @Override
            public List<SDVariable> apply(SDVariable images, Batch batch) {
                fits(graph.shape(images));
                List<SDVariable> given = new ArrayList<>(List.of(images));
                given.addAll(weights);
                SDVariable cells = graph.apply(new Hog(config.nbins(), config.pool()), given.toArray(SDVariable[]::new));
                Cells grid = Cells.of(graph.shape(cells)[3], graph.shape(cells)[4]);
                SDVariable patches = graph.call(List.of(images), in -> List.of(grid.patches(graph, cells))).get(0);
                return List.of(patches, cells);
            }

            @Override
            public Optional<SDVariable> picture(SDVariable features, SDVariable images) {
                long[] shape = graph.shape(images);
                Cells grid = Cells.of(shape[2] / config.pool(), shape[3] / config.pool());
                return Optional.of(graph.apply(new HogPicture(config.nbins(), config.pool(), (int) shape[2], (int) shape[3]), grid.cells(graph, features, config.nbins())));
            }
        };
    }

    private void fits(long... images) {
        int window = config.gaussianWindow();
        check(images[2] >= config.pool() && images[3] >= (long) Cells.SIDE * config.pool(), "HOGGenerator wants images at least %d = 14 pool wide, not %dx%d", Cells.SIDE * config.pool(), images[2],
                images[3]);
        check(window == 0 || images[2] == images[3] && images[2] % window == 0, "gaussian_window %d wants square images whose side it divides, not %dx%d", window, images[2], images[3]);
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
