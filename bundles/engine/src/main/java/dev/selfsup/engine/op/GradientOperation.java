package dev.selfsup.engine.op;

import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Operation;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;

/** An operation that computes gradients and has none itself. */
interface GradientOperation extends Operation {
    @Override
    default List<SDVariable> gradient(Graph graph, List<SDVariable> in, List<SDVariable> out, List<SDVariable> gradients) {
        throw new UnsupportedOperationException(name() + " is a gradient; gradients of gradients are not supported");
    }
}
