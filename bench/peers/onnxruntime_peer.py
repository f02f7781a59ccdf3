#!/usr/bin/env python3
"""One measurement of ONNX Runtime: a model's inference on random data.

  onnxruntime_peer.py FILE BATCH THREADS
      prints {"median_ms": …, "cpu_ms": …, "per_second": …, "peak_bytes": …}

Unknown dimensions become the batch where they come first, else 1.
"""

import json
import resource
import statistics
import sys
import time

import numpy
import onnxruntime

SECONDS = 3.0
TYPES = {"tensor(float)": numpy.float32, "tensor(int64)": numpy.int64, "tensor(uint8)": numpy.uint8}


def open_session(path, threads):
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 3  # warnings of each initializer fill the pipe that nobody reads yet
    return onnxruntime.InferenceSession(path, options, providers=["CPUExecutionProvider"])


def rows_for(wanted, batch, random):
    shape = [n if isinstance(n, int) else batch if axis == 0 else 1 for axis, n in enumerate(wanted.shape)]
    dtype = TYPES[wanted.type]
    return random.random(shape, numpy.float32) if dtype == numpy.float32 else numpy.zeros(shape, dtype)


def main(path, batch, threads):
    session = open_session(path, int(threads))
    random = numpy.random.default_rng(1)
    feeds = {wanted.name: rows_for(wanted, int(batch), random) for wanted in session.get_inputs()}
    for _ in range(5):
        session.run(None, feeds)
    times, cpu, end = [], [], time.perf_counter() + SECONDS
    while time.perf_counter() < end or len(times) < 20:
        begin, worked = time.perf_counter(), time.process_time()
        session.run(None, feeds)
        times.append(time.perf_counter() - begin)
        cpu.append(time.process_time() - worked)
    median = statistics.median(times)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    return {
        "median_ms": median * 1e3, "cpu_ms": statistics.median(cpu) * 1e3, "per_second": int(batch) / median,
        "peak_bytes": peak,
    }


if __name__ == "__main__":
    print(json.dumps(main(*sys.argv[1:])))
