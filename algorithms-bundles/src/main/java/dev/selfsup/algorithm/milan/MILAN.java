package dev.selfsup.algorithm.milan;

import static dev.selfsup.api.component.Check.check;

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
import dev.selfsup.api.model.TargetGenerator;
import dev.selfsup.engine.Graph;
import java.util.List;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * MILAN (Hou et al. 2022, <a href="https://arxiv.org/abs/2208.06049">arXiv:2208.06049</a>): a masked autoencoder that predicts the features which CLIP's image tower gives a whole image, those of
 * its patches and of its class token. Which patches the encoder sees is drawn by CLIP's attention, so that it rather sees what matters. The decoder lets masked patches ask the visible
 * ones, but does not change these, so that all they tell must come from the encoder. After pretraining the decoder and CLIP are thrown away.
 */
public final class MILAN implements Algorithm {
    /**
     * Options of the method.
     *
     * @param backbone encoder that is told which patches are important, as MILANViT
     * @param neck decoder that leaves visible patches as they are, as MILANPretrainDecoder
     * @param head compares predicted features with CLIP's
     * @param targetGenerator the frozen network that gives features and attention, as CLIPGenerator
     * @param dataPreprocessor normalisation of images
     * @param initCfg rules for the first values of all weights
     */
    public record Config(Backbone backbone, Neck neck, Head head, TargetGenerator targetGenerator, @Default("{}") DataPreprocessor dataPreprocessor,
            @Default("[]") List<Initializer> initCfg) {}

    private final Config config;

    private MILAN(Config config) {
        this.config = config;
    }

    @Override
    public DataPreprocessor dataPreprocessor() {
        return config.dataPreprocessor();
    }

    @Override
    public Optional<Targets> targets() {
        return config.targetGenerator().frozen().map(network -> new Targets(0, network));
    }

    @Override
    public Losses loss(Graph place, Batch batch) {
        Graph graph = place.initialized(config.initCfg());
        Backbone.Network encoder = config.backbone().build(graph.in("backbone"));
        Neck.Network decoder = config.neck().build(graph.in("neck"));
        Head.Network head = config.head().build(graph.in("head"));
        TargetGenerator.Network generator = config.targetGenerator().build(graph.in("target_generator"));

        SDVariable images = batch.view(0);                                            // [N, 3, H, W]
        List<SDVariable> targets = generator.apply(images, batch);
        check(targets.size() > 1, "MILAN needs a target generator that gives features and attention, as CLIPGenerator");
        SDVariable features = targets.get(0);                                         // [N, 1 + L, D]
        SDVariable attention = targets.get(1);                                        // [N, 1 + L, 1 + L]
        List<SDVariable> encoded = encoder.apply(images, attention);                  // tokens, places, visible and masked patches
        SDVariable prediction = decoder.apply(encoded).get(0);                        // [N, 1 + L, D]
        return Losses.of("loss", head.loss(prediction, features));
    }

    @Override
    public List<SDVariable> extract(Graph place, SDVariable images) {
        return config.backbone().build(place.initialized(config.initCfg()).in("backbone")).features(images);
    }

    /** {@code MILAN}. */
    @Component
    @TypeName(kind = "algorithm", name = "MILAN")
    public static final class Factory implements ComponentFactory<Algorithm, Config> {
        @Override
        public Algorithm create(Config config) {
            return new MILAN(config);
        }
    }
}
