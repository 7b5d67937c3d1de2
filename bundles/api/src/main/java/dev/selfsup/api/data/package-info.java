/** Images on their way from a folder into a batch: datasets, samplers, transforms. */
@Version("1.0.0")
package dev.selfsup.api.data;

import org.osgi.annotation.versioning.Version;
