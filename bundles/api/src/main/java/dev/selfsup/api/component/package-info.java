/** How a part of a configuration is declared: a config record, a factory, a type name. */
@Version("1.0.0")
package dev.selfsup.api.component;

import org.osgi.annotation.versioning.Version;
