package dev.selfsup.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.FloatBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SafeTensorsTest {
    @TempDir
    private Path folder;

    @Test
    void everyTypeComesBackBitForBit() throws IOException {
        List<Tensor> tensors = Samples.ofEveryType();
        try (SafeTensors file = SafeTensors.open(Samples.write(folder.resolve("a.safetensors"), tensors))) {
            assertEquals(tensors.size(), file.names().size());
            assertEquals(Map.of("format", "pt"), file.metadata());
            for (Tensor tensor : tensors) {
                Tensor read = file.tensor(tensor.name()).orElseThrow();
                assertEquals(tensor.toString(), read.toString());
                assertEquals(tensor.toBytes(), read.toBytes());
            }
        }
    }

    @Test
    void aFileOfTheReferenceImplementationIsReadAndWrittenByteForByte() throws IOException {
        Path reference = Samples.resource("reference.safetensors");
        Path copy = folder.resolve("copy.safetensors");
        try (SafeTensors file = SafeTensors.open(reference);
                FileChannel out = FileChannel.open(copy, StandardOpenOption.CREATE, StandardOpenOption.WRITE)) {
            float[] ramp = file.tensor("mid/backbone.layer1#0.out").orElseThrow().toFloats();
            assertEquals(-1.5f, ramp[0]);
            assertEquals(4.25f, ramp[23]);
            SafeTensors.write(out, file.tensors(), file.metadata());
        }
        assertArrayEquals(Files.readAllBytes(reference), Files.readAllBytes(copy));
    }

    @Test
    void dataAreAligned() throws IOException {
        try (SafeTensors file = SafeTensors.open(Samples.write(folder.resolve("a.safetensors"), Samples.ofEveryType()))) {
            ByteBuffer length = ByteBuffer.allocate(8).order(java.nio.ByteOrder.LITTLE_ENDIAN);
            file.file().read(length, 0);
            assertEquals(0, length.getLong(0) % 8);
        }
    }

    @Test
    void tensorsBeyondTwoGibibytesAreFound() throws IOException {
        long big = 3L << 30;
        Path path = folder.resolve("sparse.safetensors");
        String header = ("{\"a\":{\"dtype\":\"U8\",\"shape\":[%d],\"data_offsets\":[0,%d]},"
                + "\"b\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[%d,%d]}}").formatted(big, big, big, big + 8);
        Samples.write(path, header, 0);
        try (FileChannel out = FileChannel.open(path, StandardOpenOption.WRITE)) {
            ByteBuffer tail = ByteBuffer.allocate(8).order(java.nio.ByteOrder.LITTLE_ENDIAN).putFloat(1.5f).putFloat(-2).flip();
            out.write(tail, out.size() + big);
        }
        try (SafeTensors file = SafeTensors.open(path)) {
            assertArrayEquals(new float[] {1.5f, -2}, file.tensor("b").orElseThrow().toFloats());
            assertEquals(big, file.tensor("a").orElseThrow().elements());
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '\0', value = {
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]},\"a\":{}}~ its header is not JSON: Duplicate field 'a'",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,4]}}~ a: shape [2] of F32 "
            + "does not take the 4 bytes of its data_offsets",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[8,0]}}~ data_offsets of a are not [begin, end]",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[-2],\"data_offsets\":[0,8]}}~ a.shape has a number that is negative or too large",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4294967296,4294967296],\"data_offsets\":[0,0]}}~ "
            + "a: shape [4294967296, 4294967296] is too large",
        "{\"a\":{\"dtype\":\"Q9\",\"shape\":[2],\"data_offsets\":[0,8]}}~ dtype Q9 of a is not one of "
            + "[BOOL, U8, I8, I16, U16, F16, BF16, I32, U32, F32, F64, I64, U64]",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}~ "
            + "its tensors take 4 bytes, but 8 follow the header: the file is truncated or something was added",
        "{\"a\":{\"dtype\":\"F32\",\"shape\":[4],\"data_offsets\":[0,16]}}~ "
            + "its tensors take 16 bytes, but 8 follow the header: the file is truncated or something was added",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[5],\"data_offsets\":[0,5]},\"b\":{\"dtype\":\"U8\",\"shape\":[4],\"data_offsets\":[4,8]}}~ "
            + "the data of b begin at 4 and not at 5, where those before end",
        "{\"a\":{\"dtype\":\"U8\",\"shape\":[5]}}~ entry a lacks dtype, shape or data_offsets",
        "{\"a\":{\"color\":1}}~ entry a has the unknown key color",
        "{\"a\":7}~ entry a is not an object",
        "{\"__metadata__\":{\"a\":1}}~ __metadata__.a is not a string",
        "[]~ its header does not begin with {",
    })
    void aHeaderThatBreaksARuleIsRefused(String header, String rule) throws IOException {
        Path path = Samples.write(folder.resolve("a.safetensors"), header, 8);
        String message = assertThrows(DamagedFileException.class, () -> SafeTensors.open(path)).getMessage();
        assertEquals(path + ": is not a valid safetensors file: " + rule, message);
    }

    @Test
    void aHeaderLengthBeyondTheFileOrTheLimitIsRefusedBeforeMemoryIsTaken() throws IOException {
        Path path = folder.resolve("a.safetensors");
        for (long length : new long[] {0, 1, 90_000_000, 100_000_001, Long.MAX_VALUE, -1}) {
            Files.write(path, ByteBuffer.allocate(20).order(java.nio.ByteOrder.LITTLE_ENDIAN).putLong(length).array());
            assertThrows(DamagedFileException.class, () -> SafeTensors.open(path));
        }
        Files.write(path, new byte[3]);
        assertThrows(DamagedFileException.class, () -> SafeTensors.open(path));
        assertThrows(DamagedFileException.class, () -> SafeTensors.open(folder));
        assertEquals(folder.resolve("none") + ": cannot be read: no such file",
                assertThrows(DamagedFileException.class, () -> SafeTensors.open(folder.resolve("none"))).getMessage());
    }

    @Test
    void deepNestingIsRefused() throws IOException {
        Path path = Samples.write(folder.resolve("a.safetensors"), "{\"a\":".repeat(100_000), 0);
        assertThrows(DamagedFileException.class, () -> SafeTensors.open(path));
    }

    @Test
    void randomDamageGivesTheDocumentedExceptionAndNothingElse() throws IOException {
        byte[] good = Files.readAllBytes(Samples.resource("reference.safetensors"));
        Path path = folder.resolve("a.safetensors");
        Random random = new Random(1);
        int refused = 0;
        for (int i = 0; i < 4000; i++) {
            Files.write(path, Samples.mutate(good, random, 640));
            try (SafeTensors file = SafeTensors.open(path)) {
                file.tensors().forEach(Tensor::toBytes);
            } catch (DamagedFileException e) {
                assertTrue(e.getMessage().startsWith(path.toString()), e.getMessage());
                refused++;
            }
        }
        assertTrue(refused > 3000, "refused " + refused);
    }

    @Test
    void namesMustDifferWhenWriting() {
        Tensor tensor = Tensor.of("a", FloatBuffer.allocate(1));
        assertThrows(IllegalArgumentException.class, () -> Samples.write(folder.resolve("a"), List.of(tensor, tensor)));
        assertThrows(IllegalArgumentException.class, () -> Samples.write(folder.resolve("a"), List.of(tensor.withName("__metadata__"))));
    }

    @Test
    void aTensorOfAFileThatShrankSaysSo() throws IOException {
        Path path = Samples.write(folder.resolve("a.safetensors"), Samples.ofEveryType());
        try (SafeTensors file = SafeTensors.open(path); FileChannel cut = FileChannel.open(path, StandardOpenOption.WRITE)) {
            cut.truncate(cut.size() / 2);
            Tensor last = file.tensors().get(file.tensors().size() - 1);
            String message = assertThrows(dev.selfsup.api.run.UsageException.class, last::toBytes).getMessage();
            assertTrue(message.startsWith("cannot read tensor " + last.name() + ": the file ends before byte"), message);
            assertTrue(Arrays.asList(DType.values()).contains(last.dtype()));
        }
    }
}
