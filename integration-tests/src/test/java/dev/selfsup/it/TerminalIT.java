package dev.selfsup.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What a run shows where its output is a terminal, and where it is none. */
@Timeout(120)
final class TerminalIT {
    private static final String TRAIN = Path.of(System.getProperty("selfsup.root"), "selfsup") + " train tiny.yaml --cfg-options train_cfg.max_epochs=1";

    @TempDir
    Path folder;

    @BeforeEach
    void files() throws Exception {
        new Selfsup(folder);
    }

    @Test
    void aTerminalShowsABarThatIsDrawnAgain() throws Exception {
        String shown = shown("xterm", "script", "-qec", TRAIN, "/dev/null");
        assertTrue(shown.contains("\r\u001b[Kepoch 1/1 [") && shown.contains("] 100%"), shown);
    }

    @Test
    void aDumbTerminalShowsPlainLines() throws Exception {
        assertPlain(shown("dumb", "script", "-qec", TRAIN, "/dev/null").replace("\r\n", "\n"));
    }

    @Test
    void aPipeShowsPlainLines() throws Exception {
        assertPlain(shown("xterm", "sh", "-c", TRAIN));
    }

    private static void assertPlain(String shown) {
        assertTrue(shown.contains("epoch 1/1 100%  ETA 0:00  loss "), shown);
        assertEquals(List.of(), shown.chars().filter(c -> c < ' ' && c != '\n').boxed().toList(), shown);
        assertFalse(shown.contains("=>"), shown);
    }

    private String shown(String terminal, String... line) throws Exception {
        ProcessBuilder builder = new ProcessBuilder(line).directory(folder.toFile()).redirectErrorStream(true);
        builder.environment().put("TERM", terminal);
        Process process = builder.start();
        process.outputWriter().close();
        String shown = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertEquals(0, process.waitFor(), shown);
        return shown;
    }
}
