"""Writes the two files beside it, with NumPy and the reference implementation of safetensors."""
import numpy as np
from safetensors.numpy import save_file

ramp = np.arange(-6, 18).reshape(2, 3, 4)
arrays = {
    "loss/loss": np.array(0.25, np.float32),
    "mid/backbone.layer1#0.out": (ramp / 4).astype(np.float32),
    "f8": ramp / 8,
    "i8": ramp.astype(np.int64) << 40,
    "i4": ramp.astype(np.int32),
    "u1": (ramp + 200).astype(np.uint8),
    "b1": ramp % 2 == 0,
    "f2": np.array([0.5, -2, 65504, 2.0 ** -24, np.inf], np.float16),
    "empty": np.zeros((0, 3), np.float32),
}
np.savez_compressed("deflated.npz", **arrays, fortran=np.asfortranarray(ramp.astype(np.float32)))
save_file({k: np.ascontiguousarray(v) if v.ndim else v for k, v in arrays.items()}, "reference.safetensors", {"format": "np"})
