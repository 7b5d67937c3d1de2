package dev.selfsup.api.component;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** The value, in YAML, of a config key that is not given. A key with neither this nor an {@code Optional} type must be given. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Default {
    /** The value in YAML syntax: {@code 64}, {@code [4]}, {@code {type: BN}}. */
    String value();
}
