package dev.selfsup.transform.randomresizedcropandinterpolationwithtwopic;

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
import dev.selfsup.pixels.RandomBox;
import dev.selfsup.pixels.Resampling;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.random.RandomGenerator;
import org.osgi.service.component.annotations.Component;

/**
 * A random box of the image, as {@code RandomResizedCrop} draws it, in two sizes: one picture for the network, one for the tokenizer that gives its targets (Bao et al. 2021). The
 * reference hands numbers of Pillow's filters to OpenCV, where they mean other ones; so does this: {@code bicubic} is OpenCV's mean over areas, {@code lanczos} its bilinear,
 * {@code hamming} its exact bilinear and {@code bilinear}, with every name that is not known, its bicubic interpolation.
 *
 * <p>Replays {@code ymin_xmin_h_w}: four whole numbers.
 */
public final class RandomResizedCropAndInterpolationWithTwoPic implements Transform, Replayable {
    private static final int ATTEMPTS = 10;
    private static final String RANDOM = "random";
    private static final List<String> ONE_OF = List.of("bilinear", "bicubic");
    private final Config config;
    private final RandomBox boxes;

    /**
     * Box and results. Sizes of two numbers are [width, height], as OpenCV reads them.
     *
     * @param size size of the first picture: one number for both sides, or two
     * @param secondSize size of the second picture; without it there is one picture only
     * @param scale smallest and largest part of the image's area
     * @param ratio smallest and largest width / height
     * @param interpolation {@code bilinear}, {@code bicubic}, {@code lanczos} or {@code hamming}, which mean what is said above, or {@code random} for one of the first two
     * @param secondInterpolation the same for the second picture, where {@code random} is {@code bilinear}
     */
    public record Config(@Shorthand List<Integer> size, @Shorthand Optional<List<Integer>> secondSize, @Default("[0.08, 1.0]") List<Double> scale,
            @Default("[0.75, 1.3333333333333333]") List<Double> ratio, @Default("bilinear") String interpolation,
            @Default("lanczos") String secondInterpolation) {
        public Config {
            side("size", size);
            secondSize.ifPresent(sides -> side("second_size", sides));
            new RandomBox(scale, ratio, ATTEMPTS);
        }

        private static void side(String key, List<Integer> sides) {
            check(!sides.isEmpty() && sides.size() <= 2 && sides.stream().allMatch(side -> side > 0), "%s must be one positive number or [width, height], not %s", key, sides);
        }
    }

    private RandomResizedCropAndInterpolationWithTwoPic(Config config) {
        this.config = config;
        this.boxes = new RandomBox(config.scale, config.ratio, ATTEMPTS);
    }

    @Override
    public void apply(Sample sample, RandomGenerator random) {
        Box box = boxes.draw(sample.image().width(), sample.image().height(), random);
        resize(sample, box, config.interpolation.equals(RANDOM) ? ONE_OF.get(random.nextInt(2)) : config.interpolation);
    }

    @Override
    public void replay(Sample sample, Choices choices) {
        int[] box = choices.integers("ymin_xmin_h_w", 4);
        resize(sample, new Box(box[1], box[0], box[3], box[2]), config.interpolation);
    }

    private void resize(Sample sample, Box box, String interpolation) {
        Image first = resized(sample.image(), box, config.size, interpolation);
        List<Image> pictures = config.secondSize.map(size -> List.of(first, resized(sample.image(), box, size, config.secondInterpolation))).orElse(List.of(first));
        sample.setImages(pictures);
    }

    private static Image resized(Image image, Box box, List<Integer> size, String interpolation) {
        return resampling(interpolation).resize(image, box, size.get(0), size.get(size.size() - 1));
    }

    /** What OpenCV makes of the number of a filter of Pillow. */
    private static Resampling resampling(String interpolation) {
        return switch (interpolation) {
            case "bicubic" -> Resampling.of("cv2", "area");
            case "lanczos" -> Resampling.of("cv2", "bilinear");
            case "hamming" -> Resampling.exactlyBilinear();
            default -> Resampling.of("cv2", "bicubic");
        };
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "transform", name = "RandomResizedCropAndInterpolationWithTwoPic")
    public static final class Factory implements ComponentFactory<Transform, Config>, Replayable.Recorded {
        @Override
        public Transform create(Config config) {
            return new RandomResizedCropAndInterpolationWithTwoPic(config);
        }

        @Override
        public Map<String, Object> config(Choices spec) {
            Map<String, Object> config = new HashMap<>();
            for (String key : List.of("size", "second_size", "interpolation", "second_interpolation")) {
                if (spec.has(key)) {
                    config.put(key, spec.value(key));
                }
            }
            return config;
        }
    }
}
