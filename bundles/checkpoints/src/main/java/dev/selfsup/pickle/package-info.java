/** Python's pickles, read and written without Python: data alone, no code. */
@Version("1.0.0")
package dev.selfsup.pickle;

import org.osgi.annotation.versioning.Version;
