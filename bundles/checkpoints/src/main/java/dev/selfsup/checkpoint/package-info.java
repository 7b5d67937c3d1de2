/** Named tensors in files: checkpoints that survive crashes, safetensors and npz. */
@Version("1.0.0")
package dev.selfsup.checkpoint;

import org.osgi.annotation.versioning.Version;
