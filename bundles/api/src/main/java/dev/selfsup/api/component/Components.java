package dev.selfsup.api.component;

import java.util.List;
import java.util.Optional;
import org.osgi.annotation.versioning.ProviderType;

/** The components installed now: a service, kept up to date as bundles come and go. */
@ProviderType
public interface Components {
    /**
     * A component's identity.
     *
     * @param kind for example {@code backbone}
     * @param scope for example {@code mmselfsup}
     * @param name for example {@code ResNet}
     */
    record Id(String kind, String scope, String name) implements Comparable<Id> {
        @Override
        public int compareTo(Id other) {
            return java.util.Comparator.comparing(Id::kind).thenComparing(Id::name).thenComparing(Id::scope).compare(this, other);
        }

        @Override
        public String toString() {
            return kind + " " + scope + "." + name;
        }
    }

    /**
     * An installed component.
     *
     * @param id its identity
     * @param factory its factory
     */
    record Installed(Id id, ComponentFactory<?, ?> factory) {}

    /**
     * Identities of all installed components; none is activated by asking.
     *
     * @return ordered by kind, name, scope
     */
    default List<Id> ids() {
        return all().stream().map(Installed::id).toList();
    }

    /**
     * All installed components.
     *
     * @return ordered by kind, name, scope
     */
    List<Installed> all();

    /**
     * Finds a component the way a config means it: by explicit prefix ({@code mmcls.ImageNet}), else in the given
     * scopes in turn, else the only one of that name.
     *
     * @param kind kind of the field
     * @param type value of {@code type:}
     * @param scopes nearest {@code _scope_} first, {@code default_scope} last
     * @return the component, empty if none or several match
     */
    Optional<Installed> find(String kind, String type, List<String> scopes);

    /**
     * Why a type that was not found is not there, if a bundle has it that cannot be used.
     *
     * @param kind kind of the field
     * @param type value of {@code type:}
     * @return a sentence without its full stop, as {@code deploy/x.jar has it, but ...}
     */
    default Optional<String> explain(String kind, String type) {
        return Optional.empty();
    }
}
