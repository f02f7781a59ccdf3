#!/usr/bin/env python3
"""One measurement of PyTorch: a work's training step on random data, or a whole epoch's memory.

  pytorch.py step NETWORK BATCH THREADS [compiled]   prints {"median_ms": …, "per_second": …, "peak_bytes": …}
  pytorch.py epoch NETWORK BATCH THREADS IMAGES LABELS
  pytorch.py start                                   imports, builds a network, ends
"""

import gzip
import json
import resource
import statistics
import sys
import time

import numpy
import torch
from pytorch_works import WORKS

SECONDS, FEWEST = 3.0, 5


def training(network):
    optimizer = torch.optim.Adam(network.parameters(), lr=1e-3)
    loss_of = torch.nn.CrossEntropyLoss()

    def step(images, labels):
        optimizer.zero_grad(set_to_none=True)
        loss = loss_of(network(images), labels)
        loss.backward()
        optimizer.step()
        return loss

    return step


def measure_step(name, batch, compiled):
    network = WORKS[name]().train()
    step = training(torch.compile(network) if compiled else network)
    images = torch.rand(batch, *network.shape) * 255
    labels = torch.randint(0, 10, (batch,))
    for _ in range(5):
        step(images, labels)
    times, end = [], time.perf_counter() + SECONDS
    while time.perf_counter() < end or len(times) < FEWEST:
        begin = time.perf_counter()
        step(images, labels)
        times.append(time.perf_counter() - begin)
    median = statistics.median(times)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {"median_ms": median * 1e3, "per_second": batch / median, "peak_bytes": peak}


def read_idx(path, skip):
    return numpy.frombuffer(gzip.open(path).read(), numpy.uint8)[skip:]


def run_epoch(name, batch, images, labels):
    step = training(WORKS[name]().train())
    x = torch.from_numpy(read_idx(images, 16).copy()).reshape(-1, 1, 28, 28)[:8500]
    y = torch.from_numpy(read_idx(labels, 8).astype(numpy.int64))[:8500]
    for rows in torch.randperm(len(x)).split(batch):
        step(x[rows].float(), y[rows])
    return {"rows": len(x)}


def main(arguments):
    mode, rest = arguments[0], arguments[1:]
    if mode == "start":
        WORKS["digits-cnn"]()
        return {}
    name, batch, threads = rest[0], int(rest[1]), int(rest[2])
    torch.set_num_threads(threads)
    if mode == "step":
        return measure_step(name, batch, "compiled" in rest[3:])
    return run_epoch(name, batch, rest[3], rest[4])


if __name__ == "__main__":
    print(json.dumps(main(sys.argv[1:])))
