package dev.selfsup.runtime.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;

/** How findings are shown. */
final class ReportTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private Report report(int columns) {
        return new Report(new PrintStream(out, true, StandardCharsets.UTF_8), columns);
    }

    private List<String> lines() {
        return out.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void withoutATerminalAFindingIsALine() {
        assertTrue(report(0).add("x", () -> List.of(Finding.ok("java", "17"), Finding.warn("memory", "is small\nvery", "buy more"))));
        assertEquals(List.of("ok    java        17", "warn  memory      is small; very -> buy more"), lines());
    }

    @Test
    void onATerminalLinesAreWrappedBelowTheirColumnAndTheAdviceStandsAlone() {
        report(50).add("x", () -> List.of(Finding.fail("disk", "there is no room left on this machine", "delete things that nobody will ever miss again")));
        assertEquals(List.of("fail  disk        there is no room left on this",
                "                  machine",
                "                  -> delete things that nobody will",
                "                     ever miss again"), lines());
    }

    @Test
    void aFailureAndACheckThatBreaksAreRemembered() {
        Report report = report(0);
        assertTrue(report.add("a", () -> List.of(Finding.warn("a", "b", "c"))));
        assertFalse(report.failed());
        assertFalse(report.add("disk", () -> {
            throw new java.io.IOException("broken");
        }));
        assertTrue(report.failed());
        assertTrue(lines().get(1).startsWith("fail  disk        cannot be checked: java.io.IOException: broken -> report this"), out::toString);
    }
}
