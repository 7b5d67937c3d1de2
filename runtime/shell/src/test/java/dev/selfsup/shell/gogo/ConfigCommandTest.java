package dev.selfsup.shell.gogo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import dev.selfsup.api.component.Components;
import dev.selfsup.config.RunConfig;
import dev.selfsup.shell.Call;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
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

    private static final List<String> RUN_KEYS = Arrays.stream(RunConfig.class.getRecordComponents())
            .map(component -> component.getName().replaceAll("([A-Z])", "_$1").toLowerCase(Locale.ROOT)).sorted().toList();

    @TempDir
    private Path folder;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int call(String... arguments) {
        Call call = new Call(new PrintStream(out, true, StandardCharsets.UTF_8), new PrintStream(err, true, StandardCharsets.UTF_8), 0,
                new CallInterruption(ended -> { }), progress -> { });
        return new Invocation(call).run("config", new ConfigCommand(NOTHING_INSTALLED, List::of), List.of(arguments));
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
        assertTrue(err.toString(StandardCharsets.UTF_8).contains("'prunt'"), err::toString);
        assertTrue(err.toString(StandardCharsets.UTF_8).contains("config print"), err::toString);
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

    private List<String> out() {
        return out.toString(StandardCharsets.UTF_8).replace(folder + "/", "").lines().toList();
    }

    @Test
    void explainTellsWhereAValueComesFromAndWhatItOverrode() throws IOException {
        Files.writeString(folder.resolve("base.yaml"), "work_dir: one\n");
        assertEquals(0, call("explain", file("_base_: base.yaml\nwork_dir: two\n"), "work_dir", "--cfg-options", "work_dir=three"));
        assertEquals(List.of("work_dir: three",
                "  written at  --cfg-options work_dir=three",
                "  overrides  two  a.yaml:2:11",
                "  overrides  one  base.yaml:1:11",
                "  a key of the run; docs/config-language.md explains configs"), out());
    }

    @Test
    void explainTellsWhatTookAValueWhereItWasNotWritten() throws IOException {
        assertEquals(0, call("explain", file("_dir: &dir one\nwork_dir: *dir\n"), "work_dir"));
        assertEquals(List.of("  written at  a.yaml:1:7", "  put here by the alias, << or {{_base_}} at a.yaml:2:1"), out().subList(1, 3));
    }

    @Test
    void explainTellsTheDefaultOfAKeyThatNobodyWrote() throws IOException {
        String file = file("model: {type: Unknown}\n");
        assertEquals(0, call("explain", file, "log_level"));
        assertEquals(List.of("log_level: info", "  not written; the default"), out().subList(0, 2));
        out.reset();
        assertEquals(0, call("explain", file, "train_dataloader"));
        assertEquals("train_dataloader: missing; it must be given", out().get(0));
        out.reset();
        assertEquals(0, call("explain", file, "load_from"));
        assertEquals("load_from: not set, and may be left out", out().get(0));
        out.reset();
        assertEquals(0, call("explain", file, "default_hooks.timer.type"));
        assertEquals("default_hooks.timer.type: IterTimerHook", out().get(0));
    }

    @Test
    void explainTellsWhatADeletedMappingTookWithIt() throws IOException {
        Files.writeString(folder.resolve("base.yaml"), "env_cfg: {a: {b: 1}}\n");
        assertEquals(0, call("explain", file("_base_: base.yaml\nenv_cfg: {_delete_: true, c: 2}\n"), "env_cfg.a.b"));
        assertEquals(List.of("env_cfg.a.b: not set", "  dropped: 1 of base.yaml:1:18", "  as env_cfg was replaced as a whole at a.yaml:2:10"), out());
    }

    @Test
    void explainListsTheValuesOfAMappingWithTheirOrigins() throws IOException {
        String file = file("env_cfg:\n  a: {b: [1, 2]}\n  c:\n  - {d: x}\n");
        assertEquals(0, call("explain", file, "env_cfg", "--cfg-options", "env_cfg.a.b=[3]"));
        assertEquals(List.of("  a.b:    [3]  --cfg-options env_cfg.a.b=[3], overrides [1, 2]", "  c.0.d:  x    a.yaml:4:9"), out().subList(4, 6));
        out.reset();
        assertEquals(0, call("explain", file));
        assertEquals(List.of("env_cfg.a.b:    [1, 2]  a.yaml:2:10", "env_cfg.c.0.d:  x       a.yaml:4:9"), out());
    }

    @Test
    void explainOfAnUnknownKeyIsAMistakeWithASuggestion() throws IOException {
        assertEquals(2, call("explain", file("seed: 1\n"), "wrk_dir"));
        assertEquals("wrk_dir: unknown key, did you mean 'work_dir'?" + System.lineSeparator(), err.toString(StandardCharsets.UTF_8));
        assertEquals(2, call("explain", file("seed: 1\n"), "a..b"));
        assertEquals(2, call("explain", file("seed: 1\n"), "model.x"));
        assertEquals(0, call("explain", file("seed: 1\n"), "seed"));
        assertTrue(out().contains("  but: seed: unknown key; its keys are " + String.join(", ", RUN_KEYS)), out::toString);
    }

    @Test
    void diffTellsWhatIsOnOneSideAndWhatChanged() throws IOException {
        String other = Files.writeString(folder.resolve("b.yaml"), "a: {x: 2, z: 3}\nlist: [1]\n").toString();
        assertEquals(1, call("diff", file("a: {x: 1, y: 5}\nlist: [1, 2]\n"), other));
        assertEquals(List.of("a",
                "  ~ x:  1 -> 2  a.yaml:1:8 -> b.yaml:1:8",
                "  - y:  5       a.yaml:1:14",
                "  + z:  3       b.yaml:1:14",
                "list",
                "  - 1:  2  a.yaml:2:11",
                "1 different, 2 only in a.yaml, 1 only in b.yaml"), out());
    }

    @Test
    void diffShowsWhatOptionsChangeAndNothingWhereConfigsAreEqual() throws IOException {
        String file = file("a: {x: 1}\n");
        assertEquals(0, call("diff", file, file, "--cfg-options", "a.x=0x1"));
        assertEquals(List.of("equal"), out());
        out.reset();
        assertEquals(1, call("diff", file, file, "--cfg-options", "a.x=1.0"));
        assertEquals(List.of("a", "  ~ x:  1 -> 1.0  a.yaml:1:8 -> --cfg-options a.x=1.0", "1 different, 0 only in a.yaml, 0 only in a.yaml"), out());
    }

    @Test
    void aLongValueOfOneSideIsShownValueByValue() throws IOException {
        String other = Files.writeString(folder.resolve("b.yaml"),
                "hook: {type: AVeryLongNameOfAHook, folder: a/long/path/to/images, keys: {k: [1, 2]}}\n").toString();
        assertEquals(1, call("diff", file("{}\n"), other));
        assertEquals(List.of("  + hook.type:    AVeryLongNameOfAHook   b.yaml:1:14", "  + hook.folder:  a/long/path/to/images  b.yaml:1:44",
                "  + hook.keys.k:  [1, 2]                 b.yaml:1:77"), out().subList(1, 4));
    }

    @Test
    void helpOfAnActionShowsItsOwnArguments() {
        assertEquals(0, call("explain", "--help"));
        assertTrue(out().get(0).startsWith("Usage: selfsup config explain [-h]"), out::toString);
        assertEquals(2, call("explain"));
        assertTrue(err.toString(StandardCharsets.UTF_8).contains("'selfsup help config explain' shows its arguments"), err::toString);
    }
}
