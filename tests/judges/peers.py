"""Operators that PyTorch has not as one of its own, composed of its primitives: what Telar's
gradients are judged by where no code is written for PyTorch.

A peer is a function from the parameters, what stands at the ports and the operator's states, by
their names, to the results, in double precision. Beside them "drawn" has what Telar made in the
same step, for what is random in it.
"""

import torch
from torch.nn import functional as F

PEERS = {}


def peer(*names):
    """Enters a function as that of the operators @names."""
    def enter(function):
        PEERS.update(dict.fromkeys(names, function))
        return function
    return enter


# --- windows --------------------------------------------------------------------------------------

def each(numbers, axes):
    return numbers * axes if len(numbers) == 1 else numbers


def spans(p, axes):
    """How far a window reaches along each axis."""
    return [d * (k - 1) + 1 for k, d in zip(each(p["kernel"], axes), each(p["dilation"], axes))]


def padded(p, x):
    """@x with the padding of a window over all its axes but the first two."""
    sizes = x.shape[2:]
    if p["padding"] == "valid":
        return x
    pads = []
    for size, span, stride in zip(sizes, spans(p, len(sizes)), each(p["stride"], len(sizes))):
        total = max((-(-size // stride) - 1) * stride + span - size, 0)
        pads = [total // 2, total - total // 2] + pads
    return F.pad(x, pads)


def convolve(x, kernel, stride, dilation):
    return (F.conv1d, F.conv2d, F.conv3d)[kernel.ndim - 3](x, kernel, None, stride, 0, dilation)


# --- layers ---------------------------------------------------------------------------------------

def gate(name, x):
    return F.hardtanh(x / 6 + 0.5, 0, 1) if name == "hard_sigmoid" else getattr(torch, name)(x)


@peer("conv_lstm1d", "conv_lstm2d", "conv_lstm3d")
def conv_lstm(p, kernel, recurrent, bias=None, lengths=None, **ports):
    x, axes = ports["in"], kernel.ndim - 2
    size = recurrent.shape[2:]
    around = [n for k in reversed(size) for n in ((k - 1) // 2, k - 1 - (k - 1) // 2)]
    stride, dilation = each(p["stride"], axes), each(p["dilation"], axes)
    hidden = memory = None
    steps = []
    for t in range(x.shape[1]):
        sums = convolve(padded(p, x[:, t]), kernel, stride, dilation)
        if hidden is None:
            hidden = memory = torch.zeros_like(sums[:, :p["filters"]])
        if bias is not None:
            sums = sums + bias.reshape(-1, *[1] * axes)
        sums = sums + convolve(F.pad(hidden, around), recurrent, 1, 1)
        first, forget, new, out = sums.chunk(4, 1)
        first, forget, out = (gate(p["gate_activation"], s) for s in (first, forget, out))
        fresh = forget * memory + first * gate(p["activation"], new)
        result = out * gate(p["activation"], fresh)
        if lengths is None:
            hidden, memory = result, fresh
        else:
            within = (lengths > t).reshape(-1, *[1] * (axes + 1))
            hidden = torch.where(within, result, hidden)
            memory = torch.where(within, fresh, memory)
            result = result * within
        steps.append(result)
    return torch.stack(steps, 1) if p["sequences"] else hidden, hidden, memory


@peer("locally_connected1d", "locally_connected2d")
def locally_connected(p, kernel, bias=None, **ports):
    x = padded(p, ports["in"])
    axes = x.ndim - 2
    flat = [1] * (2 - axes)  # signals are pictures of one row
    windows = F.unfold(x.reshape(*x.shape[:2], *flat, *x.shape[2:]),
                       flat + each(p["kernel"], axes), flat + each(p["dilation"], axes), 0,
                       flat + each(p["stride"], axes))
    places = [(size - span) // stride + 1 for size, span, stride
              in zip(x.shape[2:], spans(p, axes), each(p["stride"], axes))]
    y = torch.einsum("nkp,pko->nop", windows, kernel).reshape(len(x), -1, *places)
    y = y if bias is None else y + bias
    return y if p["activation"] == "none" else getattr(torch, p["activation"])(y)


@peer("key_value_cache")
def key_value_cache(p, cache, position, **ports):
    fresh, rows = ports["new"], cache.shape[-2]
    result, masks = cache.clone(), []
    for n, first in enumerate(position.tolist()):
        for step in range(fresh.shape[-2]):
            if first + step < rows:
                result[n, ..., first + step, :] = fresh[n, ..., step, :]
        last = torch.arange(first, first + fresh.shape[-2])
        masks.append(torch.arange(rows) <= last[:, None])
    mask = torch.stack(masks)
    return result, mask if cache.ndim == 3 else mask[:, None]


# --- regions --------------------------------------------------------------------------------------

def samples(low, high, cells, size, p):
    """Along an axis: the two places of each sample, and what they weigh; [cells * samples]."""
    n = p["sampling"]
    half = 0.5 if p["coordinates"] == "half_pixel" else 0
    low, high = low * p["scale"] - half, high * p["scale"] - half
    length = high - low if half else (high - low).clamp(min=1)
    at = low + length / cells * (torch.arange(cells * n, dtype=low.dtype) + 0.5) / n
    inside = (at >= -1) & (at <= size)
    at = at.clamp(0, size - 1)
    first = at.detach().floor()
    part = at - first
    places = torch.stack([first, (first + 1).clamp(max=size - 1)]).long()
    return places, torch.stack([1 - part, part]) * inside


def region(x, box, p):
    """Of one picture [C, H, W] the region [C, height, width]."""
    height, width = each(p["size"], 2)
    rows, of_rows = samples(box[1], box[3], height, x.shape[1], p)
    columns, of_columns = samples(box[0], box[2], width, x.shape[2], p)
    near = x[:, rows[:, None, :, None], columns[None, :, None, :]]
    near = near * of_rows[:, None, :, None] * of_columns[None, :, None, :]
    near = near.reshape(len(x), 4, *near.shape[-2:])
    near = near.amax(1) if p["mode"] == "max" else near.sum(1)
    cells = near.reshape(len(x), height, p["sampling"], width, p["sampling"])
    return cells.amax((2, 4)) if p["mode"] == "max" else cells.mean((2, 4))


@peer("roi_align")
def roi_align(p, boxes, samples=None, **ports):
    x = ports["in"]
    if samples is None:
        return torch.stack([torch.stack([region(picture, box, p) for box in list_])
                            for picture, list_ in zip(x, boxes)])
    return torch.stack([region(x[n], box, p) for n, box in zip(samples.tolist(), boxes)])


def corners(boxes, p):
    """Two opposite corners of each box, the lower one first; [2, boxes, 2]."""
    first, second = boxes[:, :2], boxes[:, 2:]
    if p["format"] == "centre":
        first, second = first - second / 2, first + second / 2
    return torch.stack([torch.minimum(first, second), torch.maximum(first, second)])


def survivors(boxes, scores, p):
    """The places of the boxes of one class that stay, the best first."""
    low, high = corners(boxes.detach(), p)
    area = (high - low).prod(1)
    alive = [n for n in scores.argsort(descending=True, stable=True).tolist()
             if scores[n] > p["score_threshold"]]
    kept = []
    while alive and len(kept) < p["max_boxes"]:
        best, *alive = alive
        kept.append(best)
        common = (torch.minimum(high, high[best]) - torch.maximum(low, low[best])).clamp(min=0)
        common = common.prod(1)
        overlap = common > p["iou_threshold"] * (area + area[best] - common)
        alive = [n for n in alive if not overlap[n]]
    return kept


@peer("non_max_suppression")
def non_max_suppression(p, boxes, scores, **_):
    room = scores.shape[1] * p["max_boxes"]
    results = []
    for around, given in zip(boxes, scores):
        kept = [(given[c, n], n, c) for c in range(len(given))
                for n in survivors(around, given[c], p)]
        kept.sort(key=lambda entry: -entry[0].item())
        left = room - len(kept)
        chosen = around[[n for _, n, _ in kept]]
        results.append((F.pad(chosen, (0, 0, 0, left)),
                        F.pad(torch.stack([score for score, _, _ in kept]), (0, left)),
                        torch.tensor([c for _, _, c in kept] + [-1] * left),
                        torch.tensor(len(kept))))
    return tuple(torch.stack(column) for column in zip(*results))


# --- distinct numbers -----------------------------------------------------------------------------

@peer("unique")
def unique(p, **ports):
    """The slope of a distinct number goes to the first of its kind."""
    x, size = ports["in"], p["size"]
    flat = x.reshape(-1)
    kinds, inverse, counts = torch.unique(flat.detach(), return_inverse=True, return_counts=True)
    first = [inverse.tolist().index(kind) for kind in range(len(kinds))]
    room = (0, size - len(kinds))
    return (F.pad(flat[first], room, value=p["fill"]), inverse.reshape(x.shape),
            F.pad(counts, room), torch.tensor(len(kinds)))


# --- what is random -------------------------------------------------------------------------------

@peer("gumbel_softmax")
def gumbel_softmax(p, drawn, **ports):
    """The noise of a step is what its result tells of it; what is the same for all classes does
    not count."""
    x = ports["in"]
    noise = p["temperature"] * drawn[0].log() - x.detach()
    return ((x + noise) / p["temperature"]).softmax(-1)
