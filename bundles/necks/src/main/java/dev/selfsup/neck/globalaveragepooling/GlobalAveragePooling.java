package dev.selfsup.neck.globalaveragepooling;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Neck;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.op.GlobalAveragePool;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/** Averages features over their places: those of each stage, [N, C, H, W] for two dimensions, to [N, C]. */
public final class GlobalAveragePooling implements Neck {
    /**
     * Options of the neck.
     *
     * @param dim dimensions of the places: 1, 2 or 3
     */
    public record Config(@Default("2") int dim) {
        public Config {
            check(dim >= 1 && dim <= 3, "dim must be 1, 2 or 3, not %d", dim);
        }
    }

    private final int dimensions;

    private GlobalAveragePooling(Config config) {
        this.dimensions = config.dim();
    }

    @Override
    public Network build(Graph graph) {
        return features -> graph.call(features, in -> in.stream().map(stage -> mean(graph, stage)).toList());
    }

    private SDVariable mean(Graph graph, SDVariable stage) {
        long[] shape = graph.shape(stage);
        check(shape.length == dimensions + 2, "GlobalAveragePooling with dim: %d takes features of %d dimensions, not %s%s", dimensions, dimensions + 2,
                Arrays.toString(shape), shape.length == 2 ? ": features without places need no such neck, set neck: null" : "");
        return dimensions == 2 ? graph.apply(new GlobalAveragePool(), stage) : stage.mean(IntStream.range(2, shape.length).toArray());
    }

    /** {@code mmcls.GlobalAveragePooling}. */
    @Component
    @TypeName(kind = "neck", name = "GlobalAveragePooling", scope = "mmcls")
    public static final class Factory implements ComponentFactory<Neck, Config> {
        @Override
        public Neck create(Config config) {
            return new GlobalAveragePooling(config);
        }
    }
}
