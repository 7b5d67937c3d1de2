package dev.selfsup.backbone.beitvit;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Backbone;
import dev.selfsup.api.model.Initializer;
import dev.selfsup.api.model.Norm;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Initialization;
import dev.selfsup.engine.LayerType;
import dev.selfsup.engine.op.ToReal;
import dev.selfsup.engine.op.TokenRange;
import dev.selfsup.layers.BEiTEncoder;
import dev.selfsup.layers.Interpolation;
import dev.selfsup.layers.TransformerSize;
import dev.selfsup.layers.VisionTransformerNetwork;
import dev.selfsup.layers.VisionTransformerTrunk;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * Vision transformer of BEiT (Bao et al. 2021, <a href="https://arxiv.org/abs/2106.08254">arXiv:2106.08254</a>) as it is pretrained: masked patches are replaced by one learnt
 * token before the layers. From images [N, 3, H, W] and a mask [N, H / P, W / P], 1 where a patch is masked, to the tokens of class and patches of each output layer, [N, 1 + L, C], and,
 * where layers share a relative position bias, that bias, [H, 1 + L, 1 + L]. Without a mask to the patches of each
 * output layer, [N, C, H / P, W / P], and its class token [N, C].
 */
public final class BEiTViT implements Backbone {
    private static final Fill TOKEN = Fill.truncatedNormal(0, 0.02, -2, 2);
    /** The last linear layer of each branch of layer i, 1 for the first, begins smaller by sqrt(2 i), so that the sum of all branches begins small. */
    private static final Initialization RESCALED = new Initialization() {
        private static final Pattern LAST = Pattern.compile("layers\\.(\\d+)\\.(attn\\.proj|ffn\\.layers\\.1)\\.weight");

        @Override
        public Optional<Fill> fill(Weight weight) {
            return Optional.empty();
        }

        @Override
        public double factor(Weight weight) {
            Matcher last = LAST.matcher(weight.key());
            return last.matches() ? 1 / Math.sqrt(2.0 * (1 + Integer.parseInt(last.group(1)))) : 1;
        }
    };

    /**
     * Options of the network.
     *
     * @param arch name of a known architecture, as base or large, or a mapping of embed_dims, num_layers, num_heads and feedforward_channels
     * @param imgSize height and width of the images that positions are for, or one number for both
     * @param patchSize height and width of a patch
     * @param inChannels channels of the images
     * @param outIndices layers whose tokens are given, from 0; negative ones count from the last, -1
     * @param dropRate probability of setting an element to zero behind positions and in feed-forward networks in training
     * @param dropPathRate probability of dropping a branch in the last layer; it rises evenly from 0 in the first
     * @param normCfg normalisation
     * @param finalNorm whether the last layer's tokens are normalised
     * @param avgToken makes the weights of a normalisation {@code ln2} that pretraining does not use
     * @param frozenStages -1 for none; i freezes positions, patch embedding, class token and i layers
     * @param outputClsToken whether features of whole images are the class token, behind the patches; pretraining always sees it
     * @param useAbsPosEmb whether tokens have learnt positions
     * @param useRelPosBias whether each layer has a relative position bias
     * @param useSharedRelPosBias whether all layers share a relative position bias
     * @param layerScaleInitValue first value of the scales of the layers' branches; 0 for none
     * @param interpolateMode how positions are interpolated for images of another size
     * @param patchCfg further options of the patch embedding
     * @param layerCfgs further options of the layers: one mapping for all, or a list of one for each
     * @param initCfg rules for the first values of the weights
     */
    public record Config(@Default("base") Object arch, @Default("224") List<Integer> imgSize, @Default("16") List<Integer> patchSize,
            @Default("3") int inChannels, @Default("-1") List<Integer> outIndices, @Default("0.0") double dropRate,
            @Default("0.0") double dropPathRate, @Default("{type: LN, eps: 1.0e-6}") Norm normCfg, @Default("true") boolean finalNorm,
            @Default("false") boolean avgToken, @Default("-1") int frozenStages, @Default("true") boolean outputClsToken,
            @Default("false") boolean useAbsPosEmb, @Default("false") boolean useRelPosBias, @Default("true") boolean useSharedRelPosBias,
            @Default("0.1") double layerScaleInitValue, @Default("bicubic") Interpolation interpolateMode,
            @Default("{padding: 0}") VisionTransformerTrunk.PatchOptions patchCfg, @Default("{}") List<BEiTEncoder.LayerOptions> layerCfgs,
            @Default("[]") List<Initializer> initCfg) {
        BEiTEncoder encoder() {
            VisionTransformerTrunk trunk = new VisionTransformerTrunk(TransformerSize.of(arch), imgSize, patchSize, inChannels, dropRate, dropPathRate,
                    false, normCfg, finalNorm, patchCfg, layerCfgs.stream().map(BEiTEncoder.LayerOptions::common).toList());
            return new BEiTEncoder(new VisionTransformerNetwork(trunk, outIndices, true, false, true, interpolateMode, frozenStages),
                    useAbsPosEmb, useRelPosBias, useSharedRelPosBias, layerScaleInitValue, layerCfgs);
        }
    }

    private final Config config;
    private final BEiTEncoder encoder;

    private BEiTViT(Config config) {
        this.config = config;
        this.encoder = config.encoder();
    }

    @Override
    public Network build(Graph place) {
        Graph graph = place.initialized(config.initCfg()).initialized(List.of(RESCALED));
        VisionTransformerTrunk trunk = encoder.network().trunk();
        BEiTEncoder.Made made = encoder.make(graph, TOKEN);
        SDVariable maskToken = graph.weight("mask_token", LayerType.NONE, TOKEN, 1, 1, trunk.size().embedDims());
        if (config.avgToken()) {
            trunk.norm(graph, 2);
        }
        return new Network() {
            @Override
            public List<SDVariable> apply(SDVariable images) {
                return graph.call(List.of(images), in -> encoder.tokens(graph, made, in.get(0), patches -> patches).stream()
                        .flatMap(tokens -> given(graph, tokens, trunk.patches().rows(graph.shape(images)))).toList());
            }

            @Override
            public List<SDVariable> apply(SDVariable images, SDVariable mask) {
                List<SDVariable> outputs = new ArrayList<>(graph.call(List.of(images, mask),
                        in -> encoder.tokens(graph, made, in.get(0), patches -> masked(graph, patches, in.get(1), maskToken))));
                made.bias().ifPresent(outputs::add);
                return outputs;
            }
        };
    }

    private static SDVariable masked(Graph graph, SDVariable patches, SDVariable mask, SDVariable maskToken) {
        long[] shape = graph.shape(patches);                                                                    // [N, L, C]
        check(graph.shape(mask)[1] * graph.shape(mask)[2] == shape[1], "the mask is for %dx%d patches, the images have %d", graph.shape(mask)[1],
                graph.shape(mask)[2], shape[1]);
        SDVariable hidden = graph.apply(new ToReal(), mask).reshape(shape[0], shape[1], 1);                      // [N, L, 1]
        return patches.mul(hidden.rsub(1)).add(maskToken.mul(hidden));
    }

    /** Patches and, where it is wanted, class token of an output layer. */
    private Stream<SDVariable> given(Graph graph, SDVariable tokens, long rows) {
        long[] shape = graph.shape(tokens);                                                                     // [N, 1 + L, C]
        SDVariable patches = graph.apply(new TokenRange(1, shape[1]), tokens).reshape(shape[0], rows, (shape[1] - 1) / rows, shape[2]).permute(0, 3, 1, 2);
        return config.outputClsToken() ? Stream.of(patches, graph.apply(new TokenRange(0, 1), tokens).reshape(shape[0], shape[2])) : Stream.of(patches);
    }

    /** {@code BEiTViT}. */
    @Component
    @TypeName(kind = "backbone", name = "BEiTViT")
    public static final class Factory implements ComponentFactory<Backbone, Config> {
        @Override
        public Backbone create(Config config) {
            return new BEiTViT(config);
        }
    }
}
