package dev.selfsup.api.model;

import dev.selfsup.api.component.Kind;
import dev.selfsup.engine.Graph;
import java.util.Map;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.osgi.annotation.versioning.ConsumerType;

/**
 * A {@code memory_bank}: what a method remembers of every image of the training set from one epoch to the next. It lies in buffers of the model, so that
 * checkpoints hold it, and is changed after the backward pass. Images are known by their place in the dataset, {@code sample_idx}.
 */
@Kind("memory")
@ConsumerType
public interface Memory {
    /** Images that it has a place for. */
    int length();

    /** A memory whose features other images are told apart from, as in NPID. */
    interface Instances extends Memory {
        /**
         * Makes the buffers.
         *
         * @param graph the memory's place
         */
        Bank build(Graph graph);

        /** Such a memory with its buffers. */
        interface Bank {
            /** The remembered features as they are before this run, [L, D]. */
            SDVariable features();

            /**
             * The places of the images themselves, as a choice that can be recorded.
             *
             * @param index places of the images, [N]
             * @return the same, [N]
             */
            SDVariable own(SDVariable index);

            /**
             * Places of images that others are told apart from, drawn at random.
             *
             * @param index places of the images, [N]
             * @param count places drawn for each, K
             * @param ensured whether an image is never told apart from itself
             * @return [N * K]
             */
            SDVariable others(SDVariable index, int count, boolean ensured);

            /**
             * Remembers features from the next run on.
             *
             * @param index places of the images, [N]
             * @param features [N, D]
             */
            void update(SDVariable index, SDVariable features);
        }
    }

    /** A memory whose features are in clusters, as in ODC. */
    interface Clusters extends Memory {
        /** Number of clusters, K. */
        int clusters();

        /** Whether it shall be told how many clusters are dissolved. */
        boolean verbose();

        /**
         * Makes the buffers.
         *
         * @param graph the memory's place
         */
        Bank build(Graph graph);

        /**
         * The memory of a run, to be worked on between iterations.
         *
         * @param state the memory's buffers by their names below its place; changes to them are changes to the model
         */
        Samples open(Map<String, INDArray> state);

        /** Such a memory with its buffers. */
        interface Bank {
            /**
             * Clusters of images as they are before this run.
             *
             * @param index places of the images, [N]
             * @return [N]
             */
            SDVariable labels(SDVariable index);

            /**
             * Remembers features from the next run on, and moves the images to the clusters that are now nearest.
             *
             * @param index places of the images, [N]
             * @param features [N, D]
             * @return the share of the images that change their cluster, a scalar
             */
            SDVariable update(SDVariable index, SDVariable features);
        }

        /** The samples of such a memory and their clusters, outside of the graph. */
        interface Samples {
            /** The cluster of every image, -1 for those in none. */
            int[] labels();

            /**
             * Begins with features and clusters of all images.
             *
             * @param features [L][D], of any length; null where an image cannot be used
             * @param labels cluster of each image that can be used; no cluster may be empty
             * @throws dev.selfsup.api.run.UsageException if they do not fit the memory or a cluster is empty
             */
            void begin(float[][] features, int[] labels);

            /** Makes the centroids the means of their clusters; those of empty ones stay. */
            void updateCentroids();

            /**
             * Empties the clusters that are too small, and gives them half of the largest.
             *
             * @return how many there were
             */
            int dissolveSmallClusters();
        }
    }
}
