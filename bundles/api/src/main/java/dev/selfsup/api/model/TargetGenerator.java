package dev.selfsup.api.model;

import dev.selfsup.api.component.Kind;
import dev.selfsup.engine.Graph;
import java.util.List;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.annotation.versioning.ConsumerType;

/** What gives a method its targets, from the images themselves: a fixed function within the graph, or a frozen network beside it. */
@Kind("target_generator")
@ConsumerType
public interface TargetGenerator {
    /**
     * Makes constants and frozen weights.
     *
     * @param graph the generator's place
     * @return the function
     */
    Network build(Graph graph);

    /** The network beside the graph whose results {@link Network#apply} takes from the batch; empty where the graph computes all. */
    default Optional<FrozenNetwork> frozen() {
        return Optional.empty();
    }

    /** A generator with its weights. */
    @FunctionalInterface
    interface Network {
        /**
         * Gives the targets.
         *
         * @param images [N, C, H, W], of the view that the method gives it
         * @param batch the batch, whose fields are the results of a frozen network
         * @return its outputs, in the order of the generator's documentation
         */
        List<SDVariable> apply(SDVariable images, Batch batch);

        /**
         * Draws targets, or predictions of them, so that one can look at them; empty where that is not done.
         *
         * @param features as the first output of {@link #apply}
         * @param images the images that they are of, [N, C, H, W]; only their size counts
         * @return levels of 0 to 255, [N, 3, H, W]
         */
        default Optional<SDVariable> picture(SDVariable features, SDVariable images) {
            return Optional.empty();
        }
    }
}
