/** How well the classes of images can be told from their nearest neighbours among labelled ones. */
@Version("1.0.0")
package dev.selfsup.metric.knn;

import org.osgi.annotation.versioning.Version;
