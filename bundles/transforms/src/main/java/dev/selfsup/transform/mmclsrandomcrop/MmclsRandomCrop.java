package dev.selfsup.transform.mmclsrandomcrop;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.Shorthand;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.Image;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.Transform;
import dev.selfsup.pixels.Border;
import dev.selfsup.pixels.Box;
import java.util.List;
import java.util.random.RandomGenerator;
import org.osgi.service.component.annotations.Component;

/**
 * A box of given size, its corner uniform among all that fit; the image is padded before if that is asked for. Of an image that is smaller in one direction and not
 * padded a smaller box is taken, as in the reference.
 */
public final class MmclsRandomCrop implements Transform {
    private final Config config;

    /**
     * Size and padding.
     *
     * @param cropSize height and width of the result, or one number for both
     * @param size the same; the reference's configs of Places205 call it so
     * @param padding columns and rows added around the image, in {@code pad_val}: one number, [left and right, above and below] or [left, above, right, below]
     * @param padIfNeeded whether a smaller image gets half of the rows and columns that it lacks on each side, rounded up
     * @param padVal value of padding: of each channel in the image's order, blue first; one number is that of the first channel, others are 0, as in the
     *     reference
     * @param paddingMode how {@code pad_if_needed} pads
     */
    public record Config(@Shorthand @Default("[]") List<Integer> cropSize, @Shorthand @Default("[]") List<Integer> size,
            @Shorthand @Default("[]") List<Integer> padding, @Default("false") boolean padIfNeeded, @Shorthand @Default("0") List<Double> padVal,
            @Default("constant") Border paddingMode) {
        public Config {
            check(cropSize.isEmpty() != size.isEmpty(), "crop_size must be given");
            cropSize = List.copyOf(cropSize.isEmpty() ? size : cropSize);
            padding = List.copyOf(padding);
            padVal = List.copyOf(padVal);
            check(cropSize.size() <= 2 && cropSize.stream().allMatch(side -> side > 0), "crop_size must be one positive number or [height, width], not %s",
                    cropSize);
            check(List.of(0, 1, 2, 4).contains(padding.size()) && padding.stream().allMatch(side -> side >= 0),
                    "padding must be 1, 2 or 4 numbers, none negative, not %s", padding);
            check((padVal.size() == 1 || padVal.size() == 3) && padVal.stream().allMatch(value -> value >= 0 && value <= 255),
                    "pad_val must be 1 or 3 numbers from 0 to 255, not %s", padVal);
        }

        private int height() {
            return cropSize.get(0);
        }

        private int width() {
            return cropSize.get(cropSize.size() - 1);
        }

        private int padding(int side) {
            return padding.isEmpty() ? 0 : padding.get(side % padding.size());
        }
    }

    private MmclsRandomCrop(Config config) {
        this.config = config;
    }

    @Override
    public void apply(Sample sample, RandomGenerator random) {
        Image image = padded(sample.image());
        int height = config.height();
        int width = config.width();
        if (image.width() < width || image.height() < height) {
            height = Math.min(image.height(), Math.min(image.width(), height));              // the reference compares with the width
            width = Math.min(image.width(), width);
        }
        int y = random.nextInt(image.height() - height + 1);
        int x = random.nextInt(image.width() - width + 1);
        sample.setImages(new Box(x, y, width, height).cut(image));
    }

    private Image padded(Image image) {
        Image padded = pad(Border.CONSTANT, image, config.padding(0), config.padding(1), config.padding(2), config.padding(3));
        if (!config.padIfNeeded) {
            return padded;
        }
        int rows = (Math.max(0, config.height() - padded.height()) + 1) / 2;
        int columns = (Math.max(0, config.width() - padded.width()) + 1) / 2;
        return pad(config.paddingMode, padded, columns, rows, columns, rows);
    }

    private Image pad(Border border, Image image, int left, int above, int right, int below) {
        if (left + above + right + below == 0) {
            return image;
        }
        int[] values = config.padVal.stream().mapToInt(value -> (int) Math.rint(value)).toArray();
        return border.pad(image, new Box(left, above, left + image.width() + right, above + image.height() + below), values);
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "transform", name = "RandomCrop", scope = "mmcls")
    public static final class Factory implements ComponentFactory<Transform, Config> {
        @Override
        public Transform create(Config config) {
            return new MmclsRandomCrop(config);
        }
    }
}
