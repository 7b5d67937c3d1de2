package dev.selfsup.sample;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;

/** A class that nothing touches before the gate opens. */
final class LateWords {
    private LateWords() {}

    static String text() throws IOException {
        try (InputStream in = LateWords.class.getResourceAsStream("words.txt")) {
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }
}
