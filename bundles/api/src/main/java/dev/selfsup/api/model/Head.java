package dev.selfsup.api.model;

import dev.selfsup.api.component.Kind;
import dev.selfsup.engine.Graph;
import java.util.List;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.annotation.versioning.ConsumerType;

/** What computes the loss of a method from the outputs of its neck. */
@Kind("head")
@ConsumerType
public interface Head {
    /**
     * Makes the weights.
     *
     * @param graph the head's place
     * @return the network; applying it twice shares the weights
     */
    Network build(Graph graph);

    /** A head with its weights. */
    @FunctionalInterface
    interface Network {
        /**
         * Computes the head's outputs, most often one loss.
         *
         * @param in what the head compares, in the order of its documentation
         * @return its outputs, scalars where they are losses
         */
        List<SDVariable> apply(List<SDVariable> in);

        /** The loss of a head that has one output. */
        default SDVariable loss(SDVariable... in) {
            return apply(List.of(in)).get(0);
        }

        /** The head's losses and figures by the names that a log gives them. */
        default Losses losses(SDVariable... in) {
            return Losses.of("loss", loss(in));
        }

        /**
         * Lays out what a head compares patch by patch, where the image has the patches; empty for heads that compare something else.
         *
         * @param in as {@link #apply} takes it
         */
        default Optional<Reconstruction> reconstruction(List<SDVariable> in) {
            return Optional.empty();
        }
    }

    /** A head that classifies. */
    interface Classifier extends Network {
        /**
         * Computes what the loss compares with labels.
         *
         * @param features as {@link #apply} takes them, without the labels
         * @return the scores of all classes before softmax, [N, K], one element for every classifier of the head
         */
        List<SDVariable> scores(List<SDVariable> features);

        /** Names of the classifiers in the order of their scores, as metrics know them; that of one that is alone is empty. */
        default List<String> classifiers() {
            return List.of("");
        }
    }
}
