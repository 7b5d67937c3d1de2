package dev.selfsup.runtime.train;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.selfsup.api.run.LogProcessor;
import dev.selfsup.api.run.Recorder;
import dev.selfsup.shell.Call;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What a run says, on the console and in its log. */
final class MessagesTest {
    @TempDir
    private Path folder;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final PrintStream console = new PrintStream(out, true, StandardCharsets.UTF_8);

    private RunLog log() {
        Call call = new Call(console, console, 0, () -> null, progress -> { });
        return new RunLog(folder, new LossCurve(), new Means(), new Shown(List.of()), call, System::nanoTime);
    }

    /** Gives no figures of its own. */
    private static final class Means implements LogProcessor {
        @Override
        public Map<String, Double> line(Recorder recorder, int inEpoch) {
            return new LinkedHashMap<>();
        }
    }

    private List<String> lines() throws IOException {
        return Files.readAllLines(folder.resolve("log.jsonl"));
    }

    @Test
    void whatWasSaidBeforeThereWasALogIsLoggedAsWell() throws IOException {
        Messages messages = new Messages(console);
        messages.accept("seed 7");
        try (RunLog log = log()) {
            messages.begin(log);
            log.begin(new RunState.Position(2, 12, 7));
            messages.accept("skipped a.jpg");
            log.note("saved epoch_2");
            log.print("");
        }
        assertEquals(List.of("seed 7", "skipped a.jpg", ""), out.toString(StandardCharsets.UTF_8).lines().toList());
        assertEquals(List.of("{\"mode\":\"event\",\"epoch\":0,\"iter\":0,\"text\":\"seed 7\"}",
                "{\"mode\":\"event\",\"epoch\":2,\"iter\":12,\"text\":\"skipped a.jpg\"}",
                "{\"mode\":\"event\",\"epoch\":2,\"iter\":12,\"text\":\"saved epoch_2\"}"), lines());
    }

    @Test
    void eventsAfterTheCheckpointThatIsResumedAreForgotten() throws IOException {
        try (RunLog log = log()) {
            log.note("seed 7");
            log.begin(new RunState.Position(1, 3, 7));
            log.note("saved epoch_1");
            log.begin(new RunState.Position(1, 5, 7));
            log.note("skipped b.jpg");
        }
        RunLog.forget(folder, 3, true);
        assertEquals(List.of("seed 7", "saved epoch_1"), lines().stream().map(line -> line.replaceFirst(".*\"text\":\"(.*)\"}", "$1")).toList());
    }
}
