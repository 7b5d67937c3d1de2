package dev.selfsup.transform.maerandomresizedcrop;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.Shorthand;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.Choices;
import dev.selfsup.api.data.Image;
import dev.selfsup.api.data.Replayable;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.Transform;
import dev.selfsup.pixels.Box;
import dev.selfsup.pixels.Resampling;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.osgi.service.component.annotations.Component;

/**
 * A random box of the image, resized, as the linear evaluation of MAE (He et al. 2021) draws it: once, and cut where it is larger than the image. Pixels are resampled as
 * Pillow does.
 *
 * <p>Replays {@code ymin_xmin_h_w}: four whole numbers.
 */
public final class MAERandomResizedCrop implements Transform, Replayable.Drawn {
    private static final String BOX = "ymin_xmin_h_w";
    /** Pillow's numbers of its filters. */
    private static final List<String> NUMBERS = List.of("nearest", "lanczos", "bilinear", "bicubic", "box", "hamming");
    private final Config config;
    private final Resampling resampling;

    /**
     * Box and result.
     *
     * @param size height and width of the result, or one number for both
     * @param scale smallest and largest part of the image's area
     * @param ratio smallest and largest width / height
     * @param interpolation {@code nearest}, {@code bilinear}, {@code bicubic}, {@code box}, {@code hamming} or {@code lanczos}, or Pillow's number of it, 0 to 5
     * @param antialias has no effect: pixels are always averaged over the area that they cover
     */
    public record Config(@Shorthand List<Integer> size, @Default("[0.08, 1.0]") List<Double> scale,
            @Default("[0.75, 1.3333333333333333]") List<Double> ratio, @Default("bilinear") Object interpolation, @Default("true") Object antialias) {
        public Config {
            size = List.copyOf(size);
            check(size.size() <= 2 && !size.isEmpty() && size.stream().allMatch(side -> side > 0),
                    "size must be one positive number or [height, width], not %s", size);
            check(scale.size() == 2 && scale.get(0) <= scale.get(1) && scale.get(0) >= 0, "scale must be [smallest, largest], both at least 0, not %s", scale);
            check(ratio.size() == 2 && ratio.get(0) <= ratio.get(1) && ratio.get(0) > 0, "ratio must be [smallest, largest], both positive, not %s", ratio);
            Resampling.of("pillow", name(interpolation));
        }

        private static String name(Object interpolation) {
            return interpolation instanceof Number number && number.intValue() >= 0 && number.intValue() < NUMBERS.size() ? NUMBERS.get(number.intValue())
                    : interpolation.toString();
        }
    }

    private MAERandomResizedCrop(Config config) {
        this.config = config;
        this.resampling = Resampling.of("pillow", Config.name(config.interpolation));
    }

    @Override
    public void apply(Sample sample, RandomGenerator random) {
        resize(sample, box(sample.image(), random));
    }

    @Override
    public Choices draw(Sample sample, RandomGenerator random) {
        Box box = box(sample.image(), random);
        return Choices.of(Map.of(BOX, List.of(box.y(), box.x(), box.height(), box.width())));
    }

    @Override
    public void replay(Sample sample, Choices choices) {
        int[] box = choices.integers(BOX, 4);
        resize(sample, new Box(box[1], box[0], box[3], box[2]));
    }

    private void resize(Sample sample, Box box) {
        sample.setImages(resampling.resize(sample.image(), box, config.size.get(config.size.size() - 1), config.size.get(0)));
    }

    private Box box(Image image, RandomGenerator random) {
        double share = config.scale.get(0) + random.nextDouble() * (config.scale.get(1) - config.scale.get(0));
        double area = (double) image.width() * image.height() * share;
        double low = StrictMath.log(config.ratio.get(0));
        double high = StrictMath.log(config.ratio.get(1));
        double ratio = StrictMath.exp(low + random.nextDouble() * (high - low));
        int width = side(area * ratio, image.width());
        int height = side(area / ratio, image.height());
        int y = random.nextInt(image.height() - height + 1);
        int x = random.nextInt(image.width() - width + 1);
        return new Box(x, y, width, height);
    }

    private static int side(double square, int most) {
        return Math.min(Math.max(1, (int) Math.rint(Math.sqrt(square))), most);
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "transform", name = "MAERandomResizedCrop")
    public static final class Factory implements ComponentFactory<Transform, Config> {
        @Override
        public Transform create(Config config) {
            return new MAERandomResizedCrop(config);
        }
    }
}
