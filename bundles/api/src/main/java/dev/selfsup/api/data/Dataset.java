package dev.selfsup.api.data;

import dev.selfsup.api.component.Kind;
import dev.selfsup.api.run.UsageException;
import java.util.List;
import java.util.OptionalInt;
import java.util.random.RandomGenerator;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A list of images with a pipeline. {@link #open} reads the list (folder or annotation file); what it returns is
 * immutable and used by many threads.
 */
@Kind("dataset")
@ConsumerType
public interface Dataset {
    /**
     * Reads the list of images.
     *
     * @return the images
     * @throws UsageException if the folder or annotation file is missing, empty or malformed;
     *     the message names it and says what to do
     */
    Images open();

    /** The images of a dataset. */
    interface Images {
        /** Number of images. */
        int size();

        /** Whether {@link Sample#label} is set. */
        boolean labelled();

        /** Names of the classes, by label; empty if there are none. */
        List<String> classes();

        /** The class of an image, where it is known without loading it; empty where it is not. */
        default OptionalInt label(int index) {
            return OptionalInt.empty();
        }

        /**
         * Loads an image and runs the pipeline.
         *
         * @param index 0 to size - 1
         * @param random the sample's own generator
         * @return the finished sample
         * @throws BadImageException if the file cannot be used
         */
        Sample load(int index, RandomGenerator random);

        /**
         * The same images with a label each, made while a run trains: the field {@code clustering_label} of a sample.
         *
         * @param labels a label for every image in order, -1 for none
         * @return images that have these labels; these here are left as they are
         * @throws UsageException if these images do not take labels, as most datasets' do not, or are not as many
         */
        default Images assignLabels(int[] labels) {
            throw new UsageException("train_dataloader.dataset.type must be DeepClusterImageNet: images of other datasets take no labels of clusters");
        }

        /** Whether samples have all that was promised; not while labels are still to be assigned. */
        default boolean ready() {
            return true;
        }
    }
}
