package dev.selfsup.api.data;

import dev.selfsup.api.component.Kind;
import java.util.List;
import java.util.Optional;
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
     * @return per input its shape [C, H, W]
     */
    List<int[]> shapes(List<Image> images);

    /**
     * Writes one input of one sample.
     *
     * @param images images of the sample
     * @param input number of the input
     * @param out the input is written as [C, H, W] in C order
     * @param offset where it begins in {@code out}
     */
    void write(List<Image> images, int input, float[] out, int offset);

    /**
     * How the pixels of an input are normalised, for those who depend on it.
     *
     * @param input number of the input
     * @return empty where it is not of that kind, or not told
     */
    default Optional<Normalization> normalization(int input) {
        return Optional.empty();
    }
}
