package dev.selfsup.shell.interactive;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.api.run.Interruption;
import dev.selfsup.shell.Call;
import dev.selfsup.shell.gogo.ProcessInterruption;
import dev.selfsup.shell.jobs.Output;
import dev.selfsup.shell.jobs.ShellCall;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
final class ForegroundTest {
    private static final int ASKED = 7;

    private final Foreground foreground = new Foreground();

    private static int untilAsked(Call call) {
        try (Interruption.Watch watch = call.interruption().watch()) {
            while (!watch.requested()) {
                Thread.onSpinWait();
            }
            return ASKED;
        }
    }

    /** A call prints as soon as it is made; who reads that may type Ctrl-C before the shell waits. */
    @Test
    void ctrlCWhileACallIsBeingMadeReachesIt() {
        ShellCall call = foreground.begin(() -> {
            ShellCall made = new ShellCall("probe", new Output(StandardCharsets.UTF_8), 0, new ProcessInterruption(), true, ForegroundTest::untilAsked);
            Thread key = new Thread(foreground::interrupted, "Ctrl-C");
            key.start();
            while (key.getState() != Thread.State.BLOCKED && key.isAlive()) {
                Thread.onSpinWait();
            }
            made.begun().join();                                        // it watches
            return made;
        });
        assertTrue(foreground.await(call.ended()));
        assertEquals(ASKED, call.ended().join());
    }
}
