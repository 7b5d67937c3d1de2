package dev.selfsup.api.model;

import dev.selfsup.api.component.Kind;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import org.osgi.annotation.versioning.ConsumerType;

/** A {@code norm_cfg}: how layers are normalised. */
@Kind("norm")
@ConsumerType
public interface Norm {
    /** Name of the layer without its number, as module paths have it: {@code bn} in {@code bn1}. */
    String abbreviation();

    /**
     * Makes the weights of a layer.
     *
     * @param graph the layer's place
     * @param channels size of dimension 1
     * @param affine false where the layer shall have no weight and bias, whatever the config says
     * @return layer on [N, C] or [N, C, H, W]
     */
    Layer build(Graph graph, int channels, boolean affine);

    /**
     * The same normalisation with another weight of the newest statistics in the running ones, whatever the config says.
     *
     * @throws IllegalArgumentException where it keeps no running statistics
     */
    default Norm momentum(double momentum) {
        throw new IllegalArgumentException("norm_cfg must be batch normalisation, as BN1d or SyncBN: its running statistics are to have momentum " + momentum);
    }

    /** Makes the weights of a layer that has weight and bias if the config does not say otherwise. */
    default Layer build(Graph graph, int channels) {
        return build(graph, channels, true);
    }
}
