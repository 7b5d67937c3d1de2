/** Graphs of a model's computations, their gradients, and the plans that run them on one set of weights. */
@Version("1.0.0")
package dev.selfsup.engine;

import org.osgi.annotation.versioning.Version;
