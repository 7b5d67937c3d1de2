/** Cutting, resizing and colour conversion of 8-bit images, pixel for pixel as Pillow and OpenCV do it. */
@Version("1.0.0")
package dev.selfsup.pixels;

import org.osgi.annotation.versioning.Version;
