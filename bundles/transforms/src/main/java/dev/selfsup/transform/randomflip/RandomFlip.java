package dev.selfsup.transform.randomflip;

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
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteOrder;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.osgi.service.component.annotations.Component;

/**
 * Mirrors the image with some probability. One probability and several directions: it is shared equally; one
 * probability for each direction: at most one of them happens.
 *
 * <p>Replays {@code direction}.
 */
public final class RandomFlip implements Transform, Replayable {
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.LITTLE_ENDIAN);
    private final Config config;

    /** What is mirrored. */
    public enum Direction {
        /** Left and right. */
        HORIZONTAL,
        /** Top and bottom. */
        VERTICAL,
        /** Both: half a turn. */
        DIAGONAL
    }

    /**
     * Directions and their probabilities.
     *
     * @param prob one probability, or one for each direction
     * @param direction {@code horizontal}, {@code vertical}, {@code diagonal}, or several of them
     */
    public record Config(@Shorthand List<Double> prob, @Default("horizontal") @Shorthand List<Direction> direction) {
        public Config {
            prob = List.copyOf(prob);
            direction = List.copyOf(direction);
            double sum = prob.stream().mapToDouble(Double::doubleValue).sum();
            check(prob.stream().allMatch(p -> p >= 0) && sum <= 1 + 1e-9, "prob must be at least 0 and at most 1 in sum, not %s", prob);
            check(!direction.isEmpty(), "direction must name at least one direction");
            check(prob.size() == 1 || prob.size() == direction.size(), "prob must be one number or one for each direction, not %s for %s",
                    prob, direction);
        }

        private double probability(int index) {
            return prob.size() == direction.size() ? prob.get(index) : prob.get(0) / direction.size();
        }
    }

    /** From a config. */
    public RandomFlip(Config config) {
        this.config = config;
    }

    @Override
    public void apply(Sample sample, RandomGenerator random) {
        double draw = random.nextDouble();
        double sum = 0;
        for (int i = 0; i < config.direction.size(); i++) {
            sum += config.probability(i);
            if (draw < sum) {
                flip(sample.image(), config.direction.get(i));
                return;
            }
        }
    }

    @Override
    public void replay(Sample sample, Choices choices) {
        flip(sample.image(), Direction.valueOf(choices.text("direction").toUpperCase(java.util.Locale.ROOT)));
    }

    private static void flip(Image image, Direction direction) {
        if (direction != Direction.HORIZONTAL) {
            swapRows(image);
        }
        if (direction != Direction.VERTICAL) {
            byte[] row = new byte[image.width() * image.channels() + 1];
            for (int y = 0; y < image.height(); y++) {
                swapPixels(image, y * (row.length - 1), row);
            }
        }
    }

    private static void swapRows(Image image) {
        int line = image.width() * image.channels();
        byte[] data = image.data();
        for (int up = 0, down = (image.height() - 1) * line; up < down; up += line, down -= line) {
            for (int i = 0; i < line; i++) {
                byte kept = data[up + i];
                data[up + i] = data[down + i];
                data[down + i] = kept;
            }
        }
    }

    /** Writes a row's pixels in reverse order; those of three bytes as four at a time, of which the next one overwrites the last. */
    private static void swapPixels(Image image, int start, byte[] row) {
        int channels = image.channels();
        byte[] data = image.data();
        int line = image.width() * channels;
        System.arraycopy(data, start, row, 0, line);
        int in = line - channels;
        int out = start;
        for (; channels == 3 && in > 0; in -= 3, out += 3) {
            INT.set(data, out, (int) INT.get(row, in));
        }
        for (; in >= 0; in -= channels, out += channels) {
            System.arraycopy(row, in, data, out, channels);
        }
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "transform", name = "RandomFlip", scope = "mmcv")
    public static final class Factory implements ComponentFactory<Transform, Config>, Replayable.Recorded {
        @Override
        public Transform create(Config config) {
            return new RandomFlip(config);
        }

        @Override
        public Map<String, Object> config(Choices spec) {
            return Map.of("prob", 1.0, "direction", spec.text("direction"));
        }
    }
}
