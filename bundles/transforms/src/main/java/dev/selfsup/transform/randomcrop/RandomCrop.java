package dev.selfsup.transform.randomcrop;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.Shorthand;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.BadImageException;
import dev.selfsup.api.data.Choices;
import dev.selfsup.api.data.Image;
import dev.selfsup.api.data.Replayable;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.Transform;
import dev.selfsup.pixels.Border;
import dev.selfsup.pixels.Box;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.osgi.service.component.annotations.Component;

/**
 * A box of given size, its corner uniform among all that fit; the image is padded before if that is asked for. An image that is smaller and not
 * padded cannot be used.
 *
 * <p>Replays {@code crop_params_ymin_xmin_h_w}: four whole numbers, or a row of them.
 */
public final class RandomCrop implements Transform, Replayable.Drawn {
    private static final String BOX = "crop_params_ymin_xmin_h_w";
    private final Config config;

    /**
     * Size and padding.
     *
     * @param size height and width of the result, or one number for both
     * @param padding columns and rows added around the image, in {@code pad_val}: one number, [left and right, above and below] or [left, above, right, below]
     * @param padIfNeeded whether an image that is too low gets the rows that it lacks above and below, one that is too narrow the columns left and right
     * @param padVal value of padding: of each channel in the image's order, blue first; one number is that of the first channel, others are 0, as in the
     *     reference
     * @param paddingMode how {@code pad_if_needed} pads
     */
    public record Config(@Shorthand List<Integer> size, @Shorthand @Default("[]") List<Integer> padding, @Default("false") boolean padIfNeeded,
            @Shorthand @Default("0") List<Double> padVal, @Default("constant") Border paddingMode) {
        public Config {
            size = List.copyOf(size);
            padding = List.copyOf(padding);
            padVal = List.copyOf(padVal);
            check(size.size() <= 2 && !size.isEmpty() && size.stream().allMatch(side -> side > 0),
                    "size must be one positive number or [height, width], not %s", size);
            check(List.of(0, 1, 2, 4).contains(padding.size()) && padding.stream().allMatch(side -> side >= 0),
                    "padding must be 1, 2 or 4 numbers, none negative, not %s", padding);
            check((padVal.size() == 1 || padVal.size() == 3) && padVal.stream().allMatch(value -> value >= 0 && value <= 255),
                    "pad_val must be 1 or 3 numbers from 0 to 255, not %s", padVal);
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
    public RandomCrop(Config config) {
        this.config = config;
    }

    @Override
    public void apply(Sample sample, RandomGenerator random) {
        Image padded = padded(sample.image());
        sample.setImages(box(sample, padded, random).cut(padded));
    }

    @Override
    public Choices draw(Sample sample, RandomGenerator random) {
        Box box = box(sample, padded(sample.image()), random);
        return Choices.of(Map.of(BOX, List.of(box.y(), box.x(), box.height(), box.width())));
    }

    @Override
    public void replay(Sample sample, Choices choices) {
        int[] box = choices.value(BOX) instanceof List<?> list && list.get(0) instanceof List<?> ? choices.rows(BOX)[0] : choices.integers(BOX, 4);
        sample.setImages(new Box(box[1], box[0], box[3], box[2]).cut(padded(sample.image())));
    }

    private Box box(Sample sample, Image image, RandomGenerator random) {
        int down = image.height() - config.height();
        int across = image.width() - config.width();
        if (down < 0 || across < 0) {
            throw new BadImageException(sample.path(), "it is smaller, " + image.width() + "x" + image.height() + ", than RandomCrop's " + config.width() + "x"
                    + config.height() + ": put a Resize before it or set pad_if_needed: true");
        }
        int y = random.nextInt(down + 1);
        int x = random.nextInt(across + 1);
        return new Box(x, y, config.width(), config.height());
    }

    private Image padded(Image image) {
        Image padded = pad(Border.CONSTANT, image, config.padding(0), config.padding(1), config.padding(2), config.padding(3));
        int rows = config.padIfNeeded ? Math.max(0, config.height() - padded.height()) : 0;
        padded = pad(config.paddingMode, padded, 0, rows, 0, rows);
        int columns = config.padIfNeeded ? Math.max(0, config.width() - padded.width()) : 0;
        return pad(config.paddingMode, padded, columns, 0, columns, 0);
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
    @TypeName(kind = "transform", name = "RandomCrop")
    public static final class Factory implements ComponentFactory<Transform, Config>, Replayable.Recorded {
        private static final List<String> KEYS = List.of("size", "padding", "pad_if_needed", "pad_val", "padding_mode");

        @Override
        public Transform create(Config config) {
            return new RandomCrop(config);
        }

        @Override
        public Map<String, Object> config(Choices spec) {
            return KEYS.stream().filter(spec::has).collect(java.util.stream.Collectors.toMap(key -> key, spec::value));
        }
    }
}
