/** Drawing from many outcomes of different probabilities in constant time. */
@Version("1.0.0")
package dev.selfsup.memory.aliasmethod;

import org.osgi.annotation.versioning.Version;
