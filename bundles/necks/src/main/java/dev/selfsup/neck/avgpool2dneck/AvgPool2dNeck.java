package dev.selfsup.neck.avgpool2dneck;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Neck;
import dev.selfsup.engine.Graph;
import dev.selfsup.layers.AdaptiveAveragePool;
import java.util.Arrays;
import java.util.List;
import org.osgi.service.component.annotations.Component;

/** Averages over windows, however large the image: the features of one stage, [N, C, H, W], to [N, C, output_size, output_size]. */
public final class AvgPool2dNeck implements Neck {
    /**
     * Options of the neck.
     *
     * @param outputSize windows in a row and in a column
     */
    public record Config(@Default("1") int outputSize) {
        public Config {
            check(outputSize > 0, "output_size must be positive, not %d", outputSize);
        }
    }

    private final AdaptiveAveragePool pool;

    private AvgPool2dNeck(Config config) {
        this.pool = new AdaptiveAveragePool(config.outputSize());
    }

    @Override
    public Network build(Graph graph) {
        return features -> graph.call(features, in -> {
            check(in.size() == 1, "AvgPool2dNeck takes the features of one stage, not of %d: set the backbone's out_indices to one index", in.size());
            long[] shape = graph.shape(in.get(0));
            check(shape.length == 4, "AvgPool2dNeck takes features [N, C, H, W], not %s", Arrays.toString(shape));
            return List.of(pool.apply(graph, in.get(0)));
        });
    }

    /** {@code AvgPool2dNeck}. */
    @Component
    @TypeName(kind = "neck", name = "AvgPool2dNeck")
    public static final class Factory implements ComponentFactory<Neck, Config> {
        @Override
        public Neck create(Config config) {
            return new AvgPool2dNeck(config);
        }
    }
}
