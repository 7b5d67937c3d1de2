package dev.selfsup.engine;

import java.lang.ref.Reference;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The updates in one pass over the off-heap memory of CPU arrays. Chunks are copied to heap arrays that stay in cache,
 * changed there by loops that the JIT compiler vectorises, and copied back. Chunk boundaries are fixed, so results do
 * not depend on the number of threads; arithmetic is Java's float32, so they do not depend on the machine either.
 * One thread at a time may use an instance; nothing is allocated for the elements after the first call.
 */
public final class HostUpdates implements Updates {
    private final HostChunks chunks;

    /**
     * Updates on some threads.
     *
     * @param threads at least 1; the calling thread is one of them
     */
    public HostUpdates(int threads) {
        chunks = new HostChunks(threads);
    }

    @Override
    public void sgd(INDArray weight, INDArray gradient, INDArray momentumBuffer, SgdStep step, boolean first) {
        long w = chunks.address(weight);
        long g = chunks.address(gradient, weight);
        long m = step.momentum() == 0 ? 0 : chunks.address(momentumBuffer, weight);
        chunks.run(weight.length(), (heap, start, count, number) -> {
            float[] weights = heap.read(0, w, start, count);
            float[] direction = heap.read(1, g, start, count);
            if (step.decay() != 0) {
                HostLoops.add(direction, weights, (float) step.decay(), count);
            }
            if (step.gradientScale() != 1) {
                HostLoops.scale(direction, (float) step.gradientScale(), count);
            }
            if (step.momentum() != 0) {
                direction = momentum(heap, m, start, count, step, first);
            }
            HostLoops.add(weights, direction, (float) -step.rate(), count);
            heap.write(0, w, start, count);
        });
        keep(weight, gradient, momentumBuffer);
    }

    /** Moves the momentum of a chunk by the direction in heap array 1 and returns the direction to go. */
    private static float[] momentum(HostChunks.Heap heap, long address, long start, int count, SgdStep step, boolean first) {
        float[] direction = heap.array(1);
        float[] momentum = first ? heap.array(2) : heap.read(2, address, start, count);
        if (first) {
            System.arraycopy(direction, 0, momentum, 0, count);
        } else {
            HostLoops.combine(momentum, (float) step.momentum(), direction, (float) (1 - step.dampening()), count);
        }
        heap.write(2, address, start, count);
        if (!step.nesterov()) {
            return momentum;
        }
        HostLoops.add(direction, momentum, (float) step.momentum(), count);
        return direction;
    }

    @Override
    public void adam(INDArray weight, INDArray gradient, INDArray mean, INDArray square, AdamStep step) {
        long w = chunks.address(weight);
        long g = chunks.address(gradient, weight);
        long m = chunks.address(mean, weight);
        long v = chunks.address(square, weight);
        float rate = (float) -step.correctedRate();
        float correction = (float) step.squareCorrection();
        chunks.run(weight.length(), (heap, start, count, number) -> {
            float[] weights = heap.read(0, w, start, count);
            float[] gradients = heap.read(1, g, start, count);
            float[] means = heap.read(2, m, start, count);
            float[] squares = heap.read(3, v, start, count);
            if (step.decoupled()) {
                HostLoops.scale(weights, (float) (1 - step.rate() * step.decay()), count);
            } else if (step.decay() != 0) {
                HostLoops.add(gradients, weights, (float) step.decay(), count);
            }
            HostLoops.combine(means, (float) step.beta1(), gradients, (float) (1 - step.beta1()), count);
            HostLoops.combineSquare(squares, (float) step.beta2(), gradients, (float) (1 - step.beta2()), count);
            HostLoops.adam(weights, means, squares, rate, correction, (float) step.epsilon(), count);
            heap.write(0, w, start, count);
            heap.write(2, m, start, count);
            heap.write(3, v, start, count);
        });
        keep(weight, gradient, mean, square);
    }

    @Override
    public void lerp(INDArray target, INDArray source, double weight) {
        combine(target, 1 - weight, source, weight);
    }

    @Override
    public void add(INDArray target, INDArray source, double factor) {
        combine(target, 1, source, factor);
    }

    private void combine(INDArray target, double keep, INDArray source, double factor) {
        long t = chunks.address(target);
        long s = chunks.address(source, target);
        chunks.run(target.length(), (heap, start, count, number) -> {
            HostLoops.combine(heap.read(0, t, start, count), (float) keep, heap.read(1, s, start, count), (float) factor, count);
            heap.write(0, t, start, count);
        });
        keep(target, source);
    }

    @Override
    public void scale(INDArray array, double factor) {
        long a = chunks.address(array);
        chunks.run(array.length(), (heap, start, count, number) -> {
            HostLoops.scale(heap.read(0, a, start, count), (float) factor, count);
            heap.write(0, a, start, count);
        });
        keep(array);
    }

    @Override
    public void clamp(INDArray array, double limit) {
        long a = chunks.address(array);
        chunks.run(array.length(), (heap, start, count, number) -> {
            HostLoops.clamp(heap.read(0, a, start, count), (float) limit, count);
            heap.write(0, a, start, count);
        });
        keep(array);
    }

    @Override
    public double norm(INDArray array, double order) {
        long a = chunks.address(array);
        double[] partial = chunks.partial(array.length());
        boolean largest = Double.isInfinite(order);
        int used = chunks.run(array.length(), (heap, start, count, number) -> {
            float[] values = heap.read(0, a, start, count);
            partial[number] = largest ? HostLoops.largest(values, count) : HostLoops.powerSum(values, order, count);
        });
        keep(array);
        double total = 0;
        for (int i = 0; i < used; i++) {
            total = largest ? Math.max(total, partial[i]) : total + partial[i];
        }
        return largest ? total : order == 2 ? Math.sqrt(total) : Math.pow(total, 1 / order);
    }

    /** Ends the threads. */
    @Override
    public void close() {
        chunks.close();
    }

    /** Keeps arrays, whose memory is known to the passes by address only, alive until here. */
    private static void keep(INDArray... arrays) {
        Reference.reachabilityFence(arrays);
        for (INDArray array : arrays) {
            Reference.reachabilityFence(array);
        }
    }
}
