#!/usr/bin/env python3
"""PyTorch judges the examples of operators on sequences, and of activations. Prints TAP.

  layers.py EXPORTER SAMPLES     EXPORTER FOLDER SAMPLES writes examples with inputs and results

An operator is judged when it stands in LAYERS; each must have an example.
"""

import pathlib
import subprocess
import sys
import tempfile

import numpy
import torch
from torch import nn
from torch.nn import functional

from networks import RECURRENT, load_encoder, same
from tensors import part, read_metadata, read_safetensors

TOLERANCE = 1e-5  # of the largest number of a result
LAYERS = {}


class NoPeer(Exception):
    """PyTorch's layer has not what this example asks for."""


def layer(*names):
    def enter(function):
        for name in names:
            LAYERS[name] = function
        return function
    return enter


class Example:
    """Inputs and states of an example as tensors, its settings as texts."""

    def __init__(self, path):
        tensors = read_safetensors(path)
        self.name = path.stem.rsplit("-", 1)[0]
        self.inputs = [torch.from_numpy(value.copy())
                       for _, value in sorted(part(tensors, "in").items())]
        self.states = {name.split(".", 1)[1]: torch.from_numpy(value.copy())
                       for name, value in part(tensors, "state").items()}
        self.results = [value for _, value in sorted(part(tensors, "out").items())]
        words = read_metadata(path)["example"].split()
        self.settings = dict(word.split("=") for word in words if "=" in word)

    def get(self, name, fallback):
        text = self.settings.get(name)
        if text is None:
            return fallback
        return text == "true" if isinstance(fallback, bool) else type(fallback)(text)

    def refuse(self, **usual):
        """PyTorch has these settings' usual values only."""
        for name, value in usual.items():
            if self.get(name, value) != value:
                raise NoPeer(f"{name}={self.settings[name]}")


# --- activations ----------------------------------------------------------------------------------

ACTIVATIONS = {
    "glu": lambda x, e: functional.glu(x, e.get("axis", -1)),
    "reglu": lambda x, e: gated(x, e, torch.relu),
    "geglu": lambda x, e: gated(x, e, functional.gelu),
    "swiglu": lambda x, e: gated(x, e, functional.silu),
    "log_sigmoid": lambda x, e: functional.logsigmoid(x),
    "squared_relu": lambda x, e: torch.relu(x) ** 2,
    "tanh_shrink": lambda x, e: functional.tanhshrink(x),
    "softmin": lambda x, e: functional.softmin(x, e.get("axis", -1)),
    "thresholded_relu": lambda x, e: functional.threshold(x, e.get("threshold", 1.0), 0),
    "hard_tanh": lambda x, e: functional.hardtanh(x, e.get("low", -1.0), e.get("high", 1.0)),
}


def gated(x, example, function):
    a, b = x.chunk(2, example.get("axis", -1))
    return a * function(b)


@layer(*ACTIVATIONS)
def activation(example):
    return [ACTIVATIONS[example.name](example.inputs[0], example)]


@layer("shrink")
def shrink(example):
    threshold, bias = example.get("threshold", 0.5), example.get("bias", 0.0)
    if bias not in (0, threshold):
        raise NoPeer("bias")
    function = functional.hardshrink if bias == 0 else functional.softshrink
    return [function(example.inputs[0], threshold)]


@layer("hard_sigmoid", "hard_swish")
def hard(example):
    example.refuse(slope=1 / 6, offset=0.5)
    name = example.name.replace("_", "")
    return [getattr(functional, name)(example.inputs[0])]


# --- recurrent ------------------------------------------------------------------------------------

@layer("rnn", "lstm", "gru")
def recurrent(example):
    example.refuse(gate_activation="sigmoid", reset_after=True, **({} if example.name == "rnn" else {
        "activation": "tanh"}))
    x, *optional = example.inputs
    extra = {}
    if example.name == "rnn":
        extra["nonlinearity"] = example.get("activation", "tanh")
        if extra["nonlinearity"] not in ("tanh", "relu"):
            raise NoPeer(extra["nonlinearity"])
    network = getattr(nn, example.name.upper())(
        x.shape[2], example.get("units", 64), example.get("layers", 1), batch_first=True,
        bias=example.get("bias", True), bidirectional=example.get("bidirectional", False), **extra)
    for name, value in example.states.items():
        kind, suffix = name.rsplit("_l", 1)
        getattr(network, f"{RECURRENT[kind]}_l{suffix}").copy_(value)
    lengths = optional[0] if optional else torch.full((x.shape[0],), x.shape[1])
    if lengths.min() < 1:
        raise NoPeer("a length of 0")
    states = [state if state.dim() == 3 else state[:, None] for state in optional[1:]]
    states = [state.transpose(0, 1).contiguous() for state in states]
    packed = nn.utils.rnn.pack_padded_sequence(
        x, lengths, batch_first=True, enforce_sorted=False)
    start = tuple(states) if example.name == "lstm" else states[0] if states else None
    out, last = network(packed, start or None) if example.name == "lstm" else network(packed, start)
    out, _ = nn.utils.rnn.pad_packed_sequence(out, batch_first=True, total_length=x.shape[1])
    last = last if example.name == "lstm" else (last,)
    if not example.get("sequences", True):
        directions = 2 if network.bidirectional else 1
        out = last[0][-directions:].transpose(0, 1).flatten(1)
    return [out, *(state.transpose(0, 1) for state in last)]


@layer("conv_lstm1d", "conv_lstm2d", "conv_lstm3d")
def conv_lstm(example):
    example.refuse(gate_activation="sigmoid")
    x, *lengths = example.inputs
    s, n, stride = example.states, x.dim() - 3, example.get("stride", 1)
    convolve, kernel = getattr(functional, f"conv{n}d"), s["kernel"].shape[2:]
    around = [(0, 0)] * n
    if example.get("padding", "same") == "same":
        around = [same(size, span, stride) for size, span in zip(x.shape[3:], kernel)]
    pad = [side for axis in reversed(around) for side in axis]
    own = [side for span in reversed(kernel) for side in ((span - 1) // 2, span // 2)]
    sums = [convolve(functional.pad(x[:, t], pad), s["kernel"], s.get("bias"), stride)
            for t in range(x.shape[1])]
    h = c = torch.zeros(len(x), s["recurrent"].shape[1], *sums[0].shape[2:])
    length = lengths[0] if lengths else torch.full((len(x),), x.shape[1])
    steps = []
    for t, given in enumerate(sums):
        i, f, g, o = (given + convolve(functional.pad(h, own), s["recurrent"])).chunk(4, 1)
        memory = torch.sigmoid(f) * c + torch.sigmoid(i) * torch.tanh(g)
        state = torch.sigmoid(o) * torch.tanh(memory)
        counts = (t < length).reshape(-1, *[1] * (n + 1))
        c, h = torch.where(counts, memory, c), torch.where(counts, state, h)
        steps.append(torch.where(counts, state, torch.zeros_like(state)))
    return [torch.stack(steps, 1), h, c] if example.get("sequences", True) else [h, h, c]


# --- sequences ------------------------------------------------------------------------------------

def lengths_of(example):
    x, *lengths = example.inputs
    return lengths[0] if lengths else torch.full((len(x),), x.shape[1])


@layer("last_step")
def last_step(example):
    return [torch.stack([row[length - 1] if length > 0 else torch.zeros_like(row[0])
                         for row, length in zip(example.inputs[0], lengths_of(example))])]


@layer("reverse_sequence")
def reverse_sequence(example):
    return [torch.stack([torch.cat([row[:length].flip(0), row[length:]])
                         for row, length in zip(example.inputs[0], lengths_of(example))])]


@layer("key_value_cache")
def key_value_cache(example):
    cache, new, position = example.inputs
    cache, steps = cache.clone(), new.shape[-2]
    mask = torch.zeros(*cache.shape[:-2], steps, cache.shape[-2], dtype=torch.long)[:, :1]
    mask = mask if cache.dim() == 4 else mask[:, 0][:, None].expand(-1, steps, -1).clone()
    for n, first in enumerate(position.tolist()):
        for step in range(steps):
            if first + step < cache.shape[-2]:
                cache[n, ..., first + step, :] = new[n, ..., step, :]
            mask[n, ..., step, :first + step + 1] = 1
    return [cache, mask]


@layer("sinusoidal_positions")
def sinusoidal(example):
    x, base = example.inputs[0], example.get("base", 10000.0)
    steps, size = x.shape[1:]
    table = torch.zeros(steps, size + size % 2, dtype=torch.float64)
    angles = torch.arange(steps)[:, None] / base ** (torch.arange(0, size, 2).double() / size)
    table[:, 0::2], table[:, 1::2] = angles.sin(), angles.cos()
    return [(x * example.get("scale", 1.0) + table[:, :size]).float()]


@layer("rotary_positions")
def rotary(example):
    x, *positions = example.inputs
    steps, size = x.shape[-2:]
    positions = positions[0] if positions else torch.arange(steps).expand(len(x), -1)
    pace = example.get("base", 10000.0) ** (-torch.arange(0, size, 2).double() / size)
    angles = positions[..., None] * pace
    angles = angles if x.dim() == 3 else angles[:, None]
    turns = torch.polar(torch.ones_like(angles), angles)
    if example.get("pairs", "halves") == "neighbours":
        pairs = torch.view_as_complex(x.double().unflatten(-1, (-1, 2)))
        return [torch.view_as_real(pairs * turns).flatten(-2).float()]
    turned = torch.complex(*x.double().chunk(2, -1)) * turns
    return [torch.cat([turned.real, turned.imag], -1).float()]


# --- attention ------------------------------------------------------------------------------------

def three(example):
    query, *rest = example.inputs
    key = rest[0] if rest else query
    value = rest[1] if len(rest) > 1 else key
    return query, key, value, rest[2] if len(rest) > 2 else None


def aligned(mask, rank):
    """A mask of [N, S] or [N, L, S] for scores of @rank axes; whole numbers become truth values."""
    if mask is None:
        return None
    if not mask.is_floating_point():
        mask = mask != 0
    while mask.dim() < rank:
        mask = mask[:, None]
    return mask


@layer("attention")
def attention(example):
    example.refuse(cap=0.0)
    query, key, value, mask = three(example)
    mask = aligned(mask, query.dim())
    if mask is not None and mask.dtype == torch.bool and not mask.any(-1).all():
        raise NoPeer("a query that sees nothing")
    out = functional.scaled_dot_product_attention(
        query, key, value, mask, is_causal=example.get("causal", False),
        scale=example.get("scale", 0.0) or None)
    return [out]


@layer("multi_head_attention")
def multi_head(example):
    example.refuse(key_heads=0, key_size=0, value_size=0, size=0, rotary=False)
    query, key, value, mask = three(example)
    network = nn.MultiheadAttention(query.shape[2], example.get("heads", 4), batch_first=True,
                                    kdim=key.shape[2], vdim=value.shape[2])
    s = example.states
    names = ("query", "key", "value")
    if network.in_proj_weight is None:
        for name, target in zip(names, (network.q_proj_weight, network.k_proj_weight,
                                        network.v_proj_weight)):
            target.copy_(s[f"{name}_kernel"].T)
    else:
        network.in_proj_weight.copy_(torch.cat([s[f"{name}_kernel"].T for name in names]))
    network.in_proj_bias.copy_(torch.cat([s[f"{name}_bias"] for name in names]))
    network.out_proj.weight.copy_(s["output_kernel"].T)
    network.out_proj.bias.copy_(s["output_bias"])
    hidden = None if mask is None else mask == 0
    later = None
    if example.get("causal", False):
        later = torch.ones(query.shape[1], key.shape[1], dtype=torch.bool).triu(1)
    if hidden is not None and hidden.all(-1).any():
        raise NoPeer("a query that sees nothing")
    return network(query, key, value, key_padding_mask=hidden, attn_mask=later,
                   average_attn_weights=False)


@layer("transformer_encoder", "transformer_decoder")
def transformer(example):
    example.refuse(rotary=False, gated=False, norm="layer", bias=True)
    decoder = example.name == "transformer_decoder"
    x, *rest = example.inputs
    size = x.shape[2]
    if decoder and rest[0].shape[2] != size:
        raise NoPeer("a memory of another width")
    kind = nn.TransformerDecoderLayer if decoder else nn.TransformerEncoderLayer
    network = kind(size, example.get("heads", 4), example.get("width", 0) or 4 * size, 0,
                   example.get("activation", "relu"), batch_first=True,
                   norm_first=example.get("order", "post") == "pre")
    network.train()  # without dropout; evaluation takes PyTorch's fused path
    load_encoder(network, example.states)
    later = torch.ones(x.shape[1], x.shape[1], dtype=torch.bool).triu(1)
    later = later if example.get("causal", decoder) else None
    masks = [mask == 0 for mask in rest[decoder:]]
    if any(mask.all(-1).any() for mask in masks):
        raise NoPeer("a query that sees nothing")
    if not decoder:
        return [network(x, later, masks[0] if masks else None)]
    memory_mask, mask = masks + [None] * (2 - len(masks))
    return [network(x, rest[0], later, None, mask, memory_mask)]


# --- judging --------------------------------------------------------------------------------------

def problems_of(example, judged):
    with torch.no_grad():
        expected = judged[example.name](example)
    for i, (want, got) in enumerate(zip(expected, example.results)):
        want, got = want.double().numpy(), got.astype(numpy.float64)
        if want.shape != got.shape:
            yield f"result {i} has shape {got.shape}, expected {want.shape}"
            continue
        error = numpy.abs(got - want).max() / max(numpy.abs(want).max(), 1e-30)
        if not error <= TOLERANCE:
            yield f"result {i} differs by {error:.2e} of its largest number"


def main(exporter, samples, judged):
    agreed, problems = dict.fromkeys(judged, 0), {name: [] for name in judged}
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([exporter, folder, samples], check=True)
        for path in sorted(pathlib.Path(folder).glob("*.safetensors")):
            if path.stem.rsplit("-", 1)[0] not in judged:
                continue
            example = Example(path)
            try:
                found = list(problems_of(example, judged))
                agreed[example.name] += not found
                problems[example.name] += [f"{path.stem}: {problem}" for problem in found]
            except NoPeer as reason:
                print(f"# {path.stem} is not PyTorch's: {reason}")
    print(f"1..{len(judged)}")
    for number, name in enumerate(sorted(judged), 1):
        good = agreed[name] > 0 and not problems[name]
        print(f"{'ok' if good else 'not ok'} {number} - {name}: {agreed[name]} examples")
        for problem in problems[name]:
            print(f"# {problem}")
    return 0 if all(agreed[name] and not problems[name] for name in judged) else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:], LAYERS))
