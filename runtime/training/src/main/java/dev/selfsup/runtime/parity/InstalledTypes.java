package dev.selfsup.runtime.parity;

import com.fasterxml.jackson.databind.JsonNode;
import dev.selfsup.api.component.Components;
import dev.selfsup.api.component.Components.Id;
import dev.selfsup.config.Config;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** Whether the components that a config names are installed, and the config bound. */
record InstalledTypes(Components components) {
    /** Why a config cannot be bound: the first type in it that no component bears. */
    Optional<String> obstacle(JsonNode config) {
        return types(config).filter(type -> ids(type).isEmpty()).findFirst().map(type -> "type " + type + " is not installed");
    }

    private static Stream<String> types(JsonNode node) {
        if (node.isArray()) {
            return node.valueStream().flatMap(InstalledTypes::types);
        }
        return node.propertyStream().flatMap(entry -> names(entry) ? Stream.of(entry.getValue().asText()) : inside(entry));
    }

    private static boolean names(Map.Entry<String, JsonNode> entry) {
        return List.of("type", "constructor").contains(entry.getKey()) && entry.getValue().isTextual();
    }

    private static Stream<String> inside(Map.Entry<String, JsonNode> entry) {
        return entry.getKey().equals("clip_grad") ? Stream.empty() : types(entry.getValue());
    }

    /** Components of a type name, whatever their kind. */
    List<Id> ids(String type) {
        int prefix = Math.max(type.lastIndexOf('.'), type.lastIndexOf('/'));
        String name = type.substring(prefix + 1);
        return components.ids().stream()
                .filter(id -> id.name().equals(name) && (prefix < 0 || id.scope().equals(type.substring(0, prefix))))
                .toList();
    }

    /** Builds a component or record from its config. */
    <T> T bind(JsonNode config, Class<T> type) {
        return bind(config, type, "mmselfsup");
    }

    /** Builds a component or record from its config, whose types are looked up last in a scope. */
    <T> T bind(JsonNode config, Class<T> type, String defaultScope) {
        return Config.parse("case.json", "{\"config\": " + config + ", \"default_scope\": \"" + defaultScope + "\"}").bind("config", type, components);
    }
}
