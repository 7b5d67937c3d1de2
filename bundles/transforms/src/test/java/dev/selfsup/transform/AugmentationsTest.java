package dev.selfsup.transform;

import static dev.selfsup.transform.Augmentations.grey;
import static dev.selfsup.transform.Augmentations.sample;
import static dev.selfsup.transform.Augmentations.transform;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.api.data.Image;
import dev.selfsup.api.data.Replayable;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.SampleRandom;
import dev.selfsup.api.data.Transform;
import dev.selfsup.api.run.UsageException;
import java.util.Arrays;
import java.util.HashSet;
import java.util.Set;
import org.junit.jupiter.api.Test;

class AugmentationsTest {
    /** As the fine-tuning configs have it. */
    private static final int HASH = -945183035;
    private static final String RAND_AUGMENT = "{type: RandAugment, policies: timm_increasing, num_policies: 2, total_level: 10, magnitude_level: 9, "
            + "magnitude_std: 0.5, hparams: {pad_val: [104, 116, 124], interpolation: bicubic}}";

    @Test
    void theSameGeneratorMakesTheSameImageOnEveryMachine() {
        Transform randAugment = transform(RAND_AUGMENT);
        int hash = 1;
        for (int i = 0; i < 60; i++) {
            Sample sample = sample(ramp());
            randAugment.apply(sample, SampleRandom.of(3, i));
            hash = 31 * hash + Arrays.hashCode(sample.image().data());
        }
        assertEquals(HASH, hash);
    }

    @Test
    void everyPolicyIsDrawnAndHalfOfThemIsNotMade() {
        Transform randAugment = transform(RAND_AUGMENT.replace("num_policies: 2", "num_policies: 1"));
        Set<Integer> results = new HashSet<>();
        int unchanged = 0;
        for (int i = 0; i < 2000; i++) {
            Sample sample = sample(ramp());
            randAugment.apply(sample, SampleRandom.of(4, i));
            results.add(Arrays.hashCode(sample.image().data()));
            unchanged += Arrays.equals(ramp().data(), sample.image().data()) ? 1 : 0;
        }
        assertEquals(0.5, unchanged / 2000.0, 0.045);                                // 4 standard errors
        assertTrue(results.size() > 500, "noise on the level makes most results differ: " + results.size());
    }

    @Test
    void theLevelIsAPlaceInTheRangeOfEachPolicy() {
        assertEquals(100 + 30, brightened("magnitude_range: [0, 1]", "magnitude_level: 3, total_level: 10"));
        assertEquals(100 + 70, brightened("magnitude_range: [1, 0]", "magnitude_level: 3, total_level: 10"));
        assertEquals(100 + 20, brightened("magnitude: 0.2", "magnitude_level: 3"), "what is fixed stays");
        assertEquals(100 + 60, brightened("magnitude_range: [0, 1], magnitude_level: 9", "magnitude_level: 3, total_level: 5"),
                "a level of the policy's own has no effect, as in the reference");
    }

    private static int brightened(String policy, String level) {
        Transform transform = transform("{type: RandAugment, num_policies: 1, " + level + ", policies: [{type: Brightness, prob: 1, random_negative_prob: 0, "
                + policy + "}]}");
        Sample sample = sample(grey(3, 2, 100));
        transform.apply(sample, SampleRandom.of(1));
        return sample.image().data()[0] & 255;
    }

    @Test
    void anInfiniteDeviationIsAUniformLevel() {
        Transform transform = transform("{type: Brightness, prob: 1, random_negative_prob: 0, magnitude_range: [0, 1], magnitude_level: 5, magnitude_std: inf}");
        double sum = 0;
        for (int i = 0; i < 2000; i++) {
            Sample sample = sample(grey(1, 1, 100));
            transform.apply(sample, SampleRandom.of(9, i));
            int value = sample.image().data()[0] & 255;
            assertTrue(value >= 100 && value <= 150);
            sum += value / 2000.0;
        }
        assertEquals(124.5, sum, 1.4);                                               // 4 standard errors, cut off to whole numbers
    }

    @Test
    void paddingOfRandAugmentIsThatOfPoliciesThatDoNotSayIt() {
        String shift = "type: Translate, magnitude: 1, prob: 1, random_negative_prob: 0";
        assertArrayEquals(new byte[] {1, 2, 3}, first("{" + shift + "}"));
        assertArrayEquals(new byte[] {7, 7, 7}, first("{" + shift + ", pad_val: 7}"));
        assertArrayEquals(new byte[] {50, 0, 0}, turned("{type: Rotate, angle: 45, prob: 1, pad_val: 50}"), "one number is the first channel's, as in the reference");
    }

    private static byte[] first(String policy) {
        return turned("{type: RandAugment, num_policies: 1, magnitude_level: 1, hparams: {pad_val: [1, 2, 3]}, policies: [" + policy + "]}");
    }

    private static byte[] turned(String transform) {
        Sample sample = sample(grey(9, 9, 200));
        transform(transform).apply(sample, SampleRandom.of(1));
        return Arrays.copyOf(sample.image().data(), 3);
    }

    @Test
    void erasedBoxesHaveTheAreaAndRatioAskedFor() {
        Replayable.Drawn erasing = (Replayable.Drawn) transform("{type: RandomErasing, min_area_ratio: 0.1, max_area_ratio: 0.3, aspect_range: 0.5}");
        double area = 0;
        double logRatio = 0;
        for (int i = 0; i < 4000; i++) {
            int[] box = erasing.draw(sample(grey(400, 400, 0)), SampleRandom.of(5, i)).integers("ymin_xmin_h_w");
            area += box[2] * box[3] / (400.0 * 400) / 4000;
            logRatio += Math.log(box[2] / (double) box[3]) / 4000;
            assertTrue(box[2] / (double) box[3] > 0.49 && box[2] / (double) box[3] < 2.05 && box[0] + box[2] <= 400 && box[1] + box[3] <= 400);
        }
        assertEquals(0.2, area, 0.004);
        assertEquals(0, logRatio, 0.026);
    }

    @Test
    void erasedBoxesAreOfOneColourOrNoise() {
        Sample constant = sample(grey(32, 32, 0));
        transform("{type: RandomErasing, erase_prob: 1, fill_color: [1, 2, 3], min_area_ratio: 0.4}").apply(constant, SampleRandom.of(1));
        Set<String> colours = colours(constant.image());
        assertEquals(Set.of("[0, 0, 0]", "[1, 2, 3]"), colours);
        Sample noise = sample(grey(64, 64, 0));
        transform("{type: RandomErasing, erase_prob: 1, mode: rand, fill_color: [100, 100, 100], fill_std: 10, min_area_ratio: 1, max_area_ratio: 1, "
                + "aspect_range: [1, 1]}").apply(noise, SampleRandom.of(1));
        double mean = 0;
        double square = 0;
        int count = noise.image().data().length;
        for (byte value : noise.image().data()) {
            mean += (value & 255) / (double) count;
            square += Math.pow((value & 255) - 99.5, 2) / count;
        }
        assertEquals(99.5, mean, 0.4);
        assertEquals(10, Math.sqrt(square), 0.3);
        Sample never = sample(grey(8, 8, 5));
        transform("{type: RandomErasing, erase_prob: 0}").apply(never, SampleRandom.of(1));
        assertArrayEquals(grey(8, 8, 5).data(), never.image().data());
    }

    @Test
    void cropsOfMmclsTakeWhatASmallerImageHas() {
        assertEquals("6x6", cropped("{type: RandomCrop, crop_size: 10}", 6, 20));
        assertEquals("10x4", cropped("{type: RandomCrop, crop_size: 10}", 30, 4));
        assertEquals("10x12", cropped("{type: RandomCrop, crop_size: [12, 10], pad_if_needed: true}", 6, 7));
        assertEquals("32x32", cropped("{type: RandomCrop, crop_size: 32, padding: 4}", 32, 32));
        assertEquals("5x5", cropped("{type: RandomCrop, size: 5}", 32, 32), "as the reference's configs of Places205 say");
    }

    private static String cropped(String transform, int width, int height) {
        Sample sample = sample(grey(width, height, 9));
        transform(transform).apply(sample, SampleRandom.of(2));
        return sample.image().width() + "x" + sample.image().height();
    }

    @Test
    void boxesOfMaeAreCutWhereTheyAreLargerThanTheImage() {
        Replayable.Drawn crop = (Replayable.Drawn) transform("{type: MAERandomResizedCrop, size: 8, scale: [1, 1], interpolation: 3}");
        boolean cut = false;
        for (int i = 0; i < 50; i++) {
            int[] box = crop.draw(sample(grey(40, 40, 0)), SampleRandom.of(6, i)).integers("ymin_xmin_h_w");
            assertTrue(box[0] + box[2] <= 40 && box[1] + box[3] <= 40);
            cut |= box[3] == 40 && box[2] < 40;
        }
        assertTrue(cut);
        assertEquals("8x8", cropped("{type: MAERandomResizedCrop, size: 8, interpolation: bicubic}", 30, 20));
    }

    @Test
    void jitterAndCropsOfMmclsTakeItsKeys() {
        assertEquals("12x10", cropped("{type: RandomResizedCrop, scale: [10, 12], crop_ratio_range: [0.2, 1], backend: pillow, interpolation: bicubic}", 30, 20));
        Sample sample = sample(ramp());
        transform("{type: ColorJitter, brightness: 0.4, contrast: 0.4, saturation: 0.4}").apply(sample, SampleRandom.of(1));
        assertNotEquals(Arrays.hashCode(ramp().data()), Arrays.hashCode(sample.image().data()));
    }

    @Test
    void mistakesNameTheRuleAndTheValue() {
        assertMistake("magnitude or magnitude_range must be given, and not both", "{type: Brightness}");
        assertMistake("magnitude or magnitude_range must be given, and not both", "{type: Shear, magnitude: 1, magnitude_range: [0, 1]}");
        assertMistake("angle or magnitude_range must be given, and not both", "{type: Rotate}");
        assertMistake("thr or magnitude_range must be given, and not both", "{type: Solarize}");
        assertMistake("bits must be at most 8, not 9.0", "{type: Posterize, bits: 9}");
        assertMistake("magnitude_range must be [at level 0, at the highest level], not [1.0]", "{type: Contrast, magnitude_range: [1]}");
        assertMistake("magnitude_std must be a number or inf, not much", "{type: Contrast, magnitude_range: [0, 1], magnitude_std: much}");
        assertMistake("total_level must be positive, not 0.0", "{type: Invert, total_level: 0}");
        assertMistake("prob must be between 0 and 1, not 2.0", "{type: Equalize, prob: 2}");
        assertMistake("random_negative_prob must be between 0 and 1, not 2.0", "{type: Sharpness, magnitude: 1, random_negative_prob: 2}");
        assertMistake("pad_val must be one number or three, from 0 to 255, not [1.0, 2.0]", "{type: Translate, magnitude: 1, pad_val: [1, 2]}");
        assertMistake("interpolation must be one of [nearest, bilinear, bicubic, area, lanczos], not box",
                "{type: Shear, magnitude: 1, interpolation: box}");
        assertMistake("num_policies must be positive, not 0", "{type: RandAugment, policies: timm_increasing, num_policies: 0, magnitude_level: 1}");
        assertMistake("policies must name at least one augmentation", "{type: RandAugment, policies: [], num_policies: 1, magnitude_level: 1}");
        assertMistake("max_area_ratio must be between min_area_ratio, 0.5, and 1, not 0.4", "{type: RandomErasing, min_area_ratio: 0.5}");
        assertMistake("fill_std must be one number or three, not [1.0, 2.0]", "{type: RandomErasing, fill_std: [1, 2]}");
        assertMistake("aspect_range must have the smaller number first, not [2.0, 1.0]", "{type: RandomErasing, aspect_range: [2, 1]}");
        assertMistake("eigvec must have 3 rows of one number for each of the 1 values of eigval, not [[1.0]]", "{type: Lighting, eigval: [1], eigvec: [[1]]}");
        assertMistake("crop_size must be given", "{type: RandomCrop}");
        assertMistake("interpolation must be one of [nearest, bilinear, bicubic, box, lanczos, hamming] with backend pillow, not 9",
                "{type: MAERandomResizedCrop, size: 8, interpolation: 9}");
        assertMistake("crop_ratio_range must be [smallest, largest], both at least 0, not [1.0]", "{type: RandomResizedCrop, scale: 8, crop_ratio_range: [1]}");
    }

    @Test
    void imagesOfOneChannelAreRefused() {
        for (String transform : new String[] {"{type: Invert, prob: 1}", "{type: RandomErasing, erase_prob: 1}", "{type: Lighting, eigval: [1], eigvec: [[1], [1], [1]]}"}) {
            Sample sample = sample(Image.create(4, 4, 1));
            assertTrue(assertThrows(UsageException.class, () -> transform(transform).apply(sample, SampleRandom.of(1))).getMessage()
                    .endsWith("images of 3 channels, not 1; load them with color_type: color"));
        }
    }

    private static void assertMistake(String message, String yaml) {
        String found = assertThrows(UsageException.class, () -> transform(yaml)).getMessage();
        assertTrue(found.endsWith(": " + message), () -> found + "\n should end in\n" + message);
    }

    private static Set<String> colours(Image image) {
        Set<String> colours = new HashSet<>();
        for (int i = 0; i < image.data().length; i += 3) {
            colours.add(Arrays.toString(Arrays.copyOfRange(image.data(), i, i + 3)));
        }
        return colours;
    }

    private static Image ramp() {
        Image image = Image.create(24, 20, 3);
        for (int i = 0; i < image.data().length; i++) {
            image.data()[i] = (byte) (i * 7 % 241 + i / 97);
        }
        return image;
    }
}
