package __package__;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Head;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.op.Relu;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * A margin between similarities: a positive pair must be more similar than each negative pair of its anchor, by the margin at least. Inputs: positive [N, 1],
 * negative [N, K]; output: the loss, the mean of {@code max(0, margin + negative - positive)}.
 */
public final class __Type__ implements Head {
    /**
     * Options of the head.
     *
     * @param margin the difference that is enough
     */
    public record Config(@Default("0.5") double margin) {
        public Config {
            check(margin > 0, "margin must be positive, not %s", margin);
        }
    }

    private final Config config;

    private __Type__(Config config) {
        this.config = config;
    }

    @Override
    public Network build(Graph graph) {
        return pairs -> graph.call(pairs, in -> {
            SDVariable excess = in.get(1).sub(in.get(0)).add(config.margin());           // [N, K]
            return List.of(graph.apply(new Relu(), excess).mean());
        });
    }

    /** {@code __scope__.__Type__}. */
    @Component
    @TypeName(kind = "head", name = "__Type__", scope = "__scope__")
    public static final class Factory implements ComponentFactory<Head, Config> {
        @Override
        public Head create(Config config) {
            return new __Type__(config);
        }
    }
}
