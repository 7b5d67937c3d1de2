package dev.selfsup.algorithm.mixmim;

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
import dev.selfsup.engine.Graph;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * MixMIM (Liu et al. 2022, <a href="https://arxiv.org/abs/2205.13137">arXiv:2205.13137</a>): masked tokens of an image are replaced by those of another one instead of a mask token, so that the
 * encoder sees nothing but what it sees later. The decoder gets the tokens of either image with mask tokens in the places of the other's, and predicts what was hidden of both.
 */
public final class MixMIM implements Algorithm {
    /**
     * Options of the method.
     *
     * @param backbone encoder that mixes images, as MixMIMTransformerPretrain
     * @param neck decoder of both images of a mix, as MixMIMPretrainDecoder
     * @param head compares predictions with the images where they were hidden
     * @param dataPreprocessor normalisation of images
     * @param initCfg rules for the first values of all weights
     */
    public record Config(Backbone backbone, Neck neck, Head head, @Default("{}") DataPreprocessor dataPreprocessor,
            @Default("[]") List<Initializer> initCfg) {}

    private final Config config;

    private MixMIM(Config config) {
        this.config = config;
    }

    @Override
    public DataPreprocessor dataPreprocessor() {
        return config.dataPreprocessor();
    }

    @Override
    public Losses loss(Graph place, Batch batch) {
        Graph graph = place.initialized(config.initCfg());
        Backbone.Network encoder = config.backbone().build(graph.in("backbone"));
        Neck.Network decoder = config.neck().build(graph.in("neck"));
        Head.Network head = config.head().build(graph.in("head"));

        SDVariable images = batch.view(0);                                            // [N, 3, H, W]
        List<SDVariable> encoded = encoder.apply(images);
        SDVariable latent = encoded.get(0);                                           // [N, L, C]
        SDVariable mask = encoded.get(1);                                             // [1, L, 1]
        SDVariable predictions = decoder.apply(List.of(latent, mask)).get(0);         // [2 N, L, S * S * 3]
        return Losses.of("loss", head.loss(predictions, images, mask));
    }

    @Override
    public List<SDVariable> extract(Graph place, SDVariable images) {
        return config.backbone().build(place.initialized(config.initCfg()).in("backbone")).features(images);
    }

    /** {@code MixMIM}. */
    @Component
    @TypeName(kind = "algorithm", name = "MixMIM")
    public static final class Factory implements ComponentFactory<Algorithm, Config> {
        @Override
        public Algorithm create(Config config) {
            return new MixMIM(config);
        }
    }
}
