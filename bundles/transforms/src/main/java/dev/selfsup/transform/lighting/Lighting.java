package dev.selfsup.transform.lighting;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.Choices;
import dev.selfsup.api.data.Image;
import dev.selfsup.api.data.Replayable;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.Transform;
import dev.selfsup.api.run.UsageException;
import java.util.List;
import java.util.random.RandomGenerator;
import org.osgi.service.component.annotations.Component;

/**
 * Adds one colour to all pixels, drawn along the principal components of the colours of a set of images (Krizhevsky et al. 2012, section 4.1). As in the reference, a
 * value that leaves the range from 0 to 255 comes in again at its other end.
 *
 * <p>Replays {@code alpha}: a factor of each component.
 */
public final class Lighting implements Transform, Replayable {
    private static final int CHANNELS = 3;
    private final Config config;

    /**
     * Components and strength.
     *
     * @param eigval eigenvalues of the covariance of colours
     * @param eigvec for each channel in the image's order, as it is after {@code to_rgb}, its part in each eigenvector
     * @param alphastd standard deviation of the factors of the components
     * @param toRgb whether the channels of the result are in the order red, green, blue
     */
    public record Config(List<Double> eigval, List<List<Double>> eigvec, @Default("0.1") double alphastd, @Default("false") boolean toRgb) {
        public Config {
            eigval = List.copyOf(eigval);
            eigvec = eigvec.stream().map(List::copyOf).toList();
            int components = eigval.size();
            check(eigvec.size() == CHANNELS && eigvec.stream().allMatch(row -> row.size() == components),
                    "eigvec must have 3 rows of one number for each of the %d values of eigval, not %s", components, eigvec);
            check(alphastd >= 0, "alphastd must not be negative, but is %s", alphastd);
        }
    }

    private Lighting(Config config) {
        this.config = config;
    }

    @Override
    public void apply(Sample sample, RandomGenerator random) {
        double[] alpha = new double[config.eigval.size()];
        for (int i = 0; i < alpha.length; i++) {
            alpha[i] = config.alphastd * random.nextGaussian();
        }
        add(sample, alpha);
    }

    @Override
    public void replay(Sample sample, Choices choices) {
        add(sample, ((List<?>) choices.value("alpha")).stream().mapToDouble(factor -> ((Number) factor).doubleValue()).toArray());
    }

    private void add(Sample sample, double... alpha) {
        Image image = sample.image();
        if (image.channels() != CHANNELS) {
            throw new UsageException("Lighting needs images of 3 channels, not " + image.channels() + "; load them with color_type: color");
        }
        byte[] before = image.data();
        byte[] after = new byte[before.length];
        for (int c = 0; c < CHANNELS; c++) {
            byte[] table = table(c, alpha);
            int from = config.toRgb ? CHANNELS - 1 - c : c;
            for (int i = 0; i + 2 < before.length; i += CHANNELS) {
                after[i + c] = table[before[i + from] & 255];
            }
        }
        sample.setImages(new Image(image.width(), image.height(), CHANNELS, after));
    }

    private byte[] table(int channel, double... alpha) {
        double added = 0;
        for (int i = 0; i < alpha.length; i++) {
            added += config.eigvec.get(channel).get(i) * alpha[i] * config.eigval.get(i);
        }
        byte[] table = new byte[256];
        for (int value = 0; value < table.length; value++) {
            table[value] = (byte) (int) (value + added);
        }
        return table;
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "transform", name = "Lighting", scope = "mmcls")
    public static final class Factory implements ComponentFactory<Transform, Config> {
        @Override
        public Transform create(Config config) {
            return new Lighting(config);
        }
    }
}
