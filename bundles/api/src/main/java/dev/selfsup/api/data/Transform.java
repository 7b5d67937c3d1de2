package dev.selfsup.api.data;

import dev.selfsup.api.component.Kind;
import java.util.random.RandomGenerator;
import org.osgi.annotation.versioning.ConsumerType;

/** One step of a pipeline. It has no state: many threads use one instance at once. */
@Kind("transform")
@ConsumerType
public interface Transform {
    /**
     * Changes the sample.
     *
     * @param sample the sample, changed in place
     * @param random the sample's own generator, seeded from (seed, epoch, index); the only source of random choices
     * @throws BadImageException if the image file cannot be used; the sample is then left out and listed
     */
    void apply(Sample sample, RandomGenerator random);
}
