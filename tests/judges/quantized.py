#!/usr/bin/env python3
"""ONNX Runtime quantizes a network in both of its formats, QDQ and QOperator; Telar runs what comes
of it and draws it. Prints TAP.

  quantized.py TELAR

Results may be one step of their scale apart, where a sum lies between two of them.
"""

import collections
import pathlib
import sys
import tempfile

import numpy
import onnx
import onnxruntime
import program
from onnx import TensorProto, helper, numpy_helper
from onnxruntime import quantization

onnxruntime.set_default_logger_severity(3)

SHAPE = (2, 3, 8, 8)
# Both factors have one type: without VNNI, ONNX Runtime's products of u8 and i8 saturate at 16 bits.
FORMATS = {
    "QDQ of i8": ("QDQ", "QInt8", False),
    "QDQ with a scale for each channel": ("QDQ", "QInt8", True),
    "QOperator of u8": ("QOperator", "QUInt8", False),
    "QOperator of i8": ("QOperator", "QInt8", False),
    "QOperator with a scale for each channel": ("QOperator", "QInt8", True),
}
WANTED = {"QLinearConv", "QLinearAdd", "QLinearMul", "QLinearSigmoid", "QLinearLeakyRelu",
          "QLinearAveragePool", "QLinearGlobalAveragePool", "QLinearConcat", "QGemm",
          "QLinearSoftmax", "QLinearMatMul"}


class Rows(quantization.CalibrationDataReader):
    """What the numbers' ranges are measured on."""

    def __init__(self):
        random = numpy.random.default_rng(1)
        self.rows = iter([{"x": random.normal(size=SHAPE).astype("float32")} for _ in range(4)])

    def get_next(self):
        return next(self.rows, None)


def network():
    """A small one of all layers that the quantizer has an operator for."""
    random = numpy.random.default_rng(2)
    weights = {"k1": (8, 3, 3, 3), "b1": (8,), "k2": (8, 8, 3, 3), "w1": (16, 6), "c1": (6,),
               "w2": (6, 5)}
    nodes = [
        helper.make_node("Conv", ["x", "k1", "b1"], ["1"], pads=[1] * 4),
        helper.make_node("LeakyRelu", ["1"], ["2"], alpha=0.1),
        helper.make_node("Conv", ["2", "k2"], ["3"], pads=[1] * 4),
        helper.make_node("Add", ["3", "2"], ["4"]),
        helper.make_node("AveragePool", ["4"], ["5"], kernel_shape=[2, 2], strides=[2, 2]),
        helper.make_node("Sigmoid", ["5"], ["6"]),
        helper.make_node("Mul", ["5", "6"], ["7"]),
        helper.make_node("MaxPool", ["5"], ["8"], kernel_shape=[3, 3], pads=[1] * 4),
        helper.make_node("Concat", ["7", "8"], ["9"], axis=1),
        helper.make_node("GlobalAveragePool", ["9"], ["10"]),
        helper.make_node("Flatten", ["10"], ["11"]),
        helper.make_node("Gemm", ["11", "w1", "c1"], ["12"]),
        helper.make_node("MatMul", ["12", "w2"], ["13"]),
        helper.make_node("Softmax", ["13"], ["y"]),
    ]
    for node in nodes:
        node.name = f"{node.op_type}_{node.output[0]}"
    graph = helper.make_graph(
        nodes, "network", [helper.make_tensor_value_info("x", TensorProto.FLOAT, SHAPE)],
        [helper.make_tensor_value_info("y", TensorProto.FLOAT, (SHAPE[0], 5))],
        [numpy_helper.from_array(random.normal(0, 0.4, shape).astype("float32"), name)
         for name, shape in weights.items()])
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def quantize(source, path, form, of, channels):
    kind = getattr(quantization.QuantType, of)
    quantization.quantize_static(
        str(source), str(path), Rows(), quant_format=getattr(quantization.QuantFormat, form),
        activation_type=kind, weight_type=kind, per_channel=channels)
    return collections.Counter(node.op_type for node in onnx.load(path).graph.node)


def step_of(path):
    """The scale of the result: that of the last node, which makes real numbers of it."""
    model = onnx.load(path)
    scales = {tensor.name: numpy_helper.to_array(tensor) for tensor in model.graph.initializer}
    (last,) = [node for node in model.graph.node if node.output[0] == "y"]
    return float(scales[last.input[1]])


def wanted(path, rows):
    options = onnxruntime.SessionOptions()
    options.graph_optimization_level = onnxruntime.GraphOptimizationLevel.ORT_DISABLE_ALL
    session = onnxruntime.InferenceSession(str(path), options, providers=["CPUExecutionProvider"])
    return session.run(None, {"x": rows})[0]


def problem_of(telar, folder, what, path, rows):
    """What the model or project at @what gives beside ONNX Runtime, or None."""
    run = program.run(telar, folder, "predict", what, "-i", folder / "x.npy",
                      "-o", folder / "y.npy")
    if run.returncode != 0:
        return run.stderr.strip()
    got, want = numpy.load(folder / "y.npy"), wanted(path, rows)
    off = numpy.abs(got - want).max() / step_of(path) if got.shape == want.shape else got.shape
    return None if got.shape == want.shape and off < 1.01 else f"it is {off} steps off"


def judge(telar, folder, settings, source, rows):
    """{what is tried: what is wrong with it, or None}, and the operators that were met."""
    path, project = folder / "quantized.onnx", folder / "drawn.telar"
    seen = quantize(source, path, *settings)
    drawn = program.run(telar, folder, "import", path, "-o", project)
    return {
        "runs": problem_of(telar, folder, path, path, rows),
        "is drawn": drawn.stderr.strip() if drawn.returncode else
                    problem_of(telar, folder, project, path, rows),
    }, seen


def main(telar):
    results, seen = {}, collections.Counter()
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        source = folder / "network.onnx"
        onnx.save(network(), source)
        rows = numpy.random.default_rng(3).normal(size=SHAPE).astype("float32")
        numpy.save(folder / "x.npy", rows)
        for form, settings in FORMATS.items():
            (folder / form).mkdir()
            numpy.save(folder / form / "x.npy", rows)
            told, operators = judge(telar, folder / form, settings, source, rows)
            seen += operators
            results |= {f"{form} {what}": problem for what, problem in told.items()}
    results["all of them were met"] = " ".join(sorted(WANTED - set(seen))) or None
    print(f"1..{len(results)}")
    for number, (name, problem) in enumerate(results.items(), 1):
        print(f"{'ok' if problem is None else 'not ok'} {number} - {name}")
        if problem is not None:
            print(f"# {problem}")
    return any(problem is not None for problem in results.values())


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
