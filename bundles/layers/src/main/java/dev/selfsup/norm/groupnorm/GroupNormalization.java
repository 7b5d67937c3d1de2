package dev.selfsup.norm.groupnorm;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Norm;
import dev.selfsup.engine.Fill;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Layer;
import dev.selfsup.engine.LayerType;
import dev.selfsup.engine.op.GroupNorm;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/** Group normalisation (Wu and He 2018): normalises groups of channels of each sample. Weights {@code weight} and {@code bias} [C]. */
public final class GroupNormalization implements Norm {
    /**
     * Options of group normalisation.
     *
     * @param numGroups groups; must divide the channels
     * @param requiresGrad whether weight and bias are trained
     * @param eps added to the variance
     */
    public record Config(int numGroups, @Default("true") boolean requiresGrad, @Default("1.0e-5") double eps) {
        public Config {
            check(numGroups > 0, "num_groups must be positive, not %d", numGroups);
        }
    }

    private final Config config;

    private GroupNormalization(Config config) {
        this.config = config;
    }

    @Override
    public String abbreviation() {
        return "gn";
    }

    @Override
    public Layer build(Graph place, int channels, boolean affine) {
        check(channels % config.numGroups() == 0, "num_groups %d does not divide the %d channels of %s", config.numGroups(), channels, place.path());
        Graph graph = config.requiresGrad() ? place : place.frozen();
        GroupNorm norm = new GroupNorm(config.numGroups(), config.eps());
        if (!affine) {
            return graph.module(x -> graph.apply(norm, x));
        }
        SDVariable weight = graph.weight("weight", LayerType.GROUP_NORM, Fill.ONES, channels);
        SDVariable bias = graph.weight("bias", LayerType.GROUP_NORM, Fill.ZEROS, channels);
        return graph.module(x -> graph.apply(norm, x, weight, bias));
    }

    /** {@code GN}. */
    @Component
    @TypeName(kind = "norm", name = "GN", scope = "mmcv")
    public static final class Factory implements ComponentFactory<Norm, Config> {
        @Override
        public Norm create(Config config) {
            return new GroupNormalization(config);
        }
    }
}
