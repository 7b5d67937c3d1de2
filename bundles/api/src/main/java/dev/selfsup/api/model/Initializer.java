package dev.selfsup.api.model;

import dev.selfsup.api.component.Kind;
import dev.selfsup.engine.Initialization;
import org.osgi.annotation.versioning.ConsumerType;

/** An entry of an {@code init_cfg}: a rule for the first values of the weights of a module. */
@Kind("initializer")
@ConsumerType
public interface Initializer extends Initialization {}
