package dev.selfsup.api.component;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says which type is meant where the value of a config field of some {@link Kind} has no {@code type:} key, whatever the kind's own default is: a
 * classifier's {@code data_preprocessor} is another than that of a method.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface DefaultType {
    /** The type, with its scope: {@code mmcls.ClsDataPreprocessor}. */
    String value();

    /** The key that a text alone stands for: with {@code checkpoint} the value {@code a.json} is {@code {checkpoint: a.json}}; empty where a text names a type. */
    String key() default "";
}
