package dev.selfsup.algorithm.beit;

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
 * BEiT (Bao et al. 2021, <a href="https://arxiv.org/abs/2106.08254">arXiv:2106.08254</a>) and, with a neck, BEiT v2 (Peng et al. 2022,
 * <a href="https://arxiv.org/abs/2208.06366">arXiv:2208.06366</a>): a vision transformer sees an image in which blocks of patches are masked and predicts which visual words a frozen
 * tokenizer, which sees the whole image at a size and normalisation of its own, gives the masked patches. The second version predicts them once more from patches of an early layer that
 * know of the rest of the image by the last layer's class token only.
 */
public final class BEiT implements Algorithm {
    /**
     * Options of the method.
     *
     * @param backbone network of images and masks, as BEiTViT
     * @param neck decoder of early tokens, as BEiTV2Neck; none for the first version
     * @param head compares predicted words with those of the tokenizer where the image is masked, as BEiTV1Head or BEiTV2Head
     * @param targetGenerator the tokenizer, as DALL-E or VQKD; sees the second view of an image
     * @param dataPreprocessor normalisation of both views, as TwoNormDataPreprocessor
     * @param initCfg rules for the first values of all weights
     */
    public record Config(Backbone backbone, Optional<Neck> neck, Head head, TargetGenerator targetGenerator, @Default("{}") DataPreprocessor dataPreprocessor,
            @Default("[]") List<Initializer> initCfg) {}

    private final Config config;

    private BEiT(Config config) {
        this.config = config;
    }

    @Override
    public DataPreprocessor dataPreprocessor() {
        return config.dataPreprocessor();
    }

    @Override
    public Losses loss(Graph place, Batch batch) {
        Graph graph = place.initialized(config.initCfg());
        Backbone.Network backbone = config.backbone().build(graph.in("backbone"));
        Optional<Neck.Network> neck = config.neck().map(n -> n.build(graph.in("neck")));
        Head.Network head = config.head().build(graph.in("head"));
        TargetGenerator.Network tokenizer = config.targetGenerator().build(graph.in("target_generator"));

        SDVariable mask = batch.field("mask");                                        // [N, H / P, W / P]
        List<SDVariable> tokens = backbone.apply(batch.view(0), mask);                // each [N, 1 + L, C]
        SDVariable words = tokenizer.apply(batch.view(1), batch).get(0);              // [N, L], [N, h, w] or scores [N, V, h, w]
        if (neck.isEmpty()) {
            return head.losses(tokens.get(0), words, mask);
        }
        List<SDVariable> patches = neck.get().apply(tokens);                          // last and decoded early ones, [N, L, C]
        return head.losses(patches.get(0), patches.get(1), words, mask);
    }

    @Override
    public List<SDVariable> extract(Graph place, SDVariable images) {
        return config.backbone().build(place.initialized(config.initCfg()).in("backbone")).features(images);
    }

    @Override
    public Optional<Targets> targets() {
        return config.targetGenerator().frozen().map(network -> new Targets(1, network));
    }

    /** {@code BEiT}. */
    @Component
    @TypeName(kind = "algorithm", name = "BEiT")
    public static final class Factory implements ComponentFactory<Algorithm, Config> {
        @Override
        public Algorithm create(Config config) {
            return new BEiT(config);
        }
    }
}
