package dev.selfsup.onnx;

import static dev.selfsup.onnx.TinyOnnx.FLOAT;
import static dev.selfsup.onnx.TinyOnnx.FREE;
import static dev.selfsup.onnx.TinyOnnx.INT64;
import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.api.data.ChannelStatistics;
import dev.selfsup.api.model.FrozenNetwork;
import dev.selfsup.api.run.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A frozen network in an ONNX file: what is wrong with a file is told when it is opened, and what it computes does not depend on how many images come at once. */
class OnnxNetworkTest {
    private static final ChannelStatistics PIXELS = ChannelStatistics.of(0, 255);
    private static final int SIDE = 4;
    private static final int IMAGE = 3 * SIDE * SIDE;
    private static final String ADVICE = "; docs/targets.md#dall-e tells where a test network comes from, how to export it and what its file must be like";

    @TempDir
    Path folder;

    @Test
    void aMissingFileSaysWhereSuchFilesComeFrom() {
        Path file = folder.resolve("none.onnx");
        assertEquals("target_generator: there is no file " + file + ADVICE, refusal(file, PIXELS));
    }

    @Test
    void theAddressOfACheckpointIsNoOnnxFile() {
        UsageException refused = assertThrows(UsageException.class, () -> new OnnxNetwork("https://example.org/clip.pth", contract(), Optional.empty())
                .open(images(SIDE, PIXELS, false), words -> { }));
        assertEquals("target_generator: 'https://example.org/clip.pth' is not the path of an .onnx file: set model.target_generator.onnx to one" + ADVICE, refused.getMessage());
    }

    @Test
    void whatIsNoOnnxFileCannotBeOpened() throws IOException {
        Path file = Files.writeString(folder.resolve("text.onnx"), "no protocol buffer");
        String refusal = refusal(file, PIXELS);
        assertTrue(refusal.startsWith("target_generator: " + file + " cannot be opened by ONNX Runtime: ") && refusal.endsWith(ADVICE), refusal);
    }

    @Test
    void theInputMustBeOneBatchOfImagesOfThisSize() throws IOException {
        assertRefused("its inputs are [pixels], not the one input 'image'",
                new TinyOnnx().input("pixels", FLOAT, FREE, 3, SIDE, SIDE).output("Identity", "pixels", "logits", FLOAT, FREE, 3, SIDE, SIDE));
        assertRefused("it takes batches of 1 images only; export it with a free first dimension", identity(1, SIDE));
        assertRefused("it takes images of [3, 8, 8] (channels, height, width), the pipeline gives [3, 4, 4]: set the size of the view in train_dataloader.dataset.pipeline"
                + " accordingly, or export it for this size", identity(FREE, 8));
    }

    @Test
    void anInputOfAnotherTypeIsRefused() throws IOException {
        String refusal = refusal(new TinyOnnx().input("image", INT64, FREE, 3, SIDE, SIDE).output("Identity", "image", "logits", INT64, FREE, 3, SIDE, SIDE)
                .write(folder.resolve("integer.onnx")), PIXELS);
        assertTrue(refusal.contains("its input 'image' is ") && refusal.contains(", not float32 [N, 3, H, W]"), refusal);
    }

    @Test
    void theOutputsMustBeThoseOfTheContract() throws IOException {
        TinyOnnx image = new TinyOnnx().input("image", FLOAT, FREE, 3, SIDE, SIDE);
        assertRefused("it has no output 'logits', its outputs are [scores]", image.output("Identity", "image", "scores", FLOAT, FREE, 3, SIDE, SIDE));
        String refusal = refusal(new TinyOnnx().input("image", FLOAT, FREE, 3, SIDE, SIDE).output("Cast", "image", "logits", INT64, FREE, 3, SIDE, SIDE)
                .write(folder.resolve("cast.onnx")), PIXELS);
        assertTrue(refusal.contains("its output 'logits' is ") && refusal.contains(", not of float32"), refusal);
    }

    @Test
    void aFileThatTakesOneImageOnlyIsFoundWhateverItDeclares() throws IOException {
        assertRefused("its output 'logits' is [1, 3, 4, 4] for 2 images, not one of 4 dimensions, the first that of the batch",
                new TinyOnnx().input("image", FLOAT, FREE, 3, SIDE, SIDE).output("ReduceMean", "image", "logits", FLOAT, FREE, 3, SIDE, SIDE));
    }

    @Test
    void scoresMustBeOfAsManyClassesAsTheConfigSays() throws IOException {
        Path file = identity(FREE, SIDE).write(folder.resolve("three.onnx"));
        Contract four = new Contract("a test network", "dall-e", Optional.of(PIXELS), List.of(Contract.Output.scores("logits", 4, 4)));
        UsageException refused = assertThrows(UsageException.class, () -> new OnnxNetwork(file.toString(), four, Optional.empty()).open(images(SIDE, PIXELS, false), words -> { }));
        assertEquals("target_generator: " + file + " is not a test network as needed here: its output 'logits' has scores of 3 classes, not of 4: set the size of its vocabulary,"
                + " model.target_generator.vocab_size, and that of the head to 3" + ADVICE, refused.getMessage());
        new OnnxNetwork(file.toString(), four, Optional.empty()).open(images(SIDE, PIXELS, true), words -> { }).close();          // who compares scores takes what there is
    }

    @Test
    void imagesMustBeNormalisedAsTheNetworkWantsThem() throws IOException {
        String refusal = refusal(identity(FREE, SIDE).write(folder.resolve("usual.onnx")), ChannelStatistics.of(128, 64));
        assertTrue(refusal.contains("it wants pixels normalised by mean [0.0, 0.0, 0.0] and std [255.0, 255.0, 255.0], model.data_preprocessor gives it [128.0, 128.0, 128.0] and"
                + " [64.0, 64.0, 64.0]: set them there, or write what the network wants into the metadata 'mean' and 'std' of the file"), refusal);
    }

    @Test
    void metadataOfTheFileTellsAnotherNormalisation() throws IOException {
        Path own = identity(FREE, SIDE).metadata("mean", "128, 128, 128").metadata("std", "64").write(folder.resolve("own.onnx"));
        open(own, ChannelStatistics.of(128, 64), false, new ArrayList<>()).close();
        assertTrue(refusal(own, PIXELS).contains("it wants pixels normalised by mean [128.0, 128.0, 128.0] and std [64.0]"));
        assertRefused("its metadata 'mean' is '0.5;0.5', not one number or three with commas between them", identity(FREE, SIDE).metadata("mean", "0.5;0.5").metadata("std", "1"));
        assertRefused("of its metadata 'mean' and 'std' there is only one: write both, or none", identity(FREE, SIDE).metadata("std", "64"));
    }

    @Test
    void whatComputesItIsSaidOnceAndHereItIsTheProcessor() throws IOException {
        List<String> words = new ArrayList<>();
        Path file = identity(FREE, SIDE).write(folder.resolve("words.onnx"));
        try (FrozenNetwork.Session session = open(file, PIXELS, false, words)) {
            session.compute(new float[IMAGE], 1, List.of(new float[SIDE * SIDE]));
        }
        assertEquals(List.of("targets come from " + file + ", computed ahead by ONNX Runtime on the CPU"), words);
    }

    @Test
    void aLossThatReadsWordsGetsTheFirstOfTheBestScores() throws IOException {
        Path file = identity(FREE, SIDE).write(folder.resolve("words.onnx"));
        try (FrozenNetwork.Session session = open(file, PIXELS, false, new ArrayList<>())) {
            FrozenNetwork.Output output = session.outputs().get(0);
            assertTrue(output.integer());
            assertArrayEquals(new int[] {SIDE, SIDE}, output.shape());
            float[] image = new float[IMAGE];
            image[SIDE * SIDE] = 1;                    // second class at the first place
            image[2 * SIDE * SIDE + 1] = 1;            // third class at the second place
            float[] words = new float[SIDE * SIDE];
            session.compute(image, 1, List.of(words));
            assertEquals(1, words[0]);
            assertEquals(2, words[1]);
            assertEquals(0, words[2]);
        }
        try (FrozenNetwork.Session whole = open(file, PIXELS, true, new ArrayList<>())) {
            assertArrayEquals(new int[] {3, SIDE, SIDE}, whole.outputs().get(0).shape());
        }
    }

    @Test
    void manyImagesGoThroughInPartsAndGiveWhatEachGivesAlone() throws IOException {
        int size = 37;
        float[] images = numbers(size);
        try (FrozenNetwork.Session session = open(identity(FREE, SIDE).write(folder.resolve("parts.onnx")), PIXELS, true, new ArrayList<>())) {
            float[] results = new float[size * IMAGE + 5];
            session.compute(images, size, List.of(results));
            assertArrayEquals(images, java.util.Arrays.copyOf(results, size * IMAGE));
            assertEquals(0, results[size * IMAGE], "nothing is written behind the results");
        }
    }

    @Test
    void whatTheCacheHoldsIsNotComputedAgainUnlessItIsDamaged() throws IOException {
        Path file = identity(FREE, SIDE).write(folder.resolve("cached.onnx"));
        Path cache = folder.resolve("cache");
        Counting network = new Counting();
        CachedSession session = new CachedSession(network, new ResultCache(cache, OnnxFile.of(file, contract()).digest()), new int[] {3, SIDE, SIDE});
        float[] images = numbers(5);
        assertArrayEquals(network.expected(images, 5), compute(session, images, 5));
        assertArrayEquals(network.expected(images, 5), compute(session, images, 5));
        assertEquals(List.of(5), network.sizes);
        List<Path> kept;
        try (var files = Files.walk(cache)) {
            kept = files.filter(Files::isRegularFile).toList();
        }
        assertEquals(5, kept.size(), "one file an image, and nothing else is left");
        byte[] content = Files.readAllBytes(kept.get(0));
        content[1] ^= 1;
        Files.write(kept.get(0), content);
        assertArrayEquals(network.expected(images, 5), compute(session, images, 5));
        assertEquals(List.of(5, 5), network.sizes, "the batch is computed whole");
        Files.write(kept.get(1), new byte[3]);
        compute(session, images, 5);
        compute(session, images, 5);
        assertEquals(List.of(5, 5, 5), network.sizes);
    }

    @Test
    void resultsThatAreNotFiniteAreNotKept() throws IOException {
        Path file = identity(FREE, SIDE).write(folder.resolve("infinite.onnx"));
        Counting network = new Counting();
        CachedSession session = new CachedSession(network, new ResultCache(folder.resolve("cache"), OnnxFile.of(file, contract()).digest()), new int[] {3, SIDE, SIDE});
        float[] images = numbers(3);
        images[IMAGE] = Float.POSITIVE_INFINITY;
        compute(session, images, 3);
        compute(session, images, 3);
        assertEquals(List.of(3, 3), network.sizes, "the second image is computed again");
        compute(session, images, 1);
        assertEquals(List.of(3, 3), network.sizes, "the first is kept");
    }

    @Test
    void weightsInOtherFilesAreRefusedEvenWhereTheyAreThere() throws IOException {
        Files.write(folder.resolve("weight.data"), new byte[Float.BYTES]);
        Path file = identity(FREE, SIDE).external("weight", "weight.data").write(folder.resolve("external.onnx"));
        assertEquals("target_generator: " + file + " has weights in other files (external data), which may change without it: export it as one file, with external_data=False in"
                + " torch.onnx.export" + ADVICE, refusal(file, PIXELS));
        Path nothing = Files.createFile(folder.resolve("nothing.onnx"));
        assertTrue(refusal(nothing, PIXELS).startsWith("target_generator: " + nothing + " cannot be opened by ONNX Runtime: "), refusal(nothing, PIXELS));
    }

    @Test
    void anotherNetworkHasItsOwnResultsInTheSameFolder() throws IOException {
        Path cache = folder.resolve("cache");
        Counting network = new Counting();
        float[] images = numbers(2);
        for (String name : List.of("a", "b", "a")) {
            Path file = identity(FREE, SIDE).metadata("name", name).write(folder.resolve(name + ".onnx"));
            compute(new CachedSession(network, new ResultCache(cache, OnnxFile.of(file, contract()).digest()), new int[] {3, SIDE, SIDE}), images, 2);
        }
        assertEquals(List.of(2, 2), network.sizes);
    }

    @Test
    void aCacheThatCannotBeWrittenIsAMistakeOfTheConfig() throws IOException {
        Path file = identity(FREE, SIDE).write(folder.resolve("any.onnx"));
        Path taken = Files.createFile(folder.resolve("taken"));
        UsageException refused = assertThrows(UsageException.class, () -> new OnnxNetwork(file.toString(), contract(), Optional.of(taken.toString()))
                .open(images(SIDE, PIXELS, false), words -> {
                    throw new AssertionError("the network was opened, and nobody closes it");
                }));
        assertTrue(refused.getMessage().startsWith("target_generator.cache: the folder " + taken + " cannot be used: "), refused.getMessage());
    }

    private static float[] compute(FrozenNetwork.Session session, float[] images, int size) {
        float[] results = new float[size];
        session.compute(images, size, List.of(results));
        return results;
    }

    /** Gives the first pixel of each image, twice. */
    private static final class Counting implements FrozenNetwork.Session {
        private final List<Integer> sizes = new ArrayList<>();

        float[] expected(float[] images, int size) {
            float[] values = new float[size];
            for (int i = 0; i < size; i++) {
                values[i] = 2 * images[i * IMAGE];
            }
            return values;
        }

        @Override
        public List<FrozenNetwork.Output> outputs() {
            return List.of(new FrozenNetwork.Output("twice", "target_generator.0", new int[0], false));
        }

        @Override
        public void compute(float[] images, int size, List<float[]> results) {
            sizes.add(size);
            System.arraycopy(expected(images, size), 0, results.get(0), 0, size);
        }

        @Override
        public void close() {}
    }

    private static TinyOnnx identity(int batch, int side) {
        return new TinyOnnx().input("image", FLOAT, batch, 3, side, side).output("Identity", "image", "logits", FLOAT, batch, 3, side, side);
    }

    private static float[] numbers(int images) {
        float[] numbers = new float[images * IMAGE];
        for (int i = 0; i < numbers.length; i++) {
            numbers[i] = i * 0.25f;
        }
        return numbers;
    }

    private static Contract contract() {
        return new Contract("a test network", "dall-e", Optional.of(PIXELS), List.of(Contract.Output.scores("logits", 4, 3)));
    }

    private static FrozenNetwork.Images images(int side, ChannelStatistics normalization, boolean whole) {
        return new FrozenNetwork.Images(new int[] {3, side, side}, Optional.of(normalization), whole);
    }

    private static FrozenNetwork.Session open(Path file, ChannelStatistics normalization, boolean whole, List<String> words) {
        return new OnnxNetwork(file.toString(), contract(), Optional.empty()).open(images(SIDE, normalization, whole), words::add);
    }

    private static String refusal(Path file, ChannelStatistics normalization) {
        return assertThrows(UsageException.class, () -> open(file, normalization, false, new ArrayList<>())).getMessage();
    }

    private void assertRefused(String reason, TinyOnnx model) throws IOException {
        Path file = model.write(folder.resolve("wrong.onnx"));
        assertEquals("target_generator: " + file + " is not a test network as needed here: " + reason + ADVICE, refusal(file, PIXELS));
    }
}
