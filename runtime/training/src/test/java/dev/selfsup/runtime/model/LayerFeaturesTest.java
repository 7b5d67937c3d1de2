package dev.selfsup.runtime.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.api.data.DataPreprocessor;
import dev.selfsup.api.data.LoaderConfig;
import dev.selfsup.api.model.Algorithm;
import dev.selfsup.api.model.Batch;
import dev.selfsup.api.model.Losses;
import dev.selfsup.api.model.Reconstruction;
import dev.selfsup.api.run.Metric;
import dev.selfsup.api.run.Restored;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernels;
import dev.selfsup.layers.Pooling;
import dev.selfsup.runtime.data.BadFiles;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;

/** What networks give of images, some of which are broken, or make it no numbers. */
class LayerFeaturesTest {
    private static final int NONE = 1000;
    /** The first batch is whole, so that there are more good images than bad ones at any time. */
    private static final FakeImages MANY_BROKEN = new FakeImages(110, IntStream.range(0, 30).map(i -> 64 + i).boxed().collect(Collectors.toSet()));

    private final List<String> messages = new ArrayList<>();
    private final BadFiles bad = new BadFiles(messages::add);

    /** A network that gives the pixels, as maps [N, C, H, W], as tokens [N, L, C] like a vision transformer, and as rows of tokens [N * L, C]. */
    private record Pixels(DataPreprocessor dataPreprocessor) implements Algorithm {
        @Override
        public Losses loss(Graph graph, Batch batch) {
            throw new UnsupportedOperationException();
        }

        @Override
        public List<SDVariable> extract(Graph graph, SDVariable images) {
            long n = graph.shape(images)[0];
            SDVariable maps = graph.in("maps").module(x -> x.mul(1)).apply(images);
            SDVariable tokens = graph.in("tokens").module(x -> x.reshape(n, 3, 4).permute(0, 2, 1)).apply(maps);
            graph.in("rows").module(x -> x.reshape(4 * n, 3)).apply(tokens);
            return List.of(maps);
        }

        @Override
        public Map<String, SDVariable> predict(Graph graph, SDVariable images) {
            return Map.of("", images.reshape(graph.shape(images)[0], 12));
        }

        @Override
        public Optional<Reconstruction> reconstruct(Graph graph, Batch batch) {
            SDVariable images = batch.view(0);
            return Optional.of(Reconstruction.of(images.mean(1).mul(0), images.mul(1), images.mul(2)));
        }
    }

    private static Model model(int nan) {
        return new Model(new Pixels(new FakeImages.Inputs(nan)), 0, Kernels.fastest());
    }

    private LayerFeatures features(int nan, String... modules) {
        return new LayerFeatures(model(nan), List.of(), List.of(modules), Pooling.MEAN, 0, bad);
    }

    @Test
    void meansAreThoseOfPlacesAndOfTokensNeverOfChannels() {
        features(NONE, "maps", "tokens", "rows").read(new FakeImages(3, Set.of()), done -> { }, rows -> {
            assertEquals(List.of("maps", "tokens", "rows"), List.copyOf(rows.features().keySet()));
            rows.features().values().forEach(of -> {
                for (int image = 0; image < 3; image++) {
                    assertArrayEquals(new float[] {image + 1.5f, image + 5.5f, image + 9.5f}, of[image]);
                }
            });
        });
    }

    @Test
    void layersHaveTheirNamesBeforeAnythingIsComputed() {
        assertEquals(List.of("maps", "rows"), features(NONE, "maps", "rows").names());
        assertEquals(List.of("feat"), features(NONE).names());
        assertEquals(List.of("feat1", "feat4"), new LayerFeatures(model(NONE), List.of(0, 3), List.of(), Pooling.MEAN, 0, bad).names());
    }

    /** Level 13 is in images 2 to 13. */
    @Test
    void featuresThatAreNoNumbersAreRefusedWithTheImagesName() {
        String words = "the features of 2.png are not finite: the network's weights have diverged, or the checkpoint is damaged; take an earlier one";
        FakeImages images = new FakeImages(6, Set.of());
        assertEquals(words, assertThrows(UsageException.class, () -> features(13).read(images, done -> { }, rows -> { })).getMessage());
        assertEquals(words, assertThrows(UsageException.class, () -> features(13, "rows").read(images, done -> { }, rows -> { })).getMessage());
        FeatureExtractor watched = new FeatureExtractor(model(13), 0, bad);
        assertEquals(words, assertThrows(UsageException.class, () -> watched.features(images)).getMessage(), "those that KnnHook compares");
    }

    @Test
    void manyBrokenImagesAreSkippedWhereMostAreGood() {
        Set<Integer> read = new HashSet<>();
        features(NONE).read(MANY_BROKEN, done -> { }, rows -> IntStream.of(rows.index()).forEach(read::add));
        assertEquals(80, read.size());
        assertEquals(30, messages.size());
        assertEquals("skipped 70.png: broken", messages.stream().filter(line -> line.contains("70")).findFirst().orElseThrow());
        assertFalse(Files.exists(Path.of("bad_files.txt")), "a command leaves no list behind");
    }

    @Test
    void manyBrokenImagesAreNotReconstructedWhereMostAreGood() {
        List<Restored> restored = new ArrayList<>();
        new Reconstructor(model(NONE), 0, bad).reconstruct(MANY_BROKEN, restored::add);
        assertEquals(80, restored.size());
        assertEquals(30, messages.size());
    }

    @Test
    void imagesThatCannotBeUsedAreNotAmongThoseJudged() {
        LoaderConfig loading = new LoaderConfig(2, 0, false, true, false, OptionalInt.empty(), (size, epoch, seed, rank, worldSize) -> new int[0], samples -> samples,
                () -> new FakeImages(5, Set.of(1, 4)));
        Evaluation evaluation = new Evaluation(model(NONE), loading, List.of(Counted::new), 0, bad);
        evaluation.run(done -> { });
        assertEquals(Map.of("count", 3.0), evaluation.run(done -> { }));
        assertEquals(3, evaluation.judged());
        assertEquals(5, evaluation.size());
    }

    private static final class Counted implements Metric.Judgement {
        private double count;

        @Override
        public void add(Metric.Predictions predictions) {
            count += predictions.labels().length;
        }

        @Override
        public Map<String, Double> figures() {
            return Map.of("count", count);
        }
    }
}
