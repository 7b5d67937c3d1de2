/** The bundles of a container as its users see them: what is there, what is in use by whom, what a config needs. */
@Version("1.0.0")
package dev.selfsup.runtime.plugins;

import org.osgi.annotation.versioning.Version;
