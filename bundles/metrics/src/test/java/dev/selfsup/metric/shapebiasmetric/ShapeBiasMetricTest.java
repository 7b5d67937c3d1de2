package dev.selfsup.metric.shapebiasmetric;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.api.run.Metric;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.metric.shapebias.Decision;
import dev.selfsup.metric.shapebias.ShapeBias;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ShapeBiasMetricTest {
    @TempDir
    private Path folder;

    /** Probabilities that favour some of ImageNet's classes. */
    private static float[] scores(int... classes) {
        float[] scores = new float[1000];
        for (int label : classes) {
            scores[label] = 1;
        }
        return scores;
    }

    private Metric.Judgement judgement(String model) {
        return new ShapeBiasMetric.Factory().create(new ShapeBiasMetric.Config(folder.toString(), model, "cue_conflict", "cpu", Optional.empty())).begin();
    }

    @Test
    void aCategoryIsTheOneOfGreatestMeanProbability() {
        assertEquals("bicycle", Categories.best(scores(444)), "one of two classes is more than one of forty-nine");
        assertEquals("knife", Categories.best(scores(499, 8, 10, 11)));
        assertEquals(110, Categories.members("dog").size());
        assertEquals(49, Categories.members("bird").size());
    }

    @Test
    void decisionsAreWrittenAndTheShareOfShapesIsTheFigure() throws IOException {
        Metric.Judgement judgement = judgement("net");
        judgement.add(new Metric.Predictions(Map.of("", new float[][] {scores(404), scores(499)}), new int[] {0, 1},
                List.of(Path.of("data/airplane/airplane1-bird2.png"), Path.of("data/bear/bear3-knife1.png"))));
        assertEquals(Map.of("accuracy/top1", 0.5), judgement.figures());
        Path csv = folder.resolve("cue_conflict_net_session-1.csv");
        assertEquals(List.of(Decision.HEADER, "net,1,1,NaN,airplane,airplane,NaN,airplane1-bird2.png", "net,1,2,NaN,knife,bear,NaN,bear3-knife1.png"), Files.readAllLines(csv));
        List<Decision> decisions = Decision.read(csv);
        assertEquals(List.of("bird", "knife"), decisions.stream().map(Decision::texture).toList());
        assertEquals(0.5, ShapeBias.of(decisions).value());
    }

    @Test
    void namesWithCommasAndQuotesAreReadAsTheyWere() throws IOException {
        List<Decision> decisions = List.of(new Decision("net", "dog", "cat, tabby", "a,\"b\"-dog1.png"), new Decision("net", "\"", "", "c.png"));
        Path csv = Files.write(folder.resolve("table.csv"), List.of(Decision.HEADER, decisions.get(0).row(1), decisions.get(1).row(2)));
        assertEquals(decisions, Decision.read(csv));
        Files.write(csv, List.of("\"subj\",\"object_response\",\"category\",\"imagename\"", "\"subject-01\", \"dog\" ,cat,\"cat1-dog2.png\""));
        assertEquals(List.of(new Decision("subject-01", "dog", "cat", "cat1-dog2.png")), Decision.read(csv));
    }

    @Test
    void imagesWithoutConflictDoNotCount() {
        Decision same = new Decision("a", "dog", "dog", "0001_cue_dog1-dog2.png");
        Decision shape = new Decision("a", "cat", "cat", "cat1-dog2.png");
        Decision neither = new Decision("a", "oven", "cat", "cat1-dog2.png");
        assertEquals(new ShapeBias(3, 1, 0), ShapeBias.of(List.of(same, shape, neither)));
        assertTrue(Double.isNaN(ShapeBias.of(List.of(same)).value()));
    }

    @Test
    void whatCannotBeJudgedIsRefused() throws IOException {
        Metric.Judgement judgement = judgement("net");
        assertThrows(UsageException.class, judgement::figures);
        assertTrue(assertThrows(UsageException.class, () -> judgement.add(new Metric.Predictions(Map.of("", new float[][] {new float[10]}), new int[] {0},
                List.of(Path.of("a/b.png"))))).getMessage().contains("1000 classes"));
        assertThrows(IllegalArgumentException.class, () -> judgement("a,b"));
        Path csv = Files.writeString(folder.resolve("bad.csv"), Decision.HEADER + "\nnet,1\n");
        assertEquals(csv + ":2: has 2 values, not 8", assertThrows(UsageException.class, () -> Decision.read(csv)).getMessage());
    }
}
