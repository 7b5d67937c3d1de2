package dev.selfsup.loss.beitloss;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.TypeName;
import dev.selfsup.api.model.Loss;
import dev.selfsup.engine.Graph;
import dev.selfsup.layers.CrossEntropy;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.osgi.service.component.annotations.Component;

/**
 * Cross entropy of predicted visual words (Bao et al. 2021, <a href="https://arxiv.org/abs/2106.08254">arXiv:2106.08254</a>). Inputs: logits [M, V], once or several times, then the
 * words, int64 [M]; outputs: for each of the logits the mean over all patches.
 */
public final class BEiTLoss implements Loss {
    /** No options. */
    public record Config() {}

    @Override
    public Function build(Graph graph) {
        return inputs -> {
            List<SDVariable> logits = inputs.subList(0, inputs.size() - 1);
            SDVariable words = inputs.get(logits.size());
            return logits.size() == 1 ? graph.call(inputs, in -> losses(graph, in)) : graph.callWithList(logits, List.of(words), in -> losses(graph, in));
        };
    }

    private static List<SDVariable> losses(Graph graph, List<SDVariable> in) {
        SDVariable words = CrossEntropy.targets(graph, in.get(0), in.get(in.size() - 1));                          // [M, V]
        return in.subList(0, in.size() - 1).stream().map(logits -> CrossEntropy.softmax(graph, logits, words, List.of()).mean()).toList();
    }

    /** {@code BEiTLoss}. */
    @Component
    @TypeName(kind = "loss", name = "BEiTLoss")
    public static final class Factory implements ComponentFactory<Loss, Config> {
        @Override
        public Loss create(Config config) {
            return new BEiTLoss();
        }
    }
}
