package dev.selfsup.weights;

import dev.selfsup.checkpoint.Tensor;
import java.util.Arrays;
import java.util.Optional;

/** Which row of a table of biases each pair of tokens of a window has: [N, N], in torchvision [N * N]. */
final class IndexTables {
    private IndexTables() {}

    /** Whether a tensor is such a table. */
    static boolean concerns(Tensor tensor) {
        return tensor.name().endsWith("relative_position_index") && !tensor.dtype().floating();
    }

    /** The table in another shape; empty where it is none, or has another number of elements. */
    static Optional<Tensor> shaped(Tensor tensor, long... shape) {
        boolean fits = Arrays.stream(shape).reduce(1, (a, b) -> a * b) == tensor.elements();
        return concerns(tensor) && fits ? Optional.of(Tensor.of(tensor.name(), tensor.toLongs(), shape)) : Optional.empty();
    }

    /** The table as torchvision has it; other tensors as they are. */
    static Tensor flat(Tensor tensor) {
        return concerns(tensor) ? Tensor.of(tensor.name(), tensor.toLongs(), tensor.elements()) : tensor;
    }
}
