package dev.selfsup.transform.simmimmaskgenerator;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.Transform;
import java.util.random.RandomGenerator;
import org.osgi.service.component.annotations.Component;

/**
 * The mask of SimMIM (Xie et al. 2022, <a href="https://arxiv.org/abs/2111.09886">arXiv:2111.09886</a>): squares of the image, drawn without replacement, all of whose patches are masked. Field
 * {@code mask}, [H / P, W / P] of whole numbers, 1 where a patch is masked, else 0.
 */
public final class SimMIMMaskGenerator implements Transform {
    private final Config config;

    /**
     * Sizes of the mask.
     *
     * @param inputSize height and width of the image
     * @param maskPatchSize height and width of a square that is masked as a whole
     * @param modelPatchSize height and width of the model's patches
     * @param maskRatio share of the squares that are masked, rounded up to whole ones
     */
    public record Config(@Default("192") int inputSize, @Default("32") int maskPatchSize, @Default("4") int modelPatchSize, @Default("0.6") double maskRatio) {
        public Config {
            check(maskPatchSize > 0 && inputSize > 0 && inputSize % maskPatchSize == 0, "mask_patch_size must divide input_size %d, not be %d", inputSize, maskPatchSize);
            check(modelPatchSize > 0 && maskPatchSize % modelPatchSize == 0, "model_patch_size must divide mask_patch_size %d, not be %d", maskPatchSize, modelPatchSize);
            check(maskRatio >= 0 && maskRatio <= 1, "mask_ratio must be from 0 to 1, not %s", maskRatio);
        }
    }

    /** From a config. */
    public SimMIMMaskGenerator(Config config) {
        this.config = config;
    }

    @Override
    public void apply(Sample sample, RandomGenerator random) {
        int squares = config.inputSize / config.maskPatchSize;
        int scale = config.maskPatchSize / config.modelPatchSize;
        boolean[] masked = masked(squares * squares, random);
        int side = squares * scale;
        double[] mask = new double[side * side];
        for (int i = 0; i < mask.length; i++) {
            mask[i] = masked[i / side / scale * squares + i % side / scale] ? 1 : 0;
        }
        sample.fields().put("mask", new Sample.Field(mask, true, side, side));
    }

    /** Which of some squares are masked. */
    private boolean[] masked(int squares, RandomGenerator random) {
        int[] order = new int[squares];
        boolean[] masked = new boolean[squares];
        for (int i = 0; i < squares; i++) {
            int j = random.nextInt(i + 1);
            order[i] = order[j];
            order[j] = i;
        }
        for (int i = 0; i < Math.ceil(squares * config.maskRatio); i++) {
            masked[order[i]] = true;
        }
        return masked;
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "transform", name = "SimMIMMaskGenerator")
    public static final class Factory implements ComponentFactory<Transform, Config> {
        @Override
        public Transform create(Config config) {
            return new SimMIMMaskGenerator(config);
        }
    }
}
