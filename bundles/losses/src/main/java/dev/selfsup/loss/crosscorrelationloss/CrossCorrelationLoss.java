package dev.selfsup.loss.crosscorrelationloss;

import static dev.selfsup.api.component.Check.check;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Default;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Loss;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.op.Take;
import java.util.Arrays;
import java.util.List;
import java.util.stream.IntStream;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * Distance of a cross-correlation matrix C [D, D] from the identity, as Barlow Twins has it (Zbontar and others 2021,
 * <a href="https://arxiv.org/abs/2103.03230">arXiv:2103.03230</a>, equation 1). The value is {@code sum_i (C_ii - 1)^2 + lambd sum_{i != j} C_ij^2}. Input: C; output: the loss.
 */
public final class CrossCorrelationLoss implements Loss {
    /**
     * Options of the loss.
     *
     * @param lambd weight of the elements off the diagonal
     */
    public record Config(@Default("0.0051") double lambd) {
        public Config {
            check(lambd >= 0, "lambd must not be negative: %s", lambd);
        }
    }

    private final Config config;

    private CrossCorrelationLoss(Config config) {
        this.config = config;
    }

    @Override
    public Function build(Graph graph) {
        return inputs -> graph.call(inputs, in -> List.of(loss(graph, in.get(0))));
    }

    private SDVariable loss(Graph graph, SDVariable correlation) {
        SDVariable diagonal = diagonal(graph, correlation);                                        // [D]
        SDVariable invariance = graph.math().square(diagonal.sub(1)).sum();
        SDVariable redundancy = graph.math().square(correlation).sum().sub(graph.math().square(diagonal).sum());
        return invariance.add(redundancy.mul(config.lambd()));
    }

    private static SDVariable diagonal(Graph graph, SDVariable matrix) {
        long[] shape = graph.shape(matrix);
        check(shape.length == 2 && shape[0] == shape[1], "CrossCorrelationLoss takes a square matrix, not an array of shape %s", Arrays.toString(shape));
        int size = Math.toIntExact(shape[0]);
        return graph.apply(new Take(IntStream.range(0, size).map(i -> i * (size + 1)).toArray(), size), matrix);
    }

    /** {@code CrossCorrelationLoss}. */
    @Component
    @TypeName(kind = "loss", name = "CrossCorrelationLoss")
    public static final class Factory implements ComponentFactory<Loss, Config> {
        @Override
        public Loss create(Config config) {
            return new CrossCorrelationLoss(config);
        }
    }
}
