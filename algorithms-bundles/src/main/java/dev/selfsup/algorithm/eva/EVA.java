package dev.selfsup.algorithm.eva;

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
import dev.selfsup.engine.op.TokenRange;
import java.util.List;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * EVA in the style of masked autoencoders (Fang et al. 2022, <a href="https://arxiv.org/abs/2211.07636">arXiv:2211.07636</a>): an encoder sees few patches of an image, and a small decoder
 * predicts the features that CLIP's image tower, which sees all of it, gives those that are masked. Such features tell what is in a patch rather than how it looks, so that there is more to
 * learn from a patch than its pixels. Predictions are compared by their direction, and only masked patches count. After pretraining the decoder and CLIP are thrown away.
 */
public final class EVA implements Algorithm {
    /**
     * Options of the method.
     *
     * @param backbone encoder of visible patches, as MAEViT
     * @param neck decoder of all patches
     * @param head compares predicted features with CLIP's
     * @param targetGenerator the frozen network that gives features, as CLIPGenerator
     * @param dataPreprocessor normalisation of images
     * @param initCfg rules for the first values of all weights
     */
    public record Config(Backbone backbone, Neck neck, Head head, TargetGenerator targetGenerator, @Default("{}") DataPreprocessor dataPreprocessor,
            @Default("[]") List<Initializer> initCfg) {}

    private final Config config;

    private EVA(Config config) {
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
        SDVariable features = generator.apply(images, batch).get(0);                  // [N, 1 + L, D]
        long[] shape = graph.shape(features);
        check(shape.length == 3, "EVA needs a target generator that gives features of class and patches, as CLIPGenerator");
        SDVariable ofPatches = graph.apply(new TokenRange(1, shape[1]), features);    // [N, L, D]
        List<SDVariable> encoded = encoder.apply(images);
        SDVariable latent = encoded.get(0);                                           // [N, 1 + V, C]
        SDVariable mask = encoded.get(1);                                             // [N, L]
        SDVariable places = encoded.get(2);                                           // [N, L]
        SDVariable prediction = decoder.apply(List.of(latent, places)).get(0);        // [N, L, D]
        return Losses.of("loss", head.loss(prediction, ofPatches, mask));
    }

    @Override
    public List<SDVariable> extract(Graph place, SDVariable images) {
        return config.backbone().build(place.initialized(config.initCfg()).in("backbone")).features(images);
    }

    /** {@code EVA}. */
    @Component
    @TypeName(kind = "algorithm", name = "EVA")
    public static final class Factory implements ComponentFactory<Algorithm, Config> {
        @Override
        public Algorithm create(Config config) {
            return new EVA(config);
        }
    }
}
