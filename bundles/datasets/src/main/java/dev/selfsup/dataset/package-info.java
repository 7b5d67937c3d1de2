/** Lists of image files, from folders and annotation files: what the datasets are made of. */
@Version("1.0.0")
package dev.selfsup.dataset;

import org.osgi.annotation.versioning.Version;
