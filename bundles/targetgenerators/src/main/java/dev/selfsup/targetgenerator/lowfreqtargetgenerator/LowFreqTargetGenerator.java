package dev.selfsup.targetgenerator.lowfreqtargetgenerator;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.TargetGenerator;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.osgi.service.component.annotations.Component;

/**
 * Images without their high frequencies, the targets of PixMIM (Liu et al. 2023, <a href="https://arxiv.org/abs/2303.02416">arXiv:2303.02416</a>, section 3.1): frequencies
 * farther than a radius from the lowest are cut off. From normalised images [N, 3, H, W] to the same. The Fourier transform is two products with matrices of waves, of which only
 * those within the radius are computed.
 */
public final class LowFreqTargetGenerator implements TargetGenerator {
    private static final float[] MEAN = {0.485f, 0.456f, 0.406f};
    private static final float[] STD = {0.229f, 0.224f, 0.225f};

    /**
     * Options of the generator.
     *
     * @param radius distance from the middle of the spectrum, in frequencies, within which they stay
     * @param imgSize height and width of the images, or one number for both
     */
    public record Config(int radius, List<Integer> imgSize) {
        public Config {
            check(radius > 0, "radius must be positive, not %d", radius);
            check(!imgSize.isEmpty() && imgSize.size() <= 2 && imgSize.stream().allMatch(size -> size > 0), "img_size must be one positive number or two, not %s", imgSize);
        }

        int height() {
            return imgSize.get(0);
        }

        int width() {
            return imgSize.get(imgSize.size() - 1);
        }
    }

    private final Config config;

    private LowFreqTargetGenerator(Config config) {
        this.config = config;
    }

    @Override
    public Network build(Graph graph) {
        int height = config.height();
        int width = config.width();
        SDVariable filter = graph.buffer("low_pass_filter", DataType.FLOAT, circle(height, width), 3, height, width);
        LowPass lowPass = new LowPass(Waves.of(height, config.radius()), Waves.of(width, config.radius()));
        return (images, batch) -> graph.call(List.of(images), in -> {
            long[] shape = graph.shape(in.get(0));
            check(shape[1] == 3 && shape[2] == height && shape[3] == width, "LowFreqTargetGenerator is for images of img_size %dx%d in 3 channels, not %dx%d in %d", height, width,
                    shape[2], shape[3], shape[1]);
            SDVariable mean = graph.constant(MEAN, 1, 3, 1, 1);
            SDVariable std = graph.constant(STD, 1, 3, 1, 1);
            SDVariable pixels = in.get(0).mul(std).add(mean);
            return List.of(lowPass.apply(graph, pixels, filter).sub(mean).div(std));
        });
    }

    /** 1 within the radius of the middle, else 0, for every channel. */
    private Fill circle(int height, int width) {
        return (values, shape, random) -> {
            for (int i = 0; i < values.length; i++) {
                double y = i / width % height - (height - 1) / 2.0;
                double x = i % width - (width - 1) / 2.0;
                values[i] = y * y + x * x > (double) config.radius() * config.radius() ? 0 : 1;
            }
        };
    }

    /** {@code LowFreqTargetGenerator}. */
    @Component
    @TypeName(kind = "target_generator", name = "LowFreqTargetGenerator")
    public static final class Factory implements ComponentFactory<TargetGenerator, Config> {
        @Override
        public TargetGenerator create(Config config) {
            return new LowFreqTargetGenerator(config);
        }
    }
}
