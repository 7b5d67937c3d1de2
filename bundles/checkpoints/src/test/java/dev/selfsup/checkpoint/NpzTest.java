package dev.selfsup.checkpoint;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Random;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NpzTest {
    @TempDir
    private Path folder;

    private static byte[] npy(String header, int data) throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        byte[] text = header.getBytes(StandardCharsets.UTF_8);
        out.write(new byte[] {(byte) 0x93, 'N', 'U', 'M', 'P', 'Y', 1, 0, (byte) text.length, (byte) (text.length >> 8)});
        out.write(text);
        out.write(new byte[data]);
        return out.toByteArray();
    }

    private Path zip(String member, byte[] content) throws IOException {
        Path path = folder.resolve("a.npz");
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(path))) {
            out.putNextEntry(new ZipEntry(member));
            out.write(content);
        }
        return path;
    }

    @Test
    void arraysWrittenByNumpyAreRead() {
        Map<String, Tensor> all = Npz.readAll(Samples.resource("deflated.npz"));
        assertArrayEquals(new float[] {0.25f}, all.get("loss/loss").toFloats());
        assertEquals(0, all.get("loss/loss").shape().length);
        assertEquals("mid/backbone.layer1#0.out F32[2, 3, 4]", all.get("mid/backbone.layer1#0.out").toString());
        for (int i = 0; i < 24; i++) {
            int ramp = i - 6;
            assertEquals(ramp / 4f, all.get("mid/backbone.layer1#0.out").toFloats()[i]);
            assertEquals(ramp / 8.0, all.get("f8").toDoubles()[i]);
            assertEquals((long) ramp << 40, all.get("i8").toLongs()[i]);
            assertEquals(ramp, all.get("i4").toLongs()[i]);
            assertEquals(ramp + 200, all.get("u1").toLongs()[i]);
            assertEquals(ramp % 2 == 0 ? 1 : 0, all.get("b1").toLongs()[i]);
        }
        assertArrayEquals(new float[] {0.5f, -2, 65504, 0x1p-24f, Float.POSITIVE_INFINITY}, all.get("f2").toFloats());
        assertEquals("empty F32[0, 3]", all.get("empty").toString());
    }

    @Test
    void fortranOrderIsGivenInCOrder() {
        Map<String, Tensor> all = Npz.readAll(Samples.resource("deflated.npz"));
        float[] fortran = all.get("fortran").toFloats();
        for (int i = 0; i < 24; i++) {
            assertEquals(i - 6, fortran[i]);
        }
    }

    @ParameterizedTest
    @CsvSource(delimiter = '~', quoteCharacter = '\0', value = {
        "{'descr': '>f4', 'fortran_order': False, 'shape': (2,), }~ "
            + "type >f4 is not supported; save it as float32, float64, int64, uint8 or bool",
        "{'descr': '|O', 'fortran_order': False, 'shape': (2,), }~ "
            + "type |O is not supported; save it as float32, float64, int64, uint8 or bool",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (3,), }~ its header announces 12 bytes, the member has only 8",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1,), }~ its header announces 4 bytes, the member has more",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (-2,), }~ its header has no readable shape",
        "{'descr': '<f4', 'fortran_order': False, 'shape': (1 2), }~ its header has no readable shape",
        "{'descr': '<f4', 'shape': (2,), }~ its header has no readable fortran_order",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (1073741824,), }~ it takes 8589934592 bytes; allowed are 1073741824",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (4294967296, 4294967296), }~ shape [4294967296, 4294967296] is too large",
    })
    void anArrayThatBreaksARuleIsRefused(String header, String rule) throws IOException {
        Path path = zip("x.npy", npy(header, 8));
        String message = assertThrows(DamagedFileException.class, () -> Npz.readAll(path)).getMessage();
        assertEquals(path + ": cannot read array x: " + rule, message);
    }

    @Test
    void whatIsNoArchiveIsRefused() throws IOException {
        Path text = Files.writeString(folder.resolve("text.npz"), "hello");
        String message = assertThrows(DamagedFileException.class, () -> Npz.open(text)).getMessage();
        assertTrue(message.startsWith(text + ": cannot be read as an npz file"), message);
        assertThrows(DamagedFileException.class, () -> Npz.open(folder.resolve("none.npz")));
        Path member = zip("readme.txt", new byte[1]);
        assertEquals(member + ": member readme.txt is not an .npy array",
                assertThrows(DamagedFileException.class, () -> Npz.open(member)).getMessage());
    }

    @Test
    void randomDamageGivesTheDocumentedExceptionAndNothingElse() throws IOException {
        byte[] good = Files.readAllBytes(Samples.resource("deflated.npz"));
        Path path = folder.resolve("a.npz");
        Random random = new Random(1);
        int refused = 0;
        for (int i = 0; i < 3000; i++) {
            Files.write(path, Samples.mutate(good, random, good.length));
            try {
                Npz.readAll(path);
            } catch (DamagedFileException e) {
                assertTrue(e.getMessage().startsWith(path.toString()), e.getMessage());
                refused++;
            }
        }
        assertTrue(refused > 1500, "refused " + refused);
    }

    @Test
    void randomDamageOfAHeaderGivesTheDocumentedExceptionAndNothingElse() throws IOException {
        byte[] good = npy("{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }", 24);
        Random random = new Random(2);
        for (int i = 0; i < 3000; i++) {
            Path path = zip("x.npy", Samples.mutate(good, random, good.length));
            try {
                Npz.readAll(path);
            } catch (DamagedFileException e) {
                assertTrue(e.getMessage().startsWith(path + ": cannot read array x: "), e.getMessage());
            }
        }
    }
}
