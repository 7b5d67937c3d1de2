package dev.selfsup.runtime.components;

import java.util.List;
import java.util.Optional;

/**
 * What a bundle says about one of its components; written by the annotation processor from the component's source.
 *
 * @param kind for example {@code backbone}
 * @param scope for example {@code mmselfsup}
 * @param type for example {@code ResNet}
 * @param bundle symbolic name of the bundle
 * @param summary first sentence of the Javadoc
 * @param doc the whole Javadoc as plain text
 * @param keys keys of its config, in the order of the record
 */
public record ComponentDescription(
        String kind, String scope, String type, String bundle, String summary, String doc, List<ConfigKey> keys) {
    /**
     * A key of a config.
     *
     * @param name the key as YAML has it
     * @param type what its value is, as {@code list of integer} or {@code backbone}
     * @param byDefault value in YAML where the key is not given
     * @param required whether the key must be given; without that and without a default it may be left out
     * @param doc what it means
     * @param keys keys of the mapping that the value, or each element of it, is; empty for other values
     */
    public record ConfigKey(String name, String type, Optional<String> byDefault, boolean required, String doc, List<ConfigKey> keys) {}
}
