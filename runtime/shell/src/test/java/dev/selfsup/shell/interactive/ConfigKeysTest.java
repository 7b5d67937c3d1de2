package dev.selfsup.shell.interactive;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.selfsup.runtime.components.ComponentDescription;
import dev.selfsup.runtime.components.ComponentDescription.ConfigKey;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import org.jline.reader.Candidate;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class ConfigKeysTest {
    private static final List<ComponentDescription> INSTALLED = List.of(
            new ComponentDescription("backbone", "mmselfsup", "ResNet", "b", "", "", List.of(key("depth", "integer", null), key("norm_eval", "boolean", "false"),
                    new ConfigKey("stem", "mapping", Optional.empty(), false, "", List.of(key("stride", "integer", "2"))))),
            new ComponentDescription("backbone", "mmselfsup", "ViT", "b", "", "", List.of()),
            new ComponentDescription("head", "mmselfsup", "Head", "h", "", "", List.of()));

    @TempDir
    Path folder;

    private Path config;

    private static ConfigKey key(String name, String type, String byDefault) {
        return new ConfigKey(name, type, Optional.ofNullable(byDefault), false, "", List.of());
    }

    @BeforeEach
    void write() throws IOException {
        Files.writeString(folder.resolve("base.yaml"), "model: {type: SimCLR, backbone: {type: mmselfsup.ResNet, depth: 18, stem: {}}}\n");
        config = Files.writeString(folder.resolve("a.yaml"), "_base_: base.yaml\nhooks: [{type: Knn, k: 5}, 7]\nseed: 3\n");
    }

    private List<String> proposed(String typed) {
        return new ConfigKeys(INSTALLED, true).propose(Optional.of(config.toString()), typed).stream().map(Candidate::value).toList();
    }

    @Test
    void keysAreProposedLevelByLevelThoseOfBasesToo() {
        assertEquals(List.of("model.", "hooks.", "seed="), proposed(""));
        assertEquals(List.of("model.type=", "model.backbone."), proposed("model.b"));
        assertEquals(List.of("hooks.0.", "hooks.1="), proposed("hooks."));
        assertEquals(List.of("hooks.0.type=", "hooks.0.k="), proposed("hooks.0."));
        assertEquals(List.of(), proposed("nothing.there."));
    }

    @Test
    void keysThatTheComponentKnowsAreProposedBesides() {
        assertEquals(List.of("model.backbone.type=", "model.backbone.depth=", "model.backbone.stem.", "model.backbone.norm_eval="), proposed("model.backbone."));
        assertEquals(List.of("model.backbone.stem.stride="), proposed("model.backbone.stem."));
    }

    @Test
    void valuesAreThatOfTheConfigThoseOfItsKindAndTheDefault() {
        assertEquals(List.of("seed=3"), proposed("seed="));
        assertEquals(List.of("model.backbone.type=mmselfsup.ResNet", "model.backbone.type=ResNet", "model.backbone.type=ViT"), proposed("model.backbone.type="));
        assertEquals(List.of("model.backbone.norm_eval=false", "model.backbone.norm_eval=true"), proposed("model.backbone.norm_eval="));
    }

    @Test
    void keysWithoutValuesEndTheWord() {
        List<Candidate> keys = new ConfigKeys(INSTALLED, false).propose(Optional.of(config.toString()), "");
        assertEquals(List.of("model.", "hooks.", "seed"), keys.stream().map(Candidate::value).toList());
        assertEquals(List.of(false, false, true), keys.stream().map(Candidate::complete).toList());
    }

    @Test
    void aWrongConfigProposesNothing() {
        assertEquals(List.of(), new ConfigKeys(INSTALLED, true).propose(Optional.of("none.yaml"), ""));
        assertEquals(List.of(), new ConfigKeys(INSTALLED, true).propose(Optional.empty(), "model."));
    }
}
