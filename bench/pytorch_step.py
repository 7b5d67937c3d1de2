"""A training step in plain, eager PyTorch: the models of configs/bench, written anew from the papers and the reference's module names.

'./selfsup bench compare' starts this beside its own worker. Weights, batch and random choices come from the safetensors file that our side wrote, so both
compute the same. It obeys the lines of its standard input: 'losses' makes 5 steps and answers with their losses, 'steps' makes 10 and answers with their
milliseconds, 'peak' answers with the largest memory in MB. Nothing but PyTorch is needed.
"""
import argparse
import json
import sys
import time

import torch
import torch.nn.functional as F

DTYPES = {"F32": torch.float32, "I64": torch.int64}
MOMENTUM = 0.9


def load(path):
    """Tensors of a safetensors file by name, read one by one, so that no memory is taken twice; and the file's metadata."""
    tensors = {}
    with open(path, "rb") as file:
        length = int.from_bytes(file.read(8), "little")
        header = json.loads(file.read(length))
        metadata = header.pop("__metadata__")
        for name, entry in header.items():
            begin, end = entry["data_offsets"]
            file.seek(8 + length + begin)
            data = bytearray(file.read(end - begin))
            tensors[name] = torch.frombuffer(data, dtype=DTYPES[entry["dtype"]]).reshape(entry["shape"]).clone()
    return tensors, metadata


class Weights:
    """The tensors of a file; those that are asked for as parameters are trained."""

    def __init__(self, tensors):
        self.tensors = tensors
        self.trained = []

    def parameter(self, name):
        weight = self.tensors[name].requires_grad_(True)
        self.trained.append(weight)
        return weight

    def buffer(self, name):
        return self.tensors[name]


class Linear:
    def __init__(self, weights, name):
        self.weight, self.bias = weights.parameter(name + ".weight"), weights.parameter(name + ".bias")

    def __call__(self, x):
        return F.linear(x, self.weight, self.bias)


class LayerNorm:
    def __init__(self, weights, name, epsilon=1e-6):
        self.weight, self.bias = weights.parameter(name + ".weight"), weights.parameter(name + ".bias")
        self.epsilon = epsilon

    def __call__(self, x):
        return F.layer_norm(x, self.weight.shape, self.weight, self.bias, self.epsilon)


class Conv:
    def __init__(self, weights, name, stride, padding):
        self.weight = weights.parameter(name + ".weight")
        self.stride, self.padding = stride, padding

    def __call__(self, x):
        return F.conv2d(x, self.weight, None, self.stride, self.padding)


class BatchNorm:
    def __init__(self, weights, name):
        self.weight, self.bias = weights.parameter(name + ".weight"), weights.parameter(name + ".bias")
        self.mean, self.variance = weights.buffer(name + ".running_mean"), weights.buffer(name + ".running_var")

    def __call__(self, x):
        return F.batch_norm(x, self.mean, self.variance, self.weight, self.bias, True, 0.1, 1e-5)


class ResidualBlock:
    """He et al. 2016: two 3x3 convolutions, or 1x1, 3x3 and 1x1 with the stride in the middle."""

    def __init__(self, weights, name, bottleneck, stride):
        kernels = [1, 3, 1] if bottleneck else [3, 3]
        strides = [1, stride, 1] if bottleneck else [stride, 1]
        self.layers = [(Conv(weights, f"{name}.conv{i + 1}", s, k // 2), BatchNorm(weights, f"{name}.bn{i + 1}"))
                       for i, (k, s) in enumerate(zip(kernels, strides))]
        self.shortcut = None
        if name + ".downsample.0.weight" in weights.tensors:
            self.shortcut = (Conv(weights, name + ".downsample.0", stride, 0), BatchNorm(weights, name + ".downsample.1"))

    def __call__(self, x):
        y = x
        for convolution, norm in self.layers[:-1]:
            y = F.relu(norm(convolution(y)), inplace=True)
        convolution, norm = self.layers[-1]
        y = norm(convolution(y))
        if self.shortcut:
            x = self.shortcut[1](self.shortcut[0](x))
        return F.relu(y.add_(x), inplace=True)


class ResNet:
    def __init__(self, weights, name, blocks, bottleneck, small):
        self.small = small
        self.conv = Conv(weights, name + ".conv1", 1 if small else 2, 1 if small else 3)
        self.norm = BatchNorm(weights, name + ".bn1")
        self.blocks = [ResidualBlock(weights, f"{name}.layer{stage + 1}.{block}", bottleneck, 2 if stage and not block else 1)
                       for stage, count in enumerate(blocks) for block in range(count)]

    def __call__(self, x):
        x = F.relu(self.norm(self.conv(x)), inplace=True)
        if not self.small:
            x = F.max_pool2d(x, 3, 2, 1)
        for block in self.blocks:
            x = block(x)
        return x.mean((2, 3))                                                           # [N, C]


class EncoderLayer:
    """Dosovitskiy et al. 2021: attention and a perceptron, each on normalised tokens and added to them."""

    def __init__(self, weights, name, heads):
        self.heads = heads
        self.ln1, self.ln2 = LayerNorm(weights, name + ".ln1"), LayerNorm(weights, name + ".ln2")
        self.qkv, self.projection = Linear(weights, name + ".attn.qkv"), Linear(weights, name + ".attn.proj")
        self.wide, self.narrow = Linear(weights, name + ".ffn.layers.0.0"), Linear(weights, name + ".ffn.layers.1")

    def __call__(self, x):
        n, length, channels = x.shape
        qkv = self.qkv(self.ln1(x)).reshape(n, length, 3, self.heads, channels // self.heads).permute(2, 0, 3, 1, 4)
        y = F.scaled_dot_product_attention(*qkv.unbind(0))                              # [N, heads, L, C / heads]
        x = x + self.projection(y.transpose(1, 2).reshape(n, length, channels))
        return x + self.narrow(F.gelu(self.wide(self.ln2(x))))


def layers(weights, name, count, heads):
    return [EncoderLayer(weights, f"{name}.{i}", heads) for i in range(count)]


def run(layers, x):
    for layer in layers:
        x = layer(x)
    return x


class PatchEmbedding:
    def __init__(self, weights, name):
        self.weight, self.bias = weights.parameter(name + ".weight"), weights.parameter(name + ".bias")

    def __call__(self, images):
        return F.conv2d(images, self.weight, self.bias, self.weight.shape[-1]).flatten(2).transpose(1, 2)   # [N, L, C]


class VisionTransformer:
    def __init__(self, weights, name, depth, heads):
        self.patches = PatchEmbedding(weights, name + ".patch_embed.projection")
        self.cls, self.positions = weights.parameter(name + ".cls_token"), weights.parameter(name + ".pos_embed")
        self.layers = layers(weights, name + ".layers", depth, heads)
        self.norm = LayerNorm(weights, name + ".ln1")

    def __call__(self, images):
        x = self.patches(images)
        x = torch.cat([self.cls.expand(len(x), -1, -1), x], 1) + self.positions
        return self.norm(run(self.layers, x))[:, 0]                                     # [N, C]


class Classifier:
    def __init__(self, weights, backbone):
        self.backbone, self.head = backbone, Linear(weights, "head.fc")
        self.images, self.labels = weights.tensors["batch/inputs.0"], weights.tensors["batch/gt_label"].flatten()

    def loss(self):
        return F.cross_entropy(self.head(self.backbone(self.images)), self.labels)


class MAE:
    """He et al. 2022, with normalised pixels as targets."""

    def __init__(self, weights, depth, heads, decoder_depth, decoder_heads):
        self.images, self.noise = weights.tensors["batch/inputs.0"], weights.tensors["batch/rand/rand#0"]
        self.patches = PatchEmbedding(weights, "backbone.patch_embed.projection")
        self.cls, self.positions = weights.parameter("backbone.cls_token"), weights.buffer("backbone.pos_embed")
        self.layers, self.norm = layers(weights, "backbone.layers", depth, heads), LayerNorm(weights, "backbone.ln1")
        self.embedding, self.mask_token = Linear(weights, "neck.decoder_embed"), weights.parameter("neck.mask_token")
        self.decoder_positions = weights.buffer("neck.decoder_pos_embed")
        self.decoder = layers(weights, "neck.decoder_blocks", decoder_depth, decoder_heads)
        self.decoder_norm, self.prediction = LayerNorm(weights, "neck.ln1"), Linear(weights, "neck.decoder_pred")

    def loss(self):
        x = self.patches(self.images) + self.positions[:, 1:]
        n, length, channels = x.shape
        shuffle = torch.argsort(self.noise, 1)
        restore = torch.argsort(shuffle, 1)
        visible = length // 4
        x = x.gather(1, shuffle[:, :visible, None].expand(-1, -1, channels))
        x = torch.cat([(self.cls + self.positions[:, :1]).expand(n, -1, -1), x], 1)
        x = self.embedding(self.norm(run(self.layers, x)))                              # [N, 1 + visible, D]
        tokens = torch.cat([x[:, 1:], self.mask_token.expand(n, length - visible, -1)], 1)
        tokens = tokens.gather(1, restore[:, :, None].expand(-1, -1, x.shape[2]))
        x = torch.cat([x[:, :1], tokens], 1) + self.decoder_positions
        predicted = self.prediction(self.decoder_norm(run(self.decoder, x)))[:, 1:]     # [N, L, P P 3]
        masked = (restore >= visible).float()                                           # [N, L]
        return (((predicted - self.target()) ** 2).mean(-1) * masked).sum() / masked.sum()

    def target(self):
        n, channels, height, width = self.images.shape
        side = self.patches.weight.shape[-1]
        x = self.images.reshape(n, channels, height // side, side, width // side, side)
        x = torch.einsum("nchpwq->nhwpqc", x).reshape(n, -1, side * side * channels)
        return (x - x.mean(-1, keepdim=True)) / (x.var(-1, keepdim=True) + 1e-6) ** 0.5


MODELS = {
    "resnet18-small": lambda w: Classifier(w, ResNet(w, "backbone", [2, 2, 2, 2], False, True)),
    "resnet50": lambda w: Classifier(w, ResNet(w, "backbone", [3, 4, 6, 3], True, False)),
    "vit-small": lambda w: Classifier(w, VisionTransformer(w, "backbone", 12, 6)),
    "mae-base": lambda w: MAE(w, 12, 12, 8, 16),
}


def peak():
    """Largest resident memory of this process in MB."""
    with open("/proc/self/status") as status:
        return int(next(line for line in status if line.startswith("VmHWM:")).split()[1]) // 1024


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--model", choices=MODELS, required=True)
    parser.add_argument("--threads", type=int, required=True)
    parser.add_argument("--state", required=True, help="safetensors file of weights and batch, as our side writes it")
    arguments = parser.parse_args()
    torch.set_num_threads(arguments.threads)
    tensors, metadata = load(arguments.state)
    weights = Weights(tensors)
    model = MODELS[arguments.model](weights)
    weights.tensors = tensors = None
    optimizer = torch.optim.SGD(weights.trained, float(metadata["lr"]), MOMENTUM)

    def step():
        begin = time.perf_counter()
        optimizer.zero_grad()
        loss = model.loss()
        loss.backward()
        optimizer.step()
        return (time.perf_counter() - begin) * 1e3, loss

    def answer(word, *figures):
        print(word, *figures, flush=True)

    answer("ready")
    for line in sys.stdin:
        order = line.strip()
        if order == "losses":
            answer(order, *[step()[1].item() for _ in range(5)])
        elif order == "steps":
            answer(order, *[step()[0] for _ in range(10)])
        elif order == "peak":
            answer(order, peak())
        else:
            sys.exit(f"orders are losses, steps and peak, not '{order}'")


if __name__ == "__main__":
    main()
