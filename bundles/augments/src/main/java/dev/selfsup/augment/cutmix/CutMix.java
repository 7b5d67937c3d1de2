package dev.selfsup.augment.cutmix;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.BatchAugment;
import dev.selfsup.augment.MixingShare;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.osgi.service.component.annotations.Component;

/**
 * CutMix (Yun et al. 2019, <a href="https://arxiv.org/abs/1905.04899">arXiv:1905.04899</a>): a box of each image is replaced by that of another, and labels are mixed
 * by its area; the box is the same for all images of a batch. Further numbers of a choice: the middle of the box, y and x; with {@code cutmix_minmax} its height,
 * width, top and left.
 */
public final class CutMix implements BatchAugment {
    /**
     * Options of the augmentation.
     *
     * @param alpha the share of an image that stays is distributed as Beta(alpha, alpha)
     * @param cutmixMinmax least and largest height and width of the box, as shares of the image's; then alpha has no effect
     * @param correctLam whether labels are mixed by the area of the box within the image, rather than by the share that was drawn
     */
    public record Config(double alpha, Optional<List<Double>> cutmixMinmax, @Default("true") boolean correctLam) {
        public Config {
            new MixingShare(alpha);
            cutmixMinmax.ifPresent(range -> check(range.size() == 2 && range.get(0) >= 0 && range.get(0) < range.get(1) && range.get(1) <= 1,
                    "cutmix_minmax must be two shares from 0 to 1, the smaller first, not %s", range));
        }
    }

    private final Config config;
    private final MixingShare share;

    private CutMix(Config config) {
        this.config = config;
        this.share = new MixingShare(config.alpha());
    }

    @Override
    public Choice draw(int samples, int height, int width, RandomGenerator random) {
        double kept = share.draw(random);
        int[] partners = MixingShare.partners(samples, random);
        if (config.cutmixMinmax().isEmpty()) {
            return new Choice(kept, partners, random.nextInt(height), random.nextInt(width));
        }
        int cutHeight = length(height, random);
        int cutWidth = length(width, random);
        return new Choice(kept, partners, cutHeight, cutWidth, random.nextInt(Math.max(1, height - cutHeight)), random.nextInt(Math.max(1, width - cutWidth)));
    }

    private int length(int size, RandomGenerator random) {
        int least = (int) (size * config.cutmixMinmax().get().get(0));
        int beyond = (int) (size * config.cutmixMinmax().get().get(1));
        return least + random.nextInt(Math.max(1, beyond - least));
    }

    @Override
    public Mix mix(Choice choice, int height, int width) {
        boolean ranged = config.cutmixMinmax().isPresent();
        int[] numbers = choice.numbers();
        Box box = ranged ? new Box(numbers[2], numbers[2] + numbers[0], numbers[3], numbers[3] + numbers[1])
                : around(numbers[0], numbers[1], Math.sqrt(1 - choice.share()), height, width);
        double kept = ranged || config.correctLam() ? 1 - box.area() / (double) (height * width) : choice.share();
        return new Mix(kept, choice.partners(), box);
    }

    /** A box around a pixel, as far as it is within the image. */
    private static Box around(int y, int x, double ratio, int height, int width) {
        int cutHeight = (int) (height * ratio);
        int cutWidth = (int) (width * ratio);
        return new Box(clip(y - cutHeight / 2, height), clip(y + cutHeight / 2, height), clip(x - cutWidth / 2, width), clip(x + cutWidth / 2, width));
    }

    private static int clip(int at, int size) {
        return Math.min(Math.max(at, 0), size);
    }

    /** {@code mmcls.CutMix}. */
    @Component
    @TypeName(kind = "batch_augment", name = "CutMix", scope = "mmcls")
    public static final class Factory implements ComponentFactory<BatchAugment, Config> {
        @Override
        public BatchAugment create(Config config) {
            return new CutMix(config);
        }
    }
}
