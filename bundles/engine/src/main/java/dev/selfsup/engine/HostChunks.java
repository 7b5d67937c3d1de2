package dev.selfsup.engine;

import org.bytedeco.javacpp.FloatPointer;
import org.bytedeco.javacpp.Pointer;
import org.nd4j.linalg.api.buffer.DataBuffer;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;

/** Walks the off-heap memory of arrays in chunks of fixed size, on several threads. */
final class HostChunks implements AutoCloseable {
    /** Elements of a chunk: four heap arrays of it stay within a core's cache. */
    static final int SIZE = 8192;

    /** Chunks below which starting another thread takes longer than the work. */
    private static final int FEW = 8;

    private final Crew crew;
    private final Heap[] heaps;
    private final Crew.Task share = this::share;
    private Pass pass;
    private long length;
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
        crew = new Crew(threads);
        heaps = new Heap[threads];
        for (int i = 0; i < threads; i++) {
            heaps[i] = new Heap();
        }
    }

    /**
     * Passes over all chunks; each thread takes a share of neighbouring ones.
     *
     * @param elements how many
     * @return number of chunks
     */
    int run(long elements, Pass over) {
        int chunks = count(elements);
        pass = over;
        length = elements;
        crew.run(chunks < FEW ? 1 : crew.size(), share);
        return chunks;
    }

    private void share(int thread, int threads) {
        long chunks = count(length);
        int end = (int) (chunks * (thread + 1) / threads);
        for (int i = (int) (chunks * thread / threads); i < end; i++) {
            long start = (long) i * SIZE;
            pass.run(heaps[thread], start, (int) Math.min(SIZE, length - start), i);
        }
    }

    /** One number for every chunk of an array; the same array at the next call. */
    double[] partial(long elements) {
        if (partial.length < count(elements)) {
            partial = new double[count(elements)];
        }
        return partial;
    }

    private static int count(long elements) {
        return Math.toIntExact((elements + SIZE - 1) / SIZE);
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
        DataBuffer data = array.data();
        return data.address() + data.offset() * Float.BYTES;          // addressPointer() would make an object
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
        crew.close();
    }
}
