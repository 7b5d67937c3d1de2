/** Groups of rows that are alike, for rows as many as ImageNet has images: whitening, k-means, graphs of neighbours, power iteration. */
@Version("1.0.0")
package dev.selfsup.clustering;

import org.osgi.annotation.versioning.Version;
