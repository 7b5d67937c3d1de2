package dev.selfsup.onnx;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Writes an ONNX file of one operation for tests: protocol buffers by hand, as onnx.proto numbers their fields. */
final class TinyOnnx {
    static final int FLOAT = 1;
    static final int INT64 = 7;
    private static final int VARINT = 0;
    private static final int BYTES = 2;
    /** A dimension that is free. */
    static final int FREE = -1;

    private final List<byte[]> inputs = new ArrayList<>();
    private final List<byte[]> nodes = new ArrayList<>();
    private final List<byte[]> weights = new ArrayList<>();
    private final List<byte[]> outputs = new ArrayList<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();

    TinyOnnx input(String name, int type, int... shape) {
        inputs.add(value(name, type, shape));
        return this;
    }

    /** An output that an operation makes of an input. */
    TinyOnnx output(String operation, String input, String name, int type, int... shape) {
        nodes.add(join(text(1, input), text(2, name), text(4, operation), attributes(operation)));
        outputs.add(value(name, type, shape));
        return this;
    }

    /** A weight of one number, and an output that is this weight; the number is the first of another file. */
    TinyOnnx external(String name, String location) {
        weights.add(join(number(1, 1), number(2, FLOAT), text(8, name), message(13, join(text(1, "location"), text(2, location))), number(14, 1)));
        return output("Identity", name, name + "_out", FLOAT, 1);
    }

    TinyOnnx metadata(String key, String value) {
        metadata.put(key, value);
        return this;
    }

    /** {@code Cast} to int64, and {@code ReduceMean} over the batch; others need none. */
    private static byte[] attributes(String operation) {
        return switch (operation) {
            case "Cast" -> message(5, join(text(1, "to"), number(3, INT64), number(20, 2)));
            case "ReduceMean" -> message(5, join(text(1, "axes"), number(8, 0), number(20, 7)));
            default -> new byte[0];
        };
    }

    Path write(Path file) throws IOException {
        byte[] graph = join(all(1, nodes), text(2, "tiny"), all(5, weights), all(11, inputs), all(12, outputs));
        byte[] properties = all(14, metadata.entrySet().stream().map(entry -> join(text(1, entry.getKey()), text(2, entry.getValue()))).toList());
        return Files.write(file, join(number(1, 7), message(7, graph), message(8, number(2, 13)), properties));
    }

    private static byte[] value(String name, int type, int... shape) {
        ByteArrayOutputStream dimensions = new ByteArrayOutputStream();
        for (int size : shape) {
            dimensions.writeBytes(message(1, size == FREE ? text(2, "N") : number(1, size)));
        }
        byte[] tensor = join(number(1, type), message(2, dimensions.toByteArray()));
        return join(text(1, name), message(2, message(1, tensor)));
    }

    private static byte[] all(int field, List<byte[]> messages) {
        return join(messages.stream().map(content -> message(field, content)).toArray(byte[][]::new));
    }

    private static byte[] text(int field, String text) {
        return message(field, text.getBytes(StandardCharsets.UTF_8));
    }

    private static byte[] message(int field, byte[] content) {
        return join(varint(field << 3 | BYTES), varint(content.length), content);
    }

    private static byte[] number(int field, long value) {
        return join(varint(field << 3 | VARINT), varint(value));
    }

    private static byte[] varint(long value) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        long rest = value;
        while (rest >= 0x80) {
            out.write((int) (rest & 0x7f | 0x80));
            rest >>>= 7;
        }
        out.write((int) rest);
        return out.toByteArray();
    }

    private static byte[] join(byte[]... parts) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        for (byte[] part : parts) {
            out.writeBytes(part);
        }
        return out.toByteArray();
    }
}
