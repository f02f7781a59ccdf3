#!/usr/bin/env python3
"""Trains a network in PyTorch on Telar's weights and batches and compares the losses of each step.

  agreement.py FOLDER NETWORK OPTIMIZER

FOLDER holds weights.safetensors, whose type is the precision Telar trained in, and run.safetensors
(batches, "loss", "rate"). In float64 no loss may differ by more than 1e-4 relative. In float32 PyTorch
itself strays from its own float64 losses; Telar may stray by 1e-4, or twice as far as PyTorch does,
and over 100 steps by no more than 1e-3.
"""

import sys

import numpy
import torch
from networks import build, load_states, read_safetensors

TOLERANCE = 1e-4
MOST = 1e-3
SHORT = 100
OPTIMIZERS = {
    "adam": torch.optim.Adam,
    "sgd": lambda parameters: torch.optim.SGD(parameters, momentum=0.9),
}


def losses(name, optimizer_name, precision, weights, run):
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
    return numpy.array(curve)


def main(folder, name, optimizer_name):
    torch.set_num_threads(1)
    weights = read_safetensors(f"{folder}/weights.safetensors")
    run = read_safetensors(f"{folder}/run.safetensors")
    exact = losses(name, optimizer_name, torch.float64, weights, run)
    ours = float(abs(run["loss"] / exact - 1).max())
    allowed, theirs = TOLERANCE, 0.0
    if next(iter(weights.values())).dtype == numpy.float32:
        single = losses(name, optimizer_name, torch.float32, weights, run)
        theirs = float(abs(single / exact - 1).max())
        allowed = max(TOLERANCE, 2 * theirs)
        if len(exact) <= SHORT:
            allowed = min(MOST, allowed)
    print(
        f"{name}, {optimizer_name}: {len(exact)} steps, loss {exact[0]:.4f} to {exact[-1]:.4f}, "
        f"largest relative difference from PyTorch in float64: {ours:.1e}"
        + (f" (PyTorch in float32: {theirs:.1e})" if theirs else "")
    )
    return 0 if ours <= allowed else 1


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
