package dev.selfsup.api.data;

import dev.selfsup.api.component.Kind;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * Turns the 8-bit images of a sample into the float inputs of the model. It runs in the data workers and writes
 * straight into the batch.
 */
@Kind(value = "data_preprocessor", defaultType = "SelfSupDataPreprocessor")
@ConsumerType
public interface DataPreprocessor {
    /**
     * Shapes of the model's inputs for one sample.
     *
     * @param images images of a sample
     * @return per input its shape [C, H, W], or [R, C, H, W] where every sample gives R rows of the model's input
     */
    List<int[]> shapes(List<Image> images);

    /**
     * Writes one input of one sample.
     *
     * @param images images of the sample
     * @param input number of the input
     * @param out the input is written in its shape, in C order
     * @param offset where it begins in {@code out}
     */
    void write(List<Image> images, int input, float[] out, int offset);

    /**
     * How the pixels of an input are normalised, for those who depend on it.
     *
     * @param input number of the input
     * @return empty where it is not of that kind, or not told
     */
    default Optional<ChannelStatistics> normalization(int input) {
        return Optional.empty();
    }

    /** What makes probabilities of the labels of a training batch, and mixes its images; empty where labels stay as they are. */
    default Optional<BatchAugments> batchAugments() {
        return Optional.empty();
    }

    /** Number of classes of the labels, for those who make probabilities of them; empty where the dataset tells it. */
    default OptionalInt classes() {
        return OptionalInt.empty();
    }

    /**
     * The image that an input shows, to look at it: {@link #write} the other way round, rounded to levels.
     *
     * @param input number of the input
     * @param values values in its shape, in C order
     * @param shape [C, H, W]
     * @return empty where the input is no image, or not told
     */
    default Optional<Image> image(int input, float[] values, int... shape) {
        return Optional.empty();
    }

    /** Values of an input of one sample. */
    static int length(int... shape) {
        int length = 1;
        for (int size : shape) {
            length = Math.multiplyExact(length, size);
        }
        return length;
    }

    /** Shape of an input of some samples: [N, C, H, W], or [R * N, C, H, W] where every sample gives R rows. */
    static long[] shape(int samples, int... shape) {
        int rows = shape.length == 4 ? shape[0] : 1;
        int first = shape.length - 3;
        return new long[] {(long) samples * rows, shape[first], shape[first + 1], shape[first + 2]};
    }
}
