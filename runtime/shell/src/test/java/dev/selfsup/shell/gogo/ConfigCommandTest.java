package dev.selfsup.shell.gogo;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.selfsup.api.component.Components;
import dev.selfsup.shell.Call;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code config} as a user calls it. */
final class ConfigCommandTest {
    private static final Components NOTHING_INSTALLED = new Components() {
        @Override
        public List<Installed> all() {
            return List.of();
        }

        @Override
        public Optional<Installed> find(String kind, String type, List<String> scopes) {
            return Optional.empty();
        }
    };

    @TempDir
    private Path folder;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int call(String... arguments) {
        Call call = new Call(new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8), 0,
                new CallInterruption(ended -> { }), progress -> { });
        return new Invocation(call).run("config", new ConfigCommand(NOTHING_INSTALLED), List.of(arguments));
    }

    private String file(String text) throws IOException {
        return Files.writeString(folder.resolve("a.yaml"), text).toString();
    }

    @Test
    void printShowsTheValuesAfterOptions() throws IOException {
        assertEquals(0, call("print", file("_x: &x {lr: 0.1}\na: *x\n"), "--cfg-options", "a.lr=1e-3", "b=[1, 2]"));
        assertEquals("a:\n  lr: 1e-3\nb: [1, 2]\n", out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void printCanWriteJson() throws IOException {
        assertEquals(0, call("print", "--json", file("a: {b: 1e-3}\n")));
        assertEquals("{\"a\": {\"b\": 0.001}}" + System.lineSeparator(), out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void everyMistakeIsALineAndTheStatusIsTwo() throws IOException {
        String file = file("model: SimCLR\ntrain_cfg: {type: 3}\n");
        assertEquals(2, call("validate", file));
        assertEquals(List.of(file + ":1:8: model: no algorithm 'SimCLR' is installed. No algorithm is installed",
                file + ":1:1: train_dataloader: missing key",
                file + ":1:1: optim_wrapper: missing key",
                file + ":2:19: train_cfg.type: must be a text, not the number 3"),
                err.toString(StandardCharsets.UTF_8).lines().limit(4).toList());
        assertEquals("", out.toString(StandardCharsets.UTF_8));
    }

    @Test
    void anUnknownActionIsBadUsage() {
        assertEquals(2, call("prunt", "a.yaml"));
        assertEquals("config can print or validate, not 'prunt'; 'selfsup help config' shows its arguments" + System.lineSeparator(),
                err.toString(StandardCharsets.UTF_8));
    }

    @Test
    void severalFilesAreValidatedAtOnce() throws IOException {
        Path other = Files.writeString(folder.resolve("b.yaml"), "[1]");
        assertEquals(2, call("validate", folder.resolve("none.yaml").toString(), other.toString()));
        assertEquals(List.of("the config " + folder + "/none.yaml does not exist; check the path",
                        other + ":1:1: a config is a mapping of keys to values, not a list"),
                err.toString(StandardCharsets.UTF_8).lines().toList());
        assertEquals(2, call("print", other.toString(), other.toString()));
    }

    @Test
    void aFileThatCannotBeReadEndsInOneLine() {
        assertEquals(2, call("print", folder.resolve("none.yaml").toString()));
        assertEquals("the config " + folder + "/none.yaml does not exist; check the path" + System.lineSeparator(),
                err.toString(StandardCharsets.UTF_8));
    }
}
