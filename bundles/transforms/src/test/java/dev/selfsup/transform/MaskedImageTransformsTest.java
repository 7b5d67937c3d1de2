package dev.selfsup.transform;

import static dev.selfsup.transform.InstalledTransforms.transform;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.api.data.Image;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.SampleRandom;
import dev.selfsup.api.data.Transform;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.pixels.Box;
import dev.selfsup.pixels.Resampling;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;

class MaskedImageTransformsTest {
    @Test
    void exactlyAsManyPatchesAreMaskedAsAskedForWhateverTheGrid() {
        for (String config : List.of("{type: BEiTMaskGenerator, input_size: [5, 9], num_masking_patches: 20}",
                "{type: BEiTMaskGenerator, input_size: [5, 9], num_masking_patches: 45, min_num_patches: 1, max_num_patches: 3}",
                "{type: BEiTMaskGenerator, input_size: [5, 9], num_masking_patches: 0}")) {
            Sample.Field mask = mask(transform(config), 3);
            assertArrayEquals(new int[] {5, 9}, mask.shape());
            assertTrue(mask.integer());
            assertEquals(Integer.parseInt(config.replaceFirst(".*num_masking_patches: (\\d+).*", "$1")), mask.ones());
        }
    }

    @Test
    void aSingleBlockIsARectangleOfAnAllowedShape() {
        Transform generator = transform("{type: BEiTMaskGenerator, input_size: 10, num_masking_patches: 12, min_num_patches: 12, min_aspect: 0.7, max_aspect: 0.8}");
        for (int number = 0; number < 50; number++) {
            double[] mask = mask(generator, number).values();
            int[] rows = rows(mask);
            long tall = Arrays.stream(rows).filter(count -> count > 0).count();
            assertEquals(3, tall, "3 rows of 4: an aspect of 0.75");
            assertTrue(Arrays.stream(rows).allMatch(count -> count == 0 || count == 4));
        }
    }

    private static int[] rows(double[] mask) {
        int[] rows = new int[10];
        for (int i = 0; i < mask.length; i++) {
            rows[i / 10] += (int) mask[i];
        }
        return rows;
    }

    @Test
    void argumentsThatAllowNoMaskAreRefusedRatherThanTriedForEver() {
        Transform generator = transform("{type: BEiTMaskGenerator, input_size: 4, num_masking_patches: 16, min_num_patches: 40, max_num_patches: 50}");
        assertEquals("BEiTMaskGenerator: no block masks the last 16 of num_masking_patches 16; lower min_num_patches 40, or widen the range of aspect ratios",
                assertThrows(UsageException.class, () -> mask(generator, 0)).getMessage());
    }

    private static Sample.Field mask(Transform generator, int number) {
        Sample sample = new Sample(number, Path.of("image"), OptionalInt.empty());
        generator.apply(sample, SampleRandom.of(0, 0, number));
        return sample.fields().get("mask");
    }

    @Test
    void bothPicturesShowTheSameBox() {
        Sample sample = new Sample(0, Path.of("image"), OptionalInt.empty());
        Image image = Image.create(40, 40, 1);
        for (int i = 0; i < 1600; i++) {
            image.data()[i] = (byte) (i / 40 * 3 + i % 40 * 3);                     // brighter to the right and below
        }
        sample.setImages(image);
        transform("{type: RandomResizedCropAndInterpolationWithTwoPic, size: 8, second_size: [16, 8], interpolation: random, scale: [0.2, 0.4]}").apply(sample, SampleRandom.of(0, 0, 1));
        Image first = sample.images().get(0);
        Image second = sample.images().get(1);
        assertEquals(List.of(8, 8, 16, 8), List.of(first.width(), first.height(), second.width(), second.height()));
        assertEquals(first.data()[8 * 3 + 3] & 255, second.data()[16 * 3 + 6] & 255, 4);
        assertEquals(first.data()[8 * 6 + 6] & 255, second.data()[16 * 6 + 12] & 255, 4);
    }

    @Test
    void withoutASecondSizeThereIsOnePicture() {
        Sample sample = new Sample(0, Path.of("image"), OptionalInt.empty());
        sample.setImages(Image.create(20, 10, 3));
        transform("{type: RandomResizedCropAndInterpolationWithTwoPic, size: 8}").apply(sample, SampleRandom.of(0, 0, 1));
        assertEquals(1, sample.images().size());
    }

    /** Numbers of OpenCV 4.14, {@code cv2.resize(x, (w, h), interpolation=cv2.INTER_LINEAR_EXACT)}. */
    @Test
    void exactInterpolationIsThatOfOpenCv() {
        Image image = new Image(5, 4, 1, new byte[] {0, 37, (byte) 255, 12, 90, 80, (byte) 200, 1, 7, 64, (byte) 255, (byte) 254, 3, 99, 18, 5, 66, 77, (byte) 133, 42});
        assertArrayEquals(new byte[] {13, 42, 107, (byte) 212, 69, 43, 86, (byte) 168, (byte) 201, (byte) 163, 2, 38, 48, 41, 47, 76, 88, 65, 109, 89, 38}, Resampling.exactlyBilinear().resize(image, Box.all(image), 7, 3).data());
        assertArrayEquals(new byte[] {28, 32, 99, 26, (byte) 184, 31, (byte) 240, 69, (byte) 153, 95, 51, 110}, Resampling.exactlyBilinear().resize(image, Box.all(image), 2, 6).data());
    }
}
