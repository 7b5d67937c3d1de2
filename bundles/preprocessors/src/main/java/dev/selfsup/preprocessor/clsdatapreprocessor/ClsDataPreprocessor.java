package dev.selfsup.preprocessor.clsdatapreprocessor;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.Shorthand;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.BatchAugments;
import dev.selfsup.api.data.ChannelStatistics;
import dev.selfsup.api.data.DataPreprocessor;
import dev.selfsup.api.data.Image;
import dev.selfsup.preprocessor.Normalization;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.osgi.service.component.annotations.Component;

/** Normalises the image of a sample and fills it up, and mixes the images of a batch: the inputs of a classifier. */
public final class ClsDataPreprocessor implements DataPreprocessor {
    /**
     * Options of the preprocessor.
     *
     * @param mean mean of each channel of the result, or one for all; without it values stay 0 to 255
     * @param std standard deviations, given where {@code mean} is
     * @param padSizeDivisor height and width become multiples of this, to the right and below
     * @param padValue value of the pixels there, in the result
     * @param toRgb whether the channels are reversed
     * @param toOnehot whether labels become probabilities; those of mixed images always do
     * @param numClasses number of classes for that; by default the dataset's
     * @param batchAugments how the images of a batch are mixed; a classifier has this in {@code train_cfg}
     */
    public record Config(@Shorthand Optional<List<Double>> mean, @Shorthand Optional<List<Double>> std, @Default("1") int padSizeDivisor,
            @Default("0") double padValue, @Default("false") boolean toRgb, @Default("false") boolean toOnehot, OptionalInt numClasses,
            Optional<BatchAugments> batchAugments) {
        public Config {
            check(numClasses.orElse(1) > 0, "num_classes must be positive, not %d", numClasses.orElse(1));
            new Normalization.Config(mean, std, padSizeDivisor, padValue, toRgb, false, false);
        }
    }

    private final Config config;
    private final Normalization normalization;

    /** From a config. */
    public ClsDataPreprocessor(Config config) {
        this.config = config;
        this.normalization = new Normalization(new Normalization.Config(config.mean(), config.std(), 1, 0, config.toRgb(), false, false));
    }

    @Override
    public List<int[]> shapes(List<Image> images) {
        check(images.size() == 1, "a classifier takes one view of an image, the pipeline gives %d: leave MultiView out", images.size());
        int[] shape = normalization.shape(images.get(0));
        return List.of(new int[] {shape[0], padded(shape[1]), padded(shape[2])});
    }

    private int padded(int size) {
        return (size + config.padSizeDivisor() - 1) / config.padSizeDivisor() * config.padSizeDivisor();
    }

    @Override
    public void write(List<Image> images, int input, float[] out, int offset) {
        int[] from = normalization.shape(images.get(0));
        int[] to = shapes(images).get(0);
        if (Arrays.equals(from, to)) {
            normalization.write(images.get(0), out, offset);
            return;
        }
        float[] values = new float[DataPreprocessor.length(from)];
        normalization.write(images.get(0), values, 0);
        Arrays.fill(out, offset, offset + DataPreprocessor.length(to), (float) config.padValue());
        for (int row = 0; row < from[0] * from[1]; row++) {
            int target = row / from[1] * to[1] + row % from[1];
            System.arraycopy(values, row * from[2], out, offset + target * to[2], from[2]);
        }
    }

    @Override
    public Optional<ChannelStatistics> normalization(int input) {
        return Optional.of(normalization.statistics());
    }

    @Override
    public Optional<BatchAugments> batchAugments() {
        return config.batchAugments().or(() -> config.toOnehot() ? Optional.of(new BatchAugments(List.of(), Optional.empty())) : Optional.empty());
    }

    @Override
    public OptionalInt classes() {
        return config.numClasses();
    }

    /** {@code mmcls.ClsDataPreprocessor}. */
    @Component
    @TypeName(kind = "data_preprocessor", name = "ClsDataPreprocessor", scope = "mmcls")
    public static final class Factory implements ComponentFactory<DataPreprocessor, Config> {
        @Override
        public DataPreprocessor create(Config config) {
            return new ClsDataPreprocessor(config);
        }
    }
}
