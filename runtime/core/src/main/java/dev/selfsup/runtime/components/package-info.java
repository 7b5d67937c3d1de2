/** The components installed in this container, and what their bundles say about them. */
@Version("1.0.0")
package dev.selfsup.runtime.components;

import org.osgi.annotation.versioning.Version;
