#!/usr/bin/env python3
"""ONNX Runtime judges RNN, LSTM and GRU with every attribute they have. Prints TAP.

  recurrences.py CONFORMANCE     the program that runs folders of ONNX test cases on a device
"""

import itertools
import pathlib
import sys
import tempfile

import numpy
import onnx
from cases import judge, write_case
from onnx import TensorProto, helper

STEPS, BATCH, FEATURES, UNITS = 5, 3, 4, 3
GATES = {"RNN": 1, "LSTM": 4, "GRU": 3}
DIRECTIONS = {"forward": 1, "reverse": 1, "bidirectional": 2}
# Functions per direction, with what alpha and beta those have that take any.
FUNCTIONS = {
    "RNN": [{}, {"activations": ["Relu"]}, {"activations": ["LeakyRelu"], "activation_alpha": [0.3]},
            {"activations": ["Affine"], "activation_alpha": [0.4], "activation_beta": [0.1]},
            {"activations": ["ScaledTanh"], "activation_alpha": [0.8], "activation_beta": [0.7]},
            {"activations": ["ThresholdedRelu"], "activation_alpha": [0.2]},
            {"activations": ["Elu"], "activation_alpha": [0.6]}],
    "LSTM": [{}, {"activations": ["HardSigmoid", "Softsign", "Softplus"],
                  "activation_alpha": [0.3], "activation_beta": [0.4]},
             {"activations": ["Sigmoid", "Tanh", "LeakyRelu"], "activation_alpha": [0.25]}],
    "GRU": [{}, {"activations": ["HardSigmoid", "ScaledTanh"], "activation_alpha": [0.3, 0.9],
                 "activation_beta": [0.4, 0.8]}],
}
EXTRAS = {
    "RNN": [{}],
    "LSTM": [{}, {"input_forget": 1}],
    "GRU": [{}, {"linear_before_reset": 1}],
}


def doubled(functions, directions):
    return {key: value * directions for key, value in functions.items()}


def settings():
    """(operator, attributes, names of the optional inputs)"""
    for op in GATES:
        for direction, functions, extra, clip, full in itertools.product(
                DIRECTIONS, FUNCTIONS[op], EXTRAS[op], ({}, {"clip": 0.5}), (False, True)):
            attributes = {"hidden_size": UNITS, "direction": direction,
                          **doubled(functions, DIRECTIONS[direction]), **extra, **clip}
            optional = ["B", "sequence_lens", "initial_h"] if full else []
            yield op, attributes, optional + (["initial_c", "P"] if full and op == "LSTM" else [])


def inputs_of(op, directions, optional, random):
    gates = GATES[op] * UNITS
    shapes = {
        "X": (STEPS, BATCH, FEATURES), "W": (directions, gates, FEATURES),
        "R": (directions, gates, UNITS), "B": (directions, 2 * gates), "sequence_lens": None,
        "initial_h": (directions, BATCH, UNITS), "initial_c": (directions, BATCH, UNITS),
        "P": (directions, 3 * UNITS),
    }
    values = {name: random.uniform(-1, 1, shape).astype(numpy.float32)
              for name, shape in shapes.items()
              if shape and (name in "XWR" or name in optional)}
    if "sequence_lens" in optional:
        values["sequence_lens"] = numpy.array([3, 5, 1], numpy.int32)
    return {name: values[name] for name in shapes if name in values}


def model_of(op, attributes, inputs):
    order = ["X", "W", "R", "B", "sequence_lens", "initial_h"]
    order += ["initial_c", "P"] if op == "LSTM" else []
    outputs = ["Y", "Y_h"] + (["Y_c"] if op == "LSTM" else [])
    names = [name if name in inputs else "" for name in order]
    node = helper.make_node(op, names, outputs, **attributes)
    shapes = {"Y": [STEPS, None, BATCH, UNITS]}
    graph = helper.make_graph(
        [node], "recurrence",
        [helper.make_tensor_value_info(name, helper.np_dtype_to_tensor_dtype(value.dtype),
                                       value.shape) for name, value in inputs.items()],
        [helper.make_tensor_value_info(name, TensorProto.FLOAT,
                                       shapes.get(name, [None, BATCH, UNITS])) for name in outputs])
    model = helper.make_model(graph, ir_version=8, opset_imports=[helper.make_opsetid("", 17)])
    onnx.checker.check_model(model)
    return model


def main(conformance):
    random = numpy.random.default_rng(1)
    with tempfile.TemporaryDirectory() as folder:
        suite = pathlib.Path(folder) / "recurrences"
        for count, (op, attributes, optional) in enumerate(settings(), 1):
            inputs = inputs_of(op, DIRECTIONS[attributes["direction"]], optional, random)
            words = [f"{k}={v}" for k, v in attributes.items() if k != "hidden_size"] + optional
            name = f"{count:03d} {op} {' '.join(words)}".replace("/", " ")
            write_case(suite / name, model_of(op, attributes, inputs), inputs)
        return 1 if judge(conformance, suite) else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
