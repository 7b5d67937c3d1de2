package dev.selfsup.api.component;

import org.osgi.annotation.versioning.ConsumerType;

/**
 * Makes a component from its config. Publish it as an OSGi service:
 *
 * <pre>{@code
 * @Component @TypeName(kind = "neck", name = "LinearNeck")
 * public static final class Factory implements ComponentFactory<Neck, Config> {
 *     @Override public Neck create(Config config) { return new LinearNeck(config); }
 * }
 * }</pre>
 *
 * <p>The config is bound from YAML (keys in snake case) and checked by the record's constructor before {@code create}
 * is called; fields whose type is a {@link Kind} arrive built. Implement this interface directly, with both type
 * arguments given: they tell the runtime the kind and the record.
 *
 * @param <T> the kind, an interface marked {@link Kind}
 * @param <C> the config record
 */
@ConsumerType
public interface ComponentFactory<T, C extends Record> {
    /**
     * Makes the component.
     *
     * @param config checked config
     * @return the component
     */
    T create(C config);
}
