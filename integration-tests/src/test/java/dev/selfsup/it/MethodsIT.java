package dev.selfsup.it;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

/** The page of methods says what the components and the configs say. */
final class MethodsIT {
    private static final Path ROOT = Path.of(System.getProperty("selfsup.root"));
    private static final Path PAGE = Path.of("docs/methods.md");
    private static final Path GENERATED = Path.of("integration-tests/target/methods.md");

    @Test
    void thePageIsUpToDate() throws IOException {
        String text = new MethodsPage(ROOT, Metadata.components()).text();
        Files.writeString(ROOT.resolve(GENERATED), text);
        Path page = ROOT.resolve(PAGE);
        assertEquals(text, Files.exists(page) ? Files.readString(page) : "", () -> "bring it up to date: cp " + GENERATED + " " + PAGE);
    }
}
