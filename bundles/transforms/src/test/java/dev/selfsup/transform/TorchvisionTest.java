package dev.selfsup.transform;

import static dev.selfsup.transform.InstalledTransforms.transform;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.api.data.BadImageException;
import dev.selfsup.api.data.Image;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.SampleRandom;
import java.nio.file.Path;
import java.util.OptionalInt;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;

class TorchvisionTest {
    /** Columns 1, 2, 3 in red, ten times that in green, in one row, or of several rows that count on by 3. */
    private static Image columns(int height) {
        Image image = Image.create(3, height, 3);
        for (int i = 0; i < 3 * height; i++) {
            image.data()[3 * i + 1] = (byte) (10 * (i + 1));
            image.data()[3 * i + 2] = (byte) (i + 1);
        }
        return image;
    }

    private static Image after(Image image, long seed, String... transforms) {
        Sample sample = new Sample(0, Path.of("image.png"), OptionalInt.empty());
        sample.setImages(image);
        SampleRandom random = SampleRandom.of(seed);
        for (String yaml : transforms) {
            transform(yaml).apply(sample, random);
        }
        return sample.image();
    }

    private static int[] reds(Image image) {
        int[] reds = new int[image.width() * image.height()];
        for (int i = 0; i < reds.length; i++) {
            reds[i] = image.data()[i * 3 + 2] & 255;
        }
        return reds;
    }

    @Test
    void coloursAreTurnedToRedFirstAndBack() {
        assertArrayEquals(new byte[] {1, 10, 0, 2, 20, 0, 3, 30, 0}, after(columns(1), 0, "{type: ToPIL, to_rgb: true}").data());
        assertArrayEquals(columns(1).data(), after(columns(1), 0, "{type: ToPIL, to_rgb: true}", "{type: ToNumpy, to_rgb: true}").data());
        assertArrayEquals(columns(1).data(), after(columns(1), 0, "{type: ToPIL}", "{type: ToNumpy}").data());
    }

    @Test
    void aGreyImageHasNoOrderOfColours() {
        assertArrayEquals(new byte[] {5, 6}, after(new Image(2, 1, 1, new byte[] {5, 6}), 0, "{type: ToPIL, to_rgb: true}").data());
    }

    @Test
    void paddingGoesOnInItsModeAndTheCropIsAnywhere() {
        Set<String> crops = new TreeSet<>();
        for (int seed = 0; seed < 60; seed++) {
            Image crop = after(columns(1), seed, "{type: TorchvisionRandomCrop, size: [1, 5], padding: [2, 0], padding_mode: reflect}");
            crops.add(java.util.Arrays.toString(reds(crop)));
        }
        assertEquals(Set.of("[3, 2, 1, 2, 3]", "[2, 1, 2, 3, 2]", "[1, 2, 3, 2, 1]"), crops);
    }

    @Test
    void constantPaddingHasTheColourInTheOrderOfTheImage() {
        Image crop = after(columns(1), 0, "{type: ToPIL, to_rgb: true}", "{type: TorchvisionRandomCrop, size: [1, 4], padding: [1, 0, 0, 0], fill: [7, 8, 9]}",
                "{type: ToNumpy, to_rgb: true}");
        assertArrayEquals(new byte[] {9, 8, 7, 0, 10, 1, 0, 20, 2, 0, 30, 3}, crop.data());
        assertArrayEquals(new int[] {4, 1, 2, 3}, reds(after(columns(1), 0, "{type: TorchvisionRandomCrop, size: [1, 4], padding: [1, 0, 0, 0], fill: 4}")));
    }

    @Test
    void anImageThatIsTooSmallIsPaddedOnBothSidesWhereThatIsAskedFor() {
        String padded = "{type: TorchvisionRandomCrop, size: [4, 3], pad_if_needed: true, padding_mode: edge}";
        Set<String> crops = new TreeSet<>();
        for (int seed = 0; seed < 60; seed++) {
            crops.add(java.util.Arrays.toString(reds(after(columns(2), seed, padded))));
        }
        assertEquals(Set.of("[1, 2, 3, 1, 2, 3, 1, 2, 3, 4, 5, 6]", "[1, 2, 3, 1, 2, 3, 4, 5, 6, 4, 5, 6]", "[1, 2, 3, 4, 5, 6, 4, 5, 6, 4, 5, 6]"), crops);
        assertEquals("it is smaller, 3x2, than the 3x4 of torchvision/RandomCrop: put a torchvision/Resize before it or set pad_if_needed: true",
                assertThrows(BadImageException.class, () -> after(columns(2), 0, "{type: TorchvisionRandomCrop, size: [4, 3]}")).getMessage());
    }

    @Test
    void leftAndRightAreSwappedAsOftenAsAsked() {
        assertArrayEquals(new int[] {3, 2, 1, 6, 5, 4}, reds(after(columns(2), 0, "{type: TorchvisionRandomHorizontalFlip, p: 1}")));
        assertArrayEquals(new int[] {1, 2, 3, 4, 5, 6}, reds(after(columns(2), 0, "{type: TorchvisionRandomHorizontalFlip, p: 0}")));
        int swapped = 0;
        for (int seed = 0; seed < 2000; seed++) {
            swapped += reds(after(columns(1), seed, "{type: TorchvisionRandomHorizontalFlip, p: 0.25}"))[0] == 3 ? 1 : 0;
        }
        assertEquals(500, swapped, 80);
    }
}
