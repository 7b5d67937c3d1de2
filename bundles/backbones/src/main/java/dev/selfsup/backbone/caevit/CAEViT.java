package dev.selfsup.backbone.caevit;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Activation;
import dev.selfsup.api.model.Backbone;
import dev.selfsup.api.model.Initializer;
import dev.selfsup.api.model.Norm;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Initialization;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.LayerType;
import dev.selfsup.engine.op.HiddenPlaces;
import dev.selfsup.layers.Dropout;
import dev.selfsup.layers.FeedForward;
import dev.selfsup.layers.Interpolation;
import dev.selfsup.layers.MultiheadAttention;
import dev.selfsup.layers.ScaledTransformerLayer;
import dev.selfsup.layers.TransformerSize;
import dev.selfsup.layers.VisiblePatchEncoder;
import dev.selfsup.layers.VisionTransformerTrunk;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * Encoder of CAE (Chen et al. 2022, <a href="https://arxiv.org/abs/2202.03026">arXiv:2202.03026</a>): a vision transformer that sees the patches of an image which a mask does not
 * hide. From images [N, 3, H, W] and a mask, int64 [N, H / P, W / P] or [N, L], that hides as many patches of every image, to the tokens of the class and the patches that are
 * seen, [N, 1 + V, C]. Positions are sines and cosines and not trained.
 */
public final class CAEViT implements Backbone {
    private static final Fill DEVIATION = Fill.truncatedNormal(0, 0.02, -2, 2);
    private static final Initialization FIRST = weight -> switch (weight.name()) {
        case "weight" -> weight.shape().length == 4 ? Optional.of(DEVIATION) : weight.layer().equals(LayerType.LINEAR)
                ? Optional.of(Fill.uniform(Math.sqrt(6.0 / (Fill.fanIn(weight.shape()) + Fill.fanOut(weight.shape()))))) : Optional.empty();
        case "bias" -> Optional.of(Fill.ZEROS);
        default -> Optional.empty();
    };

    /**
     * Options of the network.
     *
     * @param arch name of a known architecture (small, base, large, huge, deit-tiny, deit-small, deit-base), or a mapping of embed_dims, num_layers,
     *     num_heads and feedforward_channels
     * @param imgSize height and width of the images
     * @param patchSize height and width of a patch
     * @param outIndices accepted and without effect: the last layer's tokens are given
     * @param dropRate probability of setting an element to zero in training
     * @param dropPathRate probability of dropping a branch in the last layer; it rises evenly from 0 in the first
     * @param qkvBias whether queries, keys and values have one common bias; if not, queries and values have one each
     * @param normCfg normalisation
     * @param finalNorm whether the last layer's tokens are normalised
     * @param outputClsToken accepted and without effect: the class token is given
     * @param interpolateMode accepted and without effect: positions are those of img_size
     * @param initValues first value of the factors on the branches of the layers; none, or 0, for no factors
     * @param patchCfg further options of the patch embedding
     * @param layerCfgs further options of the layers: one mapping for all, or a list of one for each
     * @param initCfg rules for the first values of the weights
     */
    public record Config(@Default("b") Object arch, @Default("224") List<Integer> imgSize, @Default("16") List<Integer> patchSize,
            @Default("-1") List<Integer> outIndices, @Default("0.0") double dropRate, @Default("0.0") double dropPathRate, @Default("true") boolean qkvBias,
            @Default("{type: LN, eps: 1.0e-6}") Norm normCfg, @Default("true") boolean finalNorm, @Default("true") boolean outputClsToken,
            @Default("bicubic") Interpolation interpolateMode, Optional<Double> initValues, @Default("{}") VisionTransformerTrunk.PatchOptions patchCfg,
            @Default("{}") List<LayerOptions> layerCfgs, @Default("[]") List<Initializer> initCfg) {
        public Config {
            check(imgSize.stream().distinct().count() == 1, "img_size must be square, not %s", imgSize);
            check(initValues.orElse(0.0) >= 0, "init_values must be at least 0, not %s", initValues.orElse(0.0));
            check(layerCfgs.size() == 1 || layerCfgs.size() == TransformerSize.of(arch).numLayers(), "layer_cfgs must be one mapping or as many as num_layers, not %d",
                    layerCfgs.size());
        }

        /** The trunk; its own layers are not used. */
        VisionTransformerTrunk trunk() {
            VisionTransformerTrunk.LayerOptions unused = new VisionTransformerTrunk.LayerOptions(Optional.empty(), Optional.empty(), 2, 0, Optional.empty(), Optional.empty(),
                    Optional.empty(), graph -> Layer.IDENTITY, Optional.empty());
            return new VisionTransformerTrunk(TransformerSize.of(arch), imgSize, patchSize, 3, dropRate, dropPathRate, qkvBias, normCfg, finalNorm, patchCfg, List.of(unused));
        }
    }

    /**
     * An entry of {@code layer_cfgs}.
     *
     * @param numHeads heads of the attention, if not those of {@code arch}
     * @param feedforwardChannels width of the feed-forward network, if not that of {@code arch}
     * @param dropRate probability of setting an element to zero in training, if not that of the transformer
     * @param attnDropRate probability of setting an attention weight to zero in training
     * @param dropPathRate probability of dropping a branch, if not as it rises over the transformer
     * @param numFcs linear layers of the feed-forward network
     * @param qkvBias whether queries, keys and values have one common bias, if not as in the transformer
     * @param actCfg activation of the feed-forward network
     * @param normCfg normalisation of tokens, if not that of the transformer
     * @param initValues first value of the factors on the branches, if not that of the transformer
     */
    public record LayerOptions(Optional<Integer> numHeads, Optional<Integer> feedforwardChannels, Optional<Double> dropRate, @Default("0.0") double attnDropRate,
            Optional<Double> dropPathRate, @Default("2") int numFcs, Optional<Boolean> qkvBias, @Default("{type: GELU}") Activation actCfg, Optional<Norm> normCfg,
            Optional<Double> initValues) {}

    private final Config config;
    private final VisionTransformerTrunk trunk;

    private CAEViT(Config config) {
        this.config = config;
        this.trunk = config.trunk();
    }

    @Override
    public Network build(Graph place) {
        Graph graph = place.initialized(config.initCfg()).initialized(List.of(FIRST));
        VisiblePatchEncoder encoder = new VisiblePatchEncoder(graph, trunk, DEVIATION, this::layers);
        return new Network() {
            @Override
            public List<SDVariable> apply(SDVariable images) {
                throw new IllegalArgumentException("CAEViT sees what a mask leaves of an image: it needs a method that hides as many patches of every image, as CAE");
            }

            @Override
            public List<SDVariable> apply(SDVariable images, SDVariable mask) {
                return apply(images, mask, Math.toIntExact(graph.ones(mask) / graph.shape(mask)[0]));
            }

            @Override
            public List<SDVariable> apply(SDVariable images, SDVariable mask, int hidden) {
                return graph.call(List.of(images, mask), in -> {
                    List<SDVariable> places = graph.applyAll(new HiddenPlaces(hidden), in.get(1));
                    return List.of(encoder.some(in.get(0), places.get(2), places.get(3)));          // [N, 1 + V, C]
                });
            }

            @Override
            public List<SDVariable> features(SDVariable images) {
                return graph.call(List.of(images), in -> List.of(encoder.whole(in.get(0))));
            }
        };
    }

    private Layer layers(Graph graph) {
        Layer dropped = Dropout.build(graph, config.dropRate());
        return IntStream.range(0, trunk.size().numLayers()).mapToObj(i -> layer(graph, i)).reduce(dropped, Layer::then).then(trunk.last(graph));
    }

    private Layer layer(Graph graph, int i) {
        TransformerSize size = trunk.size();
        LayerOptions options = config.layerCfgs().get(config.layerCfgs().size() == 1 ? 0 : i);
        double drop = options.dropRate().orElse(config.dropRate());
        double path = size.numLayers() == 1 ? 0 : config.dropPathRate() * i / (size.numLayers() - 1);
        MultiheadAttention attention = new MultiheadAttention(size.embedDims(), options.numHeads().orElse(size.numHeads()), options.qkvBias().orElse(config.qkvBias()),
                options.attnDropRate(), drop);
        FeedForward each = new FeedForward(size.embedDims(), options.feedforwardChannels().orElse(size.feedforwardChannels()), options.numFcs(), options.actCfg(), drop);
        return new ScaledTransformerLayer(attention, each, options.normCfg().orElse(config.normCfg()), options.dropPathRate().orElse(path),
                options.initValues().or(config::initValues).orElse(0.0)).build(graph.in("layers").in(Integer.toString(i)));
    }

    /** {@code CAEViT}. */
    @Component
    @TypeName(kind = "backbone", name = "CAEViT")
    public static final class Factory implements ComponentFactory<Backbone, Config> {
        @Override
        public Backbone create(Config config) {
            return new CAEViT(config);
        }
    }
}
