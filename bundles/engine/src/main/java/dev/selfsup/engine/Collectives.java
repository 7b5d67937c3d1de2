package dev.selfsup.engine;

import java.util.List;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Communication among the processes of a run. Every process makes the same calls in the same order. */
public interface Collectives {
    /** One process, for itself. */
    Collectives SINGLE = new Collectives() {
        @Override
        public int rank() {
            return 0;
        }

        @Override
        public int size() {
            return 1;
        }

        @Override
        public void allReduce(INDArray array) {}

        @Override
        public void allGather(INDArray own, List<INDArray> parts) {
            parts.get(0).assign(own);
        }
    };

    /** Number of this process, from 0. */
    int rank();

    /** Number of processes. */
    int size();

    /** Replaces the array by its sum over all processes. */
    void allReduce(INDArray array);

    /**
     * Collects an array from all processes.
     *
     * @param own this process's array
     * @param parts per rank an array of the same shape, filled by the call
     */
    void allGather(INDArray own, List<INDArray> parts);
}
