package dev.selfsup.neck.linearneck;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Initializer;
import dev.selfsup.api.model.Neck;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import dev.selfsup.layers.Linear;
import dev.selfsup.layers.StageFeatures;
import java.util.List;
import org.osgi.service.component.annotations.Component;

/** One fully connected layer, the projector of MoCo v1 and NPID: from [N, in, H, W] or [N, in] to [N, out]. */
public final class LinearNeck implements Neck {
    /**
     * Options of the layer.
     *
     * @param inChannels input channels
     * @param outChannels output features
     * @param withAvgPool whether features are averaged over the image first
     * @param initCfg rules for the first values of the weights
     */
    public record Config(int inChannels, int outChannels, @Default("true") boolean withAvgPool, @Default("[]") List<Initializer> initCfg) {
        public Config {
            check(inChannels > 0 && outChannels > 0, "in_channels and out_channels must be positive, not %d, %d", inChannels, outChannels);
        }
    }

    private final Config config;

    private LinearNeck(Config config) {
        this.config = config;
    }

    @Override
    public Network build(Graph place) {
        Graph graph = place.initialized(config.initCfg());
        Layer fc = Linear.build(graph.in("fc"), config.inChannels(), config.outChannels(), true);
        return features -> graph.call(features, in ->
                List.of(fc.apply(StageFeatures.rows(graph, StageFeatures.only("LinearNeck", in), config.withAvgPool()))));     // [N, out]
    }

    /** {@code LinearNeck}. */
    @Component
    @TypeName(kind = "neck", name = "LinearNeck")
    public static final class Factory implements ComponentFactory<Neck, Config> {
        @Override
        public Neck create(Config config) {
            return new LinearNeck(config);
        }
    }
}
