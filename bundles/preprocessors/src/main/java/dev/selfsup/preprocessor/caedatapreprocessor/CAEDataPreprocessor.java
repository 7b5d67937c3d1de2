package dev.selfsup.preprocessor.caedatapreprocessor;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.ChannelStatistics;
import dev.selfsup.api.data.DataPreprocessor;
import dev.selfsup.api.data.Image;
import dev.selfsup.preprocessor.Normalization;
import java.util.List;
import java.util.Optional;
import org.osgi.service.component.annotations.Component;

/**
 * Normalises the two pictures of a sample: what the network sees by mean and deviation, what its tokenizer sees from 0 to 255 to 0.1 to 0.9, as DALL-E wants it. A sample of one image,
 * whose features are wanted, gives the first only.
 */
public final class CAEDataPreprocessor implements DataPreprocessor {
    /** {@code pixel / 255 * 0.8 + 0.1}. */
    private static final double MEAN = -31.875;
    private static final double STD = 318.75;
    private final List<Normalization> normalizations;

    /** From a config. */
    public CAEDataPreprocessor(Normalization.Config config) {
        boolean given = config.mean().isPresent();
        Normalization.Config second = new Normalization.Config(given ? Optional.of(List.of(MEAN)) : config.mean(), given ? Optional.of(List.of(STD)) : config.std(),
                config.padSizeDivisor(), config.padValue(), config.bgrToRgb(), config.rgbToBgr(), config.nonBlocking());
        this.normalizations = List.of(new Normalization(config), new Normalization(second));
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
    @TypeName(kind = "data_preprocessor", name = "CAEDataPreprocessor")
    public static final class Factory implements ComponentFactory<DataPreprocessor, Normalization.Config> {
        @Override
        public DataPreprocessor create(Normalization.Config config) {
            return new CAEDataPreprocessor(config);
        }
    }
}
