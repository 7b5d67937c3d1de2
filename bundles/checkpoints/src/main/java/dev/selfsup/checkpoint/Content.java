package dev.selfsup.checkpoint;

import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;

/** The bytes of a tensor, little-endian and in C order, wherever they lie: in memory, in a file, in native memory. */
public interface Content {
    /** Number of bytes; it may exceed 2 GiB. */
    long size();

    /**
     * Copies bytes until the target is full.
     *
     * @param position first byte; a multiple of the element size
     * @param target what to fill, not beyond the end of the content; a multiple of the element size
     * @throws IOException if they cannot be read, as when the file was truncated
     */
    void read(long position, ByteBuffer target) throws IOException;

    /**
     * Bytes in memory, which are not copied.
     *
     * @param bytes from position to limit
     */
    static Content of(ByteBuffer bytes) {
        ByteBuffer view = bytes.slice();
        return new Content() {
            @Override
            public long size() {
                return view.limit();
            }

            @Override
            public void read(long position, ByteBuffer target) {
                target.put(view.slice((int) position, target.remaining()));
            }
        };
    }

    /**
     * Floats in memory, on the heap or off it, which are not copied.
     *
     * @param floats from position to limit
     */
    static Content of(FloatBuffer floats) {
        FloatBuffer view = floats.slice();
        return new Content() {
            @Override
            public long size() {
                return 4L * view.limit();
            }

            @Override
            public void read(long position, ByteBuffer target) {
                int count = target.remaining() / Float.BYTES;
                target.slice().order(ByteOrder.LITTLE_ENDIAN).asFloatBuffer().put(view.slice((int) (position / Float.BYTES), count));
                target.position(target.limit());
            }
        };
    }

    /**
     * A region of a file, read when asked for. It is never mapped: a mapped file that is truncated kills the process.
     *
     * @param file open for reading as long as the content is used
     * @param start first byte in the file
     * @param size number of bytes
     */
    static Content of(FileChannel file, long start, long size) {
        return new Content() {
            @Override
            public long size() {
                return size;
            }

            @Override
            public void read(long position, ByteBuffer target) throws IOException {
                long from = start + position;
                while (target.hasRemaining()) {
                    int count = file.read(target, from);
                    if (count < 0) {
                        throw new EOFException("the file ends before byte " + from);
                    }
                    from += count;
                }
            }
        };
    }
}
