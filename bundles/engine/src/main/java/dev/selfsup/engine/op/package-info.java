/** Operations with their own gradients and kernels, from which layers are built. */
@Version("1.0.0")
package dev.selfsup.engine.op;

import org.osgi.annotation.versioning.Version;
