package dev.selfsup.metric.knn;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import dev.selfsup.api.run.Features;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.checkpoint.Npz;
import dev.selfsup.checkpoint.Tensor;
import java.io.IOException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class KnnTest {
    private static final Path CASE =
            Path.of(System.getProperty("selfsup.root"), "integration-tests/fixtures/components/eval_knn");

    @Test
    void accuraciesAreThoseOfTheReferenceForEveryNumberOfNeighboursAndTemperature() throws IOException {
        Map<String, Tensor> inputs = Npz.readAll(CASE.resolve("inputs.npz"));
        JsonNode expected = new ObjectMapper().readTree(CASE.resolve("case.json").toFile()).get("results_top1_top5_percent");
        Knn knn = new Knn(List.of(1, 3, 10, 20, 50, 200), List.of(0.02, 0.07, 0.5, 1.0));
        List<Knn.Accuracy> accuracies = knn.evaluate(features(inputs, "train"), features(inputs, "test"));
        assertEquals(expected.size(), accuracies.size());
        for (Knn.Accuracy accuracy : accuracies) {
            String key = "k" + accuracy.k() + "_T" + accuracy.temperature();
            assertEquals(expected.get(key).get(0).asDouble(), accuracy.top1(), key);
            assertEquals(expected.get(key).get(1).asDouble(), accuracy.top5(), key);
        }
    }

    private static Features features(Map<String, Tensor> inputs, String part) {
        Tensor tensor = inputs.get(part + "_features");
        int columns = (int) tensor.shape()[1];
        float[] values = tensor.toFloats();
        float[][] rows = new float[(int) tensor.shape()[0]][];
        for (int i = 0; i < rows.length; i++) {
            rows[i] = Arrays.copyOfRange(values, i * columns, (i + 1) * columns);
        }
        return new Features(rows, Arrays.stream(inputs.get(part + "_labels").toLongs()).mapToInt(Math::toIntExact).toArray());
    }

    @Test
    void ofEqualNeighboursTheFirstVotesAndOfEqualVotesTheFirstClassWins() {
        Features bank = new Features(new float[][] {{1, 0}, {2, 0}, {0, 1}}, new int[] {2, 1, 0});
        Features query = new Features(new float[][] {{3, 0}}, new int[] {2});
        assertEquals(100, new Knn(List.of(1), List.of(0.07)).evaluate(bank, query).get(0).top1());
        Knn.Accuracy two = new Knn(List.of(2), List.of(0.07)).evaluate(bank, query).get(0);
        assertEquals(0, two.top1());
        assertEquals(100, two.top5());
    }

    @Test
    void queriesOfSeveralChunksAreAllCounted() {
        float[][] rows = new float[600][];
        int[] labels = new int[600];
        for (int i = 0; i < 600; i++) {
            rows[i] = new float[] {(float) Math.cos(i * 0.01), (float) Math.sin(i * 0.01)};
            labels[i] = i / 100;
        }
        Features features = new Features(rows, labels);
        assertEquals(100, new Knn(List.of(1), List.of(0.07)).evaluate(features, features).get(0).top1());
    }

    @Test
    void whereTheBankIsPartedDoesNotMatter() {
        Map<String, Tensor> inputs = Npz.readAll(CASE.resolve("inputs.npz"));
        Features bank = features(inputs, "train");
        Features queries = features(inputs, "test");
        Knn knn = new Knn(List.of(1, 10, 200), List.of(0.07, 1.0));
        List<Knn.Accuracy> whole = knn.evaluate(bank, queries);
        for (int size : new int[] {1, 37, 256}) {
            Ballot ballot = knn.ballot(queries);
            for (int start = 0; start < bank.rows().length; start += size) {
                int end = Math.min(start + size, bank.rows().length);
                ballot.add(new Features(Arrays.copyOfRange(bank.rows(), start, end), Arrays.copyOfRange(bank.labels(), start, end)));
            }
            assertEquals(bank.rows().length, ballot.bank());
            assertEquals(whole, ballot.accuracies());
        }
    }

    @Test
    void labelsMayBeAnyNumbers() {
        float[][] rows = {{1, 0}, {0.9f, 0.1f}, {0, 1}, {0.1f, 0.9f}};
        Features small = new Features(rows, new int[] {0, 1, 2, 1});
        Features large = new Features(rows, new int[] {7, 1440764, Integer.MAX_VALUE, 1440764});
        Knn knn = new Knn(List.of(1, 2, 4), List.of(0.07, 1.0));
        assertEquals(knn.evaluate(small, small), knn.evaluate(large, large));
        assertEquals(4, knn.ballot(large).queries());
    }

    @Test
    void moreNeighboursThanThereAreTakeNoMemory() {
        Features two = new Features(new float[][] {{1, 0}, {0, 1}}, new int[] {0, 1});
        Knn many = new Knn(List.of(1, Integer.MAX_VALUE), List.of(0.07));
        assertThrows(UsageException.class, () -> many.check(1_000_000_000));
        assertThrows(UsageException.class, () -> many.evaluate(two, two));
    }

    @Test
    void aTinyTemperatureDoesNotOverflow() {
        Features bank = new Features(new float[][] {{1, 0}, {0, 1}}, new int[] {0, 1});
        Features query = new Features(new float[][] {{0.1f, 1}}, new int[] {1});
        assertEquals(100, new Knn(List.of(2), List.of(1e-5)).evaluate(bank, query).get(0).top1());
    }

    @Test
    void theProtocolNamesEverythingTheNumberDependsOn() {
        assertEquals("kNN k=20, T=0.07, cosine, L2-normalised features, 264 queries, 761 bank images", Knn.protocol(20, 0.07, 264, 761));
    }

    @Test
    void whatCannotBeClassifiedIsRefused() {
        Features two = new Features(new float[][] {{1, 0}, {0, 1}}, new int[] {0, 1});
        Features none = new Features(new float[0][], new int[0]);
        Features unlabelled = new Features(new float[][] {{1, 0}}, new int[] {-1});
        Knn three = new Knn(List.of(3), List.of(0.07));
        Knn one = new Knn(List.of(1), List.of(0.07));
        assertEquals("kNN with k=3 needs at least as many bank images: there are 2; choose a smaller k",
                assertThrows(UsageException.class, () -> three.evaluate(two, two)).getMessage());
        assertEquals("kNN needs images to classify: there are none",
                assertThrows(UsageException.class, () -> one.evaluate(two, none)).getMessage());
        assertEquals("kNN needs labelled images: put them into a folder for each class, or give an annotation file with labels",
                assertThrows(UsageException.class, () -> one.evaluate(two, unlabelled)).getMessage());
        assertThrows(IllegalArgumentException.class, () -> new Knn(List.of(0), List.of(0.07)));
        assertThrows(IllegalArgumentException.class, () -> new Knn(List.of(1), List.of(0.0)));
    }
}
