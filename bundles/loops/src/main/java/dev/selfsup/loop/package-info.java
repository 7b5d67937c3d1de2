/** What loops have in common: when there is validation. */
@Version("1.0.0")
package dev.selfsup.loop;

import org.osgi.annotation.versioning.Version;
