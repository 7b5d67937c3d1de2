package dev.selfsup.transform;

import static dev.selfsup.transform.InstalledTransforms.transform;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.api.data.BadImageException;
import dev.selfsup.api.data.Image;
import dev.selfsup.api.data.Replayable;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.SampleRandom;
import dev.selfsup.api.data.Transform;
import dev.selfsup.api.run.UsageException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.OptionalInt;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;

class RandomChoicesTest {
    private static final String SIMCLR = """
            {type: MultiView, num_views: 2, transforms: [[
              {type: RandomResizedCrop, size: 32, backend: pillow},
              {type: RandomFlip, prob: 0.5},
              {type: RandomApply, prob: 0.8, transforms: [{type: ColorJitter, brightness: 0.8, contrast: 0.8, saturation: 0.8, hue: 0.2}]},
              {type: RandomGrayscale, prob: 0.2, keep_channels: true, channel_weights: [0.114, 0.587, 0.2989]},
              {type: RandomGaussianBlur, sigma_min: 0.1, sigma_max: 2.0, prob: 0.5}]]}""";

    @Test
    void oneGeneratorMakesOneResult() {
        Transform simclr = transform(SIMCLR);
        Sample first = run(simclr, SampleRandom.of(1, 2, 3));
        Sample again = run(simclr, SampleRandom.of(1, 2, 3));
        Sample other = run(simclr, SampleRandom.of(1, 2, 4));
        assertArrayEquals(first.images().get(1).data(), again.images().get(1).data());
        assertFalse(Arrays.equals(first.images().get(1).data(), other.images().get(1).data()));
    }

    @Test
    void viewsDifferAndStartFromTheImageAsItWas() {
        Sample views = run(transform(SIMCLR), SampleRandom.of(5));
        assertEquals(2, views.images().size());
        assertFalse(Arrays.equals(views.images().get(0).data(), views.images().get(1).data()));
        Sample solarized = run(transform("{type: MultiView, num_views: 3, transforms: [[{type: RandomSolarize, prob: 1.0}]]}"),
                SampleRandom.of(5));
        assertArrayEquals(solarized.images().get(0).data(), solarized.images().get(2).data());
    }

    @Test
    void masksOfSquaresHideSoManyOfThemAndEachAsAWhole() {
        Transform generator = transform("{type: SimMIMMaskGenerator, input_size: 32, mask_patch_size: 8, model_patch_size: 4, mask_ratio: 0.3}");
        Set<List<Double>> seen = new HashSet<>();
        for (int i = 0; i < 50; i++) {
            Sample sample = run(generator, SampleRandom.of(i));
            Sample.Field mask = sample.fields().get("mask");
            assertArrayEquals(new int[] {8, 8}, mask.shape());
            assertTrue(mask.integer());
            assertEquals(5 * 4, Arrays.stream(mask.values()).sum(), "30 % of 16 squares of four patches, rounded up");
            for (int place = 0; place < 64; place++) {
                assertEquals(mask.values()[place / 16 * 16 + place % 8 / 2 * 2], mask.values()[place]);
            }
            seen.add(Arrays.stream(mask.values()).boxed().toList());
        }
        assertTrue(seen.size() > 40);
    }

    @Test
    void resultsAreTheSameOnEveryMachine() {
        Sample sample = run(transform(SIMCLR), SampleRandom.of(1, 2, 3));
        assertEquals(1890418767, Arrays.hashCode(sample.images().get(0).data()));
        assertEquals(-728912064, Arrays.hashCode(sample.images().get(1).data()));
    }

    @Test
    void cropsHaveTheAreaRatioAndPlaceAskedFor() {
        Replayable.Drawn crop = (Replayable.Drawn) transform("{type: RandomResizedCrop, size: 8, scale: [0.1, 0.3]}");
        Sample sample = new Sample(0, Path.of("a.png"), OptionalInt.empty());
        sample.setImages(Image.create(400, 300, 1));
        double area = 0;
        double logRatio = 0;
        double left = 0;
        for (int i = 0; i < 4000; i++) {
            int[] box = crop.draw(sample, SampleRandom.of(11, i)).integers("box_ymin_xmin_ymax_xmax_inclusive");
            double width = box[3] - box[1] + 1;
            double height = box[2] - box[0] + 1;
            area += width * height / (400 * 300) / 4000;
            logRatio += Math.log(width / height) / 4000;
            left += box[1] / (400 - width) / 4000;
            assertTrue(width / height > 0.73 && width / height < 1.36 && box[0] >= 0 && box[2] < 300 && box[3] < 400);
        }
        assertEquals(0.2, area, 0.004);                                              // 4 standard errors
        assertEquals(0, logRatio, 0.011);
        assertEquals(0.5, left, 0.019);
    }

    @Test
    void aBoxThatNeverFitsIsTheLargestCentralOne() {
        Replayable.Drawn crop = (Replayable.Drawn) transform("{type: RandomResizedCrop, size: 8, scale: [1.0, 1.0], max_attempts: 3}");
        Sample wide = new Sample(0, Path.of("a.png"), OptionalInt.empty());
        wide.setImages(Image.create(100, 10, 1));
        assertArrayEquals(new int[] {0, 43, 9, 55}, crop.draw(wide, SampleRandom.of(1)).integers("box_ymin_xmin_ymax_xmax_inclusive"));
        wide.setImages(Image.create(10, 100, 1));
        assertArrayEquals(new int[] {43, 0, 55, 9}, crop.draw(wide, SampleRandom.of(1)).integers("box_ymin_xmin_ymax_xmax_inclusive"));
    }

    @Test
    void flipsAreSharedAmongDirections() {
        Transform flip = transform("{type: RandomFlip, prob: 0.6, direction: [horizontal, vertical, diagonal]}");
        int[] corners = new int[256];
        for (int i = 0; i < 5000; i++) {
            corners[run(flip, SampleRandom.of(9, i)).image().data()[0] & 255]++;
        }
        Image image = image();
        int w = image.width();
        int h = image.height();
        assertEquals(2000, corners[image.data()[0] & 255], 170);
        assertEquals(1000, corners[image.data()[(w - 1) * 3] & 255], 140);
        assertEquals(1000, corners[image.data()[(h - 1) * w * 3] & 255], 140);
        assertEquals(1000, corners[image.data()[(h * w - 1) * 3] & 255], 140);
    }

    @Test
    void probabilitiesOfZeroAndOneAreNeverAndAlways() {
        for (int i = 0; i < 50; i++) {
            Transform never = transform("{type: RandomGaussianBlur, sigma_min: 1, sigma_max: 2, prob: 0}");
            assertArrayEquals(image().data(), run(never, SampleRandom.of(i)).image().data());
            assertNotEquals(Arrays.hashCode(image().data()), Arrays.hashCode(run(transform("{type: RandomApply, prob: 1.0, transforms: ["
                    + "{type: RandomSolarize, prob: 1.0}]}"), SampleRandom.of(i)).image().data()));
        }
    }

    @Test
    void resizedSizesAreTheReferences() {
        assertSize(100, 80, "{type: Resize, scale: [100, 80]}");
        assertSize(40, 30, "{type: Resize, scale: [40, 40], keep_ratio: true}");
        assertSize(20, 15, "{type: Resize, scale_factor: 0.25}");
        assertSize(21, 16, "{type: ResizeEdge, scale: 16}");
        assertSize(16, 12, "{type: ResizeEdge, scale: 16, edge: long}");
        assertSize(53, 40, "{type: TorchvisionResize, size: 40}");
        assertSize(50, 37, "{type: TorchvisionResize, size: 40, max_size: 50}");
        assertSize(20, 40, "{type: TorchvisionResize, size: [40, 20]}");
        assertSize(80, 60, "{type: CenterCrop, crop_size: 100}");
        assertSize(100, 70, "{type: CenterCrop, crop_size: [100, 70], auto_pad: true}");
    }

    @Test
    void aCropIsOneOfAllThatFitAndPaddingGoesFirst() {
        assertSize(20, 10, "{type: RandomCrop, size: [10, 20]}");
        assertSize(84, 64, "{type: RandomCrop, size: [64, 84], padding: 2}");
        assertSize(90, 90, "{type: RandomCrop, size: 90, pad_if_needed: true, padding_mode: reflect}");
        Transform crop = transform("{type: RandomCrop, size: [60, 78]}");
        int[] counts = new int[3];
        for (int i = 0; i < 3000; i++) {
            counts[(int) ((List<?>) ((Replayable.Drawn) crop).draw(sample(image()), SampleRandom.of(i)).value("crop_params_ymin_xmin_h_w")).get(1)]++;
        }
        for (int count : counts) {
            assertEquals(1000, count, 130);
        }
        assertEquals("it is smaller, 80x60, than RandomCrop's 81x60: put a Resize before it or set pad_if_needed: true",
                assertThrows(BadImageException.class, () -> run(transform("{type: RandomCrop, size: [60, 81]}"), SampleRandom.of(0))).getMessage());
    }

    @Test
    void aNumberPadsTheFirstChannelAloneAndThreeNumbersAll() {
        Image one = run(transform("{type: RandomCrop, size: [64, 84], padding: 2, pad_val: 9}"), SampleRandom.of(0)).image();
        assertArrayEquals(new byte[] {9, 0, 0}, Arrays.copyOf(one.data(), 3));
        Image all = run(transform("{type: RandomCrop, size: [64, 84], padding: [2, 2, 2, 2], pad_val: [1, 2, 3]}"), SampleRandom.of(0)).image();
        assertArrayEquals(new byte[] {1, 2, 3}, Arrays.copyOf(all.data(), 3));
        Image edge = run(transform("{type: RandomCrop, size: [64, 80], pad_if_needed: true, padding_mode: edge}"), SampleRandom.of(0)).image();
        assertArrayEquals(Arrays.copyOf(image().data(), 240), Arrays.copyOf(edge.data(), 240));
    }

    @Test
    void anglesAreUniformInTheirRange() {
        Transform rotation = transform("{type: RandomRotation, degrees: [10, 20]}");
        double sum = 0;
        for (int i = 0; i < 2000; i++) {
            double angle = ((Replayable.Drawn) rotation).draw(sample(image()), SampleRandom.of(i)).number("angle");
            assertTrue(angle >= 10 && angle < 20);
            sum += angle;
        }
        assertEquals(15, sum / 2000, 0.3);
    }

    @Test
    void patchesOfNeighbouringCellsDifferAndLieInTheirCells() {
        Sample sample = sample(Image.create(90, 90, 3));
        transform("{type: RandomPatchWithLabels}").apply(sample, SampleRandom.of(1));
        assertEquals(9, sample.images().size());
        assertEquals(9, sample.images().get(0).width());
        double[] box = sample.fields().get("patch_box").values();
        Set<Double> offsets = new HashSet<>();
        for (int cell = 0; cell < 9; cell++) {
            double x = box[4 * cell] - cell / 3 * 30;
            double y = box[4 * cell + 1] - cell % 3 * 30;
            assertTrue(x >= 0 && x <= 22 && y >= 0 && y <= 22, "in its cell");
            assertEquals(8, box[4 * cell + 2] - box[4 * cell]);
            offsets.add(x);
            offsets.add(y);
        }
        assertTrue(offsets.size() > 5, "each is drawn on its own");
        String message = assertThrows(BadImageException.class,
                () -> transform("{type: RandomPatchWithLabels}").apply(sample(Image.create(60, 60, 3)), SampleRandom.of(0))).getMessage();
        assertEquals("it is too small or not square, 60x60, for the patches of RandomPatchWithLabels: put Resize and RandomCrop before it, or lower patch_jitter",
                message);
        assertThrows(BadImageException.class, () -> transform("{type: RandomPatchWithLabels}").apply(sample(Image.create(160, 100, 3)), SampleRandom.of(0)));
    }

    @Test
    void labelsOfPatchesAndTurnsComeThroughPacking() {
        Sample patches = sample(Image.create(90, 90, 3));
        transform("{type: RandomPatchWithLabels}").apply(patches, SampleRandom.of(1));
        transform("{type: PackSelfSupInputs, pseudo_label_keys: [patch_box, patch_label, unpatched_img], meta_keys: [img_path]}").apply(patches, SampleRandom.of(0));
        assertEquals(Set.of("patch_box", "patch_label"), patches.fields().keySet());
        assertArrayEquals(new double[] {0, 1, 2, 3, 4, 5, 6, 7}, patches.fields().get("patch_label").values());
        Sample turned = sample(image());
        transform("{type: RotationWithLabels}").apply(turned, SampleRandom.of(1));
        transform("{type: PackSelfSupInputs, pseudo_label_keys: [rot_label]}").apply(turned, SampleRandom.of(0));
        assertArrayEquals(new double[] {0, 1, 2, 3}, turned.fields().get("rot_label").values());
    }

    @Test
    void fourQuarterTurnsOfASquareAreTheImageAgain() {
        Image image = Image.create(7, 7, 3);
        new Random(1).nextBytes(image.data());
        Image turned = image;
        for (int i = 0; i < 4; i++) {
            Sample sample = sample(turned);
            transform("{type: RotationWithLabels}").apply(sample, SampleRandom.of(0));
            turned = sample.images().get(1);
            assertEquals(sample.images().get(0).data()[0], turned.data()[18], "the upper left corner turns right");
        }
        assertArrayEquals(image.data(), turned.data());
    }

    private static Sample sample(Image image) {
        Sample sample = new Sample(0, Path.of("a.png"), OptionalInt.empty());
        sample.setImages(image);
        return sample;
    }

    @Test
    void packingKeepsWhatIsAskedFor() {
        Sample sample = new Sample(7, Path.of("a.png"), OptionalInt.of(3));
        sample.setImages(image());
        sample.fields().put("mask", new Sample.Field(new double[4], true, 2, 2));
        sample.fields().put("other", new Sample.Field(new double[1], true));
        transform("{type: PackSelfSupInputs, algorithm_keys: [mask, sample_idx, gt_label], meta_keys: [img_path]}").apply(sample,
                SampleRandom.of(0));
        assertEquals(Set.of("mask", "sample_idx", "gt_label"), sample.fields().keySet());
        assertArrayEquals(new double[] {7}, sample.fields().get("sample_idx").values());
        Transform pack = transform("{type: PackSelfSupInputs, pseudo_label_keys: [rot_label]}");
        assertEquals("PackSelfSupInputs: rot_label is asked for, but neither the dataset nor a transform before gives it;"
                + " remove it from algorithm_keys or pseudo_label_keys, or add what makes it",
                assertThrows(UsageException.class, () -> pack.apply(sample, SampleRandom.of(0))).getMessage());
    }

    @Test
    void jitterOfAGreyImageSaysWhatToDo() {
        Sample sample = new Sample(0, Path.of("a.png"), OptionalInt.empty());
        sample.setImages(Image.create(4, 4, 1));
        assertEquals("ColorJitter: the image must have 3 channels, not 1; put it before RandomGrayscale, or set keep_channels: true there",
                assertThrows(UsageException.class, () -> transform("{type: ColorJitter}").apply(sample, SampleRandom.of(0))).getMessage());
    }

    private static void assertSize(int width, int height, String yaml) {
        Image image = run(transform(yaml), SampleRandom.of(0)).image();
        assertEquals(width + "x" + height, image.width() + "x" + image.height(), yaml);
    }

    private static Sample run(Transform transform, SampleRandom random) {
        Sample sample = new Sample(0, Path.of("a.png"), OptionalInt.empty());
        sample.setImages(image());
        transform.apply(sample, random);
        return sample;
    }

    private static Image image() {
        Image image = Image.create(80, 60, 3);
        for (int i = 0; i < image.data().length; i++) {
            image.data()[i] = (byte) (i % 240 + i / 240 * 3 + (i % 3) * 17);
        }
        return image;
    }
}
