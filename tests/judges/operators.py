#!/usr/bin/env python3
"""ONNX Runtime judges imported operators with settings that ONNX's own cases leave out. Prints TAP.

  operators.py CONFORMANCE     the program that runs folders of ONNX test cases on a device
"""

import pathlib
import sys
import tempfile

import numpy
from cases import judge, write_case
from onnx import TensorProto, helper

EINSUMS = {
    "ij,jk,kl->il": [(2, 3), (3, 4), (4, 5)], "ab,ab,ac->c": [(2, 3), (2, 3), (2, 4)],
    "ii->i": [(3, 3)], "iij->j": [(3, 3, 2)], "ij": [(2, 3)], "ba": [(2, 3)],
    "i,j->ij": [(2,), (3,)], "bhqd,bhkd->bhqk": [(2, 2, 3, 4), (2, 2, 5, 4)],
    "a,b,c->": [(2,), (3,), (4,)], "...a->...": [(2, 3, 4)],
}
FUNCTIONS = {
    "Acos": (-1, 1), "Acosh": (1, 1e3), "Asin": (-1, 1), "Asinh": (-1e20, 1e20), "Atan": (-30, 30),
    "Atanh": (-0.99, 0.99), "Cosh": (-9, 9), "Sinh": (-9, 9), "Tan": (-1.5, 1.5),
}


def reals(random, *shape):
    return random.normal(size=shape).astype(numpy.float32)


def integers(random, low, high, shape, dtype="int64"):
    return random.integers(low, high, shape).astype(dtype)


def functions(random):
    for op, (low, high) in FUNCTIONS.items():
        near = 1 if op == "Acosh" else 1e-6
        yield 9, op, {}, [numpy.append(numpy.linspace(low, high, 101), near).astype(numpy.float32)]
    for equation, shapes in EINSUMS.items():
        yield 13, "Einsum", {"equation": equation}, [reals(random, *shape) for shape in shapes]


def selections(random):
    for axis in (0, 1):
        for flag in (0, 1):
            yield 11, "Unique", {"axis": axis, "sorted": flag}, [integers(random, 0, 3, (4, 2))]
            yield 11, "TopK", {"axis": axis, "largest": flag}, [
                integers(random, 0, 5, (4, 6), "float32"), numpy.array([3])]
    for reduction in ("add", "mul", "max", "min"):
        yield 18, "ScatterElements", {"axis": 1, "reduction": reduction}, [
            reals(random, 3, 4), integers(random, -4, 4, (3, 4)), reals(random, 3, 4)]
        yield 18, "ScatterND", {"reduction": reduction}, [
            reals(random, 3, 4), integers(random, -3, 3, (5, 1)), reals(random, 5, 4)]


def norms_and_sums(random):
    for opset, scales in ((18, 2), (21, 4)):
        yield opset, "GroupNormalization", {"num_groups": 2}, [
            reals(random, 2, 4, 3, 3), reals(random, scales), reals(random, scales)]
    yield 13, "ReduceL2", {"axes": [1]}, [integers(random, 1, 9, (2, 3), "int32")]
    yield 17, "DFT", {"inverse": 1, "axis": 1}, [reals(random, 2, 12, 2), numpy.array(16)]


def quantized(random):
    scale, zero = numpy.float32(0.02), numpy.uint8(120)
    yield 13, "QLinearConv", {"pads": [1, 1, 1, 1]}, [
        integers(random, 0, 255, (1, 3, 5, 5), "uint8"), scale, zero,
        # Seven bits: without VNNI ONNX Runtime adds two products in 16 bits, which saturate.
        integers(random, -63, 63, (4, 3, 3, 3), "int8"),
        (random.random(4) * 0.01 + 0.01).astype(numpy.float32), numpy.zeros(4, "int8"),
        numpy.float32(0.3), zero, integers(random, -500, 500, 4, "int32")]
    yield 13, "MatMulInteger", {}, [
        integers(random, 0, 255, (2, 3, 300), "uint8"), integers(random, 0, 255, (300, 4), "uint8"),
        zero, numpy.uint8(200)]


def model_of(opset, op, attributes, inputs):
    first = helper.np_dtype_to_tensor_dtype(next(iter(inputs.values())).dtype)
    places = TensorProto.INT64
    types = {"Unique": [first, places, places, places], "TopK": [first, places],
             "MatMulInteger": [TensorProto.INT32]}.get(op, [first])
    names = [f"y{i}" for i in range(len(types))]
    graph = helper.make_graph(
        [helper.make_node(op, list(inputs), names, **attributes)], "operator",
        [helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(value.dtype),
                                       value.shape) for name, value in inputs.items()],
        [helper.make_tensor_value_info(name, kind, None) for name, kind in zip(names, types)])
    return helper.make_model(graph, ir_version=10, opset_imports=[helper.make_opsetid("", opset)])


def main(conformance):
    random = numpy.random.default_rng(1)
    families = functions, selections, norms_and_sums, quantized
    cases = [case for family in families for case in family(random)]
    with tempfile.TemporaryDirectory() as folder:
        suite = pathlib.Path(folder) / "operators"
        for count, (opset, op, attributes, values) in enumerate(cases, 1):
            inputs = {f"x{i}": numpy.asarray(value) for i, value in enumerate(values)}
            write_case(suite / f"{count:02d} {op}", model_of(opset, op, attributes, inputs), inputs)
        return 1 if judge(conformance, suite) else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
