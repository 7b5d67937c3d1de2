package dev.selfsup.api.model;

import dev.selfsup.api.component.Kind;
import dev.selfsup.engine.Graph;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.annotation.versioning.ConsumerType;

/** A network from images to features. */
@Kind("backbone")
@ConsumerType
public interface Backbone {
    /**
     * Makes the weights.
     *
     * @param graph the backbone's place
     * @return the network; applying it twice shares the weights
     */
    Network build(Graph graph);

    /** A backbone with its weights. */
    @FunctionalInterface
    interface Network {
        /**
         * Computes features.
         *
         * @param images [N, C, H, W]
         * @return features of the configured stages, as [N, C, H, W] or [N, C]
         */
        List<SDVariable> apply(SDVariable images);

        /**
         * Computes features of images some of whose patches are hidden, where the method says which, or how important each is.
         *
         * @param images [N, C, H, W]
         * @param mask int64 or float32 [N, H / P, W / P], 1 where a patch is hidden, else 0; or what else the backbone's documentation says
         * @return what the backbone's documentation says
         */
        default List<SDVariable> apply(SDVariable images, SDVariable mask) {
            throw new IllegalArgumentException("backbone takes no mask: the method needs one that does, as its configs name it");
        }

        /**
         * The same where it is known how many patches of each image are hidden, so that a backbone can leave these out altogether.
         *
         * @param images [N, C, H, W]
         * @param mask int64 [N, H / P, W / P], 1 where a patch is hidden, else 0
         * @param hidden patches of each image that are hidden
         * @return what the backbone's documentation says
         */
        default List<SDVariable> apply(SDVariable images, SDVariable mask, int hidden) {
            return apply(images, mask);
        }

        /**
         * Computes features of images as they are, for those who use a pretrained network: where {@link #apply} masks some of them, of the whole images.
         *
         * @param images [N, C, H, W]
         * @return features of the configured stages, as [N, C, H, W] or [N, C]
         */
        default List<SDVariable> features(SDVariable images) {
            return apply(images);
        }
    }
}
