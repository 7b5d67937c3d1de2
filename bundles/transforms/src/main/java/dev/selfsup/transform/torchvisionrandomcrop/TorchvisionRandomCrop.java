package dev.selfsup.transform.torchvisionrandomcrop;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.Shorthand;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.BadImageException;
import dev.selfsup.api.data.Image;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.Transform;
import dev.selfsup.pixels.Border;
import dev.selfsup.pixels.Box;
import java.util.List;
import java.util.random.RandomGenerator;
import org.osgi.service.component.annotations.Component;

/**
 * A box of given size, its corner uniform among all that fit, as torchvision's {@code RandomCrop}: the image is padded before if that is asked for, always in one mode. An image that is
 * smaller and not padded cannot be used.
 */
public final class TorchvisionRandomCrop implements Transform {
    private final Config config;

    /**
     * Size and padding.
     *
     * @param size height and width of the result, or one number for both
     * @param padding columns and rows added around the image: one number, [left and right, above and below] or [left, above, right, below]
     * @param padIfNeeded whether an image that is too narrow gets the columns that it lacks on both sides, one that is too low the rows
     * @param fill value of padding where it is constant: one for all channels, or that of each in the image's order, red first after {@code ToPIL} with {@code to_rgb}
     * @param paddingMode how the image goes on
     */
    public record Config(@Shorthand List<Integer> size, @Shorthand @Default("[]") List<Integer> padding, @Default("false") boolean padIfNeeded,
            @Shorthand @Default("0") List<Integer> fill, @Default("constant") Border paddingMode) {
        public Config {
            size = List.copyOf(size);
            padding = List.copyOf(padding);
            fill = List.copyOf(fill);
            check(size.size() <= 2 && !size.isEmpty() && size.stream().allMatch(side -> side > 0),
                    "size must be one positive number or [height, width], not %s", size);
            check(List.of(0, 1, 2, 4).contains(padding.size()) && padding.stream().allMatch(side -> side >= 0),
                    "padding must be 1, 2 or 4 numbers, none negative, not %s", padding);
            check((fill.size() == 1 || fill.size() == 3) && fill.stream().allMatch(value -> value >= 0 && value <= 255),
                    "fill must be 1 or 3 numbers from 0 to 255, not %s", fill);
        }

        private int height() {
            return size.get(0);
        }

        private int width() {
            return size.get(size.size() - 1);
        }

        private int padding(int side) {
            return padding.isEmpty() ? 0 : padding.get(side % padding.size());
        }
    }

    /** From a config. */
    public TorchvisionRandomCrop(Config config) {
        this.config = config;
    }

    @Override
    public void apply(Sample sample, RandomGenerator random) {
        Image image = padded(sample.image());
        int down = image.height() - config.height();
        int across = image.width() - config.width();
        if (down < 0 || across < 0) {
            throw new BadImageException(sample.path(), "it is smaller, " + image.width() + "x" + image.height() + ", than the " + config.width() + "x" + config.height()
                    + " of torchvision/RandomCrop: put a torchvision/Resize before it or set pad_if_needed: true");
        }
        int y = random.nextInt(down + 1);
        int x = random.nextInt(across + 1);
        sample.setImages(new Box(x, y, config.width(), config.height()).cut(image));
    }

    private Image padded(Image image) {
        Image padded = pad(image, config.padding(0), config.padding(1), config.padding(2), config.padding(3));
        int columns = config.padIfNeeded ? Math.max(0, config.width() - padded.width()) : 0;
        int rows = config.padIfNeeded ? Math.max(0, config.height() - padded.height()) : 0;
        return pad(padded, columns, rows, columns, rows);
    }

    private Image pad(Image image, int left, int above, int right, int below) {
        if (left + above + right + below == 0) {
            return image;
        }
        int[] values = new int[image.channels()];
        for (int c = 0; c < values.length; c++) {
            values[c] = config.fill.get(c % config.fill.size());
        }
        return config.paddingMode.pad(image, new Box(left, above, left + image.width() + right, above + image.height() + below), values);
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "transform", name = "torchvision/RandomCrop", scope = "mmcls")
    public static final class Factory implements ComponentFactory<Transform, Config> {
        @Override
        public Transform create(Config config) {
            return new TorchvisionRandomCrop(config);
        }
    }
}
