package dev.selfsup.hook;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.api.data.Dataset;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.run.Features;
import dev.selfsup.api.run.Hook;
import dev.selfsup.api.run.Priority;
import dev.selfsup.api.run.Run;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.hook.collapsehook.CollapseHook;
import java.lang.reflect.Proxy;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;
import java.util.Random;
import java.util.function.IntFunction;
import org.junit.jupiter.api.Test;

class CollapseHookTest {
    private static final int WIDTH = 16;

    private final Hook hook = new CollapseHook.Factory().create(new CollapseHook.Config(256, 0.02, 1.5, 1, Priority.LOW));
    private final List<String> printed = new ArrayList<>();
    private final List<Map<String, Double>> reported = new ArrayList<>();
    private List<Sample> samples = List.of();
    private int epoch;
    private int images;
    private boolean refusing;

    /** A run whose network gives random features of two directions to the images that it is asked for. */
    private final Run run = (Run) Proxy.newProxyInstance(Run.class.getClassLoader(), new Class<?>[] {Run.class}, (proxy, method, arguments) ->
            switch (method.getName()) {
                case "epoch" -> epoch;
                case "iteration" -> 10 * epoch;
                case "maxIterations" -> 100;
                case "samples" -> samples;
                case "print" -> printed.add((String) arguments[0]) ? null : null;
                case "report" -> reported.add(figures(arguments[0])) ? null : null;
                case "features" -> asked((Run) proxy, (Dataset.Images) arguments[0]);
                default -> throw new IllegalStateException(method.getName());
            });

    @SuppressWarnings("unchecked")
    private static Map<String, Double> figures(Object argument) {
        return (Map<String, Double>) argument;
    }

    private Features asked(Run self, Dataset.Images of) {
        if (refusing) {
            throw new UsageException("no features");
        }
        images = of.size();
        Features features = features(images, i -> i % 2 == 0 ? unit(0) : unit(1));
        hook.afterFeatures(self, features);
        return features;
    }

    private static Features features(int count, IntFunction<float[]> row) {
        float[][] rows = new float[count][];
        for (int i = 0; i < count; i++) {
            rows[i] = row.apply(i);
        }
        return new Features(rows, new int[count]);
    }

    private static float[] unit(int direction) {
        float[] row = new float[WIDTH];
        row[direction] = 3;
        return row;
    }

    private static Features random(int count, double mean) {
        Random random = new Random(1);
        return features(count, i -> {
            float[] row = new float[WIDTH];
            for (int d = 0; d < WIDTH; d++) {
                row[d] = (float) (mean + random.nextGaussian());
            }
            return row;
        });
    }

    private Map<String, Double> endOfEpoch(Features seen) {
        hook.beforeTrainEpoch(run);
        epoch++;
        if (seen != null) {
            hook.afterFeatures(run, seen);
        }
        hook.afterTrainEpoch(run);
        return reported.get(reported.size() - 1);
    }

    @Test
    void featuresThatAreSpreadEvenlyHaveDeviationOneAndTheRankOfTheirNumber() {
        Map<String, Double> figures = endOfEpoch(random(5000, 0));
        assertEquals(1, figures.get("feature_std"), 0.02);
        assertEquals(WIDTH, figures.get("effective_rank"), 0.5);
        assertEquals(List.of(), printed);
    }

    @Test
    void featuresOnAFewAxesHaveTheRankOfTheirNumber() {
        assertEquals(2, endOfEpoch(features(100, i -> unit(i % 2))).get("effective_rank"), 1e-9);
        assertEquals(5, endOfEpoch(features(100, i -> unit(i % 5))).get("effective_rank"), 1e-9);
        assertEquals(8, endOfEpoch(features(8, i -> unit(i))).get("effective_rank"), 1e-9, "fewer images than features");
    }

    @Test
    void collapsedFeaturesWarnOnceUntilTheyRecover() {
        endOfEpoch(random(100, 0));
        assertEquals(List.of(), printed);
        endOfEpoch(random(100, 200));                    // alike but for noise
        endOfEpoch(random(100, 200));
        assertEquals(1, printed.size());
        assertTrue(printed.get(0).startsWith("warning: the features collapse (epoch 2): standard deviation 0.00"), printed.get(0));
        endOfEpoch(random(100, 0));
        endOfEpoch(features(100, i -> unit(3)));         // all on one line
        assertEquals(2, printed.size());
        assertTrue(printed.get(1).contains("effective rank 1.00 (limit 1.5) of 16 features"), printed.get(1));
    }

    @Test
    void aResumedRunDoesNotWarnAgain() {
        endOfEpoch(features(10, i -> unit(3)));
        Hook resumed = new CollapseHook.Factory().create(new CollapseHook.Config(256, 0.02, 1.5, 1, Priority.LOW));
        resumed.restore(hook.state());
        resumed.afterFeatures(run, features(10, i -> unit(3)));
        resumed.afterTrainEpoch(run);
        assertEquals(1, printed.size());
    }

    @Test
    void theLargestSetOfFeaturesOfAnEpochIsLookedAt() {
        hook.beforeTrainEpoch(run);
        hook.afterFeatures(run, features(100, i -> unit(i % 4)));
        hook.afterFeatures(run, features(10, i -> unit(1)));
        epoch++;
        hook.afterTrainEpoch(run);
        assertEquals(4, reported.get(0).get("effective_rank"), 1e-9);
    }

    @Test
    void withoutFeaturesOfOthersTheLastBatchIsLookedAt() {
        samples = Collections.nCopies(6, new Sample(0, Path.of("a.png"), OptionalInt.empty()));
        assertEquals(2, endOfEpoch(null).get("effective_rank"), 1e-9);
        assertEquals(6, images);
    }

    @Test
    void aNetworkWithoutFeaturesOfTheBatchTurnsTheAlarmOffAndNotTheRun() {
        samples = Collections.nCopies(6, new Sample(0, Path.of("a.png"), OptionalInt.empty()));
        refusing = true;
        for (epoch = 1; epoch < 3; epoch++) {
            hook.afterTrainEpoch(run);
        }
        assertEquals(List.of("the collapse alarm is off, as features of the last batch cannot be computed: no features"), printed);
        assertEquals(List.of(), reported);
    }

    @Test
    void theUntrainedNetworkIsReportedWhereItWasLookedAt() {
        hook.afterFeatures(run, random(100, 0));
        hook.beforeTrain(run);
        assertEquals(1, reported.size());
        assertEquals(List.of(), printed);
    }

    @Test
    void wrongOptionsAreRefused() {
        assertMessage("images must be at least 2, not 1", 1, 0.02, 2, 1);
        assertMessage("min_std must be at least 0 and below 1, not 1.0", 2, 1, 2, 1);
        assertMessage("min_rank must not be negative, not -1.0", 2, 0, -1, 1);
        assertMessage("interval must be positive, not 0", 2, 0, 0, 0);
    }

    private static void assertMessage(String message, int images, double std, double rank, int interval) {
        assertEquals(message, assertThrows(IllegalArgumentException.class, () -> new CollapseHook.Config(images, std, rank, interval, Priority.LOW)).getMessage());
    }
}
