package dev.selfsup.head.swavhead;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Head;
import dev.selfsup.api.model.Loss;
import dev.selfsup.engine.Graph;
import java.util.List;
import org.osgi.service.component.annotations.Component;

/** The head of SwAV: its loss alone. Input: features [V * N, D] of all views, those of the first view first; output: the loss. */
public final class SwAVHead implements Head {
    /**
     * Options of the head.
     *
     * @param loss of the features, as SwAVLoss
     */
    public record Config(Loss loss) {}

    private final Config config;

    private SwAVHead(Config config) {
        this.config = config;
    }

    @Override
    public Network build(Graph graph) {
        Loss.Function loss = config.loss().build(graph.in("loss"));
        return features -> graph.call(features, in -> List.of(loss.of(in.get(0))));
    }

    /** {@code SwAVHead}. */
    @Component
    @TypeName(kind = "head", name = "SwAVHead")
    public static final class Factory implements ComponentFactory<Head, Config> {
        @Override
        public Head create(Config config) {
            return new SwAVHead(config);
        }
    }
}
