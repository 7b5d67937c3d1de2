package dev.selfsup.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import dev.selfsup.api.run.UsageException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What is said about files and options that are wrong. */
final class ConfigMistakesTest {
    @TempDir
    private Path folder;

    private void file(String name, String text) throws IOException {
        Files.writeString(folder.resolve(name), text);
    }

    private String load(String name, String... options) {
        UsageException e = assertThrows(UsageException.class, () -> Config.load(folder.resolve(name), List.of(options)));
        assertEquals(2, e.status());
        return e.getMessage().replace(folder + "/", "");
    }

    private static String parse(String yaml) {
        return assertThrows(UsageException.class, () -> Config.parse("test", yaml)).getMessage();
    }

    @Test
    void aMissingFile() {
        assertEquals("the config none.yaml does not exist; check the path", load("none.yaml"));
    }

    @Test
    void aFolder() throws IOException {
        Files.createDirectory(folder.resolve("sub"));
        assertEquals("the config sub is a folder; name a YAML file in it", load("sub"));
    }

    @Test
    void aDeviceThatNeverEnds() {
        UsageException e = assertThrows(UsageException.class, () -> Config.load(Path.of("/dev/zero"), List.of()));
        assertEquals("the config /dev/zero is no regular file; name a YAML file", e.getMessage());
    }

    @Test
    void aPythonFile() throws IOException {
        file("a.py", "model = dict()");
        assertEquals("the config a.py is Python; write it as YAML", load("a.py"));
    }

    @Test
    void aBinaryFile() throws IOException {
        Files.write(folder.resolve("a.yaml"), new byte[] {(byte) 0xff, (byte) 0xd8, (byte) 0xff, 0});
        assertEquals("the config a.yaml is not a text in UTF-8, so no YAML config", load("a.yaml"));
        Files.write(folder.resolve("b.yaml"), new byte[] {'a', 0});
        assertEquals("b.yaml:1:1: not YAML: the character U+0000 is not allowed in it", load("b.yaml"));
    }

    @Test
    void aFileThatIsTooLarge() throws IOException {
        file("a.yaml", "a: " + "x".repeat(YamlReader.MAX_CHARACTERS));
        assertEquals("the config a.yaml has 4194307 bytes, more than the 4194304 of a config", load("a.yaml"));
    }

    @Test
    void syntaxErrorsHaveTheirPlace() {
        assertEquals("test:2:3: not YAML: mapping values are not allowed here", parse("a: 1\n b: 2\n"));
        assertEquals("test:2:1: not YAML: expected ',' or ']', but got <stream end>", parse("a: [1, 2\n"));
        assertEquals("test:1:4: not YAML: found undefined alias nowhere", parse("a: *nowhere\n"));
        assertEquals("test:2:1: not YAML: but found another document", parse("a: 1\n---\nb: 2\n"));
        assertEquals("test:2:1: not YAML: found character '\\t(TAB)' that cannot start any token. (Do not use \\t(TAB) for indentation)",
                parse("a:\n\tb: 1\n"));
    }

    @Test
    void aListIsNoConfig() {
        assertEquals("test:1:1: a config is a mapping of keys to values, not a list", parse("- 1\n"));
        assertEquals("test:1:1: a config is a mapping of keys to values, not the text 'hello world'", parse("hello world"));
    }

    @Test
    void aKeyGivenTwice() {
        assertEquals("test:3:1: the key 'a' is here twice, first at test:1:1; leave one out", parse("a: 1\nb: 2\na: 3\n"));
    }

    @Test
    void aKeyThatIsNoText() {
        assertEquals("test:1:2: a key must be a text", parse("{[1]: 2}"));
        assertEquals("test:1:1: a key must be a text", parse("~: 2"));
    }

    @Test
    void tagsConstructNothing() {
        assertEquals("test:1:4: the tag tag:yaml.org,2002:javax.script.ScriptEngineManager is not allowed; leave it out\n"
                        + "test:2:4: the tag !x is not allowed; leave it out\ntest:3:4: 'abc' does not fit its tag tag:yaml.org,2002:int",
                parse("a: !!javax.script.ScriptEngineManager [1]\nb: !x 1\nc: !!int abc\n"));
    }

    @Test
    void anAnchorInItself() {
        assertEquals("test:1:4: an anchor cannot contain its own alias", parse("a: &a [*a]\n"));
    }

    @Test
    void aliasesThatGrowWithoutBound() {
        StringBuilder bomb = new StringBuilder("a0: &a0 [1, 1, 1, 1, 1, 1, 1, 1, 1, 1]\n");
        for (int i = 1; i < 12; i++) {
            bomb.append("a%d: &a%d [%s]\n".formatted(i, i, ("*a" + (i - 1) + ", ").repeat(10)));
        }
        assertEquals("test:1:1: a config has at most 200000 values, aliases and bases written out", parse(bomb.toString()));
    }

    @Test
    void nestingThatIsTooDeep() {
        assertEquals("test:1:1: not YAML: Nesting Depth exceeded max 100", parse("[".repeat(5000) + "]".repeat(5000)));
    }

    @Test
    void mergeKeysTakeMappings() {
        assertEquals("test:1:9: << takes a mapping or a list of mappings, not the number 1", parse("a: {<<: 1}\n"));
    }

    @Test
    void aBaseThatIsMissing() throws IOException {
        file("a.yaml", "x: 1\n_base_: [none.yaml]\n");
        assertEquals("a.yaml:2:10: _base_: the config none.yaml does not exist; check the path", load("a.yaml"));
    }

    @Test
    void aBaseThatIsNoName() throws IOException {
        file("a.yaml", "_base_: {a: b}\n");
        assertEquals("a.yaml:1:9: _base_: must be a file or a list of files, not a mapping", load("a.yaml"));
        file("b.yaml", "_base_: \"a\\0b\"\n");
        assertEquals("b.yaml:1:9: _base_: is no name of a file: Nul character not allowed", load("b.yaml"));
        assertEquals("test:1:9: _base_: only a file can have bases", parse("_base_: a.yaml\n"));
    }

    @Test
    void basesInACircle() throws IOException {
        file("start.yaml", "_base_: a.yaml\n");
        file("a.yaml", "_base_: b.yaml\n");
        file("b.yaml", "_base_:\n  - a.yaml\n");
        assertEquals("b.yaml:2:5: _base_: a file cannot be its own base: a.yaml -> b.yaml -> a.yaml", load("start.yaml"));
        file("self.yaml", "_base_: self.yaml\n");
        assertEquals("self.yaml:1:9: _base_: a file cannot be its own base: self.yaml -> self.yaml", load("self.yaml"));
    }

    @Test
    void aKeyOfTwoBases() throws IOException {
        file("a.yaml", "x: 1\nmodel: {}\n");
        file("b.yaml", "model: {}\n");
        file("c.yaml", "_base_: [a.yaml, b.yaml]\n");
        assertEquals("c.yaml:1:18: _base_: two bases give the key 'model', at a.yaml:2:1 and b.yaml:1:1; it can stand in one only",
                load("c.yaml"));
    }

    @Test
    void aMappingOverAnythingElse() throws IOException {
        file("a.yaml", "model: {neck: [1]}\n");
        file("b.yaml", "_base_: a.yaml\nmodel:\n  neck: {type: A}\n");
        assertEquals("b.yaml:3:9: model.neck: a mapping cannot be merged into a list of a.yaml:1:15; "
                + "write '_delete_: true' in it to replace that",
                load("b.yaml"));
    }

    @Test
    void aDeleteThatIsNoTruthValue() throws IOException {
        file("a.yaml", "model: {_delete_: yes}\n");
        assertEquals("a.yaml:1:19: _delete_: must be true or false, not the text 'yes'", load("a.yaml"));
    }

    @Test
    void placeholdersThatLeadNowhere() throws IOException {
        file("a.yaml", "lr: [1]\n");
        file("b.yaml", "_base_: a.yaml\nx: '{{_base_.rate}}'\ny: ['at {{_base_.lr}}']\nz: '{{_base_.lr.1}}'\n");
        assertEquals("b.yaml:2:4: x: {{_base_.rate}} is not in the _base_ files\n"
                + "b.yaml:3:5: y.0: {{_base_.lr}} is a list and cannot be a part of a text\n"
                + "b.yaml:4:4: z: {{_base_.lr.1}} is not in the _base_ files", load("b.yaml"));
    }

    @Test
    void aPathDeeperThanAnyConfig() throws IOException {
        file("a.yaml", "x: 1\n");
        String option = "a.".repeat(20_000) + "b=1";
        assertEquals("--cfg-options " + option + ": write KEY=VALUE, as in model.backbone.depth=18", load("a.yaml", option));
    }

    @Test
    void optionsThatAreWrong() throws IOException {
        file("a.yaml", "list: [1, 2]\nlr: 3\n");
        assertEquals("""
                --cfg-options lr: write KEY=VALUE, as in model.backbone.depth=18
                --cfg-options a..b=1: write KEY=VALUE, as in model.backbone.depth=18
                --cfg-options list.2=1: list.2: '2' must start with a position in the list of a.yaml:1:7, from 0 to 1
                --cfg-options list.x.y=1: list.x.y: 'x.y' must start with a position in the list of a.yaml:1:7, from 0 to 1
                --cfg-options lr.x=1: lr.x: 'x' lies below the number 3 of a.yaml:2:5
                --cfg-options lr=[1: not YAML: expected ',' or ']', but got <stream end>
                --cfg-options _base_=b.yaml: _base_ cannot be set here; it belongs into the file
                --cfg-options lr={{_base_.x}}: lr: {{_base_.x}} is not in the _base_ files""",
                load("a.yaml", "lr", "a..b=1", "list.2=1", "list.x.y=1", "lr.x=1", "lr=[1", "_base_=b.yaml", "lr={{_base_.x}}"));
    }
}
