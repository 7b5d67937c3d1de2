package dev.selfsup.shell.jobs;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.concurrent.CancellationException;
import org.junit.jupiter.api.Test;

final class OutputTest {
    private final Output output = new Output(StandardCharsets.UTF_8);
    private final ByteArrayOutputStream seen = new ByteArrayOutputStream();
    private final PrintStream terminal = new PrintStream(seen, true, StandardCharsets.UTF_8);

    private String seen() {
        return seen.toString(StandardCharsets.UTF_8);
    }

    @Test
    void whoFollowsGetsTheNewestLinesAndThenEverythingAsItComes() {
        output.out().print("eins\nzwei\nü drei\n\r\u001b[Kepoch 1");
        output.follow(terminal, terminal, 2);
        output.out().print("\r\u001b[Kepoch 2");
        output.err().println("!");
        assertEquals("zwei\nü drei\nepoch 1\r\u001b[Kepoch 2!\n", seen());
    }

    @Test
    void whoLeavesGetsNoMoreAndTheLineThatIsDrawnIsEnded() {
        output.follow(terminal, terminal, 0);
        output.out().print("epoch 1");
        output.leave();
        output.out().println("more");
        assertEquals("epoch 1" + System.lineSeparator(), seen());
    }

    @Test
    void whatATerminalErasesIsNotKept() {
        output.out().print("seed 7\n\r\u001b[Kepoch 1/2 [>  ]\r\u001b[Kepoch 1: kNN 0.5\n\u001b[1mepoch 2/2\u001b[0m");
        assertEquals(List.of("seed 7", "epoch 1: kNN 0.5"), output.newest(10));
        assertEquals("epoch 2/2", output.lastLine());
    }

    @Test
    void onlyTheNewestLinesAreKept() {
        for (int i = 0; i < Output.KEPT + 5; i++) {
            output.out().println("line " + i);
        }
        List<String> kept = output.newest(Integer.MAX_VALUE);
        assertEquals(Output.KEPT, kept.size());
        assertEquals("line 5", kept.get(0));
    }

    @Test
    void aLineWithoutEndDoesNotFillTheMemory() {
        output.out().print("x".repeat(1_000_000));
        assertTrue(output.lastLine().length() <= 10_000);
    }

    @Test
    void aCallThatIsCutOffEndsAtItsNextLine() {
        output.cut();
        assertThrows(CancellationException.class, () -> output.out().println("more"));
    }
}
