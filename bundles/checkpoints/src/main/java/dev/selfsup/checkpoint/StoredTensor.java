package dev.selfsup.checkpoint;

import dev.selfsup.pickle.RefusedPickleException;
import java.io.IOException;
import java.lang.ref.SoftReference;
import java.nio.ByteBuffer;
import java.util.Arrays;

/**
 * A tensor as PyTorch stores it: a window on a storage, which other tensors may share.
 *
 * @param storage where its elements lie
 * @param dtype type of the elements
 * @param offset first element
 * @param shape sizes
 * @param strides elements from one index to the next, per dimension
 */
record StoredTensor(TorchVocabulary.Storage storage, DType dtype, long offset, long[] shape, long[] strides) {
    private static final long GATHERED_LIMIT = 1L << 31;

    StoredTensor {
        if (shape.length != strides.length) {
            throw new IllegalArgumentException("shape " + Arrays.toString(shape) + " with strides " + Arrays.toString(strides));
        }
    }

    /** Bytes of the storage. */
    long storageBytes() throws RefusedPickleException {
        try {
            return Math.multiplyExact(storage.elements(), storage.dtype() == null ? 1L : dtype.size());
        } catch (ArithmeticException e) {
            throw new RefusedPickleException("it has a storage of " + storage.elements() + " elements");
        }
    }

    /** Bytes by which it is larger than its storage, as it names elements again and again. */
    long repeated() throws RefusedPickleException {
        return contiguous() ? 0 : Math.max(0, Tensor.bytes(dtype, shape) - storageBytes());
    }

    /** The tensor over the bytes of its storage. */
    Tensor over(String name, Content bytes) throws IOException {
        long elements = Tensor.bytes(dtype, shape) / dtype.size();
        long first = Math.addExact(offset, storage.start());
        long end = elements == 0 ? first : Math.addExact(last(first), 1);
        if (Math.multiplyExact(end, (long) dtype.size()) > bytes.size()) {
            throw new RefusedPickleException("tensor " + name + " " + Arrays.toString(shape) + " reaches beyond its storage of " + bytes.size() + " bytes");
        }
        Content own = contiguous() ? part(bytes, first * dtype.size(), elements * dtype.size()) : gathered(bytes, first, elements);
        return new Tensor(name, dtype, shape, own);
    }

    private long last(long first) {
        long last = first;
        for (int i = 0; i < shape.length; i++) {
            last = Math.addExact(last, Math.multiplyExact(shape[i] - 1, strides[i]));
        }
        return last;
    }

    private boolean contiguous() {
        long expected = 1;
        for (int i = shape.length - 1; i >= 0; i--) {
            if (shape[i] != 1 && strides[i] != expected) {
                return false;
            }
            expected *= shape[i];
        }
        return true;
    }

    private static Content part(Content whole, long start, long size) {
        return new Content() {
            @Override
            public long size() {
                return size;
            }

            @Override
            public void read(long position, ByteBuffer target) throws IOException {
                whole.read(start + position, target);
            }
        };
    }

    /** The elements in C order, collected when they are first read, in memory as long as there is room. */
    private Content gathered(Content whole, long first, long elements) throws RefusedPickleException {
        long size = elements * dtype.size();
        if (size >= GATHERED_LIMIT || whole.size() >= GATHERED_LIMIT) {
            throw new RefusedPickleException("a tensor of " + size + " bytes is not stored in one piece; save it with .contiguous()");
        }
        return new Content() {
            private SoftReference<byte[]> kept = new SoftReference<>(null);

            @Override
            public long size() {
                return size;
            }

            @Override
            public synchronized void read(long position, ByteBuffer target) throws IOException {
                byte[] collected = kept.get();
                if (collected == null) {
                    collected = collect(whole, first, (int) size);
                    kept = new SoftReference<>(collected);
                }
                target.put(collected, (int) position, target.remaining());
            }
        };
    }

    private byte[] collect(Content whole, long first, int size) throws IOException {
        ByteBuffer all = ByteBuffer.allocate((int) whole.size());
        whole.read(0, all);
        int width = dtype.size();
        byte[] collected = new byte[size];
        long[] index = new long[shape.length];
        long from = first;
        for (int to = 0; to < size; to += width) {
            System.arraycopy(all.array(), (int) (from * width), collected, to, width);
            for (int axis = shape.length - 1; axis >= 0; axis--) {
                from += strides[axis];
                if (++index[axis] < shape[axis]) {
                    break;
                }
                from -= strides[axis] * shape[axis];
                index[axis] = 0;
            }
        }
        return collected;
    }
}
