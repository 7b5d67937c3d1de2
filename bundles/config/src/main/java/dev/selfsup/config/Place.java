package dev.selfsup.config;

import java.util.ArrayList;
import java.util.List;

/**
 * Where binding is in a configuration.
 *
 * @param path the keys and list positions that lead here, joined by dots
 * @param scopes scopes in which type names are looked up, the nearest first
 */
record Place(String path, List<String> scopes) {
    static final String SCOPE = "_scope_";

    Place at(Object key) {
        return new Place(path.isEmpty() ? key.toString() : path + "." + key, scopes);
    }

    /** This place inside a mapping, whose {@code _scope_} comes first if it has one. */
    Place in(Node.Mapping mapping) {
        if (mapping.get(SCOPE).orElse(null) instanceof Node.Scalar scope) {
            List<String> nearest = new ArrayList<>(List.of(scope.text()));
            nearest.addAll(scopes);
            return new Place(path, List.copyOf(nearest));
        }
        return this;
    }
}
