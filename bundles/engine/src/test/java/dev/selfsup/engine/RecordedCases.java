package dev.selfsup.engine;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;
import org.nd4j.linalg.api.buffer.DataType;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/** What record_ops.py wrote: per case its arrays by role and number. */
final class RecordedCases {
    /**
     * A case.
     *
     * @param in inputs by number
     * @param out outputs by number
     * @param grad gradients by number of the input
     * @param weight what output 0 is weighted by before the sum that is differentiated; null where there are no gradients
     */
    record Case(Map<Integer, INDArray> in, Map<Integer, INDArray> out, Map<Integer, INDArray> grad, INDArray weight) {}

    private RecordedCases() {}

    static Map<String, Case> read() {
        Map<String, Case> cases = new LinkedHashMap<>();
        ByteBuffer data = ByteBuffer.wrap(resource("operations.bin")).order(ByteOrder.LITTLE_ENDIAN);
        for (String line : new String(resource("operations.txt"), StandardCharsets.UTF_8).split("\n")) {
            String[] fields = line.split("\t");
            INDArray array = array(data, fields);
            Case before = cases.getOrDefault(fields[0], new Case(new TreeMap<>(), new TreeMap<>(), new TreeMap<>(), null));
            if (fields[1].equals("weight")) {
                cases.put(fields[0], new Case(before.in, before.out, before.grad, array));
                continue;
            }
            cases.put(fields[0], before);
            Map<Integer, INDArray> role = switch (fields[1]) {
                case "in" -> before.in;
                case "out" -> before.out;
                default -> before.grad;
            };
            role.put(Integer.parseInt(fields[2]), array);
        }
        return cases;
    }

    private static INDArray array(ByteBuffer data, String[] fields) {
        DataType type = fields[3].equals("INT64") ? DataType.INT64 : DataType.FLOAT;
        long[] shape = fields[4].isEmpty() ? new long[0] : Arrays.stream(fields[4].split(",")).mapToLong(Long::parseLong).toArray();
        int length = (int) Arrays.stream(shape).reduce(1, (a, b) -> a * b);
        int offset = Integer.parseInt(fields[5]);
        INDArray array = shape.length == 0 ? Nd4j.scalar(type, 0) : Nd4j.create(type, shape);
        for (int i = 0; i < length; i++) {
            array.data().put(i, type == DataType.INT64 ? data.getLong(offset + i * Long.BYTES) : data.getFloat(offset + i * Float.BYTES));
        }
        return array;
    }

    private static byte[] resource(String name) {
        try (InputStream in = RecordedCases.class.getResourceAsStream(name)) {
            return in.readAllBytes();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
