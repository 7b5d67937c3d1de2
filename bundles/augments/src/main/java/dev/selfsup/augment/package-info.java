/** What augmentations of whole batches have in common: how much of an image stays. */
@Version("1.0.0")
package dev.selfsup.augment;

import org.osgi.annotation.versioning.Version;
