/** How a run is shown: plots, the progress line, JSON lines. */
@Version("1.0.0")
package dev.selfsup.visualization;

import org.osgi.annotation.versioning.Version;
