package dev.selfsup.runtime.model;

import dev.selfsup.api.data.BadImageException;
import dev.selfsup.api.data.DataPreprocessor;
import dev.selfsup.api.data.Dataset;
import dev.selfsup.api.data.Image;
import dev.selfsup.api.data.Sample;
import java.nio.file.Path;
import java.util.List;
import java.util.OptionalInt;
import java.util.Set;
import java.util.random.RandomGenerator;

/**
 * Images of 2x2 pixels, {@code 0.png}, ..., of which image i holds the levels i, i + 1, ...; some are broken.
 *
 * @param size how many
 * @param broken indices of those that cannot be used
 */
record FakeImages(int size, Set<Integer> broken) implements Dataset.Images {
    private static final int VALUES = 12;

    @Override
    public boolean labelled() {
        return true;
    }

    @Override
    public List<String> classes() {
        return List.of();
    }

    @Override
    public Sample load(int index, RandomGenerator random) {
        Path path = Path.of(index + ".png");
        if (broken.contains(index)) {
            throw new BadImageException(path, "broken");
        }
        Sample sample = new Sample(index, path, OptionalInt.of(0));
        Image image = Image.create(2, 2, 3);
        for (int i = 0; i < VALUES; i++) {
            image.data()[i] = (byte) (index + i);
        }
        sample.setImages(image);
        return sample;
    }

    /** Makes inputs [3, 2, 2] of them as they lie; the level {@code nan} is no number there. */
    record Inputs(int nan) implements DataPreprocessor {
        @Override
        public List<int[]> shapes(List<Image> images) {
            return List.of(new int[] {3, 2, 2});
        }

        @Override
        public void write(List<Image> images, int input, float[] out, int offset) {
            for (int i = 0; i < VALUES; i++) {
                int level = images.get(0).data()[i] & 255;
                out[offset + i] = level == nan ? Float.NaN : level;
            }
        }
    }
}
