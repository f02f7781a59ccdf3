#!/usr/bin/env python3
"""PyTorch judges the examples of mathematical operators. Prints TAP.

  arithmetic.py EXPORTER SAMPLES     as layers.py

An operator is judged when it stands in MATH; each must have an example.
"""

import sys

import numpy
import onnxruntime
import torch
from onnx import helper

from layers import NoPeer, main

# The operators that PyTorch knows under another name, or the same.
PLAIN = {
    "reciprocal": None, "rsqrt": None, "sqrt": None, "exp": None, "expm1": None, "log": None,
    "log1p": None, "abs": None, "sign": None, "negate": "neg", "square": None, "erf": None,
    "floor": None, "ceil": None, "round": None, "trunc": None, "sin": None, "cos": None,
    "tan": None, "asin": None, "acos": None, "atan": None, "sinh": None, "cosh": None,
    "asinh": None, "acosh": None, "atanh": None, "divide": None, "subtract": None, "pow": None,
    "atan2": None, "equal": "eq", "not_equal": "ne", "less": "lt",
    "less_equal": "le", "greater": "gt", "greater_equal": "ge", "and": "logical_and",
    "stop_gradient": "clone", "bitwise_and": None, "bitwise_or": None, "bitwise_xor": None, "bitwise_not": None,
    "or": "logical_or", "xor": "logical_xor", "not": "logical_not", "is_nan": "isnan",
}
MATH = {}


def judge(*names):
    def enter(function):
        for name in names:
            MATH[name] = function
        return function
    return enter


def plain(name):
    function = getattr(torch, PLAIN[name] or name)
    return lambda example: [function(*example.inputs)]


MATH.update({name: plain(name) for name in PLAIN})


# --- element by element ---------------------------------------------------------------------------

@judge("floor_div")
def floor_div(example):
    rounding = "trunc" if example.get("rounding", "down") == "zero" else "floor"
    return [torch.div(*example.inputs, rounding_mode=rounding)]


@judge("mod")
def mod(example):
    function = torch.fmod if example.get("sign", "divisor") == "dividend" else torch.remainder
    return [function(*example.inputs)]


@judge("bit_shift")
def bit_shift(example):
    name = f"bitwise_{example.get('direction', 'left')}_shift"
    return [getattr(torch, name)(*example.inputs)]


@judge("is_inf")
def is_inf(example):
    x = example.inputs[0]
    return [torch.isposinf(x) & example.get("positive", True)
            | torch.isneginf(x) & example.get("negative", True)]


@judge("where")
def where(example):
    condition, a, b = example.inputs
    return [torch.where(condition != 0, a, b)]


# --- shapes ---------------------------------------------------------------------------------------

def numbers(example, name, fallback):
    """A list setting."""
    return [int(item) for item in example.settings.get(name, fallback).replace("x", ",").split(",")]


@judge("reshape")
def reshape(example):
    x, shape = example.inputs[0], numbers(example, "shape", "-1")
    shape = [len(x), *shape] if example.get("keep_batch", True) else shape
    return [x.reshape([size or x.shape[i] for i, size in enumerate(shape)])]


@judge("permute")
def permute(example):
    return [example.inputs[0].permute(numbers(example, "axes", "0,2,1"))]


@judge("expand")
def expand(example):
    return [example.inputs[0].expand(numbers(example, "shape", "-1,1"))]


@judge("tile")
def tile(example):
    return [example.inputs[0].tile(numbers(example, "repeats", "1,2"))]


@judge("roll")
def roll(example):
    return [example.inputs[0].roll(example.get("shift", 1), example.get("axis", -1))]


@judge("concat", "stack")
def join(example):
    function = torch.cat if example.name == "concat" else torch.stack
    return [function(example.inputs, example.get("axis", 1))]


@judge("split")
def split(example):
    x, axis = example.inputs[0], example.get("axis", 1)
    sizes = numbers(example, "sizes", "0")
    if sizes == [0]:
        return x.chunk(example.get("parts", 2), axis)
    return x.split(sizes, axis)


@judge("strided_slice")
def strided_slice(example):
    x, axes = example.inputs[0].numpy(), numbers(example, "axes", "1")
    starts, ends, steps = (numbers(example, name, fallback) for name, fallback in
                           (("starts", "0"), ("ends", "16777216"), ("steps", "1")))
    window = [slice(None)] * x.ndim
    for i, axis in enumerate(axes):
        start, end, step = (items[i if len(items) > 1 else 0] for items in (starts, ends, steps))
        window[axis] = slice(start, None if end == -16777216 else end, step)
    return [torch.from_numpy(x[tuple(window)].copy())]


@judge("trilu")
def trilu(example):
    function = torch.triu if example.get("part", "lower") == "upper" else torch.tril
    return [function(example.inputs[0], example.get("diagonal", 0))]


# --- reductions -----------------------------------------------------------------------------------

REDUCTIONS = {
    "sum": torch.sum, "mean": torch.mean, "max": torch.amax, "min": torch.amin,
    "logsumexp": torch.logsumexp,
    "l1_norm": lambda x, *more: torch.linalg.vector_norm(x, 1, *more),
    "l2_norm": lambda x, *more: torch.linalg.vector_norm(x, 2, *more),
    "sum_square": lambda x, *more: torch.sum(x**2, *more),
    "log_sum": lambda x, *more: torch.sum(x, *more).log(),
    "any": torch.any, "all": torch.all,
}


@judge(*REDUCTIONS)
def reduction(example):
    return [REDUCTIONS[example.name](example.inputs[0], numbers(example, "axes", "-1"),
                                     example.get("keep", False))]


@judge("prod")
def prod(example):
    x = example.inputs[0]
    for axis in sorted(numbers(example, "axes", "-1"), reverse=True):
        x = x.prod(axis, example.get("keep", False))
    return [x]


@judge("var", "std")
def spread(example):
    return [getattr(torch, example.name)(
        example.inputs[0], numbers(example, "axes", "-1"),
        correction=example.get("correction", 1), keepdim=example.get("keep", False))]


@judge("argmax", "argmin")
def arg(example):
    if example.get("equals", "first") == "last":
        raise NoPeer("equals=last")
    function = getattr(torch, example.name)
    return [function(example.inputs[0], example.get("axis", -1), example.get("keep", False))]


@judge("cumsum", "cumprod", "cummax", "cummin")
def running(example):
    x, axis = example.inputs[0], example.get("axis", -1)
    x = x.flip(axis) if example.get("reverse", False) else x
    y = getattr(torch, example.name)(x, axis)
    y = y if torch.is_tensor(y) else y.values
    if example.get("exclusive", False):
        none = torch.full_like(y.narrow(axis, 0, 1), example.name == "cumprod")
        y = torch.cat([none, y.narrow(axis, 0, y.shape[axis] - 1)], axis)
    return [y.flip(axis) if example.get("reverse", False) else y]


@judge("range")
def arange(example):
    kind = torch.int64 if example.get("type", "f32") == "i64" else torch.float32
    return [torch.arange(example.get("start", 0.0), example.get("limit", 10.0),
                         example.get("step", 1.0), dtype=kind)]


# --- products -------------------------------------------------------------------------------------

@judge("matmul")
def matmul(example):
    a, b = example.inputs
    a = a.mT if example.get("transpose_a", False) else a
    b = b.mT if example.get("transpose_b", False) else b
    return [a @ b]


@judge("einsum")
def einsum(example):
    return [torch.einsum(example.get("equation", "nij,njk->nik"), *example.inputs)]


@judge("outer")
def outer(example):
    a, b = example.inputs
    return [a[..., :, None] * b[..., None, :]]


@judge("det")
def det(example):
    return [torch.linalg.det(example.inputs[0])]


@judge("dot")
def dot(example):
    return [torch.linalg.vecdot(*example.inputs)]


# --- indices --------------------------------------------------------------------------------------

@judge("one_hot")
def one_hot(example):
    x, axis = example.inputs[0], example.get("axis", -1)
    size, off, on = (example.get(name, value)
                     for name, value in (("size", 10), ("off", 0.0), ("on", 1.0)))
    if example.get("from_end", False):
        x = torch.where(x < 0, x + size, x)
    hot = (x.unsqueeze(-1) == torch.arange(size)).movedim(-1, axis)
    return [torch.where(hot, on, off)]


@judge("gather")
def gather(example):
    x, *indices = example.inputs
    axis = example.get("axis", 1)
    places = indices[0] if indices else torch.tensor(numbers(example, "places", "0"))
    return [x.index_select(axis, places % x.shape[axis])]


@judge("gather_elements")
def gather_elements(example):
    x, places = example.inputs
    axis = example.get("axis", 1)
    return [x.gather(axis, places % x.shape[axis])]


@judge("gather_nd")
def gather_nd(example):
    x, tuples = example.inputs
    if example.get("batch_axes", 1) == 0:
        return [x[tuple(tuples.unbind(-1))]]
    return [torch.stack([row[tuple(places.unbind(-1))] for row, places in zip(x, tuples)])]


@judge("scatter_elements")
def scatter_elements(example):
    x, places, updates = example.inputs
    axis = example.get("axis", 1)
    function = x.scatter_add if example.get("add", False) else x.scatter
    return [function(axis, places % x.shape[axis], updates)]


@judge("scatter_nd")
def scatter_nd(example):
    x, tuples, updates = example.inputs
    return [x.index_put(tuple(tuples.unbind(-1)), updates, example.get("add", False))]


@judge("index_add")
def index_add(example):
    x, places, updates = example.inputs
    return [x.index_add(example.get("axis", 0), places, updates)]


def padded(values, size, fill):
    """JAX's form: as many as there is room for, then the fill."""
    values = values[..., :size]
    rest = torch.full((*values.shape[:-1], size - values.shape[-1]), fill, dtype=values.dtype)
    return torch.cat([values, rest], -1)


@judge("nonzero")
def nonzero(example):
    places = torch.nonzero(example.inputs[0]).T
    return [padded(places, example.get("size", 16), example.get("fill", 0)),
            torch.tensor(places.shape[1])]


@judge("unique")
def unique(example):
    values, inverse, counts = torch.unique(
        example.inputs[0], return_inverse=True, return_counts=True)
    size = example.get("size", 16)
    return [padded(values, size, example.get("fill", 0.0)), inverse, padded(counts, size, 0),
            torch.tensor(len(values))]


@judge("sort", "top_k")
def order(example):
    x, axis = example.inputs[0], example.get("axis", -1)
    largest = example.get("largest" if example.name == "top_k" else "descending",
                          example.name == "top_k")
    found = x.sort(dim=axis, descending=largest, stable=True)
    k = example.get("k", 5) if example.name == "top_k" else x.shape[axis]
    return [part.narrow(axis, 0, k) for part in found]


# --- boxes ----------------------------------------------------------------------------------------

def runtime(operator, types, result, opset, **attributes):
    """ONNX Runtime's operator: PyTorch alone has none."""
    return onnxruntime.InferenceSession(helper.make_model(helper.make_graph(
        [helper.make_node(operator, list(types), ["y"], **attributes)], operator,
        [helper.make_tensor_value_info(name, kind, None) for name, kind in types.items()],
        [helper.make_tensor_value_info("y", result, None)]), ir_version=8,
        opset_imports=[helper.make_opsetid("", opset)]).SerializeToString())


def suppression(centred):
    types = {"boxes": 1, "scores": 1, "most": 7, "overlap": 1, "least": 1}
    return runtime("NonMaxSuppression", types, 7, 11, center_point_box=centred)


@judge("roi_align")
def roi_align(example):
    x, boxes, *listed = example.inputs
    samples = listed[0] if listed else torch.arange(len(boxes)).repeat_interleave(boxes.shape[1])
    height, *width = numbers(example, "size", "7")
    session = runtime(
        "RoiAlign", {"x": 1, "boxes": 1, "samples": 7}, 1, 16, mode=example.get("mode", "avg"),
        output_height=height, output_width=width[0] if width else height,
        sampling_ratio=example.get("sampling", 2), spatial_scale=example.get("scale", 1.0),
        coordinate_transformation_mode=example.get("coordinates", "half_pixel"))
    y, = session.run(None, {"x": x.numpy(), "boxes": boxes.reshape(-1, 4).numpy(),
                            "samples": samples.numpy()})
    return [torch.from_numpy(y).reshape(*boxes.shape[:-1], *y.shape[1:])]


@judge("non_max_suppression")
def non_max_suppression(example):
    boxes, scores = example.inputs
    most = example.get("max_boxes", 20)
    session = suppression(int(example.get("format", "corners") == "centre"))
    rows, = session.run(None, {
        "boxes": boxes.numpy(), "scores": scores.numpy(), "most": numpy.array([most]),
        "overlap": numpy.float32([example.get("iou_threshold", 0.5)]),
        "least": numpy.float32([example.get("score_threshold", 0.5)])})
    length = most * scores.shape[1]
    results = [torch.zeros(len(boxes), length, 4), torch.zeros(len(boxes), length),
               torch.full((len(boxes), length), -1), torch.zeros(len(boxes))]
    for n in range(len(boxes)):
        found = sorted(((c, i) for batch, c, i in rows.tolist() if batch == n),
                       key=lambda place: -scores[n, place[0], place[1]])
        for rank, (c, i) in enumerate(found):
            results[0][n, rank], results[1][n, rank] = boxes[n, i], scores[n, c, i]
            results[2][n, rank] = c
        results[3][n] = len(found)
    return results


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:], MATH))
