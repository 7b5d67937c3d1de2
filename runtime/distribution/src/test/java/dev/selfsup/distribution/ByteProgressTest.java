package dev.selfsup.distribution;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;

final class ByteProgressTest {
    private static final long SECOND = 1_000_000_000L;

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private long now;

    private void half(int columns) {
        try (ByteProgress progress = new ByteProgress(new PrintStream(bytes, true, StandardCharsets.UTF_8), columns, "packing", 4_200_000_000L, () -> now)) {
            progress.accept(100_000_000);
            now += SECOND;
            progress.accept(2_000_000_000);
            now += 5 * SECOND;
            progress.accept(2_100_000_000);
        }
    }

    private String printed() {
        return bytes.toString(StandardCharsets.UTF_8).replace(System.lineSeparator(), "\n");
    }

    @Test
    void aTerminalIsRedrawnAndLeftEmpty() {
        half(24);
        assertEquals("\r\u001b[Kpacking 50%  2.1 GB of \r\u001b[Kpacking 100%  4.2 GB of\r\u001b[K", printed());
    }

    @Test
    void elsewhereALineComesEveryFiveSeconds() {
        half(0);
        assertEquals("packing 100%  4.2 GB of 4.2 GB\n", printed());
    }

    @Test
    void sizesAreInMegabytesOrGigabytes() {
        assertEquals("257 MB", ByteProgress.size(257_123_456));
        assertEquals("1.0 GB", ByteProgress.size(999_600_000));
        assertEquals("3.1 GB", ByteProgress.size(3_093_000_000L));
    }
}
