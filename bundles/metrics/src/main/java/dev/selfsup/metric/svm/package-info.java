/** How well classes can be told apart by a plane in the space of features: the protocol of PASCAL VOC 2007, with all images or a few. */
@Version("1.0.0")
package dev.selfsup.metric.svm;

import org.osgi.annotation.versioning.Version;
