package __package__;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Backbone;
import dev.selfsup.api.model.Initializer;
import dev.selfsup.api.model.Norm;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.op.Relu;
import dev.selfsup.layers.Conv2d;
import java.util.List;
import org.osgi.service.component.annotations.Component;

/**
 * A plain convolutional network for small images: stages of a 3x3 convolution of stride 2, a norm and a rectifier. From images [N, C, H, W] to the features of the
 * last stage [N, C', H / 2^stages, W / 2^stages].
 */
public final class __Type__ implements Backbone {
    /**
     * Options of the network.
     *
     * @param inChannels channels of the images
     * @param channels output channels of each stage
     * @param normCfg normalisation
     * @param initCfg rules for the first values of the weights
     */
    public record Config(@Default("3") int inChannels, @Default("[16, 32, 64]") List<Integer> channels, @Default("{type: BN}") Norm normCfg,
            @Default("[{type: Kaiming, layer: [Conv2d]}]") List<Initializer> initCfg) {
        public Config {
            check(inChannels > 0, "in_channels must be positive, not %d", inChannels);
            check(!channels.isEmpty() && channels.stream().allMatch(c -> c > 0), "channels must be one positive number for each stage, not %s", channels);
        }
    }

    private final Config config;

    private __Type__(Config config) {
        this.config = config;
    }

    @Override
    public Network build(Graph place) {
        Graph graph = place.initialized(config.initCfg());
        Layer layers = Layer.IDENTITY;
        int in = config.inChannels();
        for (int i = 0; i < config.channels().size(); i++) {
            layers = layers.then(stage(graph.in("stage" + (i + 1)), in, config.channels().get(i)));
            in = config.channels().get(i);
        }
        Layer network = layers;
        return images -> graph.call(List.of(images), x -> List.of(network.apply(x.get(0))));
    }

    /** From [N, in, H, W] to [N, out, H / 2, W / 2], rounded up. */
    private Layer stage(Graph graph, int in, int out) {
        return Conv2d.of(in, out, 3, 2, 1).build(graph.in("conv"))
                .then(config.normCfg().build(graph.in("norm"), out))
                .then(x -> graph.apply(new Relu(), x));
    }

    /** {@code __scope__.__Type__}. */
    @Component
    @TypeName(kind = "backbone", name = "__Type__", scope = "__scope__")
    public static final class Factory implements ComponentFactory<Backbone, Config> {
        @Override
        public Backbone create(Config config) {
            return new __Type__(config);
        }
    }
}
