package dev.selfsup.neck.mocov2neck;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Initializer;
import dev.selfsup.api.model.Neck;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.op.Relu;
import dev.selfsup.layers.Linear;
import dev.selfsup.layers.StageFeatures;
import java.util.List;
import org.osgi.service.component.annotations.Component;

/** A perceptron fc-relu-fc, the projector of MoCo v2: from [N, in, H, W] or [N, in] to [N, out]. */
public final class MoCoV2Neck implements Neck {
    /**
     * Options of the perceptron.
     *
     * @param inChannels input channels
     * @param hidChannels hidden features
     * @param outChannels output features
     * @param withAvgPool whether features are averaged over the image first
     * @param initCfg rules for the first values of the weights
     */
    public record Config(int inChannels, int hidChannels, int outChannels, @Default("true") boolean withAvgPool,
            @Default("[]") List<Initializer> initCfg) {
        public Config {
            check(inChannels > 0 && hidChannels > 0 && outChannels > 0, "in_channels, hid_channels and out_channels must be positive, not %d, %d, %d",
                    inChannels, hidChannels, outChannels);
        }
    }

    private final Config config;

    private MoCoV2Neck(Config config) {
        this.config = config;
    }

    @Override
    public Network build(Graph place) {
        Graph graph = place.initialized(config.initCfg());
        Layer mlp = Linear.build(graph.in("mlp.0"), config.inChannels(), config.hidChannels(), true)
                .then(x -> graph.apply(new Relu(), x))
                .then(Linear.build(graph.in("mlp.2"), config.hidChannels(), config.outChannels(), true));
        return features -> graph.call(features, in ->
                List.of(mlp.apply(StageFeatures.rows(graph, StageFeatures.only("MoCoV2Neck", in), config.withAvgPool()))));    // [N, out]
    }

    /** {@code MoCoV2Neck}. */
    @Component
    @TypeName(kind = "neck", name = "MoCoV2Neck")
    public static final class Factory implements ComponentFactory<Neck, Config> {
        @Override
        public Neck create(Config config) {
            return new MoCoV2Neck(config);
        }
    }
}
