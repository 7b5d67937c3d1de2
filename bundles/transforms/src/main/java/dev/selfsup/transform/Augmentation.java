package dev.selfsup.transform;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.data.Choices;
import dev.selfsup.api.data.Image;
import dev.selfsup.api.data.Replayable;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.Transform;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.pixels.Warp;
import java.util.random.RandomGenerator;

/**
 * A change of an image that is made with some probability, and as strongly as its magnitude says: what {@code RandAugment} (Cubuk et al. 2019) draws from. It acts on
 * images of three channels.
 *
 * <p>Replays {@code magnitude}.
 */
public final class Augmentation implements Transform, Replayable {
    private final Occasion occasion;
    private final Strength strength;
    private final Beyond beyond;
    private final Change change;
    private final Warp warp;

    /** A change of an image. */
    @FunctionalInterface
    public interface Change {
        /**
         * Makes it.
         *
         * @param image of three channels, BGR; may be changed in place
         * @param magnitude how strongly
         * @param beyond what is shown beyond the border
         * @param warp how pixels are moved
         * @return the changed image
         */
        Image make(Image image, double magnitude, Beyond beyond, Warp warp);
    }

    /**
     * How often.
     *
     * @param prob probability that the change is made
     * @param negativeProb probability that the magnitude is negated
     * @param interpolation how pixels are moved unless the config says otherwise
     */
    public record Occasion(double prob, double negativeProb, String interpolation) {
        public Occasion {
            check(prob >= 0 && prob <= 1, "prob must be between 0 and 1, not %s", prob);
            check(negativeProb >= 0 && negativeProb <= 1, "random_negative_prob must be between 0 and 1, not %s", negativeProb);
        }

        /** Of changes that move no pixels. */
        public static Occasion of(double prob, double negativeProb) {
            return new Occasion(prob, negativeProb, "nearest");
        }
    }

    /** A change, when it is made, how strongly, and what is shown beyond the border. */
    public Augmentation(Occasion occasion, Strength strength, Beyond beyond, Change change) {
        this.occasion = occasion;
        this.strength = strength;
        this.beyond = beyond;
        this.change = change;
        this.warp = Warp.of(beyond.interpolation().orElse(occasion.interpolation));
    }

    /**
     * The same change at a level that is common to several.
     *
     * @param common level and noise, where this one has a range
     * @param others what is shown beyond the border, where this one does not say it
     */
    public Augmentation within(Strength common, Beyond others) {
        return new Augmentation(occasion, strength.at(common), beyond.or(others), change);
    }

    @Override
    public void apply(Sample sample, RandomGenerator random) {
        if (random.nextDouble() > occasion.prob) {
            return;
        }
        double magnitude = strength.draw(random);
        boolean negative = occasion.negativeProb > 0 && random.nextDouble() < occasion.negativeProb;
        change(sample, negative ? -magnitude : magnitude);
    }

    @Override
    public void replay(Sample sample, Choices choices) {
        change(sample, choices.number("magnitude"));
    }

    private void change(Sample sample, double magnitude) {
        Image image = sample.image();
        if (image.channels() != 3) {
            throw new UsageException("RandAugment and its augmentations need images of 3 channels, not " + image.channels()
                    + "; load them with color_type: color");
        }
        sample.setImages(change.make(image, magnitude, beyond, warp));
    }
}
