package dev.selfsup.transform.randomgrayscale;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.Choices;
import dev.selfsup.api.data.Image;
import dev.selfsup.api.data.Replayable;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.Transform;
import dev.selfsup.pixels.CvHsv;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.osgi.service.component.annotations.Component;

/**
 * Replaces the channels by their weighted mean, rounded down, with some probability.
 *
 * <p>Replays nothing: the weights are configured.
 */
public final class RandomGrayscale implements Transform, Replayable {
    private final Config config;
    private final double[] weights;

    /** The order and meaning of an image's channels. */
    public enum ColorFormat {
        /** Blue, green, red. */
        BGR,
        /** Red, green, blue. */
        RGB,
        /** Hue in 180ths of a turn, saturation, value; converted to BGR whether made grey or not. */
        HSV
    }

    /**
     * Probability and weights.
     *
     * @param prob probability
     * @param keepChannels whether the result has as many channels as the image, all equal, or one
     * @param channelWeights weights of the channels in the image's order; scaled to a sum of 1
     * @param colorFormat {@code bgr}, {@code rgb} or {@code hsv}
     */
    public record Config(@Default("0.1") double prob, @Default("false") boolean keepChannels,
            @Default("[1, 1, 1]") List<Double> channelWeights, @Default("bgr") ColorFormat colorFormat) {
        public Config {
            check(prob >= 0 && prob <= 1, "prob must be between 0 and 1, not %s", prob);
            channelWeights = List.copyOf(channelWeights);
            check(channelWeights.size() == 3 && channelWeights.stream().mapToDouble(Double::doubleValue).sum() > 0,
                    "channel_weights must be three numbers of positive sum, not %s", channelWeights);
        }
    }

    /** From a config. */
    public RandomGrayscale(Config config) {
        this.config = config;
        double sum = config.channelWeights.stream().mapToDouble(Double::doubleValue).sum();
        this.weights = config.channelWeights.stream().mapToDouble(weight -> weight / sum).toArray();
    }

    @Override
    public void apply(Sample sample, RandomGenerator random) {
        run(sample, random.nextDouble() < config.prob);
    }

    @Override
    public void replay(Sample sample, Choices choices) {
        run(sample, true);
    }

    private void run(Sample sample, boolean grey) {
        Image image = sample.image();
        if (config.colorFormat == ColorFormat.HSV) {
            CvHsv.toBgr(image.data(), image.width(), 180);
        }
        if (grey && image.channels() == 3) {
            if (config.keepChannels) {
                mean(image.data(), image.data(), image.width() * image.height(), 3);
            } else {
                Image single = Image.create(image.width(), image.height(), 1);
                mean(image.data(), single.data(), image.width() * image.height(), 1);
                sample.setImages(single);
            }
        }
    }

    private void mean(byte[] from, byte[] to, int pixels, int channels) {
        for (int i = 0, o = 0; i < 3 * pixels; i += 3, o += channels) {
            double sum = weights[0] * (from[i] & 255) + weights[1] * (from[i + 1] & 255) + weights[2] * (from[i + 2] & 255);
            byte grey = (byte) (int) sum;
            for (int c = 0; c < channels; c++) {
                to[o + c] = grey;
            }
        }
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "transform", name = "RandomGrayscale", scope = "mmcv")
    public static final class Factory implements ComponentFactory<Transform, Config>, Replayable.Recorded {
        @Override
        public Transform create(Config config) {
            return new RandomGrayscale(config);
        }

        @Override
        public Map<String, Object> config(Choices spec) {
            Map<String, Object> config = new HashMap<>();
            for (String key : List.of("prob", "keep_channels", "channel_weights", "color_format")) {
                if (spec.has(key)) {
                    config.put(key, spec.value(key));
                }
            }
            return config;
        }
    }
}
