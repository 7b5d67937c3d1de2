package dev.selfsup.runtime.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.api.data.DataPreprocessor;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.model.Algorithm;
import dev.selfsup.api.model.Batch;
import dev.selfsup.api.model.Losses;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.engine.Draw;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.LayerType;
import dev.selfsup.engine.Plan;
import dev.selfsup.engine.op.Linear;
import dev.selfsup.engine.op.OneHot;
import dev.selfsup.runtime.data.LoadedBatch;
import dev.selfsup.runtime.model.Model;
import dev.selfsup.testing.Allocations;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.nd4j.autodiff.samediff.SDVariable;

class StepTest {
    private static final int SIZE = 4;
    private static final int CLASSES = 3;

    @TempDir
    Path folder;

    private final Model model = new Model(new Scores(), 5, Kernels.fastest());

    /** Noisy pixels, a linear layer, the scores of the labelled classes: a loss with an image, an integer field and a random choice. */
    private static final class Scores implements Algorithm {
        @Override
        public DataPreprocessor dataPreprocessor() {
            throw new UnsupportedOperationException();
        }

        @Override
        public Losses loss(Graph graph, Batch batch) {
            SDVariable noisy = batch.view(0).add(graph.draw(Draw.uniform(), graph.shape(batch.view(0))));
            SDVariable weight = graph.weight("weight", LayerType.LINEAR, Fill.uniform(1), CLASSES, 12);
            SDVariable scores = graph.apply(new Linear(), noisy.reshape(SIZE, 12), weight);
            SDVariable loss = scores.mul(graph.apply(new OneHot(CLASSES), batch.field("gt_label"))).sum();
            if (batch.fields().containsKey("mask")) {
                graph.ones(batch.field("mask"));
            }
            return Losses.of("loss", loss).and("twice", loss.mul(2));
        }

        @Override
        public List<SDVariable> extract(Graph graph, SDVariable images) {
            throw new UnsupportedOperationException();
        }
    }

    private static LoadedBatch batch(float pixel) {
        float[] pixels = new float[SIZE * 12];
        java.util.Arrays.fill(pixels, pixel);
        List<Sample> samples = IntStream.range(0, SIZE).mapToObj(i -> {
            Sample sample = new Sample(i, Path.of("image"), OptionalInt.of(i % CLASSES));
            sample.fields().put("gt_label", new Sample.Field(new double[] {i % CLASSES}, true));
            return sample;
        }).toList();
        return new LoadedBatch(List.of(pixels), List.of(new int[] {3, 2, 2}), samples, 0);
    }

    @Test
    void aStepAllocatesNothing() {
        Step step = new Step(model, 1, folder, Optional.empty(), Optional.empty());
        LoadedBatch first = batch(0.5f);
        LoadedBatch second = batch(0.25f);
        int[] iteration = {0};
        Allocations.assertNone(() -> {
            step.run(iteration[0] % 2 == 0 ? first : second, SIZE, iteration[0]);
            iteration[0]++;
        });
    }

    @Test
    void lossesComeByTheirNamesAndFollowTheBatchAndTheIteration() {
        Step step = new Step(model, 1, folder, Optional.empty(), Optional.empty());
        assertTrue(step.run(batch(0.5f), SIZE, 0));
        Map<String, Double> losses = step.losses();
        assertEquals(List.of("loss", "twice"), List.copyOf(losses.keySet()));
        assertEquals(losses.get("loss") * 2, losses.get("twice"), 1e-5);
        step.run(batch(0.5f), SIZE, 1);
        assertNotEquals(losses, step.losses());
        step.run(batch(0.25f), SIZE, 0);
        assertNotEquals(losses, step.losses());
        step.run(batch(0.5f), SIZE, 0);
        assertEquals(losses, step.losses());
    }

    @Test
    void aLossThatIsNotFiniteEndsTheRunAndLeavesTheBatch() {
        Step step = new Step(model, 1, folder, Optional.empty(), Optional.empty());
        LoadedBatch batch = batch(Float.NaN);
        UsageException failure = assertThrows(UsageException.class, () -> step.run(batch, SIZE, 6));
        assertTrue(failure.getMessage().startsWith("the loss is not finite at iteration 7"), failure.getMessage());
        assertTrue(Files.exists(folder.resolve("nonfinite_iter_7.safetensors")));
    }

    @Test
    void aBatchWhoseMaskHidesAnotherNumberOfPatchesHasAPlanOfItsOwn() {
        Step step = new Step(model, 1, folder, Optional.empty(), Optional.empty());
        Plan first = plan(step, 1);
        Plan second = plan(step, 3);
        assertNotEquals(first, second);
        assertEquals(Map.of("mask", 4L), first.counted());
        assertEquals(Map.of("mask", 12L), second.counted());
        assertEquals(first, plan(step, 1));
    }

    private static Plan plan(Step step, int masked) {
        LoadedBatch batch = batch(0.5f);
        batch.samples().forEach(sample -> sample.fields().put("mask", new Sample.Field(new double[] {1, masked > 1 ? 1 : 0, masked > 2 ? 1 : 0}, true, 3)));
        return step.plan(batch.shapes(), batch.samples());
    }

    @Test
    void anEmptyBatchIsLeftOut() {
        assertFalse(new Step(model, 1, folder, Optional.empty(), Optional.empty()).run(new LoadedBatch(List.of(), List.of(), List.of(), 0), SIZE, 0));
    }
}
