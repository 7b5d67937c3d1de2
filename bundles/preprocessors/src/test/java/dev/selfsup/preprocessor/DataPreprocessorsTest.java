package dev.selfsup.preprocessor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Components;
import dev.selfsup.api.data.ChannelStatistics;
import dev.selfsup.api.data.DataPreprocessor;
import dev.selfsup.api.data.Image;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.config.Config;
import dev.selfsup.preprocessor.caedatapreprocessor.CAEDataPreprocessor;
import dev.selfsup.preprocessor.clsdatapreprocessor.ClsDataPreprocessor;
import dev.selfsup.preprocessor.relativelocdatapreprocessor.RelativeLocDataPreprocessor;
import dev.selfsup.preprocessor.rotationpreddatapreprocessor.RotationPredDataPreprocessor;
import dev.selfsup.preprocessor.selfsupdatapreprocessor.SelfSupDataPreprocessor;
import dev.selfsup.preprocessor.twonormdatapreprocessor.TwoNormDataPreprocessor;
import dev.selfsup.preprocessor.videodatapreprocessor.VideoDataPreprocessor;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class DataPreprocessorsTest {
    private static final String IMAGENET = "{mean: [123.675, 116.28, 103.53], std: [58.395, 57.12, 57.375], bgr_to_rgb: true}";
    private static final Components NONE = new Components() {
        @Override
        public List<Installed> all() {
            return List.of();
        }

        @Override
        public Optional<Installed> find(String kind, String type, List<String> scopes) {
            return Optional.empty();
        }
    };

    @Test
    void everyValueIsWhatPyTorchComputes() {
        Image image = Image.create(256, 1, 3);
        for (int i = 0; i < 256; i++) {
            image.data()[3 * i] = (byte) i;
            image.data()[3 * i + 1] = (byte) (i * 7);
            image.data()[3 * i + 2] = (byte) (255 - i);
        }
        float[] out = new float[5 + 3 * 256];
        make(IMAGENET).write(List.of(image), 0, out, 5);
        float[] mean = {123.675f, 116.28f, 103.53f};
        float[] std = {58.395f, 57.12f, 57.375f};
        for (int c = 0; c < 3; c++) {
            for (int i = 0; i < 256; i++) {
                float value = image.data()[3 * i + 2 - c] & 255;                     // BGR to RGB
                assertEquals((value - mean[c]) / std[c], out[5 + c * 256 + i]);
            }
        }
    }

    @Test
    void withoutMeanAndReversalValuesStayAsTheyAre() {
        Image image = new Image(2, 1, 3, new byte[] {1, 2, 3, -1, -2, -3});
        float[] out = new float[6];
        make("{}").write(List.of(image), 0, out, 0);
        assertArrayEquals(new float[] {1, 255, 2, 254, 3, 253}, out);
    }

    @Test
    void everyImageIsAnInputOfItsOwnShape() {
        List<int[]> shapes = make(IMAGENET).shapes(List.of(Image.create(4, 6, 3), Image.create(2, 2, 3)));
        assertArrayEquals(new int[] {3, 6, 4}, shapes.get(0));
        assertArrayEquals(new int[] {3, 2, 2}, shapes.get(1));
    }

    @Test
    void aGreyImageIsNormalisedWithEveryMean() {
        SelfSupDataPreprocessor grey = make("{mean: [1, 2, 3], std: 2}");
        float[] out = new float[3];
        grey.write(List.of(new Image(1, 1, 1, new byte[] {7})), 0, out, 0);
        assertArrayEquals(new float[] {3, 2.5f, 2}, out);
        assertArrayEquals(new int[] {3, 1, 1}, grey.shapes(List.of(Image.create(1, 1, 1))).get(0));
        List<Image> one = List.of(Image.create(1, 1, 1));
        assertEquals("data_preprocessor: bgr_to_rgb and rgb_to_bgr need images of 3 channels, not 1; set keep_channels: true in"
                + " RandomGrayscale", assertThrows(UsageException.class, () -> make(IMAGENET).shapes(one)).getMessage());
    }

    @Test
    void defaultsAreTheReferences() {
        assertEquals("Config[mean=Optional.empty, std=Optional.empty, padSizeDivisor=1, padValue=0.0, bgrToRgb=false, rgbToBgr=false,"
                + " nonBlocking=false]", bind("{}").toString());
    }

    @Test
    void mistakesNameTheRuleAndTheValue() {
        assertMistake("mean and std must be given together", "{mean: 1}");
        assertMistake("mean must have 1 or 3 values, not [1.0, 2.0]", "{mean: [1, 2], std: 1}");
        assertMistake("std must have 1 or 3 values, not []", "{mean: [1], std: []}");
        assertMistake("std must be positive, not [0.0]", "{mean: 1, std: 0}");
        assertMistake("bgr_to_rgb and rgb_to_bgr must not both be true", "{bgr_to_rgb: true, rgb_to_bgr: true}");
        assertMistake("pad_size_divisor must be positive, not 0", "{pad_size_divisor: 0}");
    }

    private static void assertMistake(String message, String yaml) {
        String found = assertThrows(UsageException.class, () -> bind(yaml)).getMessage();
        assertTrue(found.endsWith(": " + message), () -> found + "\n should end in\n" + message);
    }

    @Test
    void turnedImagesAreRowsOfOneInput() {
        DataPreprocessor rotation = new RotationPredDataPreprocessor.Factory().create(bind("{}"));
        List<Image> turned = List.of(grey(2, 1, 10), grey(2, 1, 20), grey(2, 1, 30), grey(2, 1, 40));
        assertArrayEquals(new int[] {4, 1, 1, 2}, rotation.shapes(turned).get(0));
        float[] out = new float[10];
        rotation.write(turned, 0, out, 2);
        assertArrayEquals(new float[] {0, 0, 10, 11, 20, 21, 30, 31, 40, 41}, out);
        assertArrayEquals(new int[] {1, 1, 2}, rotation.shapes(turned.subList(0, 1)).get(0));
    }

    @Test
    void everyOuterPatchIsPairedWithTheMiddleOne() {
        DataPreprocessor pairs = new RelativeLocDataPreprocessor.Factory().create(bind("{}"));
        List<Image> patches = IntStream.range(0, 9).mapToObj(i -> grey(1, 2, 10 * i)).toList();
        List<int[]> shapes = pairs.shapes(patches);
        assertArrayEquals(new int[] {8, 1, 2, 1}, shapes.get(0));
        assertArrayEquals(new int[] {8, 1, 2, 1}, shapes.get(1));
        float[] outer = new float[17];
        pairs.write(patches, 0, outer, 1);
        assertArrayEquals(new float[] {0, 10, 11, 20, 21, 30, 31, 40, 41, 50, 51, 60, 61, 70, 71, 80, 81}, outer);
        float[] middle = new float[17];
        pairs.write(patches, 1, middle, 1);
        assertArrayEquals(new float[] {0, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1, 0, 1}, middle);
        assertArrayEquals(new int[] {1, 2, 1}, pairs.shapes(patches.subList(0, 1)).get(0));
        assertEquals("RelativeLocDataPreprocessor: an image must give 9 patches, not 4; put RandomPatchWithLabels before PackSelfSupInputs in"
                + " train_dataloader.dataset.pipeline", assertThrows(UsageException.class, () -> pairs.shapes(patches.subList(0, 4))).getMessage());
    }

    @Test
    void imagesOfAClassifierAreFilledUpToTheRightAndBelow() {
        DataPreprocessor padded = new ClsDataPreprocessor(new ClsDataPreprocessor.Config(Optional.empty(), Optional.empty(), 2, -1, false, true, OptionalInt.of(3),
                Optional.empty()));
        List<Image> image = List.of(grey(3, 1, 5));
        assertArrayEquals(new int[] {1, 2, 4}, padded.shapes(image).get(0));
        float[] out = new float[9];
        padded.write(image, 0, out, 1);
        assertArrayEquals(new float[] {0, 5, 6, 7, -1, -1, -1, -1, -1}, out);
        assertEquals(OptionalInt.of(3), padded.classes());
        assertTrue(padded.batchAugments().orElseThrow().augments().isEmpty(), "labels become probabilities, images stay as they are");
        assertEquals("a classifier takes one view of an image, the pipeline gives 2: leave MultiView out",
                assertThrows(IllegalArgumentException.class, () -> padded.shapes(List.of(grey(1, 1, 0), grey(1, 1, 0)))).getMessage());
    }

    @Test
    void bothPicturesHaveANormalisationOfTheirOwnAndOneImageHasTheFirst() {
        DataPreprocessor two = new TwoNormDataPreprocessor.Factory().create(twoNorms("{mean: 10, std: 2, second_mean: 20, second_std: 4}"));
        List<Image> pictures = List.of(grey(1, 1, 14), grey(2, 1, 24));
        assertArrayEquals(new int[] {1, 1, 2}, two.shapes(pictures).get(1));
        float[] out = new float[2];
        two.write(pictures, 1, out, 0);
        assertArrayEquals(new float[] {1, 1.25f}, out);
        two.write(pictures, 0, out, 0);
        assertEquals(2, out[0]);
        assertEquals(List.of(20.0), two.normalization(1).orElseThrow().mean());
        assertEquals(1, two.shapes(pictures.subList(0, 1)).size());
        List<Image> three = List.of(grey(1, 1, 1), grey(1, 1, 1), grey(1, 1, 1));
        assertEquals("data_preprocessor: a sample must have 2 pictures, not 3; put RandomResizedCropAndInterpolationWithTwoPic with second_size into"
                + " train_dataloader.dataset.pipeline", assertThrows(UsageException.class, () -> two.shapes(three)).getMessage());
    }

    @Test
    void withoutAMeanNeitherPictureIsNormalised() {
        DataPreprocessor two = new TwoNormDataPreprocessor.Factory().create(twoNorms("{second_mean: 20, second_std: 4}"));
        float[] out = new float[1];
        two.write(List.of(grey(1, 1, 1), grey(1, 1, 24)), 1, out, 0);
        assertEquals(24, out[0]);
        assertEquals(Optional.of(new ChannelStatistics(List.of(0.0), List.of(1.0))), two.normalization(1));
    }

    @Test
    void theSecondPictureForDallEHasValuesFromATenthToNineTenths() {
        DataPreprocessor cae = new CAEDataPreprocessor.Factory().create(bind("{mean: 10, std: 2}"));
        float[] out = new float[1];
        cae.write(List.of(grey(1, 1, 14), grey(1, 1, 0)), 1, out, 0);
        assertEquals(0.1f, out[0], 1e-7);
        cae.write(List.of(grey(1, 1, 14), grey(1, 1, 255)), 1, out, 0);
        assertEquals(0.9f, out[0], 1e-7);
        assertEquals(List.of(-31.875), cae.normalization(1).orElseThrow().mean());
    }

    @Test
    void mistakesOfTheSecondNormalisationAreNamed() {
        assertSecondMistake("second_mean and second_std must be given: they are what the tokenizer's pictures are normalised by", "{mean: 1, std: 1}");
        assertSecondMistake("second_mean must have 1 or 3 values, not [1.0, 2.0]", "{second_mean: [1, 2], second_std: 1}");
        assertSecondMistake("second_std must have 1 or 3 values, not []", "{second_mean: 1, second_std: []}");
        assertSecondMistake("second_std must be positive, not [0.0]", "{second_mean: 1, second_std: 0}");
    }

    private static void assertSecondMistake(String message, String yaml) {
        String found = assertThrows(UsageException.class, () -> twoNorms(yaml)).getMessage();
        assertTrue(found.endsWith(": " + message), () -> found + "\n should end in\n" + message);
    }

    private static TwoNormDataPreprocessor.Config twoNorms(String yaml) {
        return Config.parse("test.yaml", "config: " + yaml).bind("config", TwoNormDataPreprocessor.Config.class, NONE);
    }

    @Test
    void anImageComesBackFromWhatTheModelGets() {
        byte[] data = new byte[5 * 51 * 3];
        new java.util.Random(1).nextBytes(data);
        Image image = new Image(51, 5, 3, data);
        for (String config : List.of(IMAGENET, "{}", "{mean: 127.5, std: 40}")) {
            float[] values = new float[data.length];
            make(config).write(List.of(image), 0, values, 0);
            assertArrayEquals(data, make(config).image(0, values, 3, 5, 51).orElseThrow().data(), config);
        }
        assertArrayEquals(new byte[] {0, -1}, make("{mean: 100, std: 10}").image(0, new float[] {-99, 99}, 1, 1, 2).orElseThrow().data());
    }

    @Test
    void framesOfAVideoAreInputsOfTheirOwnOrOneClip() {
        List<Image> frames = List.of(new Image(1, 2, 3, new byte[] {1, 2, 3, 4, 5, 6}), new Image(1, 2, 3, new byte[] {11, 12, 13, 14, 15, 16}));
        DataPreprocessor each = video("{mean: [1, 2, 3], std: [1, 1, 2], bgr_to_rgb: true}");
        assertArrayEquals(new int[] {3, 2, 1}, each.shapes(frames).get(1));
        float[] second = new float[6];
        each.write(frames, 1, second, 0);
        assertArrayEquals(new float[] {12, 15, 10, 13, 4, 5.5f}, second);
        DataPreprocessor clip = video("{mean: [1, 2, 3], std: [1, 1, 2], bgr_to_rgb: true, format_shape: NCTHW}");
        assertEquals(1, clip.shapes(frames).size());
        assertArrayEquals(new int[] {3, 2, 2, 1}, clip.shapes(frames).get(0));
        float[] all = new float[13];
        clip.write(frames, 0, all, 1);
        assertArrayEquals(new float[] {0, 2, 5, 12, 15, 0, 3, 10, 13, -1, 0.5f, 4, 5.5f}, all);
    }

    @Test
    void mistakesOfVideosAreTold() {
        List<Image> frames = List.of(Image.create(1, 2, 3), Image.create(2, 1, 3));
        assertEquals("VideoDataPreprocessor: the frames of a clip must have one size, not [3, 2, 1] and [3, 1, 2]; end train_dataloader.dataset.pipeline with transforms of a"
                + " fixed size", assertThrows(UsageException.class, () -> video("{format_shape: NCTHW}").shapes(frames)).getMessage());
        assertTrue(assertThrows(UsageException.class, () -> video("{format_shape: NTCHW}")).getMessage().endsWith(": format_shape must be NCHW or NCTHW, not NTCHW"));
        assertTrue(assertThrows(UsageException.class, () -> video("{mean: 1}")).getMessage().endsWith(": mean and std must be given together"));
    }

    private static DataPreprocessor video(String yaml) {
        return new VideoDataPreprocessor.Factory().create(Config.parse("test.yaml", "config: " + yaml).bind("config", VideoDataPreprocessor.Config.class, NONE));
    }

    /** A grey image of values that count up. */
    private static Image grey(int width, int height, int first) {
        Image image = Image.create(width, height, 1);
        for (int i = 0; i < width * height; i++) {
            image.data()[i] = (byte) (first + i);
        }
        return image;
    }

    private static SelfSupDataPreprocessor make(String yaml) {
        ComponentFactory<?, Normalization.Config> factory = new SelfSupDataPreprocessor.Factory();
        return (SelfSupDataPreprocessor) factory.create(bind(yaml));
    }

    private static Normalization.Config bind(String yaml) {
        return Config.parse("test.yaml", "config: " + yaml).bind("config", Normalization.Config.class, NONE);
    }
}
