"""The code that Telar writes, run by its library: what its judges share."""

import importlib.util
import os
import pathlib
import subprocess
import tempfile

import numpy

from tensors import part, read_safetensors

TOLERANCE = 1e-5  # of the largest number of a result
# Their results are drawn at random.
RANDOM = ("random_", "bernoulli", "multinomial", "gumbel")


def load_module(path):
    spec = importlib.util.spec_from_file_location(path.stem.replace("-", "_"), path)
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def numbered(tensors, kind):
    return dict(sorted(part(tensors, kind).items(), key=lambda item: int(item[0].split(":")[0])))


def arguments(names, inputs):
    """An example's inputs in their order, a sample's by the names of their ports."""
    by_name = {name.split(":", 1)[1].replace(".", "_"): value for name, value in inputs.items()}
    if all(name in by_name for name in names):
        return [by_name[name] for name in names]
    return list(inputs.values())


def differences(results, wanted):
    results = results if isinstance(results, (tuple, list)) else (results,)
    if len(results) != len(wanted):
        yield f"{len(results)} results, expected {len(wanted)}"
    for number, (got, want) in enumerate(zip(results, wanted)):
        got, want = got.detach().double().numpy(), want.astype(numpy.float64)
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


def judge_file(run, path):
    """What @run(path, state, inputs) gives of an example beside what Telar gives."""
    tensors = read_safetensors(path.with_suffix(".safetensors"))
    try:
        results = run(path, part(tensors, "state"), numbered(tensors, "in"))
        return list(differences(results, list(numbered(tensors, "out").values())))
    except Exception as error:  # what the code raises is its fault
        return [f"{type(error).__name__}: {error}"]


def judge_exported(library, telar, samples, folder, predict):
    """What is trained and exported on the command line predicts there as it does in Telar."""
    def run(*words):
        subprocess.run([pathlib.Path(telar).resolve(), *map(str, words)], cwd=folder, check=True,
                       capture_output=True,
                       env=os.environ | {"TELAR_WORKSPACE": str(folder / "workspace")})

    rows = numpy.random.default_rng(1).normal(size=(7, 10)).astype(numpy.float32)
    numpy.save(folder / "rows.npy", rows)
    run("train", pathlib.Path(samples).resolve() / "titanic.telar", "--run", "it", "--epochs", "2")
    run("export", "it", "--to", library, "-o", "net.py")
    run("predict", "it", "--input", "rows.npy", "--output", "out.npy")
    got = predict(load_module(folder / "net.py").load(), rows)
    return not list(differences(got, [numpy.load(folder / "out.npy")]))


def judge_all(library, run, predict, writer, samples, least, telar):
    """Prints TAP: every sample and at least LEAST examples of operators agree."""
    with tempfile.TemporaryDirectory() as folder:
        told = subprocess.run([writer, folder, samples, library], check=True, capture_output=True,
                              text=True)
        print("# refused " + told.stdout.replace("\n", "\n# refused ").rsplit("# ", 1)[0])
        paths = [path for path in sorted(pathlib.Path(folder).glob("*.py"))
                 if not path.stem.startswith(RANDOM)]
        drawn = {path.stem for path in pathlib.Path(samples).glob("*.telar")} - {"faces"}
        found = {path.stem: judge_file(run, path) for path in paths}
        exported = judge_exported(library, telar, samples, pathlib.Path(folder), predict)
    examples = [name for name in found if name not in drawn]
    good = sum(not found[name] for name in examples)
    print(f"1..{3 + len(drawn)}")
    print(f"{'ok' if good == len(examples) else 'not ok'} 1 - {good} of {len(examples)} examples agree")
    print(f"{'ok' if good >= int(least) else 'not ok'} 2 - at least {least} are written")
    print(f"{'ok' if exported else 'not ok'} 3 - trained, exported, loaded")
    for number, name in enumerate(sorted(drawn), 4):
        print(f"{'ok' if not found.get(name, True) else 'not ok'} {number} - {name}")
    for name, problems in found.items():
        for problem in problems:
            print(f"# {name}: {problem}")
    return any(found.values()) or good < int(least) or not exported
