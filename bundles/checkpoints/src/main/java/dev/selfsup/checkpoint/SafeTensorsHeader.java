package dev.selfsup.checkpoint;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.core.StreamReadFeature;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The checked header of a safetensors file.
 *
 * @param entries tensors by name, in the header's order
 * @param metadata free text
 * @param dataStart position of the first byte of data in the file
 */
record SafeTensorsHeader(Map<String, Entry> entries, Map<String, String> metadata, long dataStart) {
    static final String METADATA = "__metadata__";
    private static final int RANK_LIMIT = 64;
    private static final JsonFactory JSON = JsonFactory.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .disable(JsonFactory.Feature.INTERN_FIELD_NAMES)
            .streamReadConstraints(StreamReadConstraints.builder().maxNestingDepth(8).build())
            .build();

    /** A tensor's type, shape and place; begin and end count from the start of the data. */
    record Entry(DType dtype, long[] shape, long begin, long end) {}

    /** Rule that a header breaks. */
    private static final class Broken extends RuntimeException {
        private static final long serialVersionUID = 1;

        Broken(String rule) {
            super(rule, null, false, false);
        }
    }

    /** Reads and checks the header of a file. */
    static SafeTensorsHeader read(Path path, FileChannel file) throws IOException {
        try {
            ByteBuffer bytes = bytes(file);
            try (JsonParser json = JSON.createParser(text(bytes))) {
                return new Reader(json).header(Long.BYTES + bytes.limit(), file.size());
            }
        } catch (JsonProcessingException e) {
            throw new DamagedFileException(path, "is not a valid safetensors file: its header is not JSON: " + e.getOriginalMessage());
        } catch (Broken e) {
            throw new DamagedFileException(path, "is not a valid safetensors file: " + e.getMessage());
        }
    }

    private static ByteBuffer bytes(FileChannel file) throws IOException {
        long size = file.size();
        check(size >= Long.BYTES, "it has %d bytes; the length of the header alone takes 8", size);
        ByteBuffer length = ByteBuffer.allocate(Long.BYTES).order(ByteOrder.LITTLE_ENDIAN);
        Content.of(file, 0, Long.BYTES).read(0, length);
        long count = length.getLong(0);
        check(count >= 2 && count <= SafeTensors.HEADER_LIMIT, "its header has %s bytes; allowed are 2 to %d",
                Long.toUnsignedString(count), SafeTensors.HEADER_LIMIT);
        check(count <= size - Long.BYTES, "its header has %d bytes, but only %d follow: the file is truncated", count, size - Long.BYTES);
        ByteBuffer bytes = ByteBuffer.allocate((int) count);
        Content.of(file, Long.BYTES, count).read(0, bytes);
        check(bytes.get(0) == '{', "its header does not begin with {");
        return bytes.flip();
    }

    private static char[] text(ByteBuffer bytes) {
        try {
            java.nio.CharBuffer text = StandardCharsets.UTF_8.newDecoder().decode(bytes.duplicate());
            return Arrays.copyOf(text.array(), text.limit());
        } catch (CharacterCodingException e) {
            throw new Broken("its header is not UTF-8");
        }
    }

    private static void check(boolean rule, String message, Object... args) {
        if (!rule) {
            throw new Broken(message.formatted(args));
        }
    }

    /** Reads the JSON token by token: a tree of a large header would take many times its size. */
    private static final class Reader {
        private final JsonParser json;
        private final Map<String, Entry> entries = new LinkedHashMap<>();
        private final Map<String, String> metadata = new LinkedHashMap<>();

        Reader(JsonParser json) {
            this.json = json;
        }

        SafeTensorsHeader header(long dataStart, long fileSize) throws IOException {
            json.nextToken();
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String name = json.currentName();
                if (name.equals(METADATA)) {
                    readMetadata();
                } else {
                    entries.put(name, entry(name));
                }
            }
            check(json.nextToken() == null, "something follows the header's closing brace");
            checkPlaces(fileSize - dataStart);
            return new SafeTensorsHeader(entries, metadata, dataStart);
        }

        private void readMetadata() throws IOException {
            check(json.nextToken() == JsonToken.START_OBJECT, "%s is not an object", METADATA);
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String key = json.currentName();
                check(json.nextToken() == JsonToken.VALUE_STRING, "%s.%s is not a string", METADATA, key);
                metadata.put(key, json.getText());
            }
        }

        private Entry entry(String name) throws IOException {
            check(json.nextToken() == JsonToken.START_OBJECT, "entry %s is not an object", name);
            DType dtype = null;
            long[] shape = null;
            long[] offsets = null;
            while (json.nextToken() == JsonToken.FIELD_NAME) {
                String key = json.currentName();
                switch (key) {
                    case "dtype" -> dtype = dtype(name);
                    case "shape" -> shape = numbers(name + ".shape");
                    case "data_offsets" -> offsets = numbers(name + ".data_offsets");
                    default -> throw new Broken("entry " + name + " has the unknown key " + key);
                }
            }
            check(dtype != null && shape != null && offsets != null, "entry %s lacks dtype, shape or data_offsets", name);
            check(offsets.length == 2 && offsets[0] <= offsets[1], "data_offsets of %s are not [begin, end]", name);
            check(offsets[1] - offsets[0] == size(name, dtype, shape), "%s: shape %s of %s does not take the %d bytes of its data_offsets",
                    name, Arrays.toString(shape), dtype, offsets[1] - offsets[0]);
            return new Entry(dtype, shape, offsets[0], offsets[1]);
        }

        private DType dtype(String name) throws IOException {
            check(json.nextToken() == JsonToken.VALUE_STRING, "dtype of %s is not a string", name);
            String text = json.getText();
            for (DType dtype : DType.values()) {
                if (dtype.name().equals(text)) {
                    return dtype;
                }
            }
            throw new Broken("dtype " + text + " of " + name + " is not one of " + Arrays.toString(DType.values()));
        }

        private long[] numbers(String what) throws IOException {
            check(json.nextToken() == JsonToken.START_ARRAY, "%s is not a list", what);
            long[] numbers = new long[RANK_LIMIT];
            int count = 0;
            while (json.nextToken() == JsonToken.VALUE_NUMBER_INT) {
                check(count < RANK_LIMIT, "%s has more than %d numbers", what, RANK_LIMIT);
                check(json.getNumberType() != JsonParser.NumberType.BIG_INTEGER && json.getLongValue() >= 0,
                        "%s has a number that is negative or too large", what);
                numbers[count++] = json.getLongValue();
            }
            check(json.currentToken() == JsonToken.END_ARRAY, "%s holds something that is not a whole number", what);
            return Arrays.copyOf(numbers, count);
        }

        private static long size(String name, DType dtype, long[] shape) {
            try {
                return Tensor.bytes(dtype, shape);
            } catch (IllegalArgumentException e) {
                throw new Broken(name + ": " + e.getMessage());
            }
        }

        private void checkPlaces(long available) {
            List<Map.Entry<String, Entry>> order = entries.entrySet().stream().sorted(
                    Map.Entry.comparingByValue(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end))).toList();
            long at = 0;
            for (Map.Entry<String, Entry> entry : order) {
                check(entry.getValue().begin() == at, "the data of %s begin at %d and not at %d, where those before end",
                        entry.getKey(), entry.getValue().begin(), at);
                at = entry.getValue().end();
            }
            check(at == available, "its tensors take %d bytes, but %d follow the header: the file is truncated or something was added",
                    at, available);
        }
    }
}
