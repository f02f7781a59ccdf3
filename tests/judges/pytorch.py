#!/usr/bin/env python3
"""PyTorch runs the code that Telar writes, with the weights that it writes beside. Prints TAP.

  pytorch.py WRITER SAMPLES LEAST TELAR
                               WRITER FOLDER SAMPLES writes code, weights, inputs and results

Every sample and at least LEAST examples of operators must be written and give Telar's numbers.
"""

import importlib.util
import inspect
import os
import pathlib
import subprocess
import sys
import tempfile

import numpy
import torch

from tensors import part, read_metadata, read_safetensors

TOLERANCE = 1e-5  # of the largest number of a result
# Their results are drawn at random.
RANDOM = ("random_", "bernoulli", "multinomial", "gumbel")


def load_module(path):
    spec = importlib.util.spec_from_file_location(path.stem.replace("-", "_"), path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def load(path):
    module = load_module(path)
    classes = [c for c in vars(module).values()
               if inspect.isclass(c) and c.__module__ == module.__name__]
    return classes[-1]()


def numbered(tensors, kind):
    return {name: torch.from_numpy(value.copy()) for name, value in sorted(
        part(tensors, kind).items(), key=lambda item: int(item[0].split(":")[0]))}


def arguments(model, inputs):
    """An example's inputs in their order, a sample's by the names of their ports."""
    by_name = {name.split(":", 1)[1].replace(".", "_"): value for name, value in inputs.items()}
    names = list(inspect.signature(model.forward).parameters)
    if all(name in by_name for name in names):
        return [by_name[name] for name in names]
    return list(inputs.values())


def problems_of(path):
    tensors = read_safetensors(path.with_suffix(".safetensors"))
    state = {name: torch.from_numpy(value.copy()) for name, value in part(tensors, "state").items()}
    model = load(path).eval()
    model.load_state_dict(state)  # refuses what is missing and what is too much
    with torch.no_grad():
        results = model(*arguments(model, numbered(tensors, "in")))
    results = results if isinstance(results, tuple) else (results,)
    wanted = numbered(tensors, "out").values()
    if len(results) != len(wanted):
        yield f"{len(results)} results, expected {len(wanted)}"
    for number, (got, want) in enumerate(zip(results, wanted)):
        got, want = got.detach().double().numpy(), want.double().numpy()
        if got.shape != want.shape:
            yield f"result {number} has shape {got.shape}, expected {want.shape}"
            continue
        both = numpy.isfinite(want)
        if not numpy.array_equal(got[~both], want[~both], equal_nan=True):
            yield f"result {number} differs where it is not finite"
        error = numpy.abs(got - want)[both].max(initial=0)
        largest = max(numpy.abs(want[both]).max(initial=0), 1e-30)
        if not error <= TOLERANCE * largest:
            yield f"result {number} differs by {error / largest:.2e} of its largest number"


def judge(path):
    try:
        return list(problems_of(path))
    except Exception as error:  # what the code raises is its fault
        return [f"{type(error).__name__}: {error}"]


def judge_exported(telar, samples, folder):
    """What is trained and exported on the command line predicts in PyTorch as it does in Telar."""
    def run(*words):
        subprocess.run([pathlib.Path(telar).resolve(), *map(str, words)], cwd=folder, check=True, capture_output=True,
                       env=os.environ | {"TELAR_WORKSPACE": str(folder / "workspace")})

    rows = numpy.random.default_rng(1).normal(size=(7, 10)).astype(numpy.float32)
    numpy.save(folder / "rows.npy", rows)
    run("train", pathlib.Path(samples).resolve() / "titanic.telar", "--run", "it", "--epochs", "2")
    run("export", "it", "--to", "pytorch", "-o", "net.py")
    run("predict", "it", "--input", "rows.npy", "--output", "out.npy")
    model = load_module(folder / "net.py").load()
    want = numpy.load(folder / "out.npy")
    got = model(torch.from_numpy(rows)).detach().numpy()
    return numpy.abs(got - want).max() <= TOLERANCE * numpy.abs(want).max()


def main(writer, samples, least, telar):
    with tempfile.TemporaryDirectory() as folder:
        told = subprocess.run([writer, folder, samples], check=True, capture_output=True, text=True)
        print("# refused " + told.stdout.replace("\n", "\n# refused ").rsplit("# ", 1)[0])
        paths = [path for path in sorted(pathlib.Path(folder).glob("*.py"))
                 if not path.stem.startswith(RANDOM)]
        drawn = {path.stem for path in pathlib.Path(samples).glob("*.telar")} - {"faces"}
        found = {path.stem: judge(path) for path in paths}
        exported = judge_exported(telar, samples, pathlib.Path(folder))
    examples = [name for name in found if name not in drawn]
    good = sum(not found[name] for name in examples)
    wrong = {name: problems for name, problems in found.items() if problems}
    print(f"1..{3 + len(drawn)}")
    print(f"{'ok' if good == len(examples) else 'not ok'} 1 - {good} of {len(examples)} examples agree")
    print(f"{'ok' if good >= int(least) else 'not ok'} 2 - at least {least} are written")
    print(f"{'ok' if exported else 'not ok'} 3 - trained, exported, loaded")
    for number, name in enumerate(sorted(drawn), 4):
        print(f"{'ok' if not found.get(name, True) else 'not ok'} {number} - {name}")
    for name, problems in wrong.items():
        for problem in problems:
            print(f"# {name}: {problem}")
    return bool(wrong) or good < int(least) or not exported


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
