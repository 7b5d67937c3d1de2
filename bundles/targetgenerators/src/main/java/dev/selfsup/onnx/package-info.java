/** Frozen networks in ONNX files, run by ONNX Runtime. */
@Version("1.0.0")
package dev.selfsup.onnx;

import org.osgi.annotation.versioning.Version;
