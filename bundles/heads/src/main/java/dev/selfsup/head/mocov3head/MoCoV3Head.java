package dev.selfsup.head.mocov3head;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Head;
import dev.selfsup.api.model.Loss;
import dev.selfsup.api.model.Neck;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.op.Detach;
import dev.selfsup.engine.op.Normalize;
import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.factory.Nd4j;
import org.osgi.service.component.annotations.Component;

/**
 * InfoNCE of MoCo v3 (Chen et al. 2021, <a href="https://arxiv.org/abs/2104.02057">arXiv:2104.02057</a>, algorithm 1): of the keys of all processes' batches a
 * predicted query shall find that of its own image. Inputs: queries [N, C], keys [N, C], through which no gradient flows; output: the loss.
 */
public final class MoCoV3Head implements Head {
    private static final double EPSILON = 1e-12;

    /**
     * Options of the head.
     *
     * @param predictor network from queries to predictions of keys
     * @param loss classifies logits [N, R * N], where R processes have N images each
     * @param temperature divides the similarities
     */
    public record Config(Neck predictor, Loss loss, @Default("1.0") double temperature) {
        public Config {
            check(temperature > 0, "temperature must be positive, not %s", temperature);
        }
    }

    private final Config config;

    private MoCoV3Head(Config config) {
        this.config = config;
    }

    @Override
    public Network build(Graph graph) {
        Neck.Network predictor = config.predictor().build(graph.in("predictor"));
        Loss.Function loss = config.loss().build(graph.in("loss"));
        return pairs -> graph.call(pairs, in -> {
            SDVariable prediction = normalize(graph, predictor.apply(List.of(in.get(0))).get(0));             // [N, C]
            SDVariable keys = graph.allGather(normalize(graph, graph.apply(new Detach(), in.get(1))));        // [R * N, C]
            SDVariable logits = graph.matmul(prediction, keys, false, true).div(config.temperature());        // [N, R * N]
            return List.of(loss.of(logits, labels(graph, (int) graph.shape(prediction)[0])));
        });
    }

    private static SDVariable normalize(Graph graph, SDVariable x) {
        return graph.applyAll(new Normalize(EPSILON), x).get(0);
    }

    /** The places of this process's own images among those of all, [N]. */
    private static SDVariable labels(Graph graph, int rows) {
        long first = (long) rows * graph.collectives().rank();
        return graph.constant(Nd4j.createFromArray(IntStream.range(0, rows).mapToLong(i -> first + i).toArray()));
    }

    /** {@code MoCoV3Head}. */
    @Component
    @TypeName(kind = "head", name = "MoCoV3Head")
    public static final class Factory implements ComponentFactory<Head, Config> {
        @Override
        public Head create(Config config) {
            return new MoCoV3Head(config);
        }
    }
}
