package dev.selfsup.loop;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.loop.testloop.TestLoop;
import dev.selfsup.loop.valloop.ValLoop;
import org.junit.jupiter.api.Test;

/** Loops that judge. */
final class EvaluationLoopsTest {
    @Test
    void halfPrecisionIsWhatIsAskedFor() {
        assertTrue(new ValLoop.Factory().create(new ValLoop.Config(true)).amp());
        assertFalse(new ValLoop.Factory().create(new ValLoop.Config(false)).amp());
        assertTrue(new TestLoop.Factory().create(new TestLoop.Config(true)).amp());
        assertFalse(new TestLoop.Factory().create(new TestLoop.Config(false)).amp());
    }
}
