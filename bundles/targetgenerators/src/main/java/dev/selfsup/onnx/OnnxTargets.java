package dev.selfsup.onnx;

import dev.selfsup.api.model.Batch;
import dev.selfsup.api.model.FrozenNetwork;
import dev.selfsup.api.model.TargetGenerator;
import dev.selfsup.engine.Graph;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import org.nd4j.autodiff.samediff.SDVariable;

/**
 * Targets that a network in an ONNX file computes ahead: its outputs, in the order of the contract.
 *
 * @param network the network
 */
public record OnnxTargets(OnnxNetwork network) implements TargetGenerator {
    @Override
    public Network build(Graph graph) {
        return (images, batch) -> graph.call(List.of(images), in -> fields(batch));
    }

    private List<SDVariable> fields(Batch batch) {
        long read = network.contract().outputs().stream().filter(output -> !output.inspected()).count();
        return IntStream.range(0, Math.toIntExact(read)).mapToObj(i -> batch.field("target_generator." + i)).toList();
    }

    @Override
    public Optional<FrozenNetwork> frozen() {
        return Optional.of(network);
    }
}
