package dev.selfsup.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Where values come from, and what they replaced. */
final class HistoryTest {
    @TempDir
    private Path folder;

    private void file(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
    }

    /** Value, place of the key and place of the value of every version of a path, newest first. */
    private List<String> history(String path, String... options) {
        return Config.load(folder.resolve("child.yaml"), List.of(options)).history(path).stream()
                .map(entry -> (entry.value().inline() + " " + entry.key() + " " + entry.value().origin()).replace(folder + "/", "")).toList();
    }

    @Test
    void everyBaseAndOptionThatGaveAValueIsTold() throws IOException {
        file("base.yaml", "model:\n  depth: 50\n");
        file("middle.yaml", "_base_: base.yaml\nmodel: {depth: 34}\n");
        file("child.yaml", "_base_: middle.yaml\nmodel: {depth: 18}\n");
        assertEquals(List.of("9 child.yaml:2:9 --cfg-options model.depth=9", "8 --cfg-options model.depth=8 --cfg-options model.depth=8",
                        "18 child.yaml:2:16 child.yaml:2:16", "34 middle.yaml:2:16 middle.yaml:2:16", "50 base.yaml:2:10 base.yaml:2:10"),
                history("model.depth", "model.depth=8", "model.depth=9"));
    }

    @Test
    void valuesThatWentWithTheMappingAroundThemAreTold() throws IOException {
        file("base.yaml", "neck: {type: A, layers: {n: 2}}\nsteps: [{lr: 1}, {lr: 2}]\n");
        file("child.yaml", "_base_: base.yaml\nneck: {_delete_: true, type: B}\nsteps: [{lr: 3}]\n");
        assertEquals(List.of("2 base.yaml:1:26 base.yaml:1:29"), history("neck.layers.n"));
        assertEquals(List.of("B child.yaml:2:24 child.yaml:2:30", "A base.yaml:1:8 base.yaml:1:14"), history("neck.type"));
        assertEquals(List.of("3 child.yaml:3:10 child.yaml:3:14", "1 base.yaml:2:10 base.yaml:2:14"), history("steps.0.lr"));
        assertEquals(List.of("2 base.yaml:2:19 base.yaml:2:23"), history("steps.1.lr"));
    }

    @Test
    void anAliasAMergeKeyAndAPlaceholderKeepThePlaceTheyTookTheValueFrom() throws IOException {
        file("base.yaml", "width: 64\nkept: 1\n");
        file("child.yaml", "_base_: base.yaml\n_a: &a {lr: 0.1}\nfirst: *a\nsecond: {<<: *a, lr: 0.2}\nkept: \"{{_base_.width}}\"\n");
        assertEquals(List.of("0.1 child.yaml:2:9 child.yaml:2:13"), history("first.lr"));
        assertEquals(List.of("{lr: 0.1} child.yaml:3:1 child.yaml:2:5"), history("first"));
        assertEquals(List.of("0.2 child.yaml:4:18 child.yaml:4:22", "0.1 child.yaml:2:13 child.yaml:2:13"), history("second.lr"));
        assertEquals(List.of("64 child.yaml:5:1 base.yaml:1:8", "1 base.yaml:2:7 base.yaml:2:7"), history("kept"));
    }

    @Test
    void whatOverridesAnOverriddenMergeKeyIsFollowedByBoth() throws IOException {
        file("base.yaml", "_a: &a {lr: 1}\nopt: {<<: *a, lr: 2}\n");
        file("child.yaml", "_base_: base.yaml\n_a: &a {lr: 3}\nopt: {<<: *a, lr: 4}\n");
        assertEquals(List.of("4", "3", "2", "1"), history("opt.lr").stream().map(line -> line.substring(0, 1)).toList());
    }

    @Test
    void nothingIsKnownOfAPathThatNobodyWrote() throws IOException {
        file("child.yaml", "a: {b: 1}\n");
        assertTrue(history("a.c").isEmpty() && history("a.b.c").isEmpty() && history("").isEmpty() && history("a..b").isEmpty());
    }
}
