package dev.selfsup.algorithm.pixmim;

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
import dev.selfsup.api.model.TargetGenerator;
import dev.selfsup.engine.Graph;
import java.util.List;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * PixMIM (Liu et al. 2023, <a href="https://arxiv.org/abs/2303.02416">arXiv:2303.02416</a>): a masked autoencoder that reconstructs images without their high frequencies, from crops
 * that keep most of the foreground. Encoder, decoder and loss are those of MAE. The targets are the images after an ideal low-pass filter, a circle in the spectrum, so that the network spends
 * nothing on texture and noise that cannot be told from the visible patches. Images are resized and shifted by some pixels rather than cropped at random, so that what is hidden belongs to what is seen.
 */
public final class PixMIM implements Algorithm {
    /**
     * Options of the method.
     *
     * @param backbone encoder of visible patches, as MAEViT
     * @param neck decoder of all patches
     * @param head compares predictions with the targets where the image is masked
     * @param targetGenerator makes the targets of the image, as LowFreqTargetGenerator
     * @param dataPreprocessor normalisation of images
     * @param initCfg rules for the first values of all weights
     */
    public record Config(Backbone backbone, Neck neck, Head head, TargetGenerator targetGenerator,
            @Default("{}") DataPreprocessor dataPreprocessor, @Default("[]") List<Initializer> initCfg) {}

    private final Config config;

    private PixMIM(Config config) {
        this.config = config;
    }

    @Override
    public DataPreprocessor dataPreprocessor() {
        return config.dataPreprocessor();
    }

    @Override
    public Losses loss(Graph place, Batch batch) {
        Network network = new Network(place.initialized(config.initCfg()));
        return Losses.of("loss", network.head.apply(network.compared(batch)).get(0));
    }

    @Override
    public Optional<Reconstruction> reconstruct(Graph place, Batch batch) {
        Network network = new Network(place.initialized(config.initCfg()));
        return network.head.reconstruction(network.compared(batch)).map(reconstruction -> reconstruction.among(batch.view(0)));
    }

    /** The parts with their weights. */
    private final class Network {
        private final Backbone.Network encoder;
        private final Neck.Network decoder;
        private final Head.Network head;
        private final TargetGenerator.Network generator;

        Network(Graph graph) {
            this.encoder = config.backbone().build(graph.in("backbone"));
            this.decoder = config.neck().build(graph.in("neck"));
            this.head = config.head().build(graph.in("head"));
            this.generator = config.targetGenerator().build(graph.in("target_generator"));
        }

        /** What the head compares: predictions, targets and mask. */
        List<SDVariable> compared(Batch batch) {
            SDVariable images = batch.view(0);                                            // [N, 3, H, W]
            SDVariable targets = generator.apply(images, batch).get(0);                   // [N, 3, H, W]
            List<SDVariable> encoded = encoder.apply(images);
            SDVariable latent = encoded.get(0);                                           // [N, 1 + V, C]
            SDVariable mask = encoded.get(1);                                             // [N, L]
            SDVariable places = encoded.get(2);                                           // [N, L]
            SDVariable prediction = decoder.apply(List.of(latent, places)).get(0);        // [N, L, P * P * 3]
            return List.of(prediction, targets, mask);
        }
    }

    @Override
    public List<SDVariable> extract(Graph place, SDVariable images) {
        return config.backbone().build(place.initialized(config.initCfg()).in("backbone")).features(images);
    }

    /** {@code PixMIM}. */
    @Component
    @TypeName(kind = "algorithm", name = "PixMIM")
    public static final class Factory implements ComponentFactory<Algorithm, Config> {
        @Override
        public Algorithm create(Config config) {
            return new PixMIM(config);
        }
    }
}
