package dev.selfsup.runtime.components;

import dev.selfsup.api.component.Components;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** Finds components as configs mean them, among identities that can be asked for. */
final class Lookup implements Components {
    private final Supplier<SortedSet<Id>> known;
    private final Function<Id, Optional<Installed>> component;

    /**
     * A view of components.
     *
     * @param known identities of those that can be seen
     * @param component one of them; empty if it has just gone
     */
    Lookup(Supplier<SortedSet<Id>> known, Function<Id, Optional<Installed>> component) {
        this.known = known;
        this.component = component;
    }

    @Override
    public List<Id> ids() {
        return List.copyOf(known.get());
    }

    @Override
    public List<Installed> all() {
        return known.get().stream().flatMap(id -> component.apply(id).stream()).toList();
    }

    @Override
    public Optional<Installed> find(String kind, String type, List<String> scopes) {
        int prefix = type.indexOf('.');                                                // names may have slashes: mmcls.torchvision/Resize
        if (prefix > 0) {
            return component.apply(new Id(kind, type.substring(0, prefix), type.substring(prefix + 1)));
        }
        SortedSet<Id> ids = known.get();
        return scopes.stream()
                .map(scope -> new Id(kind, scope, type))
                .filter(ids::contains)
                .findFirst()
                .or(() -> only(ids.stream().filter(id -> id.kind().equals(kind) && id.name().equals(type))))
                .flatMap(component);
    }

    private static Optional<Id> only(Stream<Id> matches) {
        List<Id> found = matches.limit(2).toList();
        return found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty();
    }
}
