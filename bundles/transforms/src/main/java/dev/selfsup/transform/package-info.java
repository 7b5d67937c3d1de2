/** What the augmentations that {@code RandAugment} draws have in common: how often and how strongly they act, and what is shown beyond an image's border. */
@Version("1.0.0")
package dev.selfsup.transform;

import org.osgi.annotation.versioning.Version;
