package dev.selfsup.engine;

import java.lang.ref.Reference;
import java.util.Arrays;
import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The updates in one pass over the off-heap memory of CPU arrays. Chunks are copied to heap arrays that stay in cache,
 * changed there by loops that the JIT compiler vectorises, and copied back. Chunk boundaries are fixed, so results do
 * not depend on the number of threads; arithmetic is Java's float32, so they do not depend on the machine either.
 * One thread at a time may use an instance; nothing is allocated after the first call, whose threads are started then.
 */
public final class HostUpdates implements Updates {
    private final HostChunks chunks;
    private final SgdPass sgd = new SgdPass();
    private final AdamPass adam = new AdamPass();
    private final Combination combination = new Combination();
    private final Alteration alteration = new Alteration();
    private final PartialNorm partialNorm = new PartialNorm();

    /** {@code target = keep target + factor source}. */
    private static final class Combination implements HostChunks.Pass {
        private long target;
        private long source;
        private float keep;
        private float factor;

        @Override
        public void run(HostChunks.Heap heap, long start, int count, int number) {
            HostLoops.combine(heap.read(0, target, start, count), keep, heap.read(1, source, start, count), factor, count);
            heap.write(0, target, start, count);
        }
    }

    /** Elements cut to a limit, scaled or all set to one value. */
    private static final class Alteration implements HostChunks.Pass {
        /** What is done to elements. */
        enum Kind { CLAMP, SCALE, FILL }

        private long array;
        private Kind kind;
        private float number;

        Alteration of(long address, Kind what, double value) {
            array = address;
            kind = what;
            number = (float) value;
            return this;
        }

        @Override
        public void run(HostChunks.Heap heap, long start, int count, int chunk) {
            float[] values = kind == Kind.FILL ? heap.array(0) : heap.read(0, array, start, count);
            switch (kind) {
                case CLAMP -> HostLoops.clamp(values, number, count);
                case SCALE -> HostLoops.scale(values, number, count);
                default -> Arrays.fill(values, 0, count, number);
            }
            heap.write(0, array, start, count);
        }
    }

    /** The part of a norm that each chunk has. */
    private static final class PartialNorm implements HostChunks.Pass {
        private long array;
        private double order;
        private double[] partial;

        @Override
        public void run(HostChunks.Heap heap, long start, int count, int number) {
            float[] values = heap.read(0, array, start, count);
            partial[number] = Double.isInfinite(order) ? HostLoops.largest(values, count) : HostLoops.powerSum(values, order, count);
        }

        double total(int used) {
            double total = 0;
            for (int i = 0; i < used; i++) {
                total = Double.isInfinite(order) ? Math.max(total, partial[i]) : total + partial[i];
            }
            return Double.isInfinite(order) ? total : order == 2 ? Math.sqrt(total) : Math.pow(total, 1 / order);
        }
    }

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
        sgd(weight, gradient, momentumBuffer, step, step.rate(), step.gradientScale(), first);
    }

    @Override
    public void sgd(INDArray weight, INDArray gradient, INDArray momentumBuffer, SgdStep step, double rate, double gradientScale, boolean first) {
        long momentum = step.momentum() == 0 ? 0 : chunks.address(momentumBuffer, weight);
        chunks.run(weight.length(), sgd.at(chunks.address(weight), chunks.address(gradient, weight), momentum).set(step, rate, gradientScale, first));
        keep(weight, gradient);
        Reference.reachabilityFence(momentumBuffer);
    }

    @Override
    public void adam(INDArray weight, INDArray gradient, INDArray mean, INDArray square, AdamStep step) {
        adam(weight, gradient, mean, square, step, step.rate(), step.number());
    }

    @Override
    public void adam(INDArray weight, INDArray gradient, INDArray mean, INDArray square, AdamStep step, double rate, long number) {
        chunks.run(weight.length(), adam.at(chunks.address(weight), chunks.address(gradient, weight), chunks.address(mean, weight),
                chunks.address(square, weight)).set(step, rate, number));
        keep(weight, gradient);
        keep(mean, square);
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
        combination.target = chunks.address(target);
        combination.source = chunks.address(source, target);
        combination.keep = (float) keep;
        combination.factor = (float) factor;
        chunks.run(target.length(), combination);
        keep(target, source);
    }

    @Override
    public void scale(INDArray array, double factor) {
        chunks.run(array.length(), alteration.of(chunks.address(array), Alteration.Kind.SCALE, factor));
        Reference.reachabilityFence(array);
    }

    @Override
    public void clamp(INDArray array, double limit) {
        chunks.run(array.length(), alteration.of(chunks.address(array), Alteration.Kind.CLAMP, limit));
        Reference.reachabilityFence(array);
    }

    @Override
    public void fill(INDArray array, double value) {
        chunks.run(array.length(), alteration.of(chunks.address(array), Alteration.Kind.FILL, value));
        Reference.reachabilityFence(array);
    }

    @Override
    public double norm(INDArray array, double order) {
        partialNorm.array = chunks.address(array);
        partialNorm.order = order;
        partialNorm.partial = chunks.partial(array.length());
        int used = chunks.run(array.length(), partialNorm);
        Reference.reachabilityFence(array);
        return partialNorm.total(used);
    }

    /** Ends the threads. */
    @Override
    public void close() {
        chunks.close();
    }

    /** Keeps arrays, whose memory is known to the passes by address only, alive until here. */
    private static void keep(INDArray one, INDArray other) {
        Reference.reachabilityFence(one);
        Reference.reachabilityFence(other);
    }
}
