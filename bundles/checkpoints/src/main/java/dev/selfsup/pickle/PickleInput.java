package dev.selfsup.pickle;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** The bytes of one or more pickles, counted. */
public final class PickleInput {
    private static final int LINE_LIMIT = 1 << 12;

    private final InputStream in;
    private final long limit;
    private long position;

    /**
     * @param in buffered, as it is read byte by byte
     * @param limit bytes after which reading ends with an error
     */
    public PickleInput(InputStream in, long limit) {
        this.in = in;
        this.limit = limit;
    }

    /** Bytes read so far. */
    public long position() {
        return position;
    }

    int next() throws IOException {
        int value = in.read();
        if (value < 0) {
            throw new EOFException("it ends at byte " + position + ", within its pickle");
        }
        count(1);
        return value;
    }

    private void count(long bytes) throws IOException {
        position += bytes;
        if (position > limit) {
            throw new RefusedPickleException("its pickle has more than " + limit + " bytes");
        }
    }

    /** The next bytes; memory grows with what is there, not with what is announced. */
    byte[] bytes(long count) throws IOException {
        if (count < 0 || count > limit - position) {
            throw new RefusedPickleException("its pickle announces a text or array of " + Long.toUnsignedString(count) + " bytes");
        }
        byte[] bytes = in.readNBytes(Math.toIntExact(count));
        count(bytes.length);
        if (bytes.length < count) {
            throw new EOFException("it ends at byte " + position + ", within its pickle");
        }
        return bytes;
    }

    String text(long count) throws IOException {
        return new String(bytes(count), StandardCharsets.UTF_8);
    }

    /** What was a text in Python 2, and may hold any bytes: a character for each. */
    String oldText(long count) throws IOException {
        return new String(bytes(count), StandardCharsets.ISO_8859_1);
    }

    /** Text up to the end of the line. */
    String line() throws IOException {
        StringBuilder line = new StringBuilder();
        for (int c = next(); c != '\n'; c = next()) {
            if (line.length() == LINE_LIMIT) {
                throw new RefusedPickleException("its pickle has a line of more than " + LINE_LIMIT + " bytes");
            }
            line.append((char) c);
        }
        return line.toString();
    }

    /** A number without sign of so many bytes, little-endian; one of 8 bytes may turn out negative. */
    long unsigned(int size) throws IOException {
        long value = 0;
        for (int i = 0; i < size; i++) {
            value |= (long) next() << 8 * i;
        }
        return value;
    }

    double real() throws IOException {
        return ByteBuffer.wrap(bytes(Double.BYTES)).order(ByteOrder.BIG_ENDIAN).getDouble();
    }
}
