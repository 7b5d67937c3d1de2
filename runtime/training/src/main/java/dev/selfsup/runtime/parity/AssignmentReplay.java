package dev.selfsup.runtime.parity;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfsup.checkpoint.Tensor;
import dev.selfsup.engine.Collectives;
import dev.selfsup.engine.Graph;
import dev.selfsup.engine.Kernels;
import dev.selfsup.engine.Plan;
import dev.selfsup.engine.Weights;
import dev.selfsup.engine.op.Sinkhorn;
import dev.selfsup.runtime.model.ModelState;
import java.util.Map;
import java.util.Optional;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;

/** Replays assignments of samples to prototypes by the algorithm of Sinkhorn and Knopp, from their scores. */
record AssignmentReplay(Kernels kernels) implements Replay {
    @Override
    public Optional<String> obstacle(Recording recording) {
        return Optional.empty();
    }

    @Override
    public Map<String, Tensor> replay(Recording recording) {
        JsonNode arguments = recording.part("args");
        Tensor scores = recording.input("scores");
        Graph graph = new Graph(new Weights(0), false, Collectives.SINGLE);
        Sinkhorn sinkhorn = new Sinkhorn(arguments.path("iterations").asInt(), arguments.path("epsilon").asDouble(), Collectives.SINGLE);
        SDVariable q = graph.apply(sinkhorn, graph.input("scores", DataType.FLOAT, scores.shape()));
        Plan plan = Plan.of(graph, Plan.Wanted.values(Map.of("q", q)), kernels);
        ModelState.read(scores, plan.input("scores"));
        plan.run();
        Values values = new Values();
        values.put("q", plan.output("q"));
        return values.tensors();
    }
}
