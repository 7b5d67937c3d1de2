package dev.selfsup.runtime.deploy;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.PrintWriter;
import java.io.StringWriter;
import org.junit.jupiter.api.Test;

/** Failures in one line. */
final class ReasonTest {
    private static final Exception FAILURE = new IllegalStateException("outer", new IllegalArgumentException("port 70000\nis out of range"));

    @Test
    void theLeafCauseIsTold() {
        assertEquals("port 70000 (IllegalArgumentException)", Reason.of(FAILURE));
    }

    @Test
    void aPrintedTraceSaysTheSame() {
        StringWriter trace = new StringWriter();
        FAILURE.printStackTrace(new PrintWriter(trace, true));
        assertEquals(Reason.of(FAILURE), Reason.ofTrace(trace.toString()));
    }

    @Test
    void aFailureWithoutMessageIsNamed() {
        assertEquals("NullPointerException", Reason.of(new NullPointerException()));
    }

    @Test
    void aMissingClassIsNamedAsInSource() {
        String words = "class com.acme.Tool is missing: import its package, or put it into the jar";
        assertEquals(words, Reason.of(new NoClassDefFoundError("com/acme/Tool")));
        assertEquals(words, Reason.of(new ClassNotFoundException("com.acme.Tool not found by acme [7]")));
        assertEquals(words, Reason.of(new NoClassDefFoundError("[Lcom/acme/Tool;")));
    }
}
