#!/usr/bin/env python3
"""PyTorch judges gradients: of every example whose code Telar writes, those of its results by its
inputs and parameters. Prints TAP.

  gradients.py WRITER SAMPLES LEAST     WRITER FOLDER SAMPLES pytorch writes code, weights, inputs,
                                        gradients

At least LEAST operators are judged. For each of the others it is told why they are not: what has no
slope, and what PyTorch has not, which finite differences judge alone (tests/engine/operators).
"""

import inspect
import pathlib
import subprocess
import sys
import tempfile

import numpy
import torch

from tensors import part, read_metadata, read_safetensors
from written import RANDOM, arguments, load_module, numbered

TOLERANCE = 5e-5  # of the largest number of an example's gradients


def load(path):
    module = load_module(path)
    classes = [c for c in vars(module).values()
               if inspect.isclass(c) and c.__module__ == module.__name__]
    return classes[-1]().eval()


def gradients_of(path):
    """Telar's gradients and PyTorch's, by name."""
    tensors = read_safetensors(path.with_suffix(".safetensors"))
    model = load(path)
    model.load_state_dict({name: torch.from_numpy(value.copy())
                           for name, value in part(tensors, "state").items()})
    inputs = {name: torch.from_numpy(value.copy())
              for name, value in numbered(tensors, "in").items()}
    wanted, by_input = part(tensors, "by"), part(tensors, "by_in")
    for name in by_input:
        inputs[name].requires_grad_()
    results = model(*arguments(list(inspect.signature(model.forward).parameters), inputs))
    results = results if isinstance(results, tuple) else (results,)
    weights = numbered(tensors, "weight").values()
    loss = sum((result.float() * torch.from_numpy(weight.copy())).sum()
               for result, weight in zip(results, weights))
    if loss.requires_grad:
        loss.backward()
    pairs = {name: (wanted[name], leaf) for name, leaf in model.named_parameters()
             if name in wanted}
    pairs |= {name: (want, inputs[name]) for name, want in by_input.items()}
    return {name: (want, numpy.zeros_like(want) if leaf.grad is None else leaf.grad.numpy())
            for name, (want, leaf) in pairs.items()}


def differences(pairs):
    largest = max(numpy.abs(want).max(initial=0) for want, _ in pairs.values())
    for name, (want, got) in pairs.items():
        if want.shape != got.shape:
            yield f"the gradient by {name} has shape {want.shape}, PyTorch's {got.shape}"
            continue
        error = numpy.abs(want.astype(float) - got).max(initial=0) / max(largest, 1e-30)
        if not error <= TOLERANCE:
            yield f"the gradient by {name} differs by {error:.2e} of the largest"


def judge(path):
    """What is wrong with an example's gradients, and why there is nothing to judge, or None."""
    without = read_metadata(path.with_suffix(".safetensors")).get("without")
    if without:
        return [], without
    try:
        pairs = gradients_of(path)
    except Exception as error:  # what the code raises is its fault
        if "derivative" in str(error) and "not implemented" in str(error):
            return [], "PyTorch has no derivative of it"
        return [f"{type(error).__name__}: {error}"], None
    if not any(want.any() or got.any() for want, got in pairs.values()):
        return [], "its slope is zero wherever it has one"
    return list(differences(pairs)), None


def reasons_of(judged, refused):
    """{operator: why it is not judged, or None}."""
    reasons = {name.rpartition("-")[0]: None for name, (_, why) in judged.items() if not why}
    for name, (_, why) in judged.items():
        reasons.setdefault(name.rpartition("-")[0], why)
    for line in refused:
        name, _, why = line.partition(": ")
        reasons.setdefault(name.rpartition("-")[0], f"finite differences alone: {why}")
    return reasons


def main(writer, samples, least):
    with tempfile.TemporaryDirectory() as folder:
        told = subprocess.run([writer, folder, samples, "pytorch"], check=True,
                              capture_output=True, text=True)
        drawn = {path.stem for path in pathlib.Path(samples).glob("*.telar")}
        judged = {path.stem: judge(path) for path in sorted(pathlib.Path(folder).glob("*-*.py"))
                  if path.stem not in drawn and not path.stem.startswith(RANDOM)}
    reasons = reasons_of(judged, told.stdout.splitlines())
    wrong = [(name, problem) for name, (problems, _) in judged.items() for problem in problems]
    steep = sum(why is None for why in reasons.values())
    for name, why in sorted(reasons.items()):
        if why:
            print(f"# {name}: {why}")
    for name, problem in wrong:
        print(f"# {name}: {problem}")
    print("1..2")
    print(f"{'not ok' if wrong else 'ok'} 1 - the gradients are PyTorch's")
    print(f"{'ok' if steep >= least else 'not ok'} 2 - those of {steep} operators")
    return bool(wrong) or steep < least


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:3], int(sys.argv[3])))
