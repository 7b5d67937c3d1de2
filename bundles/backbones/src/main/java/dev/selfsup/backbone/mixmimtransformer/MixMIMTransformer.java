package dev.selfsup.backbone.mixmimtransformer;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Backbone;
import dev.selfsup.api.model.Initializer;
import dev.selfsup.api.model.Norm;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.layers.HierarchySize;
import dev.selfsup.layers.ImageTokens;
import dev.selfsup.layers.MixMIMNetwork;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * The transformer of MixMIM (Liu et al. 2022, <a href="https://arxiv.org/abs/2205.13137">arXiv:2205.13137</a>) on whole images, for what follows pretraining: from images [N, 3, H, W] to the mean
 * of the last stage's tokens, [N, C]. Embeddings of places are not trained: they come with pretrained weights and are zero without.
 */
public final class MixMIMTransformer implements Backbone {
    /**
     * Options of the network.
     *
     * @param arch name of a known architecture (base, large, huge), or a mapping of embed_dims, depths and num_heads
     * @param mlpRatio width of feed-forward networks, in channels of a token
     * @param imgSize height and width of the images, or one number for both
     * @param patchSize height and width of a patch
     * @param inChannels channels of the images
     * @param windowSize rows and columns of a window in each stage
     * @param qkvBias whether queries, keys and values have a bias
     * @param patchCfg further options of the patch embedding
     * @param normCfg normalisation
     * @param dropRate probability of setting an element to zero in training
     * @param dropPathRate probability of dropping a branch in the last layer; it rises evenly from 0 in the first
     * @param attnDropRate probability of setting an attention weight to zero in training
     * @param useCheckpoint accepted and without effect: it trades time for memory
     * @param initCfg rules for the first values of the weights
     */
    public record Config(@Default("base") Object arch, @Default("4.0") double mlpRatio, @Default("224") List<Integer> imgSize, @Default("4") int patchSize,
            @Default("3") int inChannels, @Default("[14, 14, 14, 7]") List<Integer> windowSize, @Default("true") boolean qkvBias,
            @Default("{}") ImageTokens.Options patchCfg, @Default("{type: LN}") Norm normCfg, @Default("0.0") double dropRate, @Default("0.0") double dropPathRate,
            @Default("0.0") double attnDropRate, @Default("false") boolean useCheckpoint, @Default("[]") List<Initializer> initCfg) {
        MixMIMNetwork network() {
            HierarchySize size = HierarchySize.of(arch, MixMIMNetwork.KNOWN);
            return new MixMIMNetwork(size, mlpRatio, imgSize, patchCfg.of(inChannels, size.embedDims(), patchSize), windowSize, qkvBias, normCfg,
                    new MixMIMNetwork.Rates(dropRate, dropPathRate, attnDropRate));
        }
    }

    private final Config config;
    private final MixMIMNetwork network;

    private MixMIMTransformer(Config config) {
        this.config = config;
        this.network = config.network();
    }

    @Override
    public Network build(Graph place) {
        Graph graph = place.initialized(config.initCfg());
        MixMIMNetwork.Built built = network.build(graph, Fill.ZEROS);
        return images -> graph.call(List.of(images), in -> {
            SDVariable tokens = built.encode(built.embed(in.get(0)), List.of()).sequences(graph);   // [N, L, C]
            return List.of(tokens.mean(1));
        });
    }

    /** {@code MixMIMTransformer}. */
    @Component
    @TypeName(kind = "backbone", name = "MixMIMTransformer", scope = "mmcls")
    public static final class Factory implements ComponentFactory<Backbone, Config> {
        @Override
        public Backbone create(Config config) {
            return new MixMIMTransformer(config);
        }
    }
}
