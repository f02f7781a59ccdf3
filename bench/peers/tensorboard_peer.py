#!/usr/bin/env python3
"""What TensorBoard's own writer and reader take. Prints one JSON document.

  tensorboard_peer.py log FOLDER     SummaryWriter.add_scalar: median of a call, scalars a second to the disk
  tensorboard_peer.py read FILE      its Python reader over an event file: MB a second, checksums included
"""

import json
import os
import statistics
import sys
import time


def log(folder):
    from torch.utils.tensorboard import SummaryWriter

    writer = SummaryWriter(folder)
    costs = []
    begin = time.perf_counter()
    for step in range(50000):
        before = time.perf_counter_ns()
        writer.add_scalar("loss", 1.0 / (step + 1), step)
        costs.append(time.perf_counter_ns() - before)
    writer.close()
    return {"median_ns": statistics.median(costs), "per_second": len(costs) / (time.perf_counter() - begin)}


def read(path):
    from tensorboard.backend.event_processing.event_file_loader import EventFileLoader

    begin = time.perf_counter()
    events = sum(1 for _ in EventFileLoader(path).Load())
    return {"events": events, "mb_per_s": os.path.getsize(path) / 1e6 / (time.perf_counter() - begin)}


if __name__ == "__main__":
    print(json.dumps({"log": log, "read": read}[sys.argv[1]](sys.argv[2])))
