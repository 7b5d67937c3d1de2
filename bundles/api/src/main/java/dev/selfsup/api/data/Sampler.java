package dev.selfsup.api.data;

import dev.selfsup.api.component.Kind;
import dev.selfsup.api.run.UsageException;
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

    /**
     * A sampler that visits images of all labels equally often, as many images in a pass as this one.
     *
     * @param labels label of every image, -1 for none: such images are left out
     * @param classes number of labels
     * @return the sampler; this one is left as it is
     * @throws UsageException if this sampler knows no such order, as most do not
     */
    default Sampler uniform(int[] labels, int classes) {
        throw new UsageException("train_dataloader.sampler.type must be DeepClusterSampler: others cannot visit all clusters equally often; or set unif_sampling: false");
    }
}
