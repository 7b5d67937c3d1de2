package dev.selfsup.api.data;

import dev.selfsup.api.component.Kind;
import java.util.List;
import org.osgi.annotation.versioning.ConsumerType;

/** Arranges the samples of a batch before they are written into it. */
@Kind("collate")
@ConsumerType
public interface Collate {
    /**
     * Arranges the samples.
     *
     * @param samples the samples in the sampler's order
     * @return the rows of the batch
     */
    List<Sample> collate(List<Sample> samples);
}
