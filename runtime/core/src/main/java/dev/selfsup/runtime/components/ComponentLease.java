package dev.selfsup.runtime.components;

import dev.selfsup.api.component.Lease;
import dev.selfsup.runtime.plugins.BundleLeases;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;

/** The components that one user sees, which keep what it has found: asked again, it finds the same, even if that is removed in the meantime. */
final class ComponentLease implements Lease {
    private final InstalledComponents components;
    private final BundleLeases.Hold hold;
    private final Map<Id, Installed> found = new ConcurrentHashMap<>();
    private final Lookup lookup = new Lookup(this::known, this::component);

    ComponentLease(InstalledComponents components, BundleLeases.Hold hold) {
        this.components = components;
        this.hold = hold;
    }

    private SortedSet<Id> known() {
        SortedSet<Id> known = new TreeSet<>(components.ids());
        known.addAll(found.keySet());
        return known;
    }

    private Optional<Installed> component(Id id) {
        Optional<Installed> component = Optional.ofNullable(found.get(id)).or(() -> components.installed(id, hold::add));
        component.ifPresent(installed -> found.put(id, installed));
        return component;
    }

    @Override
    public List<Id> ids() {
        return lookup.ids();
    }

    @Override
    public List<Installed> all() {
        return lookup.all();
    }

    @Override
    public Optional<Installed> find(String kind, String type, List<String> scopes) {
        return lookup.find(kind, type, scopes);
    }

    @Override
    public Optional<String> explain(String kind, String type) {
        return components.explain(kind, type);
    }

    @Override
    public void close() {
        hold.close();
    }
}
