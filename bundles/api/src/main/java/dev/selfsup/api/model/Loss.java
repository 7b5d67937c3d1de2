package dev.selfsup.api.model;

import dev.selfsup.api.component.Kind;
import dev.selfsup.engine.Graph;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.annotation.versioning.ConsumerType;

/** A loss function. */
@Kind("loss")
@ConsumerType
public interface Loss {
    /**
     * Prepares the loss; most have no weights, some have buffers.
     *
     * @param graph the loss's place
     * @return the function
     */
    Function build(Graph graph);

    /** A loss ready to be applied. */
    @FunctionalInterface
    interface Function {
        /**
         * Computes the loss.
         *
         * @param in predictions, then targets, in the order of the loss's documentation
         * @return its outputs, most often one scalar
         */
        List<SDVariable> apply(List<SDVariable> in);

        /** The loss of predictions against targets. */
        default SDVariable of(SDVariable... in) {
            return apply(List.of(in)).get(0);
        }

        /** The loss as classifiers take it: where it has a part for every class of an image, these are summed, and images averaged. */
        default SDVariable meanOverImages(SDVariable... in) {
            return of(in);
        }
    }
}
