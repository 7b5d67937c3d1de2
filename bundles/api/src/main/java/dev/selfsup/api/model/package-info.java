/** The parts of a model: algorithm, backbone, neck, head, loss and what they are built from. */
@Version("1.0.0")
package dev.selfsup.api.model;

import org.osgi.annotation.versioning.Version;
