package dev.selfsup.api.component;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/** Marks an interface as a kind of component; a config field of that type is built by the factory its {@code type:} names. */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.TYPE)
public @interface Kind {
    /** Name of the kind, in snake case: {@code backbone}, {@code data_preprocessor}. */
    String value();

    /** Type that is meant where a config of this kind has no {@code type:} key; none by default. */
    String defaultType() default "";
}
