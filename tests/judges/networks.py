"""The sample networks as PyTorch modules, with weights read from a Telar checkpoint.

A module's parameter names are Telar's state names with the dot kept ("conv1.kernel"), so that a
checkpoint maps one to one. Dense kernels are [in, units] in Telar, [units, in] in PyTorch.
"""

import torch
from torch import nn
from torch.nn.utils.parametrizations import spectral_norm, weight_norm

from tensors import read_safetensors  # noqa: F401 (for those who load checkpoints)


def same(size, kernel, stride):
    """TensorFlow's "same" padding of one axis: (low, high)."""
    total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2


class Classifier(nn.Module):
    """Gives scores with the classes on the last axis."""

    def loss(self, given, wanted):
        return nn.functional.cross_entropy(self(given).flatten(0, -2), wanted.flatten())


class SameConv(nn.Module):
    def __init__(self, channels, filters, kernel, stride, size):
        super().__init__()
        low, high = same(size, kernel, stride)
        self.pad = nn.ZeroPad2d((low, high, low, high))
        self.conv = nn.Conv2d(channels, filters, kernel, stride, bias=False)

    def forward(self, x):
        return self.conv(self.pad(x))


class DigitsCnn(Classifier):
    """The convolutional network of Google's Keras-on-TPU tutorial, without its softmax."""

    data = ("digits.images", "digits.labels")

    def __init__(self, dropout=0.4):
        super().__init__()
        self.conv1 = SameConv(1, 12, 3, 1, 28)
        self.bn1 = nn.BatchNorm2d(12)
        self.conv2 = SameConv(12, 24, 6, 2, 28)
        self.bn2 = nn.BatchNorm2d(24)
        self.conv3 = SameConv(24, 64, 6, 2, 14)
        self.bn3 = nn.BatchNorm2d(64)
        self.dense1 = nn.Linear(64 * 7 * 7, 200, bias=False)
        self.bn4 = nn.BatchNorm1d(200)
        self.dropout = nn.Dropout(dropout)
        self.dense2 = nn.Linear(200, 10)

    def forward(self, images):
        x = images / 255
        x = torch.relu(self.bn1(self.conv1(x)))
        x = torch.relu(self.bn2(self.conv2(x)))
        x = torch.relu(self.bn3(self.conv3(x)))
        x = torch.relu(self.bn4(self.dense1(x.flatten(1))))
        return self.dense2(self.dropout(x))


class DigitsDense(Classifier):
    """784-512-512-10."""

    data = ("digits.images", "digits.labels")

    def __init__(self):
        super().__init__()
        self.dense1 = nn.Linear(784, 512)
        self.dense2 = nn.Linear(512, 512)
        self.dense3 = nn.Linear(512, 10)

    def forward(self, images):
        x = (images / 255).flatten(1)
        return self.dense3(torch.relu(self.dense2(torch.relu(self.dense1(x)))))


class CharsLstm(Classifier):
    """Predicts the next character with two layers of LSTM."""

    data = ("chars.text", "chars.next")

    def __init__(self, vocabulary):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, 12)
        self.lstm = nn.LSTM(12, 32, num_layers=2, batch_first=True)
        self.dense = nn.Linear(32, vocabulary)

    def forward(self, text):
        return self.dense(self.lstm(self.embedding(text))[0])


class Positions(nn.Module):
    def __init__(self, steps, size):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(steps, size))

    def forward(self, x):
        return x + self.weight


class CharsTransformer(Classifier):
    """Predicts the next character with two causal layers, normalised after and before."""

    data = ("chars.text", "chars.next")

    def __init__(self, vocabulary, steps=24):
        super().__init__()
        layer = {"dropout": 0, "batch_first": True}
        self.embedding = nn.Embedding(vocabulary, 16)
        self.positions = Positions(steps, 16)
        self.block1 = nn.TransformerEncoderLayer(16, 4, 40, **layer)
        self.block2 = nn.TransformerEncoderLayer(
            16, 2, 32, activation="gelu", norm_first=True, **layer)
        self.norm = nn.LayerNorm(16)
        self.dense = nn.Linear(16, vocabulary)
        self.register_buffer(
            "mask", torch.triu(torch.ones(steps, steps, dtype=torch.bool), diagonal=1))

    def forward(self, text):
        x = self.positions(self.embedding(text))
        for block in (self.block1, self.block2):
            x = block(x, src_mask=self.mask, is_causal=True)
        return self.dense(self.norm(x))


class Block(nn.Module):
    """x and what two dense layers make of it."""

    def __init__(self, units=20, function=torch.tanh):
        super().__init__()
        self.wide, self.narrow = nn.Linear(12, units), nn.Linear(units, 12)
        self.function = function

    def forward(self, x):
        return x + self.narrow(self.function(self.wide(x)))


class Stage(nn.Module):
    """A block twice, then a dense layer."""

    def __init__(self):
        super().__init__()
        self.block, self.mix = Block(), nn.Linear(12, 12)

    def forward(self, x):
        return torch.tanh(self.mix(self.block(self.block(x))))


class CharsGroups(Classifier):
    """Groups used again with shared weights, with their own and other settings, and repeated."""

    data = ("chars.text", "chars.next")

    def __init__(self, vocabulary):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, 12)
        self.block, self.own = Block(), Block(9, torch.sigmoid)
        self.stage = nn.ModuleList([Stage(), Stage()])
        self.classes = nn.Linear(12, vocabulary)

    def forward(self, text):
        x = self.own(self.block(self.block(self.embedding(text))))
        for stage in self.stage:
            x = stage(x)
        return self.classes(self.block(self.block(x)))


class CharsLoops(Classifier):
    """A recurrent cell drawn as a loop: two carried values, one of them counting the steps, all steps
    and the last given."""

    data = ("chars.text", "chars.next")

    def __init__(self, vocabulary):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, 12)
        self.start = nn.Linear(12, 16)
        self.cell = nn.ModuleDict({"gate": nn.Linear(28, 16), "new": nn.Linear(28, 16)})
        self.classes = nn.Linear(16, vocabulary)

    def forward(self, text):
        x = self.embedding(text)
        h, every = self.start(x.mean(1)), []
        for step in range(x.shape[1]):
            both = torch.cat((x[:, step], h), -1)
            gate = torch.sigmoid(self.cell["gate"](both))
            h = gate * h + (1 - gate) * torch.tanh(self.cell["new"](both))
            every.append(h * (step + 1) ** -0.5)
        return self.classes(torch.stack(every, 1) + h[:, None])


class CharsBranches(Classifier):
    """A loop until its numbers have become small, and a branch for each row of text."""

    data = ("chars.text", "chars.next")
    LIMIT, MOST = 0.1, 8

    def __init__(self, vocabulary):
        super().__init__()
        self.embedding = nn.Embedding(vocabulary, 12)
        self.settle = nn.ModuleDict({"step": nn.Linear(12, 12)})
        self.left = nn.ModuleDict({"a": nn.Linear(12, 12)})
        self.right = nn.ModuleDict({"a": nn.Linear(12, 6), "b": nn.Linear(6, 12)})
        self.classes = nn.Linear(12, vocabulary)

    def forward(self, text):
        x = h = self.embedding(text)
        total = 0
        for _ in range(self.MOST):
            h = torch.tanh(self.settle["step"](h))
            total = total + h
            if not (h ** 2).mean() > self.LIMIT:
                break
        left = torch.tanh(self.left["a"](total))
        right = self.right["b"](torch.sigmoid(self.right["a"](h)))
        return self.classes(torch.where((x.mean((1, 2)) > 0)[:, None, None], left, right))


class DigitsResnet(Classifier):
    """A stem and three residual blocks, two of them with a convolution on the way around."""

    data = ("digits.images", "digits.labels")

    def __init__(self):
        super().__init__()
        self.stem_conv = nn.Conv2d(1, 8, 3, 2, padding=1, bias=False)
        self.stem_norm = nn.BatchNorm2d(8)
        for block, (channels, filters, stride) in enumerate(((8, 8, 1), (8, 16, 2), (16, 32, 2)), 1):
            self.add_conv(f"block{block}", 1, channels, filters, 3, stride)
            self.add_conv(f"block{block}", 2, filters, filters, 3, 1)
            if stride > 1:
                self.add_conv(f"block{block}", 3, channels, filters, 1, stride)
        self.dense = nn.Linear(32, 10)

    def add_conv(self, block, number, channels, filters, kernel, stride):
        conv = nn.Conv2d(channels, filters, kernel, stride, padding=kernel // 2, bias=False)
        self.add_module(f"{block}_conv{number}", conv)
        self.add_module(f"{block}_norm{number}", nn.BatchNorm2d(filters))

    def normed(self, block, number, x):
        conv = getattr(self, f"{block}_conv{number}")
        return getattr(self, f"{block}_norm{number}")(conv(x))

    def forward(self, images):
        x = torch.relu(self.stem_norm(self.stem_conv(images / 255)))
        for block in ("block1", "block2", "block3"):
            y = self.normed(block, 2, torch.relu(self.normed(block, 1, x)))
            around = self.normed(block, 3, x) if hasattr(self, f"{block}_conv3") else x
            x = torch.relu(y + around)
        return self.dense(x.mean((2, 3)))


class DigitsNormed(Classifier):
    """Convolutions and dense layers with weight and spectral normalisation."""

    data = ("digits.images", "digits.labels")

    def __init__(self):
        super().__init__()
        self.conv1 = spectral_norm(nn.Conv2d(1, 6, 3, 2, padding=1))
        self.conv2 = weight_norm(nn.Conv2d(6, 8, 3, 2, padding=1, bias=False))
        self.dense1 = weight_norm(nn.Linear(8 * 7 * 7, 32))
        self.dense2 = spectral_norm(nn.Linear(32, 10))

    def forward(self, images):
        x = torch.relu(self.conv2(torch.relu(self.conv1(images / 255))))
        return self.dense2(torch.tanh(self.dense1(x.flatten(1))))


class DigitsVae(nn.Module):
    """Kingma, Welling: "Auto-encoding variational Bayes", 2014; 784-64-8-64-784."""

    data = ("digits.images", "normal.noise")

    def __init__(self):
        super().__init__()
        self.encoder = nn.Linear(784, 64)
        self.mean = nn.Linear(64, 8)
        self.log_variance = nn.Linear(64, 8)
        self.decoder = nn.Linear(8, 64)
        self.pixels = nn.Linear(64, 784)

    def loss(self, images, noise):
        pixels = images.flatten(1) / 255
        hidden = torch.tanh(self.encoder(pixels))
        mean, log_variance = self.mean(hidden), self.log_variance(hidden)
        code = mean + torch.exp(log_variance / 2) * noise
        logits = self.pixels(torch.tanh(self.decoder(code)))
        apart = mean ** 2 + torch.exp(log_variance) - 1 - log_variance  # twice the divergence
        reconstruction = nn.functional.binary_cross_entropy_with_logits(logits, pixels)
        return reconstruction + 0.01 * apart.mean()


class ShapesUnet(Classifier):
    """Ronneberger, Fischer, Brox: "U-Net", 2015; two levels, a class for each pixel."""

    data = ("shapes.images", "shapes.classes")

    def __init__(self):
        super().__init__()
        for name, channels, filters in (("down1", 1, 6), ("down2", 6, 12), ("bottom", 12, 24),
                                        ("rise2", 24, 12), ("rise1", 12, 6)):
            self.add_module(f"{name}_conv1", nn.Conv2d(channels, filters, 3, padding=1))
            self.add_module(f"{name}_conv2", nn.Conv2d(filters, filters, 3, padding=1))
        self.up2 = nn.ConvTranspose2d(24, 12, 2, 2)
        self.up1 = nn.ConvTranspose2d(12, 6, 2, 2)
        self.classes = nn.Conv2d(6, 3, 1)

    def double(self, name, x):
        for number in (1, 2):
            x = torch.relu(getattr(self, f"{name}_conv{number}")(x))
        return x

    def forward(self, images):
        first = self.double("down1", images)
        second = self.double("down2", nn.functional.max_pool2d(first, 2))
        x = self.double("bottom", nn.functional.max_pool2d(second, 2))
        x = self.double("rise2", torch.cat((second, self.up2(x)), 1))
        x = self.double("rise1", torch.cat((first, self.up1(x)), 1))
        return self.classes(x).movedim(1, -1)


NETWORKS = {"digits-cnn": DigitsCnn, "digits-dense": DigitsDense,
            "digits-normed": DigitsNormed,
            "digits-resnet": DigitsResnet, "digits-vae": DigitsVae, "shapes-unet": ShapesUnet,
            "chars-lstm": CharsLstm, "chars-transformer": CharsTransformer,
            "chars-groups": CharsGroups, "chars-loops": CharsLoops,
            "chars-branches": CharsBranches}


def build(name, states):
    """The network of that name, without dropout, for Telar's states."""
    if name.startswith("chars"):
        return NETWORKS[name](len(states["embedding.table"]))
    return NETWORKS[name](**({"dropout": 0} if name == "digits-cnn" else {}))


PLAIN = {
    "kernel": "weight", "scale": "weight", "table": "weight", "bias": "bias",
    "mean": "running_mean", "variance": "running_var",
}
RECURRENT = {
    "kernel": "weight_ih", "recurrent": "weight_hh", "bias": "bias_ih",
    "recurrent_bias": "bias_hh",
}
ENCODER = {
    "self_query": "self_attn.in_proj", "self_key": "self_attn.in_proj",
    "self_value": "self_attn.in_proj", "self_output": "self_attn.out_proj",
    "cross_query": "multihead_attn.in_proj", "cross_key": "multihead_attn.in_proj",
    "cross_value": "multihead_attn.in_proj", "cross_output": "multihead_attn.out_proj",
    "hidden": "linear1", "result": "linear2",
}
THIRDS = ("query", "key", "value")


def place_in_encoder(layer, role):
    """The parameter, or the third of it, that holds the state @role of a Transformer's layer."""
    part, kind = role.rsplit("_", 1)
    if part.endswith("_norm"):
        last = "norm3" if hasattr(layer, "norm3") else "norm2"
        name = {"self_norm": "norm1", "cross_norm": "norm2", "dense_norm": last}[part]
        return layer.get_parameter(f"{name}.{PLAIN[kind]}")
    third = part.split("_")[-1]
    if third not in THIRDS:
        return layer.get_parameter(f"{ENCODER[part]}.{PLAIN[kind]}")
    return layer.get_parameter(f"{ENCODER[part]}_{PLAIN[kind]}").chunk(3)[THIRDS.index(third)]


def load_encoder(layer, states):
    """Copies states, by their roles, into a Transformer's layer."""
    for role, value in states.items():
        place_in_encoder(layer, role).copy_(value.T if role.endswith("_kernel") else value)


def place_of_kernel(module, role):
    """The part of a normalised weight that holds Telar's state, transposed where it has to be."""
    norm = module.parametrizations.weight
    if role == "kernel_length":
        return norm.original0.flatten()
    if role == "kernel_direction":
        return norm[0]._v
    kernel = norm.original1 if hasattr(norm, "original1") else norm.original
    return kernel.T if isinstance(module, nn.Linear) else kernel


def place_of(network, name):
    """The tensor of the network that holds Telar's state @name, and whether it is transposed."""
    node, role = name.split(".")
    module = network.get_submodule(node.replace("/", ".").replace(":", "."))
    module = getattr(module, "conv", module)
    if isinstance(module, nn.TransformerEncoderLayer):
        return place_in_encoder(module, role), role.endswith("_kernel")
    if isinstance(module, nn.RNNBase):
        kind, suffix = role.rsplit("_l", 1)
        return getattr(module, f"{RECURRENT[kind]}_l{suffix}"), False
    if role.startswith("kernel") and nn.utils.parametrize.is_parametrized(module):
        return place_of_kernel(module, role), False
    return getattr(module, PLAIN[role]), isinstance(module, nn.Linear) and role == "kernel"


def load_states(network, states):
    """Copies Telar's states into the network; every one must find its place."""
    with torch.no_grad():
        for name, array in states.items():
            value = torch.from_numpy(array.copy())
            target, transposed = place_of(network, name)
            target.copy_(value.T if transposed else value)
