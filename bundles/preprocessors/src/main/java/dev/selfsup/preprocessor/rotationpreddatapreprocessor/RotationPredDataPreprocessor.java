package dev.selfsup.preprocessor.rotationpreddatapreprocessor;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.DataPreprocessor;
import dev.selfsup.api.data.Image;
import dev.selfsup.preprocessor.Normalization;
import java.util.List;
import org.osgi.service.component.annotations.Component;

/**
 * Normalises the images of a sample, which are rows of one input: of N samples with R turned images each [R * N, C, H, W], those of a
 * sample one after the other. A sample of one image, whose features are wanted, gives that, [N, C, H, W].
 */
public final class RotationPredDataPreprocessor implements DataPreprocessor {
    private final Normalization normalization;

    /** From a config. */
    public RotationPredDataPreprocessor(Normalization.Config config) {
        this.normalization = new Normalization(config);
    }

    @Override
    public List<int[]> shapes(List<Image> images) {
        int[] one = normalization.shape(images.get(0));
        if (images.size() == 1) {
            return List.of(one);
        }
        return List.of(new int[] {images.size(), one[0], one[1], one[2]});
    }

    @Override
    public void write(List<Image> images, int input, float[] out, int offset) {
        int length = DataPreprocessor.length(normalization.shape(images.get(0)));
        for (int row = 0; row < images.size(); row++) {
            normalization.write(images.get(row), out, offset + row * length);
        }
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "data_preprocessor", name = "RotationPredDataPreprocessor")
    public static final class Factory implements ComponentFactory<DataPreprocessor, Normalization.Config> {
        @Override
        public DataPreprocessor create(Normalization.Config config) {
            return new RotationPredDataPreprocessor(config);
        }
    }
}
