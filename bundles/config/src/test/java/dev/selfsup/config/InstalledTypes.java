package dev.selfsup.config;

import dev.selfsup.api.component.ComponentFactory;
import dev.selfsup.api.component.Components;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/** Components for tests, found as a config means them. */
final class InstalledTypes implements Components {
    private final List<Installed> installed = new ArrayList<>();

    InstalledTypes add(String kind, String scope, String name, ComponentFactory<?, ?> factory) {
        installed.add(new Installed(new Id(kind, scope, name), factory));
        installed.sort(Comparator.comparing(Installed::id));
        return this;
    }

    @Override
    public List<Installed> all() {
        return List.copyOf(installed);
    }

    @Override
    public Optional<Installed> find(String kind, String type, List<String> scopes) {
        int dot = type.indexOf('.');
        if (dot > 0) {
            return only(kind, type.substring(0, dot), type.substring(dot + 1));
        }
        return scopes.stream().flatMap(scope -> only(kind, scope, type).stream()).findFirst().or(() -> only(kind, null, type));
    }

    private Optional<Installed> only(String kind, String scope, String name) {
        List<Installed> found = installed.stream()
                .filter(i -> i.id().kind().equals(kind) && i.id().name().equals(name) && (scope == null || i.id().scope().equals(scope)))
                .toList();
        return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
    }
}
