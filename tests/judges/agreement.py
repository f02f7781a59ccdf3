#!/usr/bin/env python3
"""Trains a network in PyTorch on Telar's weights and batches and compares the losses of each step.

  agreement.py FOLDER NETWORK OPTIMIZER

FOLDER holds weights.safetensors, whose type is the precision Telar trained in, and run.safetensors
(batches, "loss", "rate"; in float64 the parameters after the first and the last step). In float64 no
loss may differ by more than 1e-6 relative; with SGD no parameter after the last step and no movement of
one in the first, which is its gradient, by more than 1e-6 of the largest of its tensor. (Adam makes
whole steps of gradients that are zero but for rounding.) In float32 the last bit decides on which side of
zero a ReLU's input falls, and one that falls on the other side is seen in the losses: PyTorch itself
strays from its own float64 losses, and how far is chance. Over 100 steps Telar may stray by 1e-3; over
more by 1e-4, or twice as far as the farthest of a few PyTorch runs whose weights begin a rounding apart.
"""

import sys

import numpy
import torch
from networks import build, load_states, place_of, read_safetensors
from tensors import part

EXACT = 1e-6
TOLERANCE = 1e-4
MOST_SHORT = 1e-3
SHORT = 100
ROUNDING = 2.0**-23
RUNS = 5
OPTIMIZERS = {
    "adam": torch.optim.Adam,
    "sgd": lambda parameters: torch.optim.SGD(parameters, momentum=0.9),
}


def parameters_of(network, names):
    """Telar's states as the network holds them now."""
    placed = {name: place_of(network, name) for name in names}
    return {name: (value.T if transposed else value).detach().clone().numpy()
            for name, (value, transposed) in placed.items()}


def losses(name, optimizer_name, precision, weights, run, seen=None):
    """The loss of each step; @seen receives the parameters after the first and the last."""
    network = build(name, weights).to(precision)
    load_states(network, weights)
    network.train()
    optimizer = OPTIMIZERS[optimizer_name](network.parameters())
    curve = []
    for step, rate in enumerate(run["rate"]):
        optimizer.param_groups[0]["lr"] = float(rate)
        optimizer.zero_grad()
        batch = (torch.from_numpy(run[f"{port}.{step}"].copy()) for port in network.data)
        loss = network.loss(*(x.to(precision) if x.is_floating_point() else x for x in batch))
        loss.backward()
        optimizer.step()
        curve.append(loss.item())
        if seen is not None:
            seen.setdefault("first", parameters_of(network, weights))
    if seen is not None:
        seen["last"] = parameters_of(network, weights)
    return numpy.array(curve)


def apart(ours, theirs):
    """The largest difference as a share of the largest number of its tensor."""
    return max(float(abs(ours[name] - theirs[name]).max() / (abs(theirs[name]).max() or 1))
               for name in theirs)


def parameters_apart(weights, run, seen):
    """How far parameters are from PyTorch's after the last step, and how far the first moved them."""
    moved = [{name: value - weights[name] for name, value in step.items()}
             for step in (part(run, "first"), seen["first"])]
    return apart(part(run, "last"), seen["last"]), apart(*moved)


def strays(name, optimizer_name, weights, run, exact):
    """How far PyTorch's float32 losses are from its float64 ones, at most, over a few runs."""
    random = numpy.random.default_rng(1)
    farthest = 0.0
    for k in range(1 if len(exact) <= SHORT else RUNS):
        near = {
            key: (w * (1 + k * ROUNDING * random.choice([-1, 1], w.shape))).astype(w.dtype)
            for key, w in weights.items()
        }
        single = losses(name, optimizer_name, torch.float32, near, run)
        farthest = max(farthest, float(abs(single / exact - 1).max()))
    return farthest


def main(folder, name, optimizer_name):
    torch.set_num_threads(1)
    weights = read_safetensors(f"{folder}/weights.safetensors")
    run = read_safetensors(f"{folder}/run.safetensors")
    seen = {}
    exact = losses(name, optimizer_name, torch.float64, weights, run, seen)
    ours = float(abs(run["loss"] / exact - 1).max())
    allowed, theirs, moved = EXACT, 0.0, 0.0
    if next(iter(weights.values())).dtype == numpy.float64:
        moved = max(parameters_apart(weights, run, seen)) if optimizer_name == "sgd" else 0.0
    else:
        theirs = strays(name, optimizer_name, weights, run, exact)
        allowed = MOST_SHORT if len(exact) <= SHORT else max(TOLERANCE, 2 * theirs)
    print(
        f"{name}, {optimizer_name}: {len(exact)} steps, loss {exact[0]:.4f} to {exact[-1]:.4f}, "
        f"largest relative difference from PyTorch in float64: {ours:.1e}"
        + (f" (PyTorch in float32: {theirs:.1e})" if theirs else "")
        + (f"; parameters {moved:.1e}" if moved else "")
    )
    return 0 if ours <= allowed and moved <= EXACT else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
