package dev.selfsup.augment.mixup;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.BatchAugment;
import dev.selfsup.augment.MixingShare;
import java.util.random.RandomGenerator;
import org.osgi.service.component.annotations.Component;

/**
 * Mixup (Zhang et al. 2017, <a href="https://arxiv.org/abs/1710.09412">arXiv:1710.09412</a>): the weighted mean of two images and of their labels, with one weight for
 * all images of a batch.
 */
public final class Mixup implements BatchAugment {
    /**
     * Options of the augmentation.
     *
     * @param alpha the weight is distributed as Beta(alpha, alpha)
     */
    public record Config(double alpha) {
        public Config {
            new MixingShare(alpha);
        }
    }

    private final MixingShare share;

    private Mixup(Config config) {
        this.share = new MixingShare(config.alpha());
    }

    @Override
    public Choice draw(int samples, int height, int width, RandomGenerator random) {
        return new Choice(share.draw(random), MixingShare.partners(samples, random));
    }

    @Override
    public Mix mix(Choice choice, int height, int width) {
        return new Mix(choice.share(), choice.partners(), null);
    }

    /** {@code mmcls.Mixup}. */
    @Component
    @TypeName(kind = "batch_augment", name = "Mixup", scope = "mmcls")
    public static final class Factory implements ComponentFactory<BatchAugment, Config> {
        @Override
        public BatchAugment create(Config config) {
            return new Mixup(config);
        }
    }
}
