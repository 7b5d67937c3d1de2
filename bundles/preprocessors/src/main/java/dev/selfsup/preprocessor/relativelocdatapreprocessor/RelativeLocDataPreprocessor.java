package dev.selfsup.preprocessor.relativelocdatapreprocessor;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.DataPreprocessor;
import dev.selfsup.api.data.Image;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.preprocessor.Normalization;
import java.util.List;
import org.osgi.service.component.annotations.Component;

/**
 * Normalises the nine patches of an image, the middle one first, for pairs of patches. Of N samples the first input is their outer patches,
 * [8N, C, H, W], those of a sample one after the other, the second their middle patches, each eight times, [8N, C, H, W]. A sample
 * of one image, whose features are wanted, gives that as the only input, [N, C, H, W].
 */
public final class RelativeLocDataPreprocessor implements DataPreprocessor {
    private static final int OUTER = 8;
    private final Normalization normalization;

    /** From a config. */
    public RelativeLocDataPreprocessor(Normalization.Config config) {
        this.normalization = new Normalization(config);
    }

    @Override
    public List<int[]> shapes(List<Image> images) {
        int[] one = normalization.shape(images.get(0));
        if (images.size() == 1) {
            return List.of(one);
        }
        if (images.size() != 1 + OUTER) {
            throw new UsageException("RelativeLocDataPreprocessor: an image must give 9 patches, not " + images.size()
                    + "; put RandomPatchWithLabels before PackSelfSupInputs in train_dataloader.dataset.pipeline");
        }
        int[] eight = {OUTER, one[0], one[1], one[2]};
        return List.of(eight, eight);
    }

    @Override
    public void write(List<Image> images, int input, float[] out, int offset) {
        if (images.size() == 1) {
            normalization.write(images.get(0), out, offset);
            return;
        }
        int length = DataPreprocessor.length(normalization.shape(images.get(0)));
        if (input == 0) {
            for (int row = 0; row < OUTER; row++) {
                normalization.write(images.get(1 + row), out, offset + row * length);
            }
            return;
        }
        normalization.write(images.get(0), out, offset);
        for (int row = 1; row < OUTER; row++) {
            System.arraycopy(out, offset, out, offset + row * length, length);
        }
    }

    /** Publishes the type. */
    @Component
    @TypeName(kind = "data_preprocessor", name = "RelativeLocDataPreprocessor")
    public static final class Factory implements ComponentFactory<DataPreprocessor, Normalization.Config> {
        @Override
        public DataPreprocessor create(Normalization.Config config) {
            return new RelativeLocDataPreprocessor(config);
        }
    }
}
