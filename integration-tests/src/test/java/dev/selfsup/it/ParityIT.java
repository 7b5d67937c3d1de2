package dev.selfsup.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The command {@code parity}: what is right passes, and one wrong element of any kind is found. */
final class ParityIT {
    private static final Path ROOT = Path.of(System.getProperty("selfsup.root"));
    private static final Path FIXTURES = ROOT.resolve("integration-tests/fixtures");

    @TempDir
    Path temporary;
    private Path folder;
    private Selfsup selfsup;

    @BeforeEach
    void prepare() throws IOException {
        folder = Files.createDirectory(temporary.resolve("cases"));
        selfsup = new Selfsup(Files.createDirectory(temporary.resolve("work")));
    }

    @ParameterizedTest
    @ValueSource(strings = {"plain", "fast"})
    void everyCaseOfInstalledTypesPasses(String kernels) throws Exception {
        Selfsup.Ended ended = selfsup.run("parity", "--kernels", kernels, FIXTURES.toString());
        assertEquals(0, ended.status(), ended::toString);
        assertTrue(ended.last().matches("parity: 3\\d\\d passed, 0 failed, \\d+ skipped"), ended.last());
        Path all = ROOT.resolveSibling("shared").resolve("fixtures");
        if (Files.isDirectory(all)) {
            Selfsup.Ended whole = selfsup.run("parity", "--kernels", kernels, all.toString());
            assertEquals(0, whole.status(), whole::toString);
        }
    }

    @Test
    void oneWrongElementOfAnyKindFailsItsCase() throws Exception {
        Map<String, String> wrong = new LinkedHashMap<>();
        wrong.put("loss", "loss/loss");
        wrong.put("mid", "mid/neck#0.out");
        wrong.put("grad", "grad/neck.fc1.weight");
        wrong.put("after1", "after1/backbone.bn1.running_mean");
        wrong.put("losses5", "losses5");
        for (Map.Entry<String, String> kind : wrong.entrySet()) {
            tamper(copy("algorithms/simclr", kind.getKey()).resolve("outputs.npz"), kind.getValue());
        }
        tamper(copy("components/neck_nonlinear_default2", "out").resolve("outputs.npz"), "out.0");
        Selfsup.Ended ended = selfsup.run("parity", folder.toString());
        assertEquals(1, ended.status(), ended::toString);
        wrong.put("out", "out.0");
        wrong.forEach((kind, tensor) -> assertTrue(
                ended.out().stream().anyMatch(line -> line.startsWith("FAIL " + kind + "  " + tensor)), () -> kind + " in " + ended));
        assertEquals("parity: 0 passed, 6 failed, 0 skipped", ended.last());
    }

    @Test
    void oneWrongPixelFailsItsCaseAndAMissingValueTheWholeOne() throws Exception {
        Path transforms = copy("transforms", "transforms");
        Path images = copy("_shared", "_shared");
        assertTrue(Files.exists(images.resolve("images.npz")));
        String cases = Files.readString(transforms.resolve("cases.json"));
        int id = Integer.parseInt(cases.replaceFirst("(?s).*?\"id\": (\\d+).*", "$1"));
        tamper(transforms.resolve("data.npz"), id + "/img");
        Path neck = copy("components/neck_nonlinear_default2", "missing");
        Files.writeString(neck.resolve("case.json"), Files.readString(neck.resolve("case.json")).replace("\"after/bn0.running_var\"", "\"after/bn9.running_var\""));
        Selfsup.Ended ended = selfsup.run("parity", folder.toString());
        assertEquals(1, ended.status(), ended::toString);
        List<String> failed = ended.out().stream().filter(line -> line.startsWith("FAIL")).toList();
        assertEquals(2, failed.size(), failed::toString);
        assertTrue(failed.stream().anyMatch(line -> line.startsWith("FAIL transforms/" + id + " ") && line.contains("img")), failed::toString);
        assertTrue(failed.stream().anyMatch(line -> line.startsWith("FAIL missing ")), failed::toString);
    }

    @Test
    void aFolderWithoutCasesIsAMistake() throws Exception {
        Selfsup.Ended ended = selfsup.run("parity", folder.toString());
        assertEquals(2, ended.status());
        assertTrue(ended.err().get(0).startsWith("there are no recorded cases"), ended::toString);
    }

    private Path copy(String fixture, String name) throws IOException {
        Path target = Files.createDirectory(folder.resolve(name));
        try (Stream<Path> files = Files.list(FIXTURES.resolve(fixture))) {
            for (Path file : files.toList()) {
                Files.copy(file, target.resolve(file.getFileName()));
            }
        }
        return target;
    }

    /** Changes one element of an array of an npz file: a number is raised by a hundredth of itself and 0.01, a byte by 128. */
    private static void tamper(Path npz, String name) throws IOException {
        Map<String, byte[]> members = new LinkedHashMap<>();
        try (ZipFile zip = new ZipFile(npz.toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                try (InputStream in = zip.getInputStream(entry)) {
                    members.put(entry.getName(), in.readAllBytes());
                }
            }
        }
        byte[] array = members.get(name + ".npy");
        ByteBuffer bytes = ByteBuffer.wrap(array).order(ByteOrder.LITTLE_ENDIAN);
        int data = 10 + bytes.getShort(8);
        String header = new String(Arrays.copyOfRange(array, 10, data), StandardCharsets.US_ASCII);
        if (header.contains("<f4")) {
            bytes.putFloat(data, bytes.getFloat(data) * 1.01f + 0.01f);
        } else if (header.contains("<f8")) {
            bytes.putDouble(data, bytes.getDouble(data) * 1.01 + 0.01);
        } else {
            array[data] = (byte) (array[data] + 128);
        }
        try (ZipOutputStream out = new ZipOutputStream(Files.newOutputStream(npz))) {
            for (Map.Entry<String, byte[]> member : members.entrySet()) {
                out.putNextEntry(new ZipEntry(member.getKey()));
                out.write(member.getValue());
            }
        }
    }
}
