package dev.selfsup.engine;

import java.util.List;
import java.util.function.UnaryOperator;
import org.nd4j.autodiff.functions.DifferentialFunction;
import org.nd4j.autodiff.samediff.internal.SameDiffOp;

/**
 * An operation of a plan between named variables: one of the graph's, or one that the plan put in the place of several.
 *
 * @param name name of the graph's operation
 * @param function what the graph holds; null where the plan made the operation
 * @param operation our own operation; null where it is ND4J's
 * @param in names of the inputs
 * @param out names of the outputs
 */
record Node(String name, DifferentialFunction function, Operation operation, List<String> in, List<String> out) {
    static Node of(SameDiffOp op) {
        Operation operation = op.getOp() instanceof GraphOp graphOp ? graphOp.operation() : null;
        return new Node(op.getName(), op.getOp(), operation, List.copyOf(op.getInputsToOp()), List.copyOf(op.getOutputsOfOp()));
    }

    /** Another operation in the place of this one. */
    Node replaced(Operation by, List<String> inputs, List<String> outputs) {
        return new Node(name, null, by, List.copyOf(inputs), List.copyOf(outputs));
    }

    /** The same operation on inputs of other names. */
    Node renamed(UnaryOperator<String> names) {
        return new Node(name, function, operation, in.stream().map(names).toList(), out);
    }

    /** What the operation is called in messages and profiles. */
    String kind() {
        return operation == null ? function.opName() : operation.name();
    }

    /** Whether this is a native operation of ND4J. */
    boolean is(String nativeName) {
        return operation == null && function.opName().equals(nativeName);
    }

    /** Whether this is an operation of our own of some type. */
    boolean is(Class<? extends Operation> type) {
        return type.isInstance(operation);
    }

    /** Whether the output is the first input's memory under another shape. */
    boolean alias() {
        return operation == null ? NativeOps.ALIASES.contains(function.opName()) : operation.alias();
    }
}
