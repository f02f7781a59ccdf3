#!/usr/bin/env python3
"""PyTorch judges gradients: those of each example's results by its inputs and parameters. Prints TAP.

  gradients.py WRITER SAMPLES SLOPES    WRITER FOLDER SAMPLES pytorch writes code, weights, inputs,
                                        gradients of every example whose code Telar writes; SLOPES
                                        prints the slopes of every example, in double precision

What no code is written for has a peer in peers.py. Every operator of the registry that has a slope
must be judged in one of the two ways or stand in ELSEWHERE. For each of the others it is told why
there is nothing to judge.
"""

import inspect
import json
import pathlib
import subprocess
import sys
import tempfile

import numpy
import torch

from peers import PEERS
from tensors import part, read_metadata, read_safetensors
from written import RANDOM, arguments, load_module, numbered

TOLERANCE = 5e-5  # of the largest number of an example's gradients
EXACT = 1e-6  # the same in double precision
# Operators with a slope that is judged elsewhere, or that PyTorch cannot judge, and why.
ELSEWHERE = {
    "activity_penalty": "losses.py judges what it adds to the loss",
}


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


# --- peers ----------------------------------------------------------------------------------------

def is_steep(told):
    return any(any(given["slopes"] or ()) for given in told["inputs"].values())


def tensor_of(given, values="values"):
    whole = all(value == int(value) for value in given[values])
    numbers = torch.tensor(given[values], dtype=torch.float64).reshape(given["shape"])
    return numbers.long() if whole and given.get("slopes") is None else numbers


def far(what, got, want):
    """A line that tells by how much they differ, relative to the largest number, or nothing."""
    if got.shape != want.shape:
        return [f"{what} has shape {tuple(got.shape)}, PyTorch's {tuple(want.shape)}"]
    error = (got - want).abs().max().item() / max(want.abs().max().item(), 1e-3)
    return [] if error <= EXACT else [f"{what} differs by {error:.2e} of the largest"]


def judge_peer(told):
    """What is wrong with an example's results and gradients."""
    tensors = {name: tensor_of(given) for name, given in told["inputs"].items()}
    leaves = {name: tensor.requires_grad_() for name, tensor in tensors.items()
              if tensor.is_floating_point()}
    wanted = [tensor_of(result).double() for result in told["results"]]
    results = PEERS[told["operator"]](told["parameters"], drawn=wanted, **tensors)
    results = [y.double() for y in (results if isinstance(results, tuple) else (results,))]
    if len(results) != len(wanted):
        return [f"{len(results)} results, expected {len(wanted)}"]
    loss = sum((y * tensor_of(result, "weights")).sum()
               for y, result in zip(results, told["results"]))
    if loss.requires_grad:
        loss.backward()
    problems = []
    for number, (got, want) in enumerate(zip(wanted, results)):
        problems += far(f"result {number}", got, want.detach())
    for name, leaf in leaves.items():
        slopes = told["inputs"][name]["slopes"]
        got = (torch.tensor(slopes, dtype=torch.float64).reshape(leaf.shape) if slopes
               else torch.zeros_like(leaf))
        problems += far(f"the gradient by {name}", got,
                        torch.zeros_like(leaf) if leaf.grad is None else leaf.grad)
    return problems


def read_slopes(slopes):
    lines = subprocess.run([slopes], check=True, capture_output=True, text=True).stdout
    return [json.loads(line) for line in lines.splitlines()]


# --- all of them ----------------------------------------------------------------------------------

def reasons_of(judged, refused):
    """{operator: why the code that is written does not judge it, or None}."""
    reasons = {name.rpartition("-")[0]: None for name, (_, why) in judged.items() if not why}
    for name, (_, why) in judged.items():
        reasons.setdefault(name.rpartition("-")[0], why)
    for line in refused:
        name, _, why = line.partition(": ")
        reasons.setdefault(name.rpartition("-")[0], why)
    return reasons


def judge_written(writer, samples):
    """{example: its verdict}, and what no code is written for."""
    with tempfile.TemporaryDirectory() as folder:
        told = subprocess.run([writer, folder, samples, "pytorch"], check=True,
                              capture_output=True, text=True)
        drawn = {path.stem for path in pathlib.Path(samples).glob("*.telar")}
        return {path.stem: judge(path) for path in sorted(pathlib.Path(folder).glob("*-*.py"))
                if path.stem not in drawn and not path.stem.startswith(RANDOM)}, told.stdout


def tell(number, what, problems):
    for problem in problems:
        print(f"# {problem}")
    print(f"{'not ok' if problems else 'ok'} {number} - {what}")
    return bool(problems)


def main(writer, samples, slopes):
    judged, refused = judge_written(writer, samples)
    reasons = reasons_of(judged, refused.splitlines())
    written = {name for name, why in reasons.items() if why is None}
    examples = read_slopes(slopes)
    steep = {told["operator"] for told in examples if is_steep(told)}
    for name, why in sorted(reasons.items()):
        if why and name not in PEERS:
            print(f"# {name}: {ELSEWHERE.get(name, why)}")
    print("1..3")
    wrong = tell(1, f"by the code of {len(written)} operators",
                 [f"{name}: {problem}" for name, (problems, _) in judged.items()
                  for problem in problems])
    wrong |= tell(2, f"by the peers of {len(PEERS)}",
                  [f"{told['operator']} {told['example']}: {problem}" for told in examples
                   if told["operator"] in PEERS for problem in judge_peer(told)])
    missed = steep - written - set(PEERS) - set(ELSEWHERE)
    stale = (set(PEERS) | set(ELSEWHERE)) - (steep - written)
    wrong |= tell(3, f"each of the {len(steep)} that have a slope",
                  [f"{name} has a slope that nothing judges" for name in sorted(missed)] +
                  [f"{name} needs no peer" for name in sorted(stale)])
    return wrong


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
