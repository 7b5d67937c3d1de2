package dev.selfsup.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Walks the off-heap memory of arrays in chunks of fixed size, on several threads. */
final class HostChunks implements AutoCloseable {
    /** Elements of a chunk: four heap arrays of it stay within a core's cache. */
    static final int SIZE = 8192;

    /** Chunks below which starting another thread takes longer than the work. */
    private static final int FEW = 8;

    private final List<Heap> heaps = new ArrayList<>();
    private final List<Future<?>> pending = new ArrayList<>();
    private final ExecutorService workers;
    private double[] partial = new double[0];

    /** What is done to one chunk. */
    interface Pass {
        /**
         * Does it.
         *
         * @param heap the thread's heap arrays
         * @param start first element
         * @param count elements
         * @param number of the chunk
         */
        void run(Heap heap, long start, int count, int number);
    }

    /** The heap arrays of one thread and its way to off-heap memory. */
    static final class Heap {
        private final float[][] arrays = new float[4][SIZE];
        private final Cursor cursor = new Cursor();

        float[] array(int index) {
            return arrays[index];
        }

        float[] read(int index, long address, long start, int count) {
            cursor.at(address + start * Float.BYTES).get(arrays[index], 0, count);
            return arrays[index];
        }

        void write(int index, long address, long start, int count) {
            cursor.at(address + start * Float.BYTES).put(arrays[index], 0, count);
        }
    }

    /** A pointer to memory owned by someone else. */
    private static final class Cursor extends FloatPointer {
        Cursor() {
            super((Pointer) null);
        }

        FloatPointer at(long where) {
            address = where;
            return this;
        }
    }

    HostChunks(int threads) {
        if (threads < 1) {
            throw new IllegalArgumentException("threads must be at least 1, not " + threads);
        }
        for (int i = 0; i < threads; i++) {
            heaps.add(new Heap());
        }
        workers = Executors.newFixedThreadPool(Math.max(1, threads - 1), task -> {
            Thread thread = new Thread(task, "updates");
            thread.setDaemon(true);
            return thread;
        });
    }

    /**
     * Passes over all chunks; each thread takes a share of neighbouring ones.
     *
     * @param length elements
     * @return number of chunks
     */
    int run(long length, Pass pass) {
        int chunks = count(length);
        int threads = chunks < FEW ? 1 : heaps.size();
        for (int t = 1; t < threads; t++) {
            int thread = t;
            pending.add(workers.submit(() -> share(thread, threads, chunks, length, pass)));
        }
        try {
            share(0, threads, chunks, length, pass);
        } finally {
            await();
        }
        return chunks;
    }

    private void share(int thread, int threads, int chunks, long length, Pass pass) {
        int end = (int) ((long) chunks * (thread + 1) / threads);
        for (int i = (int) ((long) chunks * thread / threads); i < end; i++) {
            long start = (long) i * SIZE;
            pass.run(heaps.get(thread), start, (int) Math.min(SIZE, length - start), i);
        }
    }

    /** Waits for the other threads, interrupted or not: they work on memory that the caller may free. */
    private void await() {
        boolean interrupted = false;
        Throwable failure = null;
        for (int i = 0; i < pending.size(); ) {
            try {
                pending.get(i).get();
                i++;
            } catch (InterruptedException e) {
                interrupted = true;
            } catch (ExecutionException e) {
                failure = e.getCause();
                i++;
            }
        }
        pending.clear();
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
        if (failure != null) {
            throw new IllegalStateException(failure);
        }
    }

    /** One number for every chunk of an array; the same array at the next call. */
    double[] partial(long length) {
        if (partial.length < count(length)) {
            partial = new double[count(length)];
        }
        return partial;
    }

    private static int count(long length) {
        return Math.toIntExact((length + SIZE - 1) / SIZE);
    }

    /** The address of an array that belongs to another one of the same length. */
    long address(INDArray array, INDArray like) {
        if (array.length() != like.length()) {
            throw new IllegalArgumentException("arrays of " + array.length() + " and " + like.length() + " elements");
        }
        return address(array);
    }

    /** The address of an array's first element. */
    long address(INDArray array) {
        if (array.dataType() != DataType.FLOAT || !contiguous(array)) {
            throw new IllegalArgumentException("only contiguous float32 arrays in C order can be updated, not "
                    + array.shapeInfoToString().replace('\n', ' '));
        }
        return array.data().addressPointer().address();
    }

    private static boolean contiguous(INDArray array) {
        long[] shape = array.shape();
        long[] stride = array.stride();
        long expected = 1;
        for (int i = shape.length - 1; i >= 0; i--) {
            if (shape[i] != 1 && stride[i] != expected) {
                return false;
            }
            expected *= shape[i];
        }
        return true;
    }

    @Override
    public void close() {
        workers.shutdown();
    }
}
