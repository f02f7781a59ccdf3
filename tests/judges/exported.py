#!/usr/bin/env python3
"""ONNX's checker and ONNX Runtime (or ONNX's reference) judge what Telar exports. Prints TAP.

  exported.py EXPORTER SAMPLES [MODE]     EXPORTER FOLDER SAMPLES [MODE] writes models with
                                          inputs and results; MODE is an operator set, float16,
                                          float16-io or external-data
"""

import pathlib
import subprocess
import sys
import tempfile

import numpy
import onnx
import onnx.reference
import onnxruntime
from tensors import part, read_safetensors

# Number by number: a share of the number, and four units in the last place of the result's largest
# for sums that cancel. Whole numbers and truth values agree exactly.
RELATIVE = 1e-5
ABSOLUTE = 4 * 2.0**-23
# Half precision: the number itself to a unit in the last place, and four of the largest's. Whole
# numbers and truth values made of numbers in half precision may be others where two nearly tie.
HALF = 2.0**-10


def shapes_of(values):
    """{name: [dimension]} with None where one is unknown."""
    shapes = {}
    for value in values:
        dims = value.type.tensor_type.shape.dim
        shapes[value.name] = [d.dim_value if d.HasField("dim_value") else d.dim_param or None
                              for d in dims]
    return shapes


def wrong_numbers(got, want, half):
    """The places, in the flattened result, of the numbers that differ by too much."""
    if want.dtype.kind in "biu":
        return numpy.flatnonzero(got != want)
    relative, absolute = (HALF, 4 * HALF) if half else (RELATIVE, ABSOLUTE)
    got, want = got.astype(numpy.float64), want.astype(numpy.float64)
    allowed = relative * numpy.abs(want) + absolute * numpy.abs(want).max(initial=0)
    return numpy.flatnonzero(~(numpy.abs(got - want) <= allowed))  # NaN is wrong


def run(path, names, inputs):
    """The results. ONNX Runtime has not every operator in its newest version yet: what it says it
    has not, ONNX's own reference runs."""
    try:
        session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    except onnxruntime.capi.onnxruntime_pybind11_state.NotImplemented:
        return onnx.reference.ReferenceEvaluator(str(path)).run(names, inputs)
    return session.run(names, inputs)


def problems_of(path, mode):
    """What is wrong with an exported model, line by line."""
    model = onnx.load(path)
    onnx.checker.check_model(model, full_check=True)
    tensors = read_safetensors(path.with_suffix(".safetensors"))
    expected = part(tensors, "out")
    wanted = {value.name for value in model.graph.input}
    real = numpy.float16 if mode == "float16-io" else numpy.float32
    inputs = {name: value.astype(real) if value.dtype == numpy.float32 else value
              for name, value in part(tensors, "in").items() if name in wanted}
    names = [value.name for value in model.graph.output]
    if set(names) != set(expected):
        yield f"outputs are {names}, expected {sorted(expected)}"
    if inputs and not any("N" in shape for shape in shapes_of(model.graph.input).values()):
        yield "no input has a symbolic batch"
    for name, got in zip(names, run(path, names, inputs)):
        want = expected[name]
        if want.dtype == numpy.float32:
            want = want.astype(real)
        if got.shape != want.shape or got.dtype != want.dtype:
            yield f"{name} is {got.dtype}{got.shape}, expected {want.dtype}{want.shape}"
            continue
        wrong = wrong_numbers(got, want, mode.startswith("float16"))
        if wrong.size:
            first = wrong[0]
            yield (f"{name} differs in {wrong.size} numbers, first at {first}: {got.flat[first]}, "
                   f"expected {want.flat[first]}")


def judge(path, mode):
    try:
        return list(problems_of(path, mode))
    except Exception as problem:  # whatever a judge says is the result
        return str(problem).splitlines() or [repr(problem)]


def main(exporter, samples, mode=""):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([exporter, folder, samples, *filter(None, [mode])], check=True)
        external = list(pathlib.Path(folder).glob("*.onnx.data"))
        assert bool(external) == (mode == "external-data"), external
        paths = sorted(pathlib.Path(folder).glob("*.onnx"))
        print(f"1..{len(paths)}" if paths else "Bail out! nothing was exported")
        failed = not paths
        for number, path in enumerate(paths, 1):
            problems = judge(path, mode)
            failed = failed or bool(problems)
            print(f"{'not ok' if problems else 'ok'} {number} - {path.stem}")
            for problem in problems:
                print(f"# {problem}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
