#!/usr/bin/env python3
"""One measurement of PyTorch: a sample's training step on random data, or a whole epoch's memory.

  pytorch.py step NETWORK BATCH THREADS      prints {"median_ms": …, "per_second": …}
  pytorch.py epoch NETWORK BATCH THREADS IMAGES LABELS
  pytorch.py start                           imports, builds a network, ends
"""

import gzip
import json
import pathlib
import statistics
import sys
import time

sys.path.insert(0, str(pathlib.Path(__file__).parents[2] / "tests" / "judges"))

import numpy
import torch
from networks import NETWORKS

SECONDS = 3.0


def training(name):
    network = NETWORKS[name]().train()
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    loss_of = torch.nn.CrossEntropyLoss()

    def step(images, labels):
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(network(images), labels)
        loss.backward()
        optimizer.step()
        return loss

    return step


def measure_step(name, batch):
    step = training(name)
    images = torch.rand(batch, 1, 28, 28) * 255
    labels = torch.randint(0, 10, (batch,))
    for _ in range(10):
        step(images, labels)
    times, end = [], time.perf_counter() + SECONDS
    while time.perf_counter() < end or len(times) < 20:
        begin = time.perf_counter()
        step(images, labels)
        times.append(time.perf_counter() - begin)
    median = statistics.median(times)
    return {"median_ms": median * 1e3, "per_second": batch / median}


def read_idx(path, skip):
    return numpy.frombuffer(gzip.open(path).read(), numpy.uint8)[skip:]


def run_epoch(name, batch, images, labels):
    step = training(name)
    x = torch.from_numpy(read_idx(images, 16).copy()).reshape(-1, 1, 28, 28)[:8500]
    y = torch.from_numpy(read_idx(labels, 8).astype(numpy.int64))[:8500]
    for rows in torch.randperm(len(x)).split(batch):
        step(x[rows].float(), y[rows])
    return {"rows": len(x)}


def main(arguments):
    mode, rest = arguments[0], arguments[1:]
    if mode == "start":
        NETWORKS["digits-cnn"]()
        return {}
    name, batch, threads = rest[0], int(rest[1]), int(rest[2])
    torch.set_num_threads(threads)
    if mode == "step":
        return measure_step(name, batch)
    return run_epoch(name, batch, rest[3], rest[4])


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1:])))
