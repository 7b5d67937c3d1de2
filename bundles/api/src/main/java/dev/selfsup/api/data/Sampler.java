package dev.selfsup.api.data;

import dev.selfsup.api.component.Kind;
import org.osgi.annotation.versioning.ConsumerType;

/** The order in which a run visits a dataset. It has no state: a run can be resumed anywhere. */
@Kind("sampler")
@ConsumerType
public interface Sampler {
    /**
     * The indices of one pass of one process.
     *
     * @param size images in the dataset
     * @param epoch number of the pass, from 0
     * @param seed the run's seed
     * @param rank this process, from 0
     * @param worldSize number of processes
     * @return indices into the dataset, in order
     */
    int[] indices(int size, int epoch, long seed, int rank, int worldSize);
}
