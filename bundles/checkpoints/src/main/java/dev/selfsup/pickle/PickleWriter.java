package dev.selfsup.pickle;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/** Writes the instructions of a pickle, protocol 2, as PyTorch's own. Each method puts one value on the stack of whoever reads it, or takes some from there. */
public final class PickleWriter {
    private static final int PROTOCOL = 2;

    private final OutputStream out;

    /** Begins a pickle. */
    public PickleWriter(OutputStream out) throws IOException {
        this.out = out;
        code(0x80).byteOf(PROTOCOL);
    }

    private PickleWriter code(int code) throws IOException {
        out.write(code);
        return this;
    }

    private PickleWriter byteOf(int value) throws IOException {
        out.write(value);
        return this;
    }

    private void sized(int code, byte[] bytes) throws IOException {
        code(code);
        out.write(ByteBuffer.allocate(Integer.BYTES).order(ByteOrder.LITTLE_ENDIAN).putInt(bytes.length).array());
        out.write(bytes);
    }

    /** True or False. */
    public PickleWriter truth(boolean value) throws IOException {
        return code(value ? 0x88 : 0x89);
    }

    /** A text. */
    public PickleWriter text(String text) throws IOException {
        sized('X', text.getBytes(StandardCharsets.UTF_8));
        return this;
    }

    /** A whole number. */
    public PickleWriter number(long value) throws IOException {
        code(0x8a).byteOf(Long.BYTES);
        out.write(ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN).putLong(value).array());
        return this;
    }

    /** A tuple of whole numbers. */
    public PickleWriter numbers(long... values) throws IOException {
        mark();
        for (long value : values) {
            number(value);
        }
        return tuple();
    }

    /** A function or class. */
    public PickleWriter name(String module, String name) throws IOException {
        code('c');
        out.write((module + "\n" + name + "\n").getBytes(StandardCharsets.US_ASCII));
        return this;
    }

    /** The begin of a tuple, or of the keys and values of a mapping. */
    public PickleWriter mark() throws IOException {
        return code('(');
    }

    /** All since the mark as a tuple. */
    public PickleWriter tuple() throws IOException {
        return code('t');
    }

    /** An empty tuple. */
    public PickleWriter noTuple() throws IOException {
        return code(')');
    }

    /** An empty mapping. */
    public PickleWriter mapping() throws IOException {
        return code('}');
    }

    /** Puts all since the mark, keys and values by turns, into the mapping below. */
    public PickleWriter entries() throws IOException {
        return code('u');
    }

    /** Calls the name below with the tuple on top. */
    public PickleWriter call() throws IOException {
        return code('R');
    }

    /** Takes the tuple on top for the name of data outside of the pickle. */
    public PickleWriter outside() throws IOException {
        return code('Q');
    }

    /** Ends the pickle. */
    public void end() throws IOException {
        code('.');
    }
}
