"""Records values and gradients of operations with PyTorch: what OperationNumbersTest replays.

Usage: python record_ops.py FOLDER

Writes FOLDER/operations.bin (float32 and int64, little endian) and FOLDER/operations.txt with a line per array:
case, role (in, out, weight, grad), number, type, shape, offset in bytes. Inputs are rounded to float32, the rest is
computed in float64 and rounded at the end. `weight` is w and `grad` the gradient by each input of sum(out0 * w).
Written with PyTorch 2.13.0 on a CPU.
"""
import pathlib
import sys
import zlib

import numpy as np
import torch
import torch.nn.functional as F

torch.set_default_dtype(torch.float64)
CASES = {}


class Random:
    """Inputs of a case: the same in every run, whatever the other cases are."""

    def __init__(self, name):
        self.numpy = np.random.default_rng(zlib.crc32(name.encode()))

    def normal(self, *shape):
        return self.numpy.standard_normal(shape)

    def positive(self, *shape):
        return self.numpy.uniform(0.3, 3, shape)

    def apart(self, *shape):
        """Values away from 0, of both signs."""
        return self.positive(*shape) * np.sign(self.normal(*shape))

    def whole(self, *shape):
        """Small integers: many equal values."""
        return self.numpy.integers(-2, 3, shape).astype(float)

    def classes(self, count, *shape):
        return self.numpy.integers(0, count, shape)


def case(name, inputs, function):
    assert name not in CASES, name
    CASES[name] = (inputs, function)


def convolutions():
    def conv(name, n, c, h, w, o, k, bias=False, **options):
        kh, kw = k if isinstance(k, tuple) else (k, k)
        groups = options.get("groups", 1)

        def inputs(r):
            arrays = [r.normal(n, c, h, w), r.normal(o, c // groups, kh, kw) / np.sqrt(c // groups * kh * kw)]
            return arrays + [r.normal(o)] if bias else arrays

        case("convolution/" + name, inputs, lambda x, weight, b=None: F.conv2d(x, weight, b, **options))

    conv("3x3", 2, 5, 7, 9, 6, 3, padding=1)
    conv("3x3 bias", 2, 8, 8, 8, 16, 3, bias=True, padding=1)
    conv("3x3 stride 2", 2, 4, 9, 8, 6, 3, padding=1, stride=2)
    conv("3x3 no padding batch 1", 1, 3, 6, 5, 4, 3)
    conv("7x7 stride 2", 2, 3, 17, 15, 8, 7, padding=3, stride=2)
    conv("1x1", 3, 6, 5, 7, 10, 1)
    conv("1x1 stride 2", 2, 6, 7, 8, 4, 1, stride=2)
    conv("4x4 patches", 2, 3, 12, 8, 9, 4, bias=True, stride=4)
    conv("2x2 on 1x1", 2, 4, 1, 1, 3, 2, padding=1)
    conv("dilation 2", 2, 3, 9, 9, 4, 3, padding=2, dilation=2)
    conv("3x2 uneven", 2, 3, 8, 9, 4, (3, 2), padding=(1, 0), stride=(1, 2), dilation=(2, 1))
    conv("groups 2", 2, 4, 7, 6, 6, 3, padding=1, groups=2)
    conv("groups 4 stride 2 bias", 2, 8, 7, 7, 8, 3, bias=True, padding=1, stride=2, groups=4)
    conv("depthwise", 2, 6, 6, 7, 6, 3, padding=1, groups=6)
    conv("depthwise twice", 1, 4, 6, 6, 8, 3, padding=1, groups=4)
    conv("5x5 of 32 channels", 1, 32, 6, 6, 24, 5, padding=2)


def linear():
    for name, r, i, o, bias in [("plain", 5, 7, 3, False), ("bias", 6, 8, 16, True), ("one row", 1, 5, 4, True),
                                ("one output", 9, 4, 1, True), ("large", 33, 65, 47, True)]:
        case("linear/" + name, lambda g, r=r, i=i, o=o, bias=bias: [g.normal(r, i), g.normal(o, i) / np.sqrt(i)] + ([g.normal(o)] if bias else []),
             lambda x, w, b=None: F.linear(x, w, b))


def moments(x):
    dims = [0] + list(range(2, x.dim()))
    return x.mean(dims), x.var(dims, unbiased=False)


def norms():
    for name, shape in [("images", (4, 5, 3, 6)), ("rows", (7, 6)), ("one image", (1, 3, 4, 4)), ("many channels", (2, 33, 5, 5)),
                        ("three rows", (3, 9))]:
        c = shape[1]
        case(f"batch_norm/{name}", lambda g, s=shape, c=c: [g.normal(*s) * 2 + 0.5, g.normal(c), g.normal(c)],
             lambda x, w, b: (F.batch_norm(x, None, None, w, b, True, 0, 1e-5), *moments(x)))
        case(f"batch_norm/{name} without weight", lambda g, s=shape: [g.normal(*s) * 2 + 0.5],
             lambda x: (F.batch_norm(x, None, None, None, None, True, 0, 1e-5), *moments(x)))
        case(f"batch_norm_inference/{name}",
             lambda g, s=shape, c=c: [g.normal(*s), g.normal(c), g.positive(c), g.normal(c), g.normal(c)],
             lambda x, m, v, w, b: F.batch_norm(x, m.detach(), v.detach(), w, b, False, 0, 1e-5))
    case("batch_norm_inference/without weight", lambda g: [g.normal(3, 4, 2, 5), g.normal(4), g.positive(4)],
         lambda x, m, v: F.batch_norm(x, m.detach(), v.detach(), None, None, False, 0, 1e-3))

    def running(mean, var, batches, x_mean, x_var):
        n, m = 24, 0.1
        return (1 - m) * mean + m * x_mean, (1 - m) * var + m * x_var * n / (n - 1), batches + 1

    case("running_statistics/one", lambda g: [g.normal(5), g.positive(5), np.array(41), g.normal(5), g.positive(5)], running)
    for name, shape, groups in [("images", (2, 6, 3, 5), 3), ("one group", (3, 4, 2, 2), 1), ("rows", (4, 8), 2), ("single", (1, 5, 4, 3), 5)]:
        c = shape[1]
        case(f"group_norm/{name}", lambda g, s=shape, c=c: [g.normal(*s), g.normal(c), g.normal(c)],
             lambda x, w, b, k=groups: F.group_norm(x, k, w, b, 1e-5))
    case("group_norm/without weight", lambda g: [g.normal(2, 6, 3, 4)], lambda x: F.group_norm(x, 2, None, None, 1e-5))
    for name, r, c in [("rows", 6, 10), ("one row", 1, 7), ("many", 33, 65)]:
        case(f"layer_norm/{name}", lambda g, r=r, c=c: [g.normal(r, c), g.normal(c), g.normal(c)],
             lambda x, w, b, c=c: F.layer_norm(x, (c,), w, b, 1e-6))
    case("layer_norm/without weight", lambda g: [g.normal(5, 12)], lambda x: F.layer_norm(x, (12,), None, None, 1e-6))


def activations():
    case("relu/images", lambda g: [g.normal(2, 3, 4, 5)], F.relu)
    case("relu/with zeros", lambda g: [g.whole(3, 17)], F.relu)
    case("gelu/rows", lambda g: [g.normal(7, 13) * 2], F.gelu)
    case("gelu/large values", lambda g: [g.normal(2, 3, 4) * 6], F.gelu)
    for name, r, c in [("rows", 5, 9), ("one row", 1, 4), ("many", 19, 130)]:
        case(f"softmax/{name}", lambda g, r=r, c=c: [g.normal(r, c) * 3], lambda x: x.softmax(1))
        case(f"log_softmax/{name}", lambda g, r=r, c=c: [g.normal(r, c) * 3], lambda x: x.log_softmax(1))
        case(f"normalize/{name}", lambda g, r=r, c=c: [g.normal(r, c)], lambda x: F.normalize(x, dim=1))
    case("normalize/short rows", lambda g: [g.normal(6, 5) * np.array([[1e-3], [1], [2], [1e-2], [0.3], [0]])],
         lambda x: F.normalize(x, dim=1, eps=0.1))


def pools():
    windows = [("3 stride 2 padding 1", (3, 3), (2, 2), (1, 1), False, (2, 3, 8, 9)),
               ("2 stride 2", (2, 2), (2, 2), (0, 0), False, (2, 2, 7, 6)),
               ("2 stride 2 ceil", (2, 2), (2, 2), (0, 0), True, (2, 2, 7, 5)),
               ("3 stride 2 padding 1 ceil", (3, 3), (2, 2), (1, 1), True, (1, 3, 8, 6)),
               ("3 stride 1 padding 1", (3, 3), (1, 1), (1, 1), False, (2, 9, 5, 4)),
               ("3x2 uneven", (3, 2), (2, 1), (1, 0), False, (2, 3, 6, 7))]
    for name, k, s, p, ceil, shape in windows:
        for values in ("normal", "whole"):
            case(f"max_pool/{name} {values}", lambda g, v=values, sh=shape: [getattr(g, v)(*sh)],
                 lambda x, k=k, s=s, p=p, c=ceil: F.max_pool2d(x, k, s, p, 1, c))
        for pad in (True, False):
            case(f"average_pool/{name} {'with' if pad else 'without'} padding", lambda g, sh=shape: [g.normal(*sh)],
                 lambda x, k=k, s=s, p=p, c=ceil, pad=pad: F.avg_pool2d(x, k, s, p, c, pad))
    case("global_average_pool/images", lambda g: [g.normal(3, 5, 4, 7)], lambda x: x.mean((2, 3)))
    case("global_average_pool/1x1", lambda g: [g.normal(2, 3, 1, 1)], lambda x: x.mean((2, 3)))


def indexing():
    case("take/shuffled", lambda g: [g.normal(3, 4)], lambda x: x.reshape(-1)[[7, 0, 11, 3, 3, 7, 7, 2]].reshape(2, 4))
    case("take/rows", lambda g: [g.normal(5, 6)], lambda x: x[[3, 1, 1, 4]])
    case("take/roll", lambda g: [g.normal(2, 5, 3)], lambda x: x.roll(-2, 1))
    case("one_hot/classes", lambda g: [g.classes(7, 9)], lambda x: F.one_hot(x, 7).to(torch.float64))
    case("detach/half", lambda g: [g.normal(3, 4)], lambda x: x * x.detach())


def native():
    unary = {"exp": torch.exp, "sigmoid": torch.sigmoid, "tanh": torch.tanh, "square": torch.square, "neg": torch.neg}
    for name, function in unary.items():
        case(f"native/{name}", lambda g: [g.normal(3, 4, 5)], function)
    for name, function in {"log": torch.log, "sqrt": torch.sqrt, "rsqrt": torch.rsqrt, "pow 1.7": lambda x: x ** 1.7}.items():
        case(f"native/{name}", lambda g: [g.positive(3, 7)], function)
    case("native/pow 2", lambda g: [g.apart(3, 7)], lambda x: x ** 2)
    case("native/pow 3", lambda g: [g.apart(3, 7)], lambda x: x ** 3)
    case("native/abs", lambda g: [g.apart(5, 7)], torch.abs)
    scalar = {"add": lambda x: x + 2.5, "sub": lambda x: x - 0.7, "mul": lambda x: x * -1.3, "div": lambda x: x / 3.7,
              "rsub": lambda x: 1.5 - x, "rdiv": lambda x: 1.5 / x}
    for name, function in scalar.items():
        case(f"native/{name} number", lambda g: [g.apart(4, 5)], function)
    binary = {"add": torch.add, "sub": torch.sub, "mul": torch.mul, "div": torch.div,
              "rsub": lambda a, b: b - a, "rdiv": lambda a, b: b / a}
    shapes = {"same": ((2, 3, 4), (2, 3, 4)), "last": ((2, 3, 4), (4,)), "column": ((2, 3, 4), (2, 3, 1)), "row": ((3, 4), (1, 4)),
              "outer": ((3, 1), (1, 4)), "channels": ((2, 3, 4, 2), (1, 3, 1, 1)), "smaller first": ((1, 4), (3, 4)),
              "less dimensions first": ((4,), (2, 3, 4)), "scalar": ((3, 4), ()), "one": ((3, 4), (1,))}
    for name, function in binary.items():
        for kind, (a, b) in shapes.items():
            case(f"native/{name} {kind}", lambda g, a=a, b=b: [g.apart(*a), g.apart(*b)], function)
    for name in ("sum", "mean"):
        function = getattr(torch, name)
        case(f"native/{name} all", lambda g: [g.normal(2, 3, 4)], function)
        for kind, dims in {"0": (0,), "1": (1,), "last": (2,), "0 and 2": (0, 2), "negative": (-1,)}.items():
            for keep in (False, True):
                case(f"native/{name} {kind}{' kept' if keep else ''}", lambda g: [g.normal(2, 3, 4)],
                     lambda x, f=function, d=dims, k=keep: f(x, d, k))
    case("native/reshape", lambda g: [g.normal(2, 3, 4)], lambda x: x.reshape(4, 6).exp())
    case("native/reshape to -1", lambda g: [g.normal(2, 3, 4)], lambda x: x.reshape(-1, 3))
    case("native/expand dims and squeeze", lambda g: [g.normal(2, 1, 4)], lambda x: x.unsqueeze(1).exp().squeeze(2))
    case("native/permute", lambda g: [g.normal(2, 3, 4, 5)], lambda x: x.permute(2, 0, 3, 1))
    case("native/permute then reshape", lambda g: [g.normal(2, 3, 4, 5)], lambda x: x.permute(0, 2, 1, 3).reshape(8, 15) * 2)
    case("native/transpose", lambda g: [g.normal(3, 4)], lambda x: x.T)
    case("native/concat 0", lambda g: [g.normal(2, 3), g.normal(4, 3)], lambda a, b: torch.cat([a, b]))
    case("native/concat 1 of three", lambda g: [g.normal(2, 3, 2), g.normal(2, 1, 2), g.normal(2, 4, 2)], lambda *a: torch.cat(a, 1))
    case("native/stack 0", lambda g: [g.normal(2, 3), g.normal(2, 3)], lambda a, b: torch.stack([a, b]))
    case("native/stack 1", lambda g: [g.normal(2, 3), g.normal(2, 3)], lambda a, b: torch.stack([a, b], 1))
    case("native/get interval", lambda g: [g.normal(2, 5, 4)], lambda x: x[:, 1:4])
    case("native/get point", lambda g: [g.normal(2, 5, 4)], lambda x: x[:, 2])
    case("native/get interval and point", lambda g: [g.normal(5, 4, 3)], lambda x: x[1:5, :, 0])
    case("native/slice", lambda g: [g.normal(2, 5, 4)], lambda x: x[:, 1:4, 2:])
    case("native/strided slice", lambda g: [g.normal(2, 6, 4)], lambda x: x[:, 1:6:2])
    products = {"2d": ((3, 4), (4, 5)), "3d": ((2, 3, 4), (2, 4, 5)), "4d": ((2, 3, 4, 2), (2, 3, 2, 5)), "row": ((1, 4), (4, 5)),
                "column": ((3, 4), (4, 1)), "rows": ((3, 1, 4), (3, 4, 5)), "columns": ((2, 3, 3, 4), (2, 3, 4, 1))}
    for name, (a, b) in products.items():
        for ta in (False, True):
            for tb in (False, True):
                sa = a[:-2] + (a[-1], a[-2]) if ta else a
                sb = b[:-2] + (b[-1], b[-2]) if tb else b
                kind = name + (" first transposed" if ta else "") + (" second transposed" if tb else "")
                case(f"native/matmul {kind}", lambda g, a=sa, b=sb: [g.normal(*a), g.normal(*b)],
                     lambda a, b, ta=ta, tb=tb: (a.transpose(-1, -2) if ta else a) @ (b.transpose(-1, -2) if tb else b))
    case("native/cast", lambda g: [g.normal(3, 4)], lambda x: x * 2)
    case("native/cast of classes", lambda g: [g.classes(9, 5), g.normal(5)], lambda c, x: c * x)
    case("native/tile", lambda g: [g.normal(1, 3)], lambda x: x.repeat(4, 2))
    case("native/used twice", lambda g: [g.normal(3, 4)], lambda x: x * x + x.exp() + x)
    case("native/cross entropy", lambda g: [g.normal(5, 7), np.eye(7)[g.classes(7, 5)]], lambda x, t: -(x.log_softmax(1) * t).sum(1).mean())


def record(folder):
    lines, data = [], bytearray()

    def put(name, role, number, array):
        array = np.asarray(array, "<i8" if np.asarray(array).dtype.kind == "i" else "<f4")
        kind = "INT64" if array.dtype.kind == "i" else "FLOAT"
        lines.append("\t".join([name, role, str(number), kind, ",".join(map(str, array.shape)), str(len(data))]))
        data.extend(array.tobytes())

    for name, (make, function) in CASES.items():
        random = Random(name)
        arrays = [np.asarray(a) for a in make(random)]
        arrays = [a if a.dtype.kind == "i" else a.astype(np.float32).astype(np.float64) for a in arrays]
        inputs = [torch.tensor(a, requires_grad=a.dtype.kind == "f") for a in arrays]
        outputs = function(*inputs)
        outputs = outputs if isinstance(outputs, tuple) else (outputs,)
        for i, array in enumerate(arrays):
            put(name, "in", i, array)
        for i, output in enumerate(outputs):
            put(name, "out", i, output.detach().numpy())
        if not outputs[0].requires_grad or name.startswith("running_statistics"):
            continue
        weight = np.asarray(random.normal(*outputs[0].shape), np.float32).astype(np.float64)
        put(name, "weight", 0, weight)
        gradients = torch.autograd.grad((outputs[0] * torch.tensor(weight)).sum(), [x for x in inputs if x.requires_grad], allow_unused=True)
        numbers = [i for i, x in enumerate(inputs) if x.requires_grad]
        for i, gradient in zip(numbers, gradients):
            if gradient is not None:
                put(name, "grad", i, gradient.numpy())
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "operations.txt").write_text("\n".join(lines) + "\n")
    (folder / "operations.bin").write_bytes(bytes(data))
    print(f"{len(CASES)} cases, {len(lines)} arrays, {len(data)} bytes")


if __name__ == "__main__":
    for part in (convolutions, linear, norms, activations, pools, indexing, native):
        part()
    record(pathlib.Path(sys.argv[1]))
