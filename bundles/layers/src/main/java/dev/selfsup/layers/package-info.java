/** Layers of networks: what backbones, necks and heads are composed of. */
@Version("1.0.0")
package dev.selfsup.layers;

import org.osgi.annotation.versioning.Version;
