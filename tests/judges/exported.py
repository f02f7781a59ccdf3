#!/usr/bin/env python3
"""ONNX's checker and ONNX Runtime judge what Telar exports. Prints TAP.

  exported.py EXPORTER SAMPLES     EXPORTER FOLDER SAMPLES writes models with inputs and results
"""

import pathlib
import subprocess
import sys
import tempfile

import numpy
import onnx
import onnxruntime
from tensors import part, read_safetensors

TOLERANCE = 1e-5  # of the largest number of a result


def shapes_of(values):
    """{name: [dimension]} with None where one is unknown."""
    shapes = {}
    for value in values:
        dims = value.type.tensor_type.shape.dim
        shapes[value.name] = [d.dim_value if d.HasField("dim_value") else d.dim_param or None
                              for d in dims]
    return shapes


def problems_of(path):
    """What is wrong with an exported model, line by line."""
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    tensors = read_safetensors(path.with_suffix(".safetensors"))
    expected = part(tensors, "out")
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    wanted = {value.name for value in session.get_inputs()}
    inputs = {name: value for name, value in part(tensors, "in").items() if name in wanted}
    names = [value.name for value in session.get_outputs()]
    if set(names) != set(expected):
        yield f"outputs are {names}, expected {sorted(expected)}"
    if inputs and not any("N" in shape for shape in shapes_of(model.graph.input).values()):
        yield "no input has a symbolic batch"
    for name, got in zip(names, session.run(names, inputs)):
        want = expected[name]
        if got.shape != want.shape or got.dtype != want.dtype:
            yield f"{name} is {got.dtype}{got.shape}, expected {want.dtype}{want.shape}"
            continue
        got, want = got.astype(numpy.float64), want.astype(numpy.float64)
        error = numpy.abs(got - want).max() / max(numpy.abs(want).max(), 1e-30)
        if not error <= TOLERANCE:
            yield f"{name} differs by {error:.2e} of its largest number"


def judge(path):
    try:
        return list(problems_of(path))
    except Exception as problem:  # whatever a judge says is the result
        return str(problem).splitlines() or [repr(problem)]


def main(exporter, samples):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([exporter, folder, samples], check=True)
        paths = sorted(pathlib.Path(folder).glob("*.onnx"))
        print(f"1..{len(paths)}" if paths else "Bail out! nothing was exported")
        failed = not paths
        for number, path in enumerate(paths, 1):
            problems = judge(path)
            failed = failed or bool(problems)
            print(f"{'not ok' if problems else 'ok'} {number} - {path.stem}")
            for problem in problems:
                print(f"# {problem}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
