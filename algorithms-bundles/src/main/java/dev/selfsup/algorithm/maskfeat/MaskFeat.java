package dev.selfsup.algorithm.maskfeat;

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
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * MaskFeat (Wei et al. 2022, <a href="https://arxiv.org/abs/2112.09133">arXiv:2112.09133</a>): a vision transformer predicts, where an image is masked, the histograms of oriented
 * gradients of what is hidden there.
 */
public final class MaskFeat implements Algorithm {
    /**
     * Options of the method.
     *
     * @param backbone network of images and masks, as MaskFeatViT
     * @param neck from tokens to features
     * @param head compares features with targets where the image is masked
     * @param targetGenerator gives the targets of the patches, as HOGGenerator
     * @param dataPreprocessor normalisation of images
     * @param initCfg rules for the first values of all weights
     */
    public record Config(Backbone backbone, Neck neck, Head head, TargetGenerator targetGenerator, @Default("{}") DataPreprocessor dataPreprocessor,
            @Default("[]") List<Initializer> initCfg) {}

    private final Config config;

    private MaskFeat(Config config) {
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
        Neck.Network neck = config.neck().build(graph.in("neck"));
        Head.Network head = config.head().build(graph.in("head"));
        TargetGenerator.Network generator = config.targetGenerator().build(graph.in("target_generator"));

        SDVariable images = batch.view(0);                                            // [N, 3, H, W]
        SDVariable mask = batch.field("mask");                                        // [N, H / P, W / P]
        SDVariable tokens = backbone.apply(images, mask).get(0);                      // [N, 1 + L, C]
        long[] shape = graph.shape(tokens);
        SDVariable features = neck.apply(List.of(tokens.reshape(shape[0] * shape[1], shape[2]))).get(0);
        SDVariable prediction = features.reshape(shape[0], shape[1], graph.shape(features)[1]);     // [N, 1 + L, D]
        return Losses.of("loss", head.loss(prediction, generator.apply(images, batch).get(0), mask));
    }

    @Override
    public List<SDVariable> extract(Graph place, SDVariable images) {
        return config.backbone().build(place.initialized(config.initCfg()).in("backbone")).features(images);
    }

    /** {@code MaskFeat}. */
    @Component
    @TypeName(kind = "algorithm", name = "MaskFeat")
    public static final class Factory implements ComponentFactory<Algorithm, Config> {
        @Override
        public Algorithm create(Config config) {
            return new MaskFeat(config);
        }
    }
}
