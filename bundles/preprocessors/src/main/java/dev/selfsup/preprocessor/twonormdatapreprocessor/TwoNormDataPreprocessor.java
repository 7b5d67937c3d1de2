package dev.selfsup.preprocessor.twonormdatapreprocessor;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.Shorthand;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.ChannelStatistics;
import dev.selfsup.api.data.DataPreprocessor;
import dev.selfsup.api.data.Image;
import dev.selfsup.preprocessor.Normalization;
import java.util.List;
import java.util.Optional;
import org.osgi.service.component.annotations.Component;

/**
 * Normalises the two pictures of a sample, what the network sees and what its tokenizer sees, each by its own mean and deviation. A sample of one image, whose features are wanted, gives
 * the first only.
 */
public final class TwoNormDataPreprocessor implements DataPreprocessor {
    private final List<Normalization> normalizations;

    /**
     * Both normalisations.
     *
     * @param mean mean of each channel of the first picture, or one for all; without it values of both stay 0 to 255
     * @param std standard deviations, given where {@code mean} is
     * @param secondMean mean of each channel of the second picture, or one for all
     * @param secondStd its standard deviations
     * @param padSizeDivisor has no effect: the images of a batch have one size
     * @param padValue has no effect
     * @param bgrToRgb whether the channels are reversed
     * @param rgbToBgr the same
     * @param nonBlocking has no effect
     */
    public record Config(@Shorthand Optional<List<Double>> mean, @Shorthand Optional<List<Double>> std, @Shorthand Optional<List<Double>> secondMean,
            @Shorthand Optional<List<Double>> secondStd, @Default("1") int padSizeDivisor, @Default("0") double padValue, @Default("false") boolean bgrToRgb,
            @Default("false") boolean rgbToBgr, @Default("false") boolean nonBlocking) {
        public Config {
            check(secondMean.isPresent() && secondStd.isPresent(), "second_mean and second_std must be given: they are what the tokenizer's pictures are normalised by");
            check(secondMean.get().size() == 1 || secondMean.get().size() == 3, "second_mean must have 1 or 3 values, not %s", secondMean.get());
            check(secondStd.get().size() == 1 || secondStd.get().size() == 3, "second_std must have 1 or 3 values, not %s", secondStd.get());
            check(secondStd.get().stream().allMatch(value -> value > 0), "second_std must be positive, not %s", secondStd.get());
        }

        private Normalization.Config first() {
            return new Normalization.Config(mean, std, padSizeDivisor, padValue, bgrToRgb, rgbToBgr, nonBlocking);
        }

        private Normalization.Config second() {
            boolean given = mean.isPresent();
            return new Normalization.Config(given ? secondMean : mean, given ? secondStd : std, padSizeDivisor, padValue, bgrToRgb, rgbToBgr, nonBlocking);
        }
    }

    /** From a config. */
    public TwoNormDataPreprocessor(Config config) {
        this.normalizations = List.of(new Normalization(config.first()), new Normalization(config.second()));
    }

    @Override
    public List<int[]> shapes(List<Image> images) {
        return Normalization.shapes(normalizations, images);
    }

    @Override
    public void write(List<Image> images, int input, float[] out, int offset) {
        normalizations.get(input).write(images.get(input), out, offset);
    }

    @Override
    public Optional<ChannelStatistics> normalization(int input) {
        return Optional.of(normalizations.get(input).statistics());
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "data_preprocessor", name = "TwoNormDataPreprocessor")
    public static final class Factory implements ComponentFactory<DataPreprocessor, Config> {
        @Override
        public DataPreprocessor create(Config config) {
            return new TwoNormDataPreprocessor(config);
        }
    }
}
