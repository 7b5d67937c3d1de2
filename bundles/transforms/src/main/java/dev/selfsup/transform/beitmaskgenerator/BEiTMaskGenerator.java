package dev.selfsup.transform.beitmaskgenerator;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.Shorthand;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.Transform;
import dev.selfsup.api.run.UsageException;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.osgi.service.component.annotations.Component;

/**
 * A mask of an image's patches, made of rectangular blocks (Bao et al. 2021, <a href="https://arxiv.org/abs/2106.08254">arXiv:2106.08254</a>, algorithm 1): the field {@code mask}, whole
 * numbers [H, W], 1 where a patch is masked. Blocks smaller than the image in each direction are added, each with an area uniform between the smallest and what is still wanted and a
 * log-uniform aspect ratio, until exactly as many patches are masked as asked for; a block that would mask too many or no more is drawn again.
 */
public final class BEiTMaskGenerator implements Transform {
    private static final int ATTEMPTS = 10;
    /** Blocks that add nothing, one after the other, before the arguments are held to allow no mask. */
    private static final int HOPELESS = 10_000;
    private final Config config;
    private final int height;
    private final int width;

    /**
     * The mask.
     *
     * @param inputSize rows and columns of patches, or one number for both
     * @param numMaskingPatches masked patches of an image
     * @param minNumPatches smallest area of a block
     * @param maxNumPatches largest number of patches that a block may add; all that are wanted by default
     * @param minAspect smallest height / width of a block
     * @param maxAspect largest height / width of a block; 1 / min_aspect by default
     */
    public record Config(@Shorthand List<Integer> inputSize, int numMaskingPatches, @Default("4") int minNumPatches, Optional<Integer> maxNumPatches,
            @Default("0.3") double minAspect, Optional<Double> maxAspect) {
        public Config {
            inputSize = List.copyOf(inputSize);
            check(!inputSize.isEmpty() && inputSize.size() <= 2 && inputSize.stream().allMatch(side -> side > 1),
                    "input_size must be the number of patches of a side or [rows, columns], at least 2 each, not %s", inputSize);
            int patches = inputSize.get(0) * inputSize.get(inputSize.size() - 1);
            check(numMaskingPatches >= 0 && numMaskingPatches <= patches, "num_masking_patches must be from 0 to the %d patches of input_size, not %d", patches,
                    numMaskingPatches);
            check(minNumPatches > 0, "min_num_patches must be positive, not %d", minNumPatches);
            check(maxNumPatches.orElse(1) > 0, "max_num_patches must be positive, not %d", maxNumPatches.orElse(1));
            check(minAspect > 0, "min_aspect must be positive, not %s", minAspect);
            check(maxAspect.orElse(1.0) > 0, "max_aspect must be positive, not %s", maxAspect.orElse(1.0));
        }
    }

    private BEiTMaskGenerator(Config config) {
        this.config = config;
        this.height = config.inputSize.get(0);
        this.width = config.inputSize.get(config.inputSize.size() - 1);
    }

    @Override
    public void apply(Sample sample, RandomGenerator random) {
        double[] mask = new double[height * width];
        int masked = 0;
        int hopeless = 0;
        while (masked < config.numMaskingPatches) {
            int wanted = config.numMaskingPatches - masked;
            int added = block(mask, Math.min(wanted, config.maxNumPatches.orElse(config.numMaskingPatches)), random);
            hopeless = added == 0 ? hopeless + 1 : 0;
            if (hopeless > HOPELESS) {
                throw new UsageException("BEiTMaskGenerator: no block masks the last " + wanted + " of num_masking_patches " + config.numMaskingPatches
                        + "; lower min_num_patches " + config.minNumPatches + ", or widen the range of aspect ratios");
            }
            masked += added;
        }
        sample.fields().put("mask", new Sample.Field(mask, true, height, width));
    }

    /** Adds a block that masks at most so many patches more; how many it has masked, 0 if none of some drawn ones did. */
    private int block(double[] mask, int most, RandomGenerator random) {
        double low = StrictMath.log(config.minAspect);
        double high = StrictMath.log(config.maxAspect.orElse(1 / config.minAspect));
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            double area = uniform(random, config.minNumPatches, most);
            double aspect = StrictMath.exp(uniform(random, low, high));
            int h = (int) Math.rint(Math.sqrt(area * aspect));
            int w = (int) Math.rint(Math.sqrt(area / aspect));
            if (w < width && h < height) {
                int top = random.nextInt(height - h + 1);
                int left = random.nextInt(width - w + 1);
                int added = h * w - sum(mask, top, left, h, w);
                if (added > 0 && added <= most) {
                    for (int row = top; row < top + h; row++) {
                        Arrays.fill(mask, row * width + left, row * width + left + w, 1);
                    }
                    return added;
                }
            }
        }
        return 0;
    }

    private int sum(double[] mask, int top, int left, int h, int w) {
        int sum = 0;
        for (int row = top; row < top + h; row++) {
            for (int column = left; column < left + w; column++) {
                sum += (int) mask[row * width + column];
            }
        }
        return sum;
    }

    private static double uniform(RandomGenerator random, double low, double high) {
        return low + random.nextDouble() * (high - low);
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "transform", name = "BEiTMaskGenerator")
    public static final class Factory implements ComponentFactory<Transform, Config> {
        @Override
        public Transform create(Config config) {
            return new BEiTMaskGenerator(config);
        }
    }
}
