#!/usr/bin/env python3
"""ONNX's own cases on the canvas: what imports gives what the case expects. Prints TAP.

  imported.py TELAR CASES LEAST     CASES is the folder of ONNX's conformance cases

Each model is either imported or refused with a message (exit 3). Those with tensors that a .npy can
hold are then run from their project, and at least LEAST of them must be right; none may be wrong.
"""

import json
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy
import onnx
from onnx import numpy_helper

SUITES = ("node", "simple", "pytorch-converted", "pytorch-operator")
HELD = "fiub"  # of numpy's types


def run(telar, folder, *arguments):
    environment = dict(os.environ, TELAR_WORKSPACE=str(folder / "workspace"))
    return subprocess.run([telar, *map(str, arguments)], capture_output=True, text=True,
                          env=environment, check=False)


def tensor(path):
    value = numpy_helper.to_array(onnx.load_tensor(path))
    if value.dtype.kind not in HELD:
        raise ValueError
    return value


def inputs_of(case, project):
    """The ids of the project's inputs that something is computed from, by the number of the case's
    input that each stands for."""
    model = onnx.load(case / "model.onnx")
    if any(port.type.tensor_type.elem_type == onnx.TensorProto.BFLOAT16
           for port in model.graph.output):
        raise ValueError  # such cases hold the bits as whole numbers
    own = {initializer.name for initializer in model.graph.initializer}
    names = [port.name for port in model.graph.input if port.name not in own]
    graph = json.loads(project.read_text())
    used = {edge["from"].split(":")[0] for edge in graph["edges"]}
    nodes = [node for node in graph["nodes"] if node["op"] == "input" and node["id"] in used]
    ids = {"".join(filter(str.isalnum, node["id"].removeprefix("node_"))): node["id"]
           for node in nodes}
    keys = ["".join(filter(str.isalnum, name)) for name in names]
    return {i: ids[key] for i, key in enumerate(keys) if key in ids}


def give(telar, folder, case):
    """None, or why the results are wrong; ValueError where a .npy cannot hold the case."""
    data, arguments = case / "test_data_set_0", []
    for i, name in inputs_of(case, folder / "case.telar").items():
        numpy.save(folder / f"{i}.npy", tensor(data / f"input_{i}.pb"))
        arguments += ["--input", f"{name}={folder / f'{i}.npy'}"]
    wanted = [tensor(path) for path in sorted(data.glob("output_*.pb"))]
    done = run(telar, folder, "predict", folder / "case.telar", *arguments,
               "--output", folder / "given.npz")
    if done.returncode != 0:
        return done.stderr.strip()
    given = list(numpy.load(folder / "given.npz").values())
    for value in wanted:  # results have the project's names, the case numbers
        if not any(value.shape == other.shape and
                   numpy.allclose(other.astype(float), value.astype(float), 1e-3, 1e-5, True)
                   for other in given):
            return f"no result is the wanted one of shape {value.shape}"
    return None


def main(telar, cases, least):
    right, refused, beyond, wrong = 0, 0, 0, []
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        for model in sorted(path for suite in SUITES
                            for path in pathlib.Path(cases, suite).glob("*/model.onnx")):
            done = run(telar, folder, "import", model, "-o", folder / "case.telar")
            if done.returncode == 3 and done.stderr.strip():
                refused += 1
                continue
            try:
                why = done.stderr if done.returncode else give(telar, folder, model.parent)
            except ValueError:
                beyond += 1
                continue
            right += why is None
            if why:
                wrong.append(f"{model.parent.name}: {why}")
    for why in wrong:
        print(f"# {why}")
    print(f"# {right} right, {len(wrong)} wrong, {refused} refused, {beyond} beyond a .npy")
    good = not wrong and right >= least
    print(f"{'ok' if good else 'not ok'} 1 - {right} of ONNX's cases on the canvas\n1..1")
    return not good


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], sys.argv[2], int(sys.argv[3])))
