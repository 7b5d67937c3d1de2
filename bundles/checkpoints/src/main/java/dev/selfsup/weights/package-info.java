/** Weights from elsewhere and for elsewhere: names and layouts of other libraries, and files written at once or not at all. */
@Version("1.0.0")
package dev.selfsup.weights;

import org.osgi.annotation.versioning.Version;
