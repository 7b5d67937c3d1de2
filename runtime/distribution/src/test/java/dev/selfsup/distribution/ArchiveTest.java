package dev.selfsup.distribution;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.zip.GZIPInputStream;
import org.apache.commons.compress.archivers.tar.TarArchiveEntry;
import org.apache.commons.compress.archivers.tar.TarArchiveInputStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ArchiveTest {
    private static final String LONG = "a".repeat(90) + "/" + "b".repeat(90) + "/ü.txt";

    @TempDir
    private Path folder;

    private Path file(String name, String text, boolean program) throws IOException {
        Path file = Files.writeString(folder.resolve(name), text);
        assertEquals(program, file.toFile().setExecutable(program) && program);
        return file;
    }

    private Map<String, String> read(Path archive) throws IOException {
        Map<String, String> entries = new LinkedHashMap<>();
        try (InputStream bytes = Files.newInputStream(archive);
                TarArchiveInputStream tar = new TarArchiveInputStream(new GZIPInputStream(bytes), StandardCharsets.UTF_8.name())) {
            for (TarArchiveEntry entry = tar.getNextTarEntry(); entry != null; entry = tar.getNextTarEntry()) {
                String text = new String(tar.readAllBytes(), StandardCharsets.UTF_8);
                entries.put(entry.getName(), "%o %s %s".formatted(entry.getMode() & 0777, entry.getUserName(), text).strip());
            }
        }
        return entries;
    }

    @Test
    void filesKeepTheirNamesTextsAndRights() throws Exception {
        Path to = folder.resolve("a.tar.gz");
        long[] written = new long[1];
        Archive archive = new Archive(to, "top", bytes -> written[0] += bytes);
        try (archive) {
            archive.addFolder("deploy");
            archive.add("complete", "lib\n");
            archive.add("selfsup", file("selfsup", "#!/bin/sh", true));
            archive.add(LONG, file("long", "long", false));
        }
        assertEquals(Map.of("top/deploy/", "755 root", "top/complete", "644 root lib", "top/selfsup", "755 root #!/bin/sh", "top/" + LONG, "644 root long"),
                read(to));
        assertEquals("#!/bin/sh".length() + "long".length(), written[0]);
        assertEquals(HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(to))), archive.sha256Hex());
    }

    @Test
    void theListenerCanEndTheWork() throws IOException {
        Path file = file("file", "text", false);
        assertThrows(CancellationException.class, () -> {
            try (Archive archive = new Archive(folder.resolve("a.tar.gz"), "top", bytes -> {
                throw new CancellationException();
            })) {
                archive.add("file", file);
            }
        });
    }
}
