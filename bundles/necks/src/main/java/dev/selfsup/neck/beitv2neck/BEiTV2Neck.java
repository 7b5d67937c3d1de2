package dev.selfsup.neck.beitv2neck;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Initializer;
import dev.selfsup.api.model.Neck;
import dev.selfsup.api.model.Norm;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.op.Gelu;
import dev.selfsup.engine.op.PrependToken;
import dev.selfsup.engine.op.TokenRange;
import dev.selfsup.layers.BEiTEncoderLayer;
import dev.selfsup.layers.FeedForward;
import dev.selfsup.layers.RelativeAttention;
import dev.selfsup.layers.TransformerEncoderLayer;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.IntStream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * The shallow decoder of BEiT v2 (Peng et al. 2022, <a href="https://arxiv.org/abs/2208.06366">arXiv:2208.06366</a>): patches of an early layer can learn what the whole image holds
 * from the last layer's class token only, which must therefore tell it. Inputs: tokens of the early and of the last layer, [N, 1 + L, C], and, where the backbone's layers share one,
 * their relative position bias [H, 1 + L, 1 + L]; outputs: the last layer's patches and the decoded early ones, both normalised, [N, L, C].
 */
public final class BEiTV2Neck implements Neck {
    /**
     * Options of the decoder.
     *
     * @param numLayers number of layers
     * @param earlyLayers number of the backbone's layers in front of the early tokens
     * @param backboneArch {@code base} or {@code large}, or a mapping of embed_dims, depth, num_heads and feedforward_channels
     * @param dropRate probability of setting an element of the feed-forward networks to zero in training
     * @param dropPathRate probability of dropping a branch, as it has risen at the end of the backbone and decoder together
     * @param layerScaleInitValue first value of the scales of the layers' branches; 0 for none
     * @param useRelPosBias must be false: these layers use the bias that the backbone's layers share
     * @param normCfg normalisation
     * @param initCfg rules for the first values of the weights
     */
    public record Config(@Default("2") int numLayers, @Default("9") int earlyLayers, @Default("base") Object backboneArch, @Default("0.0") double dropRate,
            @Default("0.0") double dropPathRate, @Default("0.1") double layerScaleInitValue, @Default("false") boolean useRelPosBias,
            @Default("{type: LN, eps: 1.0e-6}") Norm normCfg,
            @Default("{type: TruncNormal, layer: Linear, std: 0.02, bias: 0.0}") Optional<List<Initializer>> initCfg) {
        public Config {
            check(numLayers >= 0 && earlyLayers >= 0, "num_layers and early_layers must be at least 0, not %d and %d", numLayers, earlyLayers);
            check(!useRelPosBias, "use_rel_pos_bias must be false: the decoder has no window of its own, it uses the bias that the backbone's layers share");
            check(dropPathRate >= 0 && dropPathRate < 1, "drop_path_rate must be at least 0 and below 1, not %s", dropPathRate);
            Size.of(backboneArch);
        }
    }

    /** The sizes of the backbone. */
    private record Size(int channels, int depth, int heads, int hidden) {
        private static final List<String> KEYS = List.of("embed_dims", "depth", "num_heads", "feedforward_channels");
        private static final Map<String, Size> KNOWN = new TreeMap<>(Map.of("b", new Size(768, 12, 12, 3072), "base", new Size(768, 12, 12, 3072),
                "l", new Size(1024, 24, 16, 4096), "large", new Size(1024, 24, 16, 4096)));

        static Size of(Object arch) {
            if (arch instanceof Map<?, ?> sizes) {
                int[] values = KEYS.stream().mapToInt(key -> whole(key, sizes)).toArray();
                return new Size(values[0], values[1], values[2], values[3]);
            }
            Size known = arch instanceof String name ? KNOWN.get(name.toLowerCase(Locale.ROOT)) : null;
            check(known != null, "backbone_arch must be one of %s, or a mapping with the keys %s, not %s", KNOWN.keySet(), KEYS, arch);
            return known;
        }

        private static int whole(String key, Map<?, ?> sizes) {
            check(sizes.get(key) instanceof Long value && value > 0, "backbone_arch must have the keys %s, each a positive number; its keys are %s, %s is %s", KEYS,
                    new TreeSet<>(sizes.keySet().stream().map(Object::toString).toList()), key, sizes.get(key));
            return Math.toIntExact((Long) sizes.get(key));
        }
    }

    private final Config config;
    private final Size size;

    private BEiTV2Neck(Config config) {
        this.config = config;
        this.size = Size.of(config.backboneArch());
    }

    @Override
    public Network build(Graph place) {
        Graph graph = place.initialized(config.initCfg().orElse(List.of()));
        Layer norm = TransformerEncoderLayer.rows(graph, config.normCfg().build(graph.in("norm"), size.channels));
        return inputs -> {
            Optional<SDVariable> bias = Optional.of(inputs.get(inputs.size() - 1)).filter(last -> isBias(graph.shape(last), graph.shape(inputs.get(0))));
            List<Layer> layers = layers(graph, bias);
            return graph.call(inputs, in -> {
                check(in.size() >= (bias.isPresent() ? 3 : 2), "the neck needs tokens of two layers: out_indices of the backbone must name an early one and the last");
                long length = graph.shape(in.get(1))[1];
                SDVariable classToken = graph.apply(new TokenRange(0, 1), in.get(1));                         // [N, 1, C]
                SDVariable early = graph.apply(new TokenRange(1, length), in.get(0));                         // [N, L, C]
                SDVariable decoded = layers.stream().reduce(Layer.IDENTITY, Layer::then).apply(graph.concat(1, classToken, early));
                return List.of(patches(graph, norm.apply(in.get(1)), length), patches(graph, norm.apply(decoded), length));
            });
        };
    }

    /** Whether the last input is what the backbone's layers share, [H, 1 + L, 1 + L], and no tokens, [N, 1 + L, C]. */
    private boolean isBias(long[] last, long[] tokens) {
        return Arrays.equals(last, new long[] {size.heads, tokens[1], tokens[1]}) && !Arrays.equals(last, tokens);
    }

    private List<Layer> layers(Graph graph, Optional<SDVariable> bias) {
        RelativeAttention attention = new RelativeAttention(size.channels, size.heads, RelativeAttention.QkvBias.QV, Optional.empty());
        FeedForward feedForward = new FeedForward(size.channels, size.hidden, 2, at -> at.module(x -> at.apply(new Gelu(), x)), config.dropRate());
        int all = Math.max(size.depth, config.earlyLayers() + config.numLayers());
        return IntStream.range(0, config.numLayers()).mapToObj(i -> {
            double path = all == 1 ? 0 : config.dropPathRate() * (config.earlyLayers() + i) / (all - 1);
            return new BEiTEncoderLayer(attention, feedForward, config.normCfg(), config.layerScaleInitValue(), path)
                    .build(graph.in("patch_aggregation").in(Integer.toString(i)), bias);
        }).toList();
    }

    private static SDVariable patches(Graph graph, SDVariable tokens, long length) {
        return graph.apply(new TokenRange(1, length), tokens);
    }

    /** {@code BEiTV2Neck}. */
    @Component
    @TypeName(kind = "neck", name = "BEiTV2Neck")
    public static final class Factory implements ComponentFactory<Neck, Config> {
        @Override
        public Neck create(Config config) {
            return new BEiTV2Neck(config);
        }
    }
}
