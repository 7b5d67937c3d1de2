package dev.selfsup.api.model;

import dev.selfsup.api.data.ChannelStatistics;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A network beside the graph that nothing trains. What it makes of the images of a batch is computed ahead, on a thread of its own while the step before runs, and comes
 * into the graph as fields of the batch.
 */
@ConsumerType
public interface FrozenNetwork {
    /**
     * Opens the network.
     *
     * @param images what it will see
     * @param words told, once, what the user should know: what computes it, for instance
     * @return the open network
     * @throws dev.selfsup.api.run.UsageException if its file is missing, damaged or does not take such images
     */
    Session open(Images images, Consumer<String> words);

    /**
     * What a network sees.
     *
     * @param shape of an image, [C, H, W]
     * @param normalization how its pixels became numbers; empty where that is not known, and not checked then
     * @param whole whether results are wanted as the network gives them, even where the loss reads less of them
     */
    record Images(int[] shape, Optional<ChannelStatistics> normalization, boolean whole) {}

    /**
     * A result.
     *
     * @param name what the network calls it
     * @param field name of the batch's field, as {@code target_generator.0}
     * @param shape that of one image, without the batch
     * @param integer whether it is an index rather than a real number
     */
    record Output(String name, String field, int[] shape, boolean integer) {
        /** Numbers of one image. */
        public int length() {
            int length = 1;
            for (int size : shape) {
                length = Math.multiplyExact(length, size);
            }
            return length;
        }
    }

    /** An open network. One thread at a time may use it. */
    interface Session extends AutoCloseable {
        /** Its results, in order. */
        List<Output> outputs();

        /**
         * Computes the results of some images.
         *
         * @param images [size, C, H, W] from the beginning, in C order
         * @param size number of images
         * @param results per output room for [size, ...], in C order
         */
        void compute(float[] images, int size, List<float[]> results);

        @Override
        void close();
    }
}
