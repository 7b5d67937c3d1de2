package dev.selfsup.head.beitv1head;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Head;
import dev.selfsup.api.model.Initializer;
import dev.selfsup.api.model.Loss;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.op.ArgMax;
import dev.selfsup.engine.op.TokenRange;
import dev.selfsup.layers.Linear;
import dev.selfsup.layers.MaskedTokens;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * Predicts the visual word of each masked patch (Bao et al. 2021, <a href="https://arxiv.org/abs/2106.08254">arXiv:2106.08254</a>) by a linear layer {@code cls_head}. Inputs: tokens of
 * class and patches [N, 1 + L, C], the words as the tokenizer's scores [N, V, h, w] or as they are, int64 [N, h, w], the mask [N, H / P, W / P], 1 where a patch is masked; output: the loss.
 */
public final class BEiTV1Head implements Head {
    /**
     * Options of the head.
     *
     * @param embedDims size of a token, C
     * @param numEmbed visual words, V
     * @param loss compares logits [M, V] with words [M], as BEiTLoss
     * @param initCfg rules for the first values of the weights
     */
    public record Config(int embedDims, int numEmbed, Loss loss,
            @Default("{type: TruncNormal, layer: Linear, std: 0.02, bias: 0.0}") List<Initializer> initCfg) {
        public Config {
            check(embedDims > 0 && numEmbed > 0, "embed_dims and num_embed must be positive, not %d and %d", embedDims, numEmbed);
        }
    }

    private final Config config;

    private BEiTV1Head(Config config) {
        this.config = config;
    }

    @Override
    public Network build(Graph place) {
        Graph graph = place.initialized(config.initCfg());
        Layer words = Linear.build(graph.in("cls_head"), config.embedDims(), config.numEmbed(), true);
        Loss.Function loss = config.loss().build(graph.in("loss"));
        return inputs -> graph.call(inputs, in -> {
            MaskedTokens masked = MaskedTokens.masked(graph, in.get(2));
            SDVariable patches = graph.apply(new TokenRange(1, graph.shape(in.get(0))[1]), in.get(0));        // [N, L, C]
            SDVariable logits = words.apply(masked.of(graph, patches));                                       // [M, V]
            return List.of(loss.of(logits, masked.words(graph, best(graph, in.get(1)))));
        });
    }

    /** The words of scores [N, V, h, w], int64 [N, h w]; words stay as they are. */
    private static SDVariable best(Graph graph, SDVariable targets) {
        if (!targets.dataType().isFPType()) {
            return targets;
        }
        long[] shape = graph.shape(targets);
        check(shape.length == 4, "scores of words must be [N, V, h, w], not of %d dimensions", shape.length);
        SDVariable rows = targets.permute(0, 2, 3, 1).reshape(shape[0] * shape[2] * shape[3], shape[1]);
        return graph.apply(new ArgMax(), rows).reshape(shape[0], shape[2] * shape[3]);
    }

    /** {@code BEiTV1Head}. */
    @Component
    @TypeName(kind = "head", name = "BEiTV1Head")
    public static final class Factory implements ComponentFactory<Head, Config> {
        @Override
        public Head create(Config config) {
            return new BEiTV1Head(config);
        }
    }
}
