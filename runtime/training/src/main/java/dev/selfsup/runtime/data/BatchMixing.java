package dev.selfsup.runtime.data;

import dev.selfsup.api.data.BatchAugment;
import dev.selfsup.api.data.BatchAugments;
import dev.selfsup.api.data.DataPreprocessor;
import dev.selfsup.api.data.Dataset;
import dev.selfsup.api.data.Sample;
import dev.selfsup.api.data.SampleRandom;
import dev.selfsup.api.model.Algorithm;
import dev.selfsup.api.model.FrozenNetwork;
import dev.selfsup.api.run.UsageException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Makes probabilities of the labels of training batches, the field {@code gt_score}, and mixes their images. What becomes of a batch depends on seed and number alone. */
public final class BatchMixing {
    private static final String LABEL = "gt_label";
    private static final String SCORE = "gt_score";
    private static final long KEY = 0x6d697847;

    private final BatchAugments augments;
    private final FrozenNetwork.Output output;
    private final long seed;
    private float[] scores = {};
    private float[] mixedScores = {};
    private float[] before = {};

    private BatchMixing(BatchAugments augments, int classes, long seed) {
        this.augments = augments;
        this.output = new FrozenNetwork.Output(SCORE, SCORE, new int[] {classes}, false);
        this.seed = seed;
    }

    /** The mixing of a model's batches; empty where labels stay as they are. */
    public static Optional<BatchMixing> of(Algorithm algorithm, Dataset.Images images, long seed) {
        return algorithm.batchAugments().map(augments -> {
            int classes = algorithm.dataPreprocessor().classes().orElse(images.classes().size());
            if (classes == 0) {
                throw new UsageException("model.data_preprocessor.num_classes: missing key: neither it nor the dataset tells the number of classes, of which probabilities "
                        + "are made");
            }
            return new BatchMixing(augments, classes, seed);
        });
    }

    /** What batches get. */
    public List<FrozenNetwork.Output> outputs() {
        return List.of(output);
    }

    /**
     * Mixes the images of a batch in place and gives it the probabilities.
     *
     * @param number of the batch, counted from the beginning of the run
     */
    LoadedBatch mix(LoadedBatch batch, long number) {
        if (batch.size() == 0) {
            return batch;
        }
        int classes = output.length();
        if (scores.length < batch.size() * classes) {
            scores = new float[batch.size() * classes];
            mixedScores = new float[scores.length];
        }
        Arrays.fill(scores, 0);
        for (int row = 0; row < batch.size(); row++) {
            probabilities(batch.samples().get(row), row * classes);
        }
        SampleRandom random = SampleRandom.of(seed, number, KEY);
        Optional<BatchAugment> augment = augments.draw(random);
        augment.ifPresent(drawn -> mix(drawn, batch, random));
        List<LoadedBatch.Computed> computed = new ArrayList<>(batch.computed());
        computed.add(new LoadedBatch.Computed(output, augment.isPresent() ? mixedScores : scores));
        return batch.with(computed);
    }

    private void probabilities(Sample sample, int offset) {
        Sample.Field given = sample.fields().get(SCORE);
        Sample.Field label = sample.fields().get(LABEL);
        if (given == null && label == null) {
            throw new UsageException("the images of train_dataloader have no labels, so they cannot be mixed: end the pipeline with PackClsInputs, and give a dataset with classes");
        }
        if (given != null) {
            for (int k = 0; k < given.values().length; k++) {
                scores[offset + k] = (float) given.values()[k];
            }
            return;
        }
        int index = (int) label.values()[0];
        if (index >= output.length()) {
            throw new UsageException(sample.path() + " has the label " + index + ", but there are only " + output.length()
                    + " classes: set num_classes in model.data_preprocessor and model.head");
        }
        scores[offset + index] = 1;
    }

    private void mix(BatchAugment augment, LoadedBatch batch, SampleRandom random) {
        int[] shape = batch.shapes().get(0);
        int length = batch.size() * DataPreprocessor.length(shape);
        before = before.length < length ? new float[length] : before;
        float[] images = batch.inputs().get(0);
        System.arraycopy(images, 0, before, 0, length);
        BatchAugment.Mix mix = augment.mix(augment.draw(batch.size(), shape[1], shape[2], random), shape[1], shape[2]);
        mix.images(before, images, shape);
        mix.blend(scores, mixedScores, output.length());
    }
}
