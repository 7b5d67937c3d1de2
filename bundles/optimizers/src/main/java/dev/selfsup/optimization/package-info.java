/** What happens to weights in a run: accumulation, clipping and update of gradients, and the schedules of the learning rate. */
@Version("1.0.0")
package dev.selfsup.optimization;

import org.osgi.annotation.versioning.Version;
