package dev.selfsup.layers;

import dev.selfsup.api.model.Backbone;
import dev.selfsup.api.model.Neck;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * A backbone and its projector, from images [N, 3, H, W] to embeddings [N, D].
 *
 * @param backbone with its weights
 * @param neck the projector, with its weights
 */
public record Encoder(Backbone.Network backbone, Neck.Network neck) implements Layer {
    /** Makes the weights of both parts at their places. */
    public static Encoder build(Backbone backbone, Graph backbonePlace, Neck neck, Graph neckPlace) {
        return new Encoder(backbone.build(backbonePlace), neck.build(neckPlace));
    }

    @Override
    public SDVariable apply(SDVariable images) {
        return neck.apply(backbone.apply(images)).get(0);
    }
}
