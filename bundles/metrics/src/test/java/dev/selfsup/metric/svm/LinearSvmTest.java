package dev.selfsup.metric.svm;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.api.run.UsageException;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class LinearSvmTest {
    /** Images of three classes, several at once, each class along its own axis; every tenth label is not told. */
    private static LabelledFeatures images(int count, long seed, double noise) {
        Random random = new Random(seed);
        List<float[]> features = new ArrayList<>();
        List<int[]> targets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            int[] there = {random.nextInt(2), random.nextInt(2), random.nextInt(2)};
            float[] row = new float[8];
            for (int d = 0; d < row.length; d++) {
                row[d] = (float) ((d < 3 ? there[d] : 0.3) + noise * random.nextGaussian());
            }
            there[i % 3] = i % 10 == 9 ? -1 : there[i % 3];
            features.add(row);
            targets.add(there);
        }
        return new LabelledFeatures(features, targets);
    }

    @Test
    void classesAlongAxesAreToldApartAndNoiseIsNot() {
        LinearSvm svm = new LinearSvm(LinearSvm.protocol(List.of(1.0, 10.0)));
        List<LinearSvm.ByClass> clear = svm.full(images(120, 1, 0.1), images(90, 2, 0.1), done -> { });
        assertEquals(3, clear.size());
        clear.forEach(one -> assertTrue(one.precision() > 0.99 && one.validated() > 0.95, clear::toString));
        List<LinearSvm.ByClass> noisy = svm.full(images(120, 1, 20), images(90, 2, 20), done -> { });
        noisy.forEach(one -> assertTrue(one.precision() < 0.75, noisy::toString));
        assertEquals(clear, svm.full(images(120, 1, 0.1), images(90, 2, 0.1), done -> { }), "the same on any number of cores");
    }

    /** Images of four classes, each in a direction of its own; of the first {@code wrong} the next class's features. */
    private static LabelledFeatures directions(int count, int wrong) {
        List<float[]> features = new ArrayList<>();
        List<int[]> targets = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            float[] row = new float[4];
            row[(i < wrong ? i + 1 : i) % 4] = 1 + i;
            features.add(row);
            targets.add(new int[4]);
            targets.get(i)[i % 4] = 1;
        }
        return new LabelledFeatures(features, targets);
    }

    @Test
    void anImageWithOneClassGoesToTheClassThatGivesItMost() {
        LinearProbe.Result result = new LinearProbe(List.of(1e-9, 1.0, 10.0)).of(directions(40, 0), directions(20, 5));
        assertEquals(new LinearProbe.Result(result.cost(), 1, 0.75), result);
        assertTrue(LinearProbe.fits(directions(8, 0), directions(4, 0)));
        assertFalse(LinearProbe.fits(images(20, 1, 0.1), directions(4, 0)), "images have several classes");
    }

    @Test
    void moreShotsAreBetterAndSamplesDiffer() {
        LinearSvm svm = new LinearSvm(List.of(1.0, 10.0));
        List<LinearSvm.LowShot> shots = svm.lowShot(images(300, 3, 0.6), images(200, 4, 0.6), List.of(1, 32), 5, 0, done -> { });
        assertEquals(List.of(1, 32), shots.stream().map(LinearSvm.LowShot::k).toList());
        assertTrue(shots.get(1).mean() > shots.get(0).mean() + 0.02, shots::toString);
        assertTrue(shots.get(0).least() < shots.get(0).greatest() && shots.get(0).deviation() > shots.get(1).deviation(), shots::toString);
    }

    @Test
    void costsOfTheProtocolAreThoseGivenAndSixteenPowersOfAHalf() {
        List<Double> costs = LinearSvm.protocol(List.of(1.0, 10.0, 100.0));
        assertEquals(19, costs.size());
        assertEquals(0.0625, costs.get(3));
        assertEquals(Math.pow(2, -19), costs.get(18));
    }

    @Test
    void averagePrecisionsAreThoseWorkedOutByHand() {
        boolean[] present = {true, false, true, false};
        double[] scores = {0.9, 0.8, 0.7, 0.1};
        assertEquals(0.5 * 1 + 0.5 * 2 / 3, AveragePrecision.mean(present, scores), 1e-12);
        assertEquals(0.5 * 1 + 0.5 * 2 / 3, AveragePrecision.interpolated(present, scores), 1e-12);
        boolean[] late = {false, true, true, false};
        assertEquals((1.0 / 2 + 2.0 / 3) / 2, AveragePrecision.mean(late, scores), 1e-12);
        assertEquals(2.0 / 3, AveragePrecision.interpolated(late, scores), 1e-12, "the greatest precision of this or a greater recall");
        assertEquals(0.5, AveragePrecision.mean(present, new double[4]), 1e-12, "equal scores are taken together");
    }

    /** Numbers of scikit-learn's rule: sizes are dealt out label by label, in the order in which labels come. */
    @Test
    void foldsAreStratifiedAndInOrder() {
        assertArrayEquals(new int[] {0, 0, 1, 0, 1, 2, 1, 2, 2}, Folds.of(new int[] {1, -1, 1, -1, -1, 1, -1, -1, -1}, 3));
    }

    @Test
    void whatCannotBeLearntIsRefused() {
        LabelledFeatures one = new LabelledFeatures(List.of(new float[] {1}, new float[] {2}), List.of(new int[] {1}, new int[] {0}));
        LinearSvm svm = new LinearSvm(List.of(1.0));
        assertEquals("class 0 is in 1 of 2 training images: an SVM needs at least 3 with and without it, and one test image with it",
                assertThrows(UsageException.class, () -> svm.full(one, one, done -> { })).getMessage());
        assertTrue(assertThrows(UsageException.class, () -> svm.lowShot(one, one, List.of(4), 1, 0, done -> { })).getMessage().contains("4 training images with class 0 are wanted"));
        assertThrows(IllegalArgumentException.class, () -> new LinearSvm(List.of(0.0)));
    }
}
