package dev.selfsup.layers;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.model.Norm;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.LayerType;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * One layer of BEiT (Bao et al. 2021, <a href="https://arxiv.org/abs/2106.08254">arXiv:2106.08254</a>), tokens [B, N, C] to [B, N, C]: normalisation {@code ln1}, attention
 * {@code attn}, normalisation {@code ln2}, feed-forward network {@code ffn}, each pair beside a residual connection and scaled by channel (Touvron et al. 2021, LayerScale), weights
 * {@code gamma_1} and {@code gamma_2} [C]. As in the reference, the branch of the feed-forward network is dropped twice, by two choices.
 *
 * @param attention mixes tokens
 * @param feedForward works on each token
 * @param norm normalisation of tokens
 * @param layerScale first value of both scales; 0 for none
 * @param dropPathRate probability of dropping a branch of a sample in training
 */
public record BEiTEncoderLayer(RelativeAttention attention, FeedForward feedForward, Norm norm, double layerScale, double dropPathRate) {
    public BEiTEncoderLayer {
        check(layerScale >= 0, "layer_scale_init_value must be at least 0, not %s", layerScale);
        check(dropPathRate >= 0 && dropPathRate < 1, "drop_path_rate must be at least 0 and below 1, not %s", dropPathRate);
    }

    /**
     * Makes the weights.
     *
     * @param graph the layer's place
     * @param shared a bias of the attention's scores that layers share, [H, N, N]; empty for none
     */
    public Layer build(Graph graph, Optional<SDVariable> shared) {
        int channels = attention.channels();
        Layer mixed = TransformerEncoderLayer.rows(graph, norm.build(graph.in(norm.abbreviation() + 1), channels))
                .then(attention.build(graph.in("attn"), shared, scale(graph, "gamma_1"))).then(DropPath.build(graph, dropPathRate));
        Layer each = TransformerEncoderLayer.rows(graph, norm.build(graph.in(norm.abbreviation() + 2), channels)
                .then(feedForward.build(graph.in("ffn"), scale(graph, "gamma_2"))))
                .then(DropPath.build(graph.in("ffn"), dropPathRate)).then(DropPath.build(graph, dropPathRate));
        return graph.module(tokens -> {
            SDVariable attended = tokens.add(mixed.apply(tokens));                                 // [B, N, C]
            return attended.add(each.apply(attended));
        });
    }

    private Optional<SDVariable> scale(Graph graph, String name) {
        return layerScale == 0 ? Optional.empty()
                : Optional.of(graph.weight(name, LayerType.NONE, Fill.constant(layerScale), attention.channels()));
    }
}
