package dev.selfsup.engine;

import java.util.Arrays;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.autodiff.samediff.SameDiff;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ops.DynamicCustomOp;

/** Stands for an {@link Operation} in a SameDiff graph. SameDiff never runs it. */
final class GraphOp extends DynamicCustomOp {
    private final transient Graph graph;
    private final transient Operation operation;

    GraphOp(Graph graph, SameDiff sd, String name, Operation operation, SDVariable[] in) {
        this.graph = graph;
        this.operation = operation;
        setSameDiff(sd);
        setOwnName(name);
        sd.putOpForId(name, this);
        sd.addArgsFor(in, this);
    }

    Operation operation() {
        return operation;
    }

    @Override
    public String opName() {
        return operation == null ? "" : operation.name();
    }

    @Override
    public int getNumOutputs() {
        return operation.outputs();
    }

    @Override
    public List<DataType> calculateOutputDataTypes(List<DataType> in) {
        return operation.types(in, operation.outputs()).stream().map(graph::real).toList();
    }

    @Override
    public List<SDVariable> doDiff(List<SDVariable> gradients) {
        return operation.gradient(graph, Arrays.asList(args()), Arrays.asList(outputVariables()), gradients);
    }
}
