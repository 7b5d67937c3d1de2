package dev.selfsup.engine;

import org.nd4j.autodiff.samediff.SDVariable;

/** A one-to-one piece of a network whose weights are made already: applying it twice shares them. */
@FunctionalInterface
public interface Layer {
    /** The identity. */
    Layer IDENTITY = x -> x;

    /** Applies the layer. */
    SDVariable apply(SDVariable x);

    /** This layer, then the other. */
    default Layer then(Layer next) {
        return x -> next.apply(apply(x));
    }
}
