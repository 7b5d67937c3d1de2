package dev.selfsup.runtime.components;

import static org.junit.jupiter.api.Assertions.assertEquals;

import dev.selfsup.runtime.components.ComponentDescription.ConfigKey;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

final class ComponentDescriptionsTest {
    @Test
    void aDescriptionHasTheKeysOfMappingsToo() throws IOException {
        String json = """
                {"kind": "neck", "scope": "mmcls", "type": "GAP", "class": "a.GAP", "summary": "Pools.", "doc": "Pools. All.",
                 "config": [{"key": "dim", "type": "integer", "default": "2", "required": false, "doc": "how many"},
                            {"key": "sub", "type": "mapping", "required": true, "doc": "",
                             "keys": [{"key": "a", "type": "string", "required": false, "doc": "A"}]}]}""";
        ConfigKey inner = new ConfigKey("a", "string", Optional.empty(), false, "A", List.of());
        assertEquals(
                new ComponentDescription("neck", "mmcls", "GAP", "bundle", "Pools.", "Pools. All.", List.of(
                        new ConfigKey("dim", "integer", Optional.of("2"), false, "how many", List.of()),
                        new ConfigKey("sub", "mapping", Optional.empty(), true, "", List.of(inner)))),
                ComponentDescriptions.describe(new ByteArrayInputStream(json.getBytes(StandardCharsets.UTF_8)), "bundle"));
    }
}
