package dev.selfsup.api.model;

import dev.selfsup.api.component.Kind;
import dev.selfsup.engine.Graph;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.annotation.versioning.ConsumerType;

/** What turns the features of a backbone into what the head compares. */
@Kind("neck")
@ConsumerType
public interface Neck {
    /**
     * Makes the weights.
     *
     * @param graph the neck's place
     * @return the network; applying it twice shares the weights
     */
    Network build(Graph graph);

    /** A neck with its weights. */
    @FunctionalInterface
    interface Network {
        /** From the features of the backbone's stages to the neck's outputs. */
        List<SDVariable> apply(List<SDVariable> features);
    }
}
