package dev.selfsup.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the config language means. */
final class ConfigLanguageTest {
    @TempDir
    private Path folder;

    private void file(String name, String text) throws IOException {
        Path file = folder.resolve(name);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private String load(String name, String... options) {
        return Config.load(folder.resolve(name), List.of(options)).toJson();
    }

    private static String parse(String yaml) {
        return Config.parse("test", yaml).toJson();
    }

    @Test
    void mappingsOfABaseAreMergedAndListsReplaced() throws IOException {
        file("base.yaml", "model: {type: A, depth: 50, stages: [1, 2]}\nseed: 1\n");
        file("child.yaml", "_base_: base.yaml\nmodel: {depth: 18, stages: [3]}\n");
        assertEquals("{\"model\": {\"type\": \"A\", \"depth\": 18, \"stages\": [3]}, \"seed\": 1}", load("child.yaml"));
    }

    @Test
    void basesAreFoundBesideTheFileThatNamesThem() throws IOException {
        file("parts/model.yaml", "_base_: deeper/more.yaml\na: 1\n");
        file("parts/deeper/more.yaml", "b: 2\n");
        file("run/child.yaml", "_base_: [../parts/model.yaml, data.yaml]\n");
        file("run/data.yaml", "c: 3\n");
        assertEquals("{\"b\": 2, \"a\": 1, \"c\": 3}", load("run/child.yaml"));
    }

    @Test
    void deleteReplacesTheMappingOfTheBase() throws IOException {
        file("base.yaml", "neck: {type: A, layers: {n: 2}}\n");
        file("child.yaml", "_base_: base.yaml\nneck: {_delete_: true, type: B}\n");
        file("grandchild.yaml", "_base_: child.yaml\nneck: {out: 3}\n");
        assertEquals("{\"neck\": {\"type\": \"B\"}}", load("child.yaml"));
        assertEquals("{\"neck\": {\"type\": \"B\", \"out\": 3}}", load("grandchild.yaml"));
    }

    @Test
    void deleteFalseMergesAndIsDropped() throws IOException {
        file("base.yaml", "neck: {type: A}\n");
        file("child.yaml", "_base_: base.yaml\nneck: {_delete_: false, out: 3}\nhead: {_delete_: true, type: C}\n");
        assertEquals("{\"neck\": {\"type\": \"A\", \"out\": 3}, \"head\": {\"type\": \"C\"}}", load("child.yaml"));
    }

    @Test
    void aMappingTakesThePlaceOfNull() throws IOException {
        file("base.yaml", "clip: null\n");
        file("child.yaml", "_base_: base.yaml\nclip: {max: 1}\n");
        assertEquals("{\"clip\": {\"max\": 1}}", load("child.yaml"));
    }

    @Test
    void aValueOfTheBaseKeepsItsType() throws IOException {
        file("base.yaml", "lr: 0.5\nviews: [{size: 224}, {size: 96}]\n_name: small\n");
        file("child.yaml", """
                _base_: base.yaml
                rate: "{{_base_.lr}}"
                bare: {{_base_.lr}}
                view: '{{ _base_.views.1 }}'
                size: {{_base_.views.0.size}}
                name: run-{{_base_._name}}-{{_base_.lr}}
                """);
        assertEquals("{\"lr\": 0.5, \"views\": [{\"size\": 224}, {\"size\": 96}], \"rate\": 0.5, \"bare\": 0.5, \"view\": {\"size\": 96}, "
                + "\"size\": 224, \"name\": \"run-small-0.5\"}", load("child.yaml"));
    }

    @Test
    void aKeyWithDotsCanBeNamedInAPath() throws IOException {
        file("base.yaml", "keys: {downsample.1: {decay: 0}}\n");
        file("child.yaml", "_base_: base.yaml\nx: '{{_base_.keys.downsample.1.decay}}'\n");
        assertEquals("{\"keys\": {\"downsample.1\": {\"decay\": 5}}, \"x\": 0}", load("child.yaml", "keys.downsample.1.decay=5"));
    }

    @Test
    void helpersAreDroppedAfterUse() throws IOException {
        file("base.yaml", "_views: &views [1, 2]\nuse: *views\n");
        file("child.yaml", "_base_: base.yaml\nagain: {{_base_._views}}\n_more: 1\nnested: {_kept: 1}\n");
        assertEquals("{\"use\": [1, 2], \"again\": [1, 2], \"nested\": {\"_kept\": 1}}", load("child.yaml"));
    }

    @Test
    void mergeKeysGiveWayToOwnKeysAndToEarlierOnes() {
        assertEquals("{\"a\": {\"x\": 1, \"y\": 2}, \"b\": {\"y\": 3, \"z\": 4}, \"c\": {\"x\": 1, \"y\": 2, \"z\": 5}}",
                parse("a: &a {x: 1, y: 2}\nb: &b {y: 3, z: 4}\nc: {<<: [*a, *b], z: 5}\n"));
    }

    @Test
    void scalarsFollowTheCoreSchemaOfYaml12() {
        assertEquals("{\"a\": 1.0E-6, \"b\": 1.0E-6, \"c\": \"on\", \"d\": \"no\", \"e\": true, \"f\": null, \"g\": null, "
                        + "\"h\": \"1_000\", \"i\": 255, \"j\": 8, \"k\": \"12:30\", \"l\": 0.5, \"m\": \"2020-01-01\", "
                        + "\"n\": 10, \"o\": \"1e-6\", \"p\": \".inf\"}",
                parse("{a: 1e-6, b: 1.0e-06, c: on, d: no, e: True, f: , g: ~, h: 1_000, i: 0xff, j: 0o10, k: 12:30, l: .5, m: 2020-01-01, "
                        + "n: 010, o: '1e-6', p: .inf}"));
    }

    @Test
    void anEmptyFileIsAnEmptyConfig() {
        assertEquals("{}", parse("# nothing\n"));
    }

    @Test
    void optionsSetValuesListElementsAndMissingMappings() throws IOException {
        file("a.yaml", "model: {depth: 50}\npipeline: [{type: A}, {type: B, size: 224}]\nhooks: null\n");
        assertEquals("{\"model\": {\"depth\": 18}, \"pipeline\": [{\"type\": \"A\"}, {\"type\": \"B\", \"size\": [96, 96]}], "
                        + "\"hooks\": {\"ema\": {\"m\": 1.0E-4}}, \"new\": {\"x\": {\"y\": \"t=1\"}}, \"empty\": null}",
                load("a.yaml", "model.depth=18", "pipeline.1.size=[96, 96]", "hooks.ema.m=1e-4", "new.x.y=t=1", "empty="));
    }

    @Test
    void anOptionThatIsAMappingIsMerged() throws IOException {
        file("a.yaml", "model: {type: A, depth: 50}\n");
        assertEquals("{\"model\": {\"type\": \"A\", \"depth\": 18}}", load("a.yaml", "model={depth: 18}"));
        assertEquals("{\"model\": {\"depth\": 18}}", load("a.yaml", "model={_delete_: true, depth: 18}"));
    }

    @Test
    void everyValueKnowsItsPlaceAndWhatItOverrode() throws IOException {
        file("base.yaml", "model:\n  depth: 50\n");
        file("child.yaml", "_base_: base.yaml\n\nmodel: {depth: 34}\n");
        Config config = Config.load(folder.resolve("child.yaml"), List.of("model.depth=18"));
        Node depth = config.find("model.depth").orElseThrow();
        assertEquals("--cfg-options model.depth=18", depth.origin().toString());
        assertEquals(folder + "/child.yaml:3:16", depth.replaced().orElseThrow().origin().toString());
        assertEquals(folder + "/base.yaml:2:10", depth.replaced().orElseThrow().replaced().orElseThrow().origin().toString());
        assertTrue(depth.replaced().orElseThrow().replaced().orElseThrow().replaced().isEmpty());
    }
}
