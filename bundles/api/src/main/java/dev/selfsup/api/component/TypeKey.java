package dev.selfsup.api.component;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says that the type of a config field of some {@link Kind} stands in a key beside it: {@code paramwise_cfg} is bound to
 * the constructor that {@code constructor: Name} names. Without that key the kind's default type is meant; without
 * the field's own key the component is made from its defaults.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface TypeKey {
    /** The key that holds the type name. */
    String value();
}
