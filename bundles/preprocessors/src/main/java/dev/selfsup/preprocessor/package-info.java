/** Normalisation of images: what the data preprocessors are made of. */
@Version("1.0.0")
package dev.selfsup.preprocessor;

import org.osgi.annotation.versioning.Version;
