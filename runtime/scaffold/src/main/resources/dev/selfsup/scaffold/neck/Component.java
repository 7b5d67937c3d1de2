package __package__;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Neck;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.op.GlobalAveragePool;
import dev.selfsup.engine.op.Relu;
import dev.selfsup.layers.Linear;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/** A projector of one linear layer and a rectifier, on the features of the last stage averaged over the image: from [N, in, H, W] to [N, out]. */
public final class __Type__ implements Neck {
    /**
     * Options of the projector.
     *
     * @param inChannels channels of the backbone's last stage
     * @param outChannels output features
     */
    public record Config(int inChannels, int outChannels) {
        public Config {
            check(inChannels > 0 && outChannels > 0, "in_channels and out_channels must be positive, not %d and %d", inChannels, outChannels);
        }
    }

    private final Config config;

    private __Type__(Config config) {
        this.config = config;
    }

    @Override
    public Network build(Graph graph) {
        Layer linear = Linear.build(graph.in("fc"), config.inChannels(), config.outChannels(), true);
        return features -> graph.call(features, in -> {
            SDVariable last = in.get(in.size() - 1);                                     // [N, in, H, W]
            SDVariable pooled = graph.apply(new GlobalAveragePool(), last);              // [N, in]
            return List.of(graph.apply(new Relu(), linear.apply(pooled)));               // [N, out]
        });
    }

    /** {@code __scope__.__Type__}. */
    @Component
    @TypeName(kind = "neck", name = "__Type__", scope = "__scope__")
    public static final class Factory implements ComponentFactory<Neck, Config> {
        @Override
        public Neck create(Config config) {
            return new __Type__(config);
        }
    }
}
