#!/usr/bin/env python3
"""Telar beside its peers, in one run: interleaved, median of several.

  bench/main.py TELAR JUDGE [--json] [--rounds N] [--canvas BENCH] [NAME]...

A ratio above 1 means that Telar is better. Presets of OpenBLAS are cleared for all.
"""

import argparse
import json
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import engine
import growth
import insight

ROOT = pathlib.Path(__file__).parent.parent
UNSET = ("OPENBLAS_CORETYPE", "OPENBLAS_L2_SIZE", "OMP_NUM_THREADS")
ENVIRONMENT = {key: value for key, value in os.environ.items() if key not in UNSET}


def run(command, threads=None):
    """(the output's JSON document, its last line where it is a stream, or None; wall seconds; peak
    bytes; seconds of the processors)."""
    environment = dict(ENVIRONMENT)
    if threads is not None:
        environment["OMP_NUM_THREADS"] = str(threads)
    begin = time.perf_counter()
    with tempfile.TemporaryFile("w+") as errors:  # a pipe that nobody reads yet might fill up
        child = subprocess.Popen(
            [str(part) for part in command], stdout=subprocess.PIPE, stderr=errors, text=True, env=environment,
        )
        out = child.stdout.read()
        _, status, usage = os.wait4(child.pid, 0)
        errors.seek(0)
        err = errors.read()
    wall = time.perf_counter() - begin
    if status != 0:
        sys.exit(f"bench: {' '.join(map(str, command))} failed:\n{err}")
    return document_of(out), wall, usage.ru_maxrss * 1024, usage.ru_utime + usage.ru_stime


def document_of(out):
    try:
        return json.loads(out)
    except json.JSONDecodeError:
        last = out.splitlines()[-1] if out else ""
        return json.loads(last) if last.startswith("{") else None


def row(bench, work, threads, unit, telar, peer, target=None, name="PyTorch 2.13"):
    better_when_lower = unit not in ("samples/s", "scalars/s", "MB/s")
    ratio = None
    if name is not None:
        ratio = peer / telar if better_when_lower else telar / peer
    return {
        "bench": bench, "work": work, "threads": threads, "telar": telar, "unit": unit,
        "peer": name, "peer_value": peer, "ratio": ratio, "target": target,
    }


# Milliseconds of a frame as their users measured them (ComfyUI's renderers; node-red 4563).
CANVAS_PEERS = {
    (1000, "fit"): ("ComfyUI, 1,000 nodes (34 to 81)", 34.0),
    (1000, "working"): ("Node-RED, 782 nodes", 100.0),
}
CANVAS_TARGETS = {(3000, "working"): 8.3, (3000, "half"): 8.3, (8000, None): 2000.0}


def canvas_rows(options, run, row):
    """Frames of 1280x800 drawn by cairo: the median, and beside it the 99th percentile and the CPU
    time of the thread, which a busy machine disturbs less."""
    environment = {
        **ENVIRONMENT, "GSK_RENDERER": "cairo", "GDK_BACKEND": "x11", "GTK_A11Y": "none",
        "ADW_DISABLE_PORTAL": "1", "GSETTINGS_BACKEND": "memory",
    }
    runs = [["gtk", "1000", "3000", "10000"], ["--frames", "0", "8000"]]
    for arguments in runs:
        output = subprocess.run(
            [ROOT / "tests" / "app" / "xvfb-display", options.canvas, *arguments],
            check=True, stdout=subprocess.PIPE, text=True, env=environment,
        ).stdout
        for frame in map(json.loads, output.splitlines()):
            yield canvas_row(frame)


def canvas_row(frame):
    nodes, view = frame["nodes"], frame.get("view")
    peer, peer_value = CANVAS_PEERS.get((nodes, view), (None, None))
    target = CANVAS_TARGETS.get((nodes, view), 16.0 if view and nodes >= 3000 else None)
    work = f"{nodes:,} nodes, " + (f"{frame['motion']}, {view} zoom" if view else "open and arrange")
    if view == "gtk":
        work = "a window of one colour, by GTK alone"
    return {
        "bench": "canvas", "work": work, "threads": 1, "telar": frame["median_ms"], "unit": "ms",
        "p99": frame.get("p99_ms"), "cpu": frame["cpu_median_ms"], "cpu_p99": frame.get("cpu_p99_ms"),
        "peer": peer, "peer_value": peer_value,
        "ratio": peer_value / frame["median_ms"] if peer else None, "target": target,
    }


BENCHES = {
    "training": [engine.training_rows, engine.process_rows], "inference": [engine.inference_rows],
    "insight": [insight.rows], "growth": [growth.rows], "canvas": [canvas_rows],
}


WIDTH = 44


def show_head():
    print(f"{'work':<{WIDTH}}  thr  {'Telar':>10}  {'peer':>10}  unit        ratio  peer")


def show(row):
    peer = f"{row['peer_value']:>10.4g}" if row["peer"] else " " * 10
    ratio = f"{row['ratio']:>5.2f}  {row['peer']}" if row["peer"] else ""
    print(
        f"{row['work']:<{WIDTH}}  {row['threads']:>3}  {row['telar']:>10.4g}  {peer}  "
        f"{row['unit']:<10}  {ratio}{spread(row)}",
        flush=True,
    )


def spread(row):
    """What a frame may take at most, and what of it the thread worked."""
    if row.get("p99") is None:
        return ""
    limit = f", at most {row['target']:g}" if row["target"] else ""
    return f"  p99 {row['p99']:.1f}, CPU {row['cpu']:.1f} (p99 {row['cpu_p99']:.1f}){limit}"


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("telar")
    parser.add_argument("judge")
    parser.add_argument("--json", action="store_true")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--programs", help="the folder of bench-store and others; without it there is no bench insight")
    parser.add_argument("--canvas", help="the program that draws frames; without it there is no bench canvas")
    parser.add_argument("names", nargs="*", metavar="NAME", help=", ".join(BENCHES))
    options = parser.parse_intermixed_args()
    offered = [
        name for name in BENCHES
        if (name != "canvas" or options.canvas) and (name != "insight" or options.programs)
    ]
    unknown = [name for name in options.names if name not in offered]
    if unknown:
        parser.error(f"no bench {unknown[0]}; there are: {', '.join(offered)}")
    if not options.json:
        show_head()
    with tempfile.TemporaryDirectory() as options.scratch:
        for part in (part for name in options.names or offered for part in BENCHES[name]):
            for line in part(options, run, row):
                print(json.dumps(line), flush=True) if options.json else show(line)


if __name__ == "__main__":
    main()
