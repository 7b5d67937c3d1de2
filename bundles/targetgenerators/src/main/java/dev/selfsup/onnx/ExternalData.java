package dev.selfsup.onnx;

import java.nio.BufferUnderflowException;
import java.nio.ByteBuffer;

/**
 * Looks whether an ONNX file leaves weights to other files, which ONNX Runtime would look for in the working directory. The protocol buffer is walked through, fields by their numbers in
 * onnx.proto: reading it as a whole would copy all weights.
 */
final class ExternalData {
    private static final int VARINT = 0;
    private static final int EIGHT_BYTES = 1;
    private static final int MESSAGE = 2;
    private static final int FOUR_BYTES = 5;
    /** {@code TensorProto.data_location}, and its value for other files. */
    private static final int LOCATION = 14;
    private static final int EXTERNAL = 1;

    private enum Kind { MODEL, GRAPH, FUNCTION, NODE, ATTRIBUTE, SPARSE_TENSOR, TENSOR, OTHER }

    private ExternalData() {}

    /** Whether it does; of what is no ONNX file it is not said. */
    static boolean in(ByteBuffer file) {
        try {
            return in(Kind.MODEL, file);
        } catch (BufferUnderflowException | IllegalArgumentException e) {
            return false;
        }
    }

    private static boolean in(Kind kind, ByteBuffer message) {
        while (message.hasRemaining()) {
            long tag = varint(message);
            int field = (int) (tag >>> 3);
            switch ((int) (tag & 7)) {
                case VARINT -> {
                    if (varint(message) == EXTERNAL && kind == Kind.TENSOR && field == LOCATION) {
                        return true;
                    }
                }
                case MESSAGE -> {
                    long length = varint(message);
                    if (length < 0 || length > message.remaining()) {
                        throw new BufferUnderflowException();
                    }
                    int end = message.position() + (int) length;
                    Kind inner = inner(kind, field);
                    if (inner != Kind.OTHER && in(inner, message.duplicate().limit(end))) {
                        return true;
                    }
                    message.position(end);
                }
                case EIGHT_BYTES -> message.getLong();
                case FOUR_BYTES -> message.getInt();
                default -> throw new IllegalArgumentException("no field of a protocol buffer");
            }
        }
        return false;
    }

    /** What the messages of a field are. */
    private static Kind inner(Kind kind, int field) {
        return switch (kind) {
            case MODEL -> field == 7 ? Kind.GRAPH : field == 25 ? Kind.FUNCTION : Kind.OTHER;
            case GRAPH -> field == 1 ? Kind.NODE : field == 5 ? Kind.TENSOR : field == 15 ? Kind.SPARSE_TENSOR : Kind.OTHER;
            case FUNCTION -> field == 7 ? Kind.NODE : Kind.OTHER;
            case NODE -> field == 5 ? Kind.ATTRIBUTE : Kind.OTHER;
            case ATTRIBUTE -> switch (field) {
                case 5, 10 -> Kind.TENSOR;
                case 6, 11 -> Kind.GRAPH;
                case 22, 23 -> Kind.SPARSE_TENSOR;
                default -> Kind.OTHER;
            };
            case SPARSE_TENSOR -> field == 1 || field == 2 ? Kind.TENSOR : Kind.OTHER;
            case TENSOR, OTHER -> Kind.OTHER;
        };
    }

    private static long varint(ByteBuffer message) {
        long value = 0;
        for (int shift = 0; shift < Long.SIZE; shift += 7) {
            byte part = message.get();
            value |= (long) (part & 0x7f) << shift;
            if (part >= 0) {
                return value;
            }
        }
        throw new IllegalArgumentException("no number of a protocol buffer");
    }
}
