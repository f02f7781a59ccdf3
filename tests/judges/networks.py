"""The sample networks as PyTorch modules, with weights read from a Telar checkpoint.

A module's parameter names are Telar's state names with the dot kept ("conv1.kernel"), so that a
checkpoint maps one to one. Dense kernels are [in, units] in Telar, [units, in] in PyTorch.
"""

import torch
from torch import nn

from tensors import read_safetensors  # noqa: F401 (for those who load checkpoints)


def same(size, kernel, stride):
    """TensorFlow's "same" padding of one axis: (low, high)."""
    total = max((-(-size // stride) - 1) * stride + kernel - size, 0)
    return total // 2, total - total // 2


class SameConv(nn.Module):
    def __init__(self, channels, filters, kernel, stride, size):
        super().__init__()
        low, high = same(size, kernel, stride)
        self.pad = nn.ZeroPad2d((low, high, low, high))
        self.conv = nn.Conv2d(channels, filters, kernel, stride, bias=False)

    def forward(self, x):
        return self.conv(self.pad(x))


class DigitsCnn(nn.Module):
    """The convolutional network of Google's Keras-on-TPU tutorial, without its softmax."""

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


class DigitsDense(nn.Module):
    """784-512-512-10."""

    def __init__(self):
        super().__init__()
        self.dense1 = nn.Linear(784, 512)
        self.dense2 = nn.Linear(512, 512)
        self.dense3 = nn.Linear(512, 10)

    def forward(self, images):
        x = (images / 255).flatten(1)
        return self.dense3(torch.relu(self.dense2(torch.relu(self.dense1(x)))))


NETWORKS = {"digits-cnn": DigitsCnn, "digits-dense": DigitsDense}


def load_states(network, states):
    """Copies Telar's states into the network; every one must find its place."""
    with torch.no_grad():
        for name, array in states.items():
            node, role = name.split(".")
            module = getattr(network, node)
            module = getattr(module, "conv", module)
            value = torch.from_numpy(array.copy())
            if role == "kernel":
                value = value.T if isinstance(module, nn.Linear) else value
            target = {
                "kernel": "weight", "scale": "weight", "bias": "bias",
                "mean": "running_mean", "variance": "running_var",
            }[role]
            getattr(module, target).copy_(value)
