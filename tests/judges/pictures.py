#!/usr/bin/env python3
"""PyTorch judges the examples of operators on pictures, signals and volumes. Prints TAP.

  pictures.py EXPORTER SAMPLES     as layers.py

An operator is judged when it stands in PICTURES; each must have an example.
"""

import sys
from itertools import zip_longest

import torch
from torch import nn
from torch.nn import functional
from torch.nn.utils import parametrizations

from layers import NoPeer, main


def sizes(example, name, n, fallback):
    """A list setting as @n numbers."""
    text = example.settings.get(name, fallback)
    items = [int(item) for item in text.replace("x", ",").split(",")]
    return items if len(items) == n else items * n


def window(example, n, padding, kernel):
    """Kernel, stride, padding and dilation over @n axes, the padding one that PyTorch has."""
    kind = example.get("padding", padding)
    if kind == "same":
        raise NoPeer("padding=same")
    pad = example.settings.get("pad", "0") if kind == "explicit" else "0"
    items = [int(item) for item in pad.split(",")]
    if len(items) == 2 * n and items[:n] != items[n:]:
        raise NoPeer(f"pad={pad}")
    kernel = sizes(example, "kernel", n, kernel)
    stride = [step or size for step, size in
              zip(sizes(example, "stride", n, "0" if "pool" in example.name else "1"), kernel)]
    return kernel, stride, (items * n)[:n], sizes(example, "dilation", n, "1")


def max_pool(example):
    x = example.inputs[0]
    n = x.dim() - 2
    kernel, stride, pad, dilation = window(example, n, "valid", "2")
    pool = getattr(functional, f"max_pool{n}d")
    return [*pool(x, kernel, stride, pad, dilation, example.get("ceil", False), True)]


def avg_pool(example):
    x = example.inputs[0]
    n = x.dim() - 2
    kernel, stride, pad, _ = window(example, n, "valid", "2")
    pool = getattr(functional, f"avg_pool{n}d")
    return [pool(x, kernel, stride, pad, example.get("ceil", False),
                 example.get("count_pad", False))]


def lp_pool(example):
    x = example.inputs[0]
    n = x.dim() - 2
    if example.get("ceil", False):
        raise NoPeer("PyTorch scales the last windows of Lp pools up")
    kernel, stride, _, _ = window(example, n, "valid", "2")
    if n == 1:
        kernel, stride = kernel[0], stride[0]
    return [getattr(functional, f"lp_pool{n}d")(x, example.get("p", 2.0), kernel, stride)]


def adaptive(example):
    x = example.inputs[0]
    n = x.dim() - 2
    kind = "max" if "max" in example.name else "avg"
    pool = getattr(functional, f"adaptive_{kind}_pool{n}d")
    return [pool(x, sizes(example, "size", n, "1"))]


def unpool(example):
    x, places = example.inputs
    n = x.dim() - 2
    kernel, pad, extra = (sizes(example, name, n, usual)
                          for name, usual in (("kernel", "2"), ("pad", "0"), ("extra", "0")))
    stride = [step or size for step, size in zip(sizes(example, "stride", n, "0"), kernel)]
    size = [(old - 1) * step + span - 2 * side + more
            for old, step, span, side, more in zip(x.shape[2:], stride, kernel, pad, extra)]
    if not inside_windows(places, size, kernel, stride, pad):
        raise NoPeer("a place outside its window")
    run = getattr(functional, f"max_unpool{n}d")
    return [run(x, places, kernel, stride, pad, size)]


def inside_windows(places, size, kernel, stride, pad):
    """Whether each place lies in its window, and no two windows of a channel name the same."""
    at = torch.stack(torch.unravel_index(places, size), -1)
    windows = torch.stack(torch.meshgrid(*map(torch.arange, places.shape[2:]), indexing="ij"), -1)
    first = windows * torch.tensor(stride) - torch.tensor(pad)
    within = ((at >= first) & (at < first + torch.tensor(kernel))).all()
    rows = places.flatten(0, 1).flatten(1)
    return bool(within) and all(len(row.unique()) == len(row) for row in rows)


def normalised(example, n):
    """The kernel as PyTorch's own normalisation of a transposed convolution's weight gives it."""
    kernel = example.states["kernel"]
    kind = example.get("normalise_weights", "none")
    if kind == "none":
        return kernel
    network = getattr(nn, f"ConvTranspose{n}d")(kernel.shape[0], kernel.shape[1], kernel.shape[2:])
    network.weight.data.copy_(kernel)
    if kind == "weight":
        parametrizations.weight_norm(network, dim=1)
        network.parametrizations.weight.original0.copy_(
            example.states["kernel_length"].reshape(1, -1, *[1] * n))
        return network.weight
    parametrizations.spectral_norm(network)
    norm = network.parametrizations.weight[0].eval()
    rows = kernel.transpose(0, 1).flatten(1)
    norm._v.copy_(functional.normalize(example.states["kernel_direction"], dim=0))
    norm._u.copy_(functional.normalize(rows @ norm._v, dim=0))
    return network.weight


def conv_transpose(example):
    example.refuse(activation="none")
    x = example.inputs[0]
    n = x.dim() - 2
    _, stride, pad, dilation = window(example, n, "same", "3")
    run = getattr(functional, f"conv_transpose{n}d")
    return [run(x, normalised(example, n), example.states.get("bias"), stride, pad,
                example.get("extra", 0), example.get("groups", 1), dilation)]


def resize(example):
    x = example.inputs[0]
    n = x.dim() - 2
    example.refuse(exclude_outside=False, cubic=-0.75)
    mode, places = example.get("mode", "linear"), example.get("coordinates", "half_pixel")
    usual = {"nearest": ["asymmetric"], "linear": ["half_pixel", "align_corners"],
             "cubic": ["half_pixel", "align_corners"]}
    if places not in usual[mode] or mode == "nearest" and example.get("rounding", "") != "floor":
        raise NoPeer(f"{mode} at {places}")
    size = [given or old * factor for given, old, factor in zip(
        sizes(example, "size", n, "0"), x.shape[2:], sizes(example, "factor", n, "2"))]
    name = {"nearest": "nearest", "cubic": "bicubic",
            "linear": [None, "linear", "bilinear", "trilinear"][n]}[mode]
    corners = None if mode == "nearest" else places == "align_corners"
    scale = example.get("scale", 0.0)
    if scale:
        scales = [1.0 if given == old else scale for given, old in zip(size, x.shape[2:])]
        return [functional.interpolate(x, scale_factor=scales, mode=name, align_corners=corners,
                                       recompute_scale_factor=False)]
    return [functional.interpolate(x, size, mode=name, align_corners=corners)]


def shuffle(example):
    example.refuse(order="channels_first")
    return [getattr(functional, example.name)(example.inputs[0], example.get("block", 2))]


def pad(example):
    x = example.inputs[0]
    mode = {"edge": "replicate"}.get(example.get("mode", "constant"), example.get("mode", ""))
    low, high = ([int(item) for item in example.settings.get(name, "1x1").split("x")]
                 for name in ("low", "high"))
    if mode and (x.dim() - len(low) < 2 or len(low) != len(high)):
        x = x[None]
    # Both lists end at the last axis; what the shorter one does not name gets no border.
    amounts = [amount for pair in zip_longest(reversed(low), reversed(high), fillvalue=0)
               for amount in pair]
    value = example.get("value", 0.0) if mode in ("", "constant") else None
    y = functional.pad(x, amounts, mode or "constant", value)
    return [y.reshape(y.shape[-len(example.results[0].shape):])]


def grid_sample(example):
    if example.inputs[0].dim() == 5 and example.get("mode", "linear") == "cubic":
        raise NoPeer("cubic samples of volumes")
    mode = {"linear": "bilinear", "cubic": "bicubic"}.get(example.get("mode", "linear"), "nearest")
    return [functional.grid_sample(*example.inputs, mode, example.get("outside", "zeros"),
                                   example.get("align_corners", False))]


def affine_grid(example):
    theta = example.inputs[0]
    size = [theta.shape[0], 1, *sizes(example, "size", theta.shape[1], "8")]
    if 1 in size[2:]:
        raise NoPeer("an axis of one place")
    return [functional.affine_grid(theta, size, example.get("align_corners", False))]


def unfold(example):
    kernel, stride, padding, dilation = window(example, 2, "valid", "3")
    return [functional.unfold(example.inputs[0], kernel, dilation, padding, stride)]


def fold(example):
    kernel, stride, padding, dilation = window(example, 2, "valid", "3")
    size = sizes(example, "size", 2, "8")
    return [functional.fold(example.inputs[0], size, kernel, dilation, padding, stride)]


def local_response(example):
    if example.inputs[0].dim() < 3:
        raise NoPeer("rows without places")
    if example.get("size", 5) % 2 == 0:
        raise NoPeer("an even window leans the other way, as ONNX has it")
    return [functional.local_response_norm(
        example.inputs[0], example.get("size", 5), example.get("alpha", 0.0001),
        example.get("beta", 0.75), example.get("offset", 1.0))]


def bilinear(example):
    example.refuse(activation="none")
    states = example.states
    return [functional.bilinear(*example.inputs, states["kernel"], states.get("bias"))]


PICTURES = {
    **{f"max_pool{n}d": lambda e: max_pool(e)[:1] for n in (1, 2, 3)},
    **{f"avg_pool{n}d": avg_pool for n in (1, 2, 3)},
    **{f"lp_pool{n}d": lp_pool for n in (1, 2, 3)},
    **{f"conv{n}d_transpose": conv_transpose for n in (1, 2, 3)},
    **{f"max_pool_places{n}d": max_pool for n in (1, 2, 3)},
    **{f"max_unpool{n}d": unpool for n in (1, 2, 3)}, "adaptive_avg_pool": adaptive,
    "adaptive_max_pool": adaptive, "resize": resize, "pixel_shuffle": shuffle,
    "pixel_unshuffle": shuffle, "pad": pad, "grid_sample": grid_sample, "affine_grid": affine_grid,
    "unfold": unfold, "fold": fold, "local_response_norm": local_response, "bilinear": bilinear,
}


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:], PICTURES))
