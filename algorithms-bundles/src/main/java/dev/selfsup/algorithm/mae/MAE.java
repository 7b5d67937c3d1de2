package dev.selfsup.algorithm.mae;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.data.DataPreprocessor;
import dev.selfsup.api.model.Algorithm;
import dev.selfsup.api.model.Backbone;
import dev.selfsup.api.model.Batch;
import dev.selfsup.api.model.Head;
import dev.selfsup.api.model.Initializer;
import dev.selfsup.api.model.Losses;
import dev.selfsup.api.model.Neck;
import dev.selfsup.api.model.Reconstruction;
import dev.selfsup.engine.Graph;
import java.util.List;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * Masked autoencoders (He et al. 2021, <a href="https://arxiv.org/abs/2111.06377">arXiv:2111.06377</a>): an encoder sees few patches of an image, a
 * small decoder reconstructs the others. Three quarters of the patches are drawn at random and left out before the encoder, a vision transformer, so that a step
 * costs a fraction of one on whole images. The decoder gets the encoded patches in their places and a learned token in all others, and predicts pixels, those of a
 * patch by their own mean and variance if the head says so; only masked patches count. After pretraining it is thrown away.
 */
public final class MAE implements Algorithm {
    /**
     * Options of the method.
     *
     * @param backbone encoder of visible patches, as MAEViT
     * @param neck decoder of all patches
     * @param head compares predictions with the image where it is masked
     * @param dataPreprocessor normalisation of images
     * @param initCfg rules for the first values of all weights
     */
    public record Config(Backbone backbone, Neck neck, Head head, @Default("{}") DataPreprocessor dataPreprocessor,
            @Default("[]") List<Initializer> initCfg) {}

    private final Config config;

    private MAE(Config config) {
        this.config = config;
    }

    @Override
    public DataPreprocessor dataPreprocessor() {
        return config.dataPreprocessor();
    }

    @Override
    public Losses loss(Graph place, Batch batch) {
        Network network = new Network(place.initialized(config.initCfg()));
        return Losses.of("loss", network.head.apply(network.compared(batch.view(0))).get(0));
    }

    @Override
    public Optional<Reconstruction> reconstruct(Graph place, Batch batch) {
        Network network = new Network(place.initialized(config.initCfg()));
        return network.head.reconstruction(network.compared(batch.view(0)));
    }

    /** The parts with their weights. */
    private final class Network {
        private final Backbone.Network encoder;
        private final Neck.Network decoder;
        private final Head.Network head;

        Network(Graph graph) {
            this.encoder = config.backbone().build(graph.in("backbone"));
            this.decoder = config.neck().build(graph.in("neck"));
            this.head = config.head().build(graph.in("head"));
        }

        /** What the head compares: predictions, images and mask. */
        List<SDVariable> compared(SDVariable images) {                                    // [N, 3, H, W]
            List<SDVariable> encoded = encoder.apply(images);
            SDVariable latent = encoded.get(0);                                           // [N, 1 + V, C]
            SDVariable mask = encoded.get(1);                                             // [N, L]
            SDVariable places = encoded.get(2);                                           // [N, L]
            SDVariable prediction = decoder.apply(List.of(latent, places)).get(0);        // [N, L, P * P * 3]
            return List.of(prediction, images, mask);
        }
    }

    @Override
    public List<SDVariable> extract(Graph place, SDVariable images) {
        return config.backbone().build(place.initialized(config.initCfg()).in("backbone")).features(images);
    }

    /** {@code MAE}. */
    @Component
    @TypeName(kind = "algorithm", name = "MAE")
    public static final class Factory implements ComponentFactory<Algorithm, Config> {
        @Override
        public Algorithm create(Config config) {
            return new MAE(config);
        }
    }
}
