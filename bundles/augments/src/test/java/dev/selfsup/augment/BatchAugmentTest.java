package dev.selfsup.augment;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.api.data.BatchAugment;
import dev.selfsup.api.data.BatchAugment.Box;
import dev.selfsup.api.data.BatchAugment.Choice;
import dev.selfsup.api.data.BatchAugments;
import dev.selfsup.api.data.SampleRandom;
import dev.selfsup.augment.cutmix.CutMix;
import dev.selfsup.augment.mixup.Mixup;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** Mixed batches of small images, and how shares are distributed. */
class BatchAugmentTest {
    @Test
    void mixupIsTheWeightedMeanOfImagesAndLabels() {
        float[] after = new float[4];
        mixup(1).mix(new Choice(0.25, new int[] {1, 0}), 1, 2).images(new float[] {0, 4, 8, 12}, after, 1, 1, 2);
        assertArrayEquals(new float[] {6, 10, 2, 6}, after);
    }

    @Test
    void cutMixReplacesABoxAndMixesLabelsByItsAreaWithinTheImage() {
        BatchAugment.Mix mix = cutMix(Optional.empty(), true).mix(new Choice(0.75, new int[] {1, 0}, 0, 3), 4, 4);
        assertEquals(new Box(0, 1, 2, 4), mix.box());
        assertEquals(1 - 2 / 16.0, mix.share());
        assertEquals(0.75, cutMix(Optional.empty(), false).mix(new Choice(0.75, new int[] {1, 0}, 0, 3), 4, 4).share());
        float[] images = new float[32];
        Arrays.fill(images, 16, 32, 1);
        float[] after = new float[32];
        mix.images(images, after, 1, 4, 4);
        assertArrayEquals(new int[] {2, 3}, IntStream.range(0, 16).filter(i -> after[i] == 1).toArray());
        assertArrayEquals(new int[] {18, 19}, IntStream.range(16, 32).filter(i -> after[i] == 0).toArray());
    }

    @Test
    void boxesOfARangeAreWithinItAndWithinTheImage() {
        BatchAugment augment = cutMix(Optional.of(List.of(0.25, 0.75)), true);
        SampleRandom random = SampleRandom.of(3);
        for (int i = 0; i < 200; i++) {
            Box box = augment.mix(augment.draw(2, 8, 16, random), 8, 16).box();
            int height = box.bottom() - box.top();
            int width = box.right() - box.left();
            assertTrue(height >= 2 && height < 6 && width >= 4 && width < 12 && box.bottom() <= 8 && box.right() <= 16, box::toString);
        }
    }

    /** Mean 1/2 and variance 1 / (4 (2 alpha + 1)); the bounds are five standard errors. */
    @Test
    void sharesAreDistributedAsBeta() {
        for (double alpha : new double[] {0.2, 0.8, 1, 4}) {
            SampleRandom random = SampleRandom.of(7, (long) (alpha * 10));
            int count = 40_000;
            double[] shares = IntStream.range(0, count).mapToDouble(i -> new MixingShare(alpha).draw(random)).toArray();
            double variance = 1 / (4 * (2 * alpha + 1));
            assertEquals(0.5, Arrays.stream(shares).average().orElseThrow(), 5 * Math.sqrt(variance / count), "alpha " + alpha);
            assertEquals(variance, Arrays.stream(shares).map(x -> (x - 0.5) * (x - 0.5)).average().orElseThrow(), 5 * Math.sqrt(2.0 / count) * variance, "alpha " + alpha);
            assertTrue(Arrays.stream(shares).allMatch(x -> x >= 0 && x <= 1));
        }
    }

    @Test
    void partnersAreAnOrderOfAllImages() {
        int[] partners = mixup(1).draw(9, 2, 2, SampleRandom.of(1)).partners();
        assertArrayEquals(IntStream.range(0, 9).toArray(), Arrays.stream(partners).sorted().toArray());
    }

    @Test
    void probabilitiesTellWhichAugmentationIsDrawn() {
        BatchAugment first = mixup(1);
        BatchAugment second = mixup(2);
        SampleRandom random = SampleRandom.of(5);
        BatchAugments augments = new BatchAugments(List.of(first, second), Optional.of(List.of(0.5, 0.2)));
        int[] counts = new int[3];
        for (int i = 0; i < 10_000; i++) {
            Optional<BatchAugment> drawn = augments.draw(random);
            counts[drawn.isEmpty() ? 2 : drawn.get() == first ? 0 : 1]++;
        }
        assertArrayEquals(new double[] {5000, 2000, 3000}, Arrays.stream(counts).asDoubleStream().toArray(), 250);
        assertTrue(new BatchAugments(List.of(first), Optional.empty()).draw(random).isPresent());
    }

    @Test
    void wrongOptionsAreRefused() {
        assertEquals("alpha must be positive, not 0.0", mistake(() -> new Mixup.Config(0)));
        assertEquals("cutmix_minmax must be two shares from 0 to 1, the smaller first, not [0.8, 0.3]",
                mistake(() -> new CutMix.Config(1, Optional.of(List.of(0.8, 0.3)), true)));
        assertEquals("probs must be one for each of the 1 augments, not [0.5, 0.5]",
                mistake(() -> new BatchAugments(List.of(mixup(1)), Optional.of(List.of(0.5, 0.5)))));
        assertEquals("probs must not be negative, and sum up to at most 1, not [1.5]",
                mistake(() -> new BatchAugments(List.of(mixup(1)), Optional.of(List.of(1.5)))));
    }

    private static String mistake(org.junit.jupiter.api.function.Executable making) {
        return assertThrows(IllegalArgumentException.class, making).getMessage();
    }

    private static BatchAugment mixup(double alpha) {
        return new Mixup.Factory().create(new Mixup.Config(alpha));
    }

    private static BatchAugment cutMix(Optional<List<Double>> range, boolean corrected) {
        return new CutMix.Factory().create(new CutMix.Config(1, range, corrected));
    }
}
