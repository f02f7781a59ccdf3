#!/usr/bin/env python3
"""ONNX's own cases on the canvas: what imports gives what the case expects. Prints TAP.

  imported.py TELAR CASES LEAST BACK     CASES is the folder of ONNX's conformance cases

What is drawn at random the canvas draws in training and has the expected numbers in use: of such
cases shapes count.

Each model is either imported or refused with a message (exit 3). Many cases have as inputs what
models have as numbers of their own: kernels, axes, sizes. Where the message asks for an input's
numbers, the case's are given (--value), as a person would. What is imported and has tensors that a
.npy can hold is then run from its project, and at least LEAST cases must be right; none may be
wrong. What is right is then written as ONNX and imported again, and must give the same; at least
BACK cases do. The refusals that remain are listed by their reasons.
"""

import collections
import concurrent.futures
import json
import os
import pathlib
import re
import sys
import tempfile

import numpy
import onnx
from onnx import numpy_helper
from program import run

SUITES = ("node", "simple", "pytorch-converted", "pytorch-operator")
HELD = "fiub"  # of numpy's types
CHANCE = ("Bernoulli", "Multinomial", "RandomNormal", "RandomNormalLike", "RandomUniform",
          "RandomUniformLike")


def tensor(path):
    value = numpy_helper.to_array(onnx.load_tensor(path))
    if value.dtype.kind not in HELD:
        raise ValueError
    return value


def ports_of(model):
    own = {initializer.name for initializer in model.graph.initializer}
    return [port.name for port in model.graph.input if port.name not in own]


def is_chance(model):
    """Whether numbers are drawn at random: by Dropout where it is told that it trains."""
    return any(node.op_type in CHANCE or node.op_type == "Dropout" and len(node.input) > 2
               for node in [*model.graph.node, *(n for f in model.functions for n in f.node)])


def bring_in(telar, folder, case):
    """Imports the case, its inputs' numbers given where they are asked for; the numbers of those
    inputs and how the last try ended."""
    names, given = ports_of(onnx.load(case / "model.onnx")), {}
    while True:
        done = run(telar, folder, "import", case / "model.onnx", "-o", folder / "case.telar",
                   *(word for name, path in given.values() for word in ("--value",
                                                                        f"{name}={path}")))
        asked = [names.index(name) for name
                 in re.findall(r"the numbers of (\S+) must be known", done.stderr)
                 if name in names and names.index(name) not in given]
        if done.returncode != 3 or not asked:
            return given, done
        for i in asked:
            path = folder / f"value_{i}.npy"
            numpy.save(path, tensor(case / "test_data_set_0" / f"input_{i}.pb"))
            given[i] = (names[i], path)


def inputs_of(case, project, given):
    """The ids of the project's inputs that something is computed from, by the number of the case's
    input that each stands for."""
    model = onnx.load(case / "model.onnx")
    if any(port.type.tensor_type.elem_type == onnx.TensorProto.BFLOAT16
           for port in [*model.graph.output, *model.graph.input]):
        raise ValueError  # such cases hold the bits as whole numbers
    graph = json.loads(project.read_text())
    used = {edge["from"].split(":")[0] for edge in graph["edges"]}
    nodes = [node for node in graph["nodes"] if node["op"] == "input" and node["id"] in used]
    ids = {"".join(filter(str.isalnum, node["id"].removeprefix("node_"))): node["id"]
           for node in nodes}
    keys = ["".join(filter(str.isalnum, name)) for name in ports_of(model)]
    return {i: ids[key] for i, key in enumerate(keys) if key in ids and i not in given}


def give(telar, folder, case, values, project="case.telar"):
    """None, or why the results are wrong; ValueError where a .npy cannot hold the case."""
    data, arguments = case / "test_data_set_0", []
    for i, name in inputs_of(case, folder / project, values).items():
        numpy.save(folder / f"{i}.npy", tensor(data / f"input_{i}.pb"))
        arguments += ["--input", f"{name}={folder / f'{i}.npy'}"]
    wanted = [tensor(path) for path in sorted(data.glob("output_*.pb"))]
    done = run(telar, folder, "predict", folder / project, *arguments,
               "--output", folder / "given.npz")
    if done.returncode != 0:
        return done.stderr.strip()
    given = list(numpy.load(folder / "given.npz").values())
    chance = is_chance(onnx.load(case / "model.onnx"))
    for value in wanted:  # results have the project's names, the case numbers
        if not any(value.shape == other.shape and
                   (chance or numpy.allclose(other.astype(float), value.astype(float), 1e-3, 1e-5,
                                             True))
                   for other in given):
            return f"no result is the wanted one of shape {value.shape}"
    return None


def comes_back(telar, folder, case, values):
    """None, or what is lost where the project is exported and imported again."""
    again = folder / "again.onnx"
    for verb in (("export", folder / "case.telar", "-o", again),
                 ("import", again, "-o", folder / "again.telar")):
        done = run(telar, folder, *verb)
        if done.returncode:
            return done.stderr.strip()
    return give(telar, folder, case, values, "again.telar")


def judge(telar, case):
    """What became of the case, whether numbers were asked for, and the message."""
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        try:
            values, done = bring_in(telar, folder, case)
            if done.returncode == 3 and done.stderr.strip():
                return "refused", bool(values), done.stderr.strip()
            why = done.stderr if done.returncode else give(telar, folder, case, values)
            if not why and (why := comes_back(telar, folder, case, values)):
                return "lost", bool(values), why
        except ValueError:
            return "beyond", False, ""
        return "wrong" if why else "right", bool(values), why


def reasons(message):
    """The reason for which the first node is refused, without its name and numbers."""
    _, _, nodes = message.partition("cannot stand on the canvas: ")
    first = re.search(r"(?:^|; )[^;]*?: (\w+) of version \d+: ([^;]*)", nodes)
    text = f"{first[1]}: {first[2]}" if first else message.rpartition("model.onnx: ")[2]
    return re.sub(r"\d+", "#", text)


def main(telar, cases, least, least_back):
    paths = sorted(path.parent for suite in SUITES
                   for path in pathlib.Path(cases, suite).glob("*/model.onnx"))
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        results = list(pool.map(lambda case: judge(telar, case), paths))
    refused = collections.Counter(reasons(why) for became, _, why in results
                                  if became == "refused")
    for case, (became, _, why) in zip(paths, results):
        if became in ("wrong", "lost"):
            print(f"# {became}: {case.name}: {why}")
    for reason, n in refused.most_common():
        print(f"# {n} refused: {reason}")
    counts = collections.Counter(became for became, _, _ in results)
    right = counts["right"] + counts["lost"]
    asked = sum(became in ("right", "lost") and values for became, values, _ in results)
    print(f"# {right} right ({asked} of them with numbers that were asked for), "
          f"{counts['wrong']} wrong, {counts['refused']} refused, "
          f"{counts['beyond']} beyond a .npy")
    good = not counts["wrong"] and right >= least
    back = counts["right"] >= least_back
    print(f"{'ok' if good else 'not ok'} 1 - {right} of ONNX's cases on the canvas")
    print(f"{'ok' if back else 'not ok'} 2 - {counts['right']} exported and back\n1..2")
    return not (good and back)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3], *map(int, sys.argv[3:5])))
