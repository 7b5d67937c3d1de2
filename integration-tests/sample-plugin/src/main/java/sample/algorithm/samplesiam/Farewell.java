package sample.algorithm.samplesiam;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;

/** The words of {@link SampleFarewell}, in a resource beside this class. */
final class Farewell {
    private Farewell() {}

    static String words() {
        try (InputStream in = Farewell.class.getResourceAsStream("farewell.txt")) {
            if (in == null) {
                throw new IllegalStateException("the resource farewell.txt is gone");
            }
            return new String(in.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException("the resource farewell.txt cannot be read", e);
        }
    }
}
