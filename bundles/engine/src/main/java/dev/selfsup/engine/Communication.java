package dev.selfsup.engine;

import java.util.ArrayList;
import java.util.List;
import org.nd4j.autodiff.samediff.SDVariable;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * Operations among processes. Where every process differentiates its own loss and gradients are averaged over
 * processes afterwards, these gradients make N processes equal to one with the whole batch.
 */
final class Communication {
    private Communication() {}

    /** All processes' values along the first dimension: [N, ...] to [R * N, ...]. */
    record AllGather(Collectives collectives) implements Operation {
        @Override
        public String name() {
            return "all_gather";
        }

        @Override
        public List<long[]> shapes(List<long[]> in) {
            long[] shape = in.get(0).clone();
            shape[0] *= collectives.size();
            return List.of(shape);
        }

        @Override
        public List<DataType> types(List<DataType> inputs, int outputs) {
            return inputs;
        }

        @Override
        public List<SDVariable> gradient(Graph graph, List<SDVariable> in, List<SDVariable> out, List<SDVariable> gradients) {
            return List.of(graph.apply(new OwnPart(collectives), graph.allReduce(gradients.get(0))));
        }

        @Override
        public Kernel plain(INDArray[] in, INDArray[] out) {
            List<INDArray> parts = new ArrayList<>();
            long[] shape = in[0].shape();
            for (int rank = 0; rank < collectives.size(); rank++) {
                parts.add(part(out[0], shape, rank));
            }
            return () -> collectives.allGather(in[0], parts);
        }
    }

    private static INDArray part(INDArray whole, long[] shape, int rank) {
        long length = whole.length() * shape[0] / whole.size(0);
        return Views.at(whole, rank * length, shape);
    }

    /** The part of this process of what {@link AllGather} made: [R * N, ...] to [N, ...]. */
    record OwnPart(Collectives collectives) implements Operation {
        @Override
        public String name() {
            return "own_part";
        }

        @Override
        public List<long[]> shapes(List<long[]> in) {
            long[] shape = in.get(0).clone();
            shape[0] /= collectives.size();
            return List.of(shape);
        }

        @Override
        public List<SDVariable> gradient(Graph graph, List<SDVariable> in, List<SDVariable> out, List<SDVariable> gradients) {
            throw new IllegalStateException("own_part is the gradient of all_gather and has none itself");
        }

        @Override
        public Kernel plain(INDArray[] in, INDArray[] out) {
            INDArray own = part(in[0], out[0].shape(), collectives.rank());
            return () -> out[0].assign(own);
        }
    }

    /** The sum over all processes. */
    record AllReduce(Collectives collectives) implements Operation {
        @Override
        public String name() {
            return "all_reduce";
        }

        @Override
        public List<long[]> shapes(List<long[]> in) {
            return in;
        }

        @Override
        public List<SDVariable> gradient(Graph graph, List<SDVariable> in, List<SDVariable> out, List<SDVariable> gradients) {
            return List.of(graph.allReduce(gradients.get(0)));
        }

        @Override
        public Kernel plain(INDArray[] in, INDArray[] out) {
            return () -> {
                out[0].assign(in[0]);
                collectives.allReduce(out[0]);
            };
        }
    }
}
