package dev.selfsup.runtime.plugins;

import dev.selfsup.api.component.Components;
import java.util.List;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;

/** Components, and which of them were looked up. */
final class RecordedComponents implements Components {
    private final Components components;
    private final SortedSet<Id> found = new TreeSet<>();

    RecordedComponents(Components components) {
        this.components = components;
    }

    /** Identities of the components that were found. */
    SortedSet<Id> found() {
        return found;
    }

    @Override
    public List<Id> ids() {
        return components.ids();
    }

    @Override
    public List<Installed> all() {
        return components.all();
    }

    @Override
    public Optional<Installed> find(String kind, String type, List<String> scopes) {
        Optional<Installed> component = components.find(kind, type, scopes);
        component.ifPresent(installed -> found.add(installed.id()));
        return component;
    }

    @Override
    public Optional<String> explain(String kind, String type) {
        return components.explain(kind, type);
    }
}
