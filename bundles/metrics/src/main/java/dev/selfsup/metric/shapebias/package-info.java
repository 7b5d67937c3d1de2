/** Whether a classifier of ImageNet goes by the shape of things or by their texture. */
@Version("1.0.0")
package dev.selfsup.metric.shapebias;

import org.osgi.annotation.versioning.Version;
