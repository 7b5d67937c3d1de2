package dev.selfsup.layers;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.Default;
import dev.selfsup.api.model.Activation;
import dev.selfsup.api.model.Backbone;
import dev.selfsup.api.model.Norm;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * The vision transformer of BEiT (Bao et al. 2021, <a href="https://arxiv.org/abs/2106.08254">arXiv:2106.08254</a>): layers with scaled branches that know where patches lie by
 * a bias of the attention's scores, each by its own ({@code layers.<i>.attn.relative_position_bias_table}) or all by one ({@code rel_pos_bias.relative_position_bias_table}), or
 * by positions as other vision transformers.
 *
 * @param network images to tokens, outputs
 * @param absolutePositions whether tokens are at learnt positions, {@code pos_embed}
 * @param ownBias whether each layer has a relative position bias
 * @param sharedBias whether all layers share one
 * @param layerScale first value of the scales; 0 for none
 * @param options options of the layers: one for all, or one for each
 */
public record BEiTEncoder(VisionTransformerNetwork network, boolean absolutePositions, boolean ownBias, boolean sharedBias, double layerScale,
        List<LayerOptions> options) {
    private static final Fill POSITIONS = Fill.truncatedNormal(0, 0.02, -2, 2);

    /**
     * An entry of the {@code layer_cfgs} of a BEiT.
     *
     * @param numHeads heads of the attention, if not those of {@code arch}
     * @param feedforwardChannels width of the feed-forward network, if not that of {@code arch}
     * @param numFcs linear layers of the feed-forward network
     * @param attnDropRate has no effect, as in the reference
     * @param dropRate probability of setting an element of the feed-forward network to zero in training, if not that of the transformer
     * @param dropPathRate probability of dropping a branch, if not as it rises over the transformer
     * @param bias which of queries, keys and values have a bias: {@code qv_bias}, true for all or false for none
     * @param actCfg activation of the feed-forward network
     * @param normCfg normalisation of tokens, if not that of the transformer
     * @param layerScaleInitValue first value of the scales, if not that of the transformer
     * @param useRelPosBias whether the layer has its own relative position bias, if not as in the transformer
     */
    public record LayerOptions(Optional<Integer> numHeads, Optional<Integer> feedforwardChannels, @Default("2") int numFcs, @Default("0.0") double attnDropRate,
            Optional<Double> dropRate, Optional<Double> dropPathRate, @Default("qv_bias") Object bias, @Default("{type: GELU}") Activation actCfg,
            Optional<Norm> normCfg, Optional<Double> layerScaleInitValue, Optional<Boolean> useRelPosBias) {
        public LayerOptions {
            RelativeAttention.QkvBias.of(bias);
        }

        /** What all vision transformers know of them. */
        public VisionTransformerTrunk.LayerOptions common() {
            return new VisionTransformerTrunk.LayerOptions(numHeads, feedforwardChannels, numFcs, attnDropRate, dropRate, dropPathRate, Optional.empty(), actCfg,
                    normCfg);
        }
    }

    public BEiTEncoder {
        check(!ownBias || !sharedBias, "use_rel_pos_bias and use_shared_rel_pos_bias must not both be true");
        check(network.classTokenSeen() || !ownBias && !sharedBias, "with_cls_token must be true where there is a relative position bias: it has places for the class token");
    }

    /**
     * An encoder with its weights.
     *
     * @param stem what comes before the layers
     * @param bias what all layers share, [H, 1 + L, 1 + L]
     * @param layers layers on tokens [B, 1 + L, C], the last with the last normalisation
     */
    public record Made(VisionTransformerNetwork.Stem stem, Optional<SDVariable> bias, List<Layer> layers) {}

    /**
     * Makes the weights.
     *
     * @param graph the network's place
     * @param classToken first values of the class token
     */
    public Made make(Graph graph, Fill classToken) {
        VisionTransformerTrunk trunk = network.trunk();
        Graph first = network.frozenStages() > 0 ? graph.frozen().evaluating() : graph;
        VisionTransformerNetwork.Stem stem = new VisionTransformerNetwork.Stem(trunk.classToken(first, classToken),
                absolutePositions ? Optional.of(trunk.positions(first, POSITIONS)) : Optional.empty(), trunk.embedding(first), Dropout.build(first, trunk.dropRate()));
        Optional<SDVariable> bias = sharedBias ? Optional.of(distances(trunk.size().numHeads()).build(graph.in("rel_pos_bias"), Fill.ZEROS)) : Optional.empty();
        return new Made(stem, bias, network.layers(graph, (place, i) -> layer(i).build(VisionTransformerTrunk.place(place, i), bias)));
    }

    private RelativePositionBias distances(int heads) {
        long[] grid = network.trunk().grid();
        return new RelativePositionBias((int) grid[0], (int) grid[1], heads);
    }

    private BEiTEncoderLayer layer(int i) {
        VisionTransformerTrunk trunk = network.trunk();
        LayerOptions option = options.get(options.size() == 1 ? 0 : i);
        Optional<RelativePositionBias> own = option.useRelPosBias().orElse(ownBias) ? Optional.of(distances(trunk.heads(i))) : Optional.empty();
        RelativeAttention attention = new RelativeAttention(trunk.size().embedDims(), trunk.heads(i), RelativeAttention.QkvBias.of(option.bias()), own);
        return new BEiTEncoderLayer(attention, trunk.feedForward(i), trunk.normOf(i), option.layerScaleInitValue().orElse(layerScale), trunk.dropPath(i));
    }

    /** The network of whole images, as {@link VisionTransformerNetwork} describes its outputs. */
    public Backbone.Network build(Graph graph) {
        Made made = make(graph, Fill.ZEROS);
        return network.build(graph, made.stem, made.layers);
    }

    /**
     * The tokens of class and patches behind each output layer.
     *
     * @param graph the network's place
     * @param made the weights
     * @param images [N, C', H, W]
     * @param seen what the layers see of the patches, [N, L, C] to [N, L, C]
     * @return each [N, 1 + L, C]
     */
    public List<SDVariable> tokens(Graph graph, Made made, SDVariable images, UnaryOperator<SDVariable> seen) {
        VisionTransformerTrunk trunk = network.trunk();
        long[] grid = {trunk.patches().rows(graph.shape(images)), trunk.patches().columns(graph.shape(images))};
        SDVariable rows = made.stem.embedding().apply(trunk.patches().channelsFirst(graph, images));                       // [N * L, C]
        SDVariable patches = seen.apply(rows.reshape(graph.shape(images)[0], grid[0] * grid[1], trunk.size().embedDims()));
        SDVariable x = made.stem.dropout().apply(network.placed(graph, patches, made.stem, grid));                          // [N, 1 + L, C]
        List<SDVariable> outputs = new ArrayList<>();
        for (int i = 0; i < made.layers.size(); i++) {
            x = made.layers.get(i).apply(x);
            if (network.gives(i)) {
                outputs.add(x);
            }
        }
        return outputs;
    }
}
