package dev.selfsup.algorithm.simmim;

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
import dev.selfsup.engine.op.ToReal;
import java.util.List;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * SimMIM (Xie et al. 2022, <a href="https://arxiv.org/abs/2111.09886">arXiv:2111.09886</a>): masked image modelling made simple. Large squares of an image are hidden behind a learnt token, the
 * encoder, most often a Swin transformer, sees all places, one linear layer predicts the hidden pixels, and their mean absolute error is the loss.
 */
public final class SimMIM implements Algorithm {
    /**
     * Options of the method.
     *
     * @param backbone encoder of images and masks, as SimMIMSwinTransformer
     * @param neck from its features to pixels, as SimMIMNeck
     * @param head compares pixels with the image where it is masked
     * @param dataPreprocessor normalisation of images
     * @param initCfg rules for the first values of all weights
     */
    public record Config(Backbone backbone, Neck neck, Head head, @Default("{}") DataPreprocessor dataPreprocessor,
            @Default("[]") List<Initializer> initCfg) {}

    private final Config config;

    private SimMIM(Config config) {
        this.config = config;
    }

    @Override
    public DataPreprocessor dataPreprocessor() {
        return config.dataPreprocessor();
    }

    @Override
    public Losses loss(Graph place, Batch batch) {
        Graph graph = place.initialized(config.initCfg());
        SDVariable prediction = predicted(graph, batch);                              // [N, 3, H, W]
        Head.Network head = config.head().build(graph.in("head"));
        return Losses.of("loss", head.loss(prediction, batch.view(0), batch.field("mask")));
    }

    /** The pixels of masked images, [N, 3, H, W]. */
    private SDVariable predicted(Graph graph, Batch batch) {
        Backbone.Network encoder = config.backbone().build(graph.in("backbone"));
        Neck.Network decoder = config.neck().build(graph.in("neck"));
        SDVariable images = batch.view(0);                                            // [N, 3, H, W]
        SDVariable mask = batch.field("mask");                                        // [N, H / P, W / P]
        SDVariable latent = encoder.apply(images, mask).get(0);                       // [N, C, H / S, W / S]
        return decoder.apply(List.of(latent)).get(0);
    }

    @Override
    public Optional<Reconstruction> reconstruct(Graph place, Batch batch) {
        Graph graph = place.initialized(config.initCfg());
        SDVariable mask = graph.apply(new ToReal(), batch.field("mask"));             // [N, H / P, W / P]
        return Optional.of(Reconstruction.of(mask, batch.view(0), predicted(graph, batch)));
    }

    @Override
    public List<SDVariable> extract(Graph place, SDVariable images) {
        return config.backbone().build(place.initialized(config.initCfg()).in("backbone")).features(images);
    }

    /** {@code SimMIM}. */
    @Component
    @TypeName(kind = "algorithm", name = "SimMIM")
    public static final class Factory implements ComponentFactory<Algorithm, Config> {
        @Override
        public Algorithm create(Config config) {
            return new SimMIM(config);
        }
    }
}
