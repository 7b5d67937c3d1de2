package dev.selfsup.runtime.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.api.data.BatchAugment;
import dev.selfsup.api.data.BatchAugments;
import dev.selfsup.api.data.DataPreprocessor;
import dev.selfsup.api.data.Dataset;
import dev.selfsup.api.data.Image;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.model.Algorithm;
import dev.selfsup.api.model.Batch;
import dev.selfsup.api.model.Losses;
import dev.selfsup.api.run.UsageException;
import dev.selfsup.engine.Graph;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;
import org.junit.jupiter.api.Test;
import org.nd4j.autodiff.samediff.SDVariable;

/** Batches of three images of one pixel, mixed with the one before by a share that is drawn. */
class BatchMixingTest {
    /** Gives every image the one before as its partner. */
    private record Before() implements BatchAugment {
        @Override
        public Choice draw(int samples, int height, int width, RandomGenerator random) {
            return new Choice(random.nextInt(1, 8) / 8.0, new int[] {2, 0, 1});
        }

        @Override
        public Mix mix(Choice choice, int height, int width) {
            return new Mix(choice.share(), choice.partners(), null);
        }
    }

    @Test
    void imagesAndProbabilitiesAreMixedByTheSameShare() {
        LoadedBatch batch = batch(0, 1, 1);
        LoadedBatch mixed = mixing(3, List.of(new Before())).mix(batch, 5);
        float share = mixed.inputs().get(0)[1] / 8;                            // the middle image, 8, is mixed with 0
        assertArrayEquals(new float[] {16 * (1 - share), 8 * share, 16 * share + 8 * (1 - share)}, Arrays.copyOf(mixed.inputs().get(0), 3));
        assertEquals("gt_score", mixed.computed().get(0).output().field());
        assertArrayEquals(new float[] {share, 1 - share, 0, 1 - share, share, 0, 0, 1, 0}, mixed.computed().get(0).values());
    }

    @Test
    void whatBecomesOfABatchDependsOnItsNumberAlone() {
        float[] first = mixing(3, List.of(new Before())).mix(batch(0, 1, 1), 9).computed().get(0).values().clone();
        BatchMixing later = mixing(3, List.of(new Before()));
        later.mix(batch(2, 0, 1), 8);
        assertArrayEquals(first, later.mix(batch(0, 1, 1), 9).computed().get(0).values());
    }

    @Test
    void withoutAugmentationLabelsBecomeProbabilities() {
        LoadedBatch plain = mixing(2, List.of()).mix(batch(0, 1, 1), 0);
        assertArrayEquals(new float[] {1, 0, 0, 1, 0, 1}, plain.computed().get(0).values());
        assertArrayEquals(new float[] {0, 8, 16}, plain.inputs().get(0));
    }

    @Test
    void labelsBeyondTheClassesAndMissingOnesAreNamed() {
        assertEquals("1.png has the label 2, but there are only 2 classes: set num_classes in model.data_preprocessor and model.head",
                assertThrows(UsageException.class, () -> mixing(2, List.of()).mix(batch(0, 2, 1), 0)).getMessage());
        LoadedBatch unlabelled = new LoadedBatch(List.of(new float[1]), List.of(new int[] {1, 1, 1}), List.of(new Sample(0, Path.of("0.png"), OptionalInt.empty())), 0);
        assertEquals("the images of train_dataloader have no labels, so they cannot be mixed: end the pipeline with PackClsInputs, and give a dataset with classes",
                assertThrows(UsageException.class, () -> mixing(2, List.of()).mix(unlabelled, 0)).getMessage());
        assertEquals("model.data_preprocessor.num_classes: missing key: neither it nor the dataset tells the number of classes, of which probabilities are made",
                assertThrows(UsageException.class, () -> mixing(0, List.of())).getMessage());
    }

    private static LoadedBatch batch(int... labels) {
        List<Sample> samples = java.util.stream.IntStream.range(0, labels.length).mapToObj(i -> {
            Sample sample = new Sample(i, Path.of(i + ".png"), OptionalInt.of(labels[i]));
            sample.fields().put("gt_label", new Sample.Field(new double[] {labels[i]}, true));
            return sample;
        }).toList();
        return new LoadedBatch(List.of(new float[] {0, 8, 16}), List.of(new int[] {1, 1, 1}), samples, 0);
    }

    private static BatchMixing mixing(int classes, List<BatchAugment> augments) {
        Dataset.Images images = new Dataset.Images() {
            @Override
            public int size() {
                return 0;
            }

            @Override
            public boolean labelled() {
                return true;
            }

            @Override
            public List<String> classes() {
                return java.util.Collections.nCopies(classes, "class");
            }

            @Override
            public Sample load(int index, RandomGenerator random) {
                throw new IllegalStateException();
            }
        };
        return BatchMixing.of(new Mixed(new BatchAugments(augments, Optional.empty())), images, 1).orElseThrow();
    }

    /** A method that only mixes. */
    private record Mixed(BatchAugments augments) implements Algorithm, DataPreprocessor {
        @Override
        public DataPreprocessor dataPreprocessor() {
            return this;
        }

        @Override
        public Optional<BatchAugments> batchAugments() {
            return Optional.of(augments);
        }

        @Override
        public Losses loss(Graph graph, Batch batch) {
            throw new IllegalStateException();
        }

        @Override
        public List<SDVariable> extract(Graph graph, SDVariable images) {
            throw new IllegalStateException();
        }

        @Override
        public List<int[]> shapes(List<Image> images) {
            throw new IllegalStateException();
        }

        @Override
        public void write(List<Image> images, int input, float[] out, int offset) {
            throw new IllegalStateException();
        }
    }
}
