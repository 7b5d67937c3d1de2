package dev.selfsup.preprocessor.selfsupdatapreprocessor;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.ChannelStatistics;
import dev.selfsup.api.data.DataPreprocessor;
import dev.selfsup.api.data.Image;
import dev.selfsup.preprocessor.Normalization;
import java.util.List;
import java.util.Optional;
import org.osgi.service.component.annotations.Component;

/** Normalises every image of a sample, each one an input. */
public final class SelfSupDataPreprocessor implements DataPreprocessor {
    private final Normalization normalization;

    /** From a config. */
    public SelfSupDataPreprocessor(Normalization.Config config) {
        this.normalization = new Normalization(config);
    }

    @Override
    public List<int[]> shapes(List<Image> images) {
        return images.stream().map(normalization::shape).toList();
    }

    @Override
    public void write(List<Image> images, int input, float[] out, int offset) {
        normalization.write(images.get(input), out, offset);
    }

    @Override
    public Optional<ChannelStatistics> normalization(int input) {
        return Optional.of(normalization.statistics());
    }

    @Override
    public Optional<Image> image(int input, float[] values, int... shape) {
        return Optional.of(normalization.image(values, shape));
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "data_preprocessor", name = "SelfSupDataPreprocessor")
    public static final class Factory implements ComponentFactory<DataPreprocessor, Normalization.Config> {
        @Override
        public DataPreprocessor create(Normalization.Config config) {
            return new SelfSupDataPreprocessor(config);
        }
    }
}
