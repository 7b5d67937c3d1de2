package dev.selfsup.head.beitv2head;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Head;
import dev.selfsup.api.model.Initializer;
import dev.selfsup.api.model.Loss;
import dev.selfsup.api.model.Losses;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import dev.selfsup.layers.Linear;
import dev.selfsup.layers.MaskedTokens;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * Predicts the visual word of each masked patch twice (Peng et al. 2022, <a href="https://arxiv.org/abs/2208.06366">arXiv:2208.06366</a>), by one linear layer {@code cls_head}. Inputs:
 * patches of the backbone's last layer and those that came to know of the image by its class token only, both [N, L, C], words, int64 [N, L], the mask [N, H / P, W / P], 1 where a patch
 * is masked; outputs: both losses, {@code loss_1} and {@code loss_2}.
 */
public final class BEiTV2Head implements Head {
    /**
     * Options of the head.
     *
     * @param embedDims size of a token, C
     * @param numEmbed visual words, V
     * @param loss compares twice logits [M, V] with words [M], as BEiTLoss
     * @param initCfg rules for the first values of the weights
     */
    public record Config(int embedDims, int numEmbed, Loss loss,
            @Default("{type: TruncNormal, layer: Linear, std: 0.02, bias: 0.0}") List<Initializer> initCfg) {
        public Config {
            check(embedDims > 0 && numEmbed > 0, "embed_dims and num_embed must be positive, not %d and %d", embedDims, numEmbed);
        }
    }

    private final Config config;

    private BEiTV2Head(Config config) {
        this.config = config;
    }

    @Override
    public Network build(Graph place) {
        Graph graph = place.initialized(config.initCfg());
        Layer words = Linear.build(graph.in("cls_head"), config.embedDims(), config.numEmbed(), true);
        Loss.Function loss = config.loss().build(graph.in("loss"));
        return new Network() {
            @Override
            public List<SDVariable> apply(List<SDVariable> inputs) {
                return graph.call(inputs, in -> {
                    MaskedTokens masked = MaskedTokens.masked(graph, in.get(3));
                    SDVariable late = words.apply(masked.of(graph, in.get(0)));                               // [M, V]
                    SDVariable early = words.apply(masked.of(graph, in.get(1)));
                    return loss.apply(List.of(late, early, masked.words(graph, in.get(2))));
                });
            }

            @Override
            public Losses losses(SDVariable... in) {
                List<SDVariable> both = apply(List.of(in));
                return Losses.of("loss_1", both.get(0)).and("loss_2", both.get(1));
            }
        };
    }

    /** {@code BEiTV2Head}. */
    @Component
    @TypeName(kind = "head", name = "BEiTV2Head")
    public static final class Factory implements ComponentFactory<Head, Config> {
        @Override
        public Head create(Config config) {
            return new BEiTV2Head(config);
        }
    }
}
