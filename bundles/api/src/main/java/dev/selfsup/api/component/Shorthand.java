package dev.selfsup.api.component;

import java.lang.annotation.Documented;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;

/**
 * Says that a config key may be written as a single value: {@code size: 224} for the list {@code [224]}, or
 * {@code data_prefix: train} for a record of which only the first component is given, {@code {img_path: train}}.
 * On a list of lists the inner list is the single value: {@code transforms: [{type: A}]} for {@code [[{type: A}]]}.
 */
@Documented
@Retention(RetentionPolicy.RUNTIME)
@Target(ElementType.RECORD_COMPONENT)
public @interface Shorthand {}
