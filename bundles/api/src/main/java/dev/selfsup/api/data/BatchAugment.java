package dev.selfsup.api.data;

import dev.selfsup.api.component.Kind;
import java.util.random.RandomGenerator;
import org.osgi.annotation.versioning.ConsumerType;

/** Mixes the images of a batch and their labels after normalisation: an entry of {@code train_cfg.augments} of a classifier. It has no state. */
@Kind("batch_augment")
@ConsumerType
public interface BatchAugment {
    /**
     * Makes the random choices for a batch.
     *
     * @param samples images of the batch, N
     * @param height of the images
     * @param width of the images
     * @param random the batch's own generator
     */
    Choice draw(int samples, int height, int width, RandomGenerator random);

    /**
     * Tells what becomes of a batch.
     *
     * @param choice as {@link #draw} makes it
     * @param height of the images
     * @param width of the images
     */
    Mix mix(Choice choice, int height, int width);

    /**
     * Random choices for a batch.
     *
     * @param share how much of an image stays, lambda, from 0 to 1
     * @param partners for each image the one that it is mixed with, [N]
     * @param numbers further whole numbers, in the order in which they are drawn
     */
    record Choice(double share, int[] partners, int... numbers) {}

    /**
     * What becomes of a batch.
     *
     * @param share how much of an image and of its label stays; the rest is the partner's
     * @param partners for each image the one that it is mixed with, [N]
     * @param box where it is replaced by the partner's pixels; null where all pixels are blended
     */
    record Mix(double share, int[] partners, Box box) {
        /**
         * Mixes rows as labels are mixed.
         *
         * @param before rows of a length, [N, L] from the beginning
         * @param after the mixed rows are written here
         */
        public void blend(float[] before, float[] after, int length) {
            float own = (float) share;
            float other = (float) (1 - share);
            for (int n = 0; n < partners.length; n++) {
                int from = partners[n] * length;
                for (int i = n * length; i < (n + 1) * length; i++, from++) {
                    after[i] = own * before[i] + other * before[from];
                }
            }
        }

        /**
         * Mixes images.
         *
         * @param before images [N, C, H, W] from the beginning
         * @param after the mixed images are written here
         * @param shape [C, H, W]
         */
        public void images(float[] before, float[] after, int... shape) {
            int length = DataPreprocessor.length(shape);
            if (box == null) {
                blend(before, after, length);
                return;
            }
            System.arraycopy(before, 0, after, 0, partners.length * length);
            for (int n = 0; n < partners.length; n++) {
                for (int row = 0; row < shape[0] * shape[1]; row++) {
                    int y = row % shape[1];
                    if (box.top <= y && y < box.bottom) {
                        int at = row * shape[2] + box.left;
                        System.arraycopy(before, partners[n] * length + at, after, n * length + at, box.right - box.left);
                    }
                }
            }
        }
    }

    /** Pixels from top to bottom and from left to right, the last of each not included. */
    record Box(int top, int bottom, int left, int right) {
        /** Number of pixels. */
        public int area() {
            return (bottom - top) * (right - left);
        }
    }
}
