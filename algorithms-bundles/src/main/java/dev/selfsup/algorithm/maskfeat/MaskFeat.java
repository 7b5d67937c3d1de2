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
import dev.selfsup.api.model.Reconstruction;
import dev.selfsup.api.model.TargetGenerator;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.op.ToReal;
import dev.selfsup.engine.op.TokenRange;
import java.util.List;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * MaskFeat (Wei et al. 2022, <a href="https://arxiv.org/abs/2112.09133">arXiv:2112.09133</a>): a vision transformer predicts, where an image is masked, the histograms of oriented
 * gradients of what is hidden there. Blocks of patches are replaced by one learned token before the first layer, so that the whole network works on hidden and visible patches alike. Its
 * targets are those of classical vision: for each cell of a patch and each colour the directions in which brightness changes, each cell by its own length. They need no second network and leave out
 * brightness and contrast, which say little about what is seen. A linear layer predicts them from the patches' tokens, and only masked patches count; after pretraining it is thrown away.
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
        Network network = new Network(place.initialized(config.initCfg()));
        SDVariable prediction = network.predicted(batch);                                 // [N, 1 + L, D]
        SDVariable targets = network.generator.apply(batch.view(0), batch).get(0);        // [N, L, D]
        return Losses.of("loss", network.head.loss(prediction, targets, batch.field("mask")));
    }

    @Override
    public Optional<Reconstruction> reconstruct(Graph place, Batch batch) {
        Network network = new Network(place.initialized(config.initCfg()));
        SDVariable images = batch.view(0);                                                // [N, 3, H, W]
        SDVariable all = network.predicted(batch);
        SDVariable prediction = network.graph.apply(new TokenRange(1, network.graph.shape(all)[1]), all);   // [N, L, D]
        SDVariable targets = network.generator.apply(images, batch).get(0);
        SDVariable mask = network.graph.apply(new ToReal(), batch.field("mask"));         // [N, H / P, W / P]
        return network.generator.picture(prediction, images).map(drawn -> new Reconstruction(mask, network.map(targets, mask), network.map(prediction, mask),
                new Reconstruction.Picture(network.generator.picture(targets, images).orElseThrow(), drawn, true)));
    }

    /** The parts with their weights. */
    private final class Network {
        private final Graph graph;
        private final Backbone.Network backbone;
        private final Neck.Network neck;
        private final Head.Network head;
        private final TargetGenerator.Network generator;

        Network(Graph graph) {
            this.graph = graph;
            this.backbone = config.backbone().build(graph.in("backbone"));
            this.neck = config.neck().build(graph.in("neck"));
            this.head = config.head().build(graph.in("head"));
            this.generator = config.targetGenerator().build(graph.in("target_generator"));
        }

        /** Features of class token and patches, [N, 1 + L, D]. */
        SDVariable predicted(Batch batch) {
            SDVariable tokens = backbone.apply(batch.view(0), batch.field("mask")).get(0);                      // [N, 1 + L, C]
            long[] shape = graph.shape(tokens);
            SDVariable features = neck.apply(List.of(tokens.reshape(shape[0] * shape[1], shape[2]))).get(0);
            return features.reshape(shape[0], shape[1], graph.shape(features)[1]);
        }

        /** Features of patches in their places, [N, D, H / P, W / P]. */
        SDVariable map(SDVariable features, SDVariable mask) {
            long[] places = graph.shape(mask);
            return features.permute(0, 2, 1).reshape(places[0], graph.shape(features)[2], places[1], places[2]);
        }
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
