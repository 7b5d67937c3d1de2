package dev.selfsup.checkpoint;

import java.io.IOException;
import java.net.URISyntaxException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Tensors and files for the tests. */
final class Samples {
    private Samples() {}

    static Path resource(String name) {
        try {
            return Path.of(Samples.class.getResource(name).toURI());
        } catch (URISyntaxException e) {
            throw new AssertionError(e);
        }
    }

    /** One tensor of every type, and a scalar, an empty one and one off the heap. */
    static List<Tensor> ofEveryType() {
        Random random = new Random(7);
        List<Tensor> tensors = new ArrayList<>();
        for (DType dtype : DType.values()) {
            byte[] bytes = new byte[15 * dtype.size()];
            random.nextBytes(bytes);
            tensors.add(Tensor.of("some/" + dtype + ".x#1", dtype, ByteBuffer.wrap(bytes), 3, 5));
        }
        tensors.add(Tensor.of("scalar", new long[] {42}));
        tensors.add(Tensor.of("empty", FloatBuffer.allocate(0), 0, 3));
        FloatBuffer direct = ByteBuffer.allocateDirect(4 * 300_000).order(ByteOrder.nativeOrder()).asFloatBuffer();
        for (int i = 0; i < 300_000; i++) {
            direct.put(i, i * 0.5f);
        }
        tensors.add(Tensor.of("direct", direct, 300, 1000));
        return tensors;
    }

    static Path write(Path path, List<Tensor> tensors) throws IOException {
        Files.deleteIfExists(path);
        try (FileChannel out = FileChannel.open(path, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            SafeTensors.write(out, tensors, Map.of("format", "pt"));
        }
        return path;
    }

    /** A safetensors file of the given header and so many zero bytes. */
    static Path write(Path path, String header, int data) throws IOException {
        byte[] json = header.getBytes(java.nio.charset.StandardCharsets.UTF_8);
        ByteBuffer bytes = ByteBuffer.allocate(8 + json.length + data).order(ByteOrder.LITTLE_ENDIAN);
        return Files.write(path, bytes.putLong(json.length).put(json).array());
    }

    /** The bytes with one to three random changes: a flip, a cut, an insertion, a number blown up. */
    static byte[] mutate(byte[] bytes, Random random, int within) {
        byte[] mutated = bytes.clone();
        for (int i = random.nextInt(3); i >= 0; i--) {
            int at = random.nextInt(Math.min(within, mutated.length));
            switch (random.nextInt(4)) {
                case 0 -> mutated[at] ^= (byte) (1 << random.nextInt(8));
                case 1 -> mutated[at] = "{}[]\",:0919-e\\u'()<|".getBytes()[random.nextInt(20)];
                case 2 -> mutated = java.util.Arrays.copyOf(mutated, Math.max(1, mutated.length - random.nextInt(40)));
                default -> {
                    byte[] longer = new byte[mutated.length + 1];
                    System.arraycopy(mutated, 0, longer, 0, at);
                    longer[at] = (byte) random.nextInt(256);
                    System.arraycopy(mutated, at, longer, at + 1, mutated.length - at);
                    mutated = longer;
                }
            }
        }
        return mutated;
    }
}
