"""The run store beside TensorBoard: recording, reading event files, large workspaces."""

import json
import pathlib
import statistics
import subprocess

PEER = pathlib.Path(__file__).parent / "peers" / "tensorboard_peer.py"
EVENT_MB = 500
PEER_MB = 1  # its Python reader takes seconds for it

# Figures that others published or measured on their machines.
TAGS_PEER = "TensorBoard, 12,345 tags (issue 4170)"
TAGS_PEER_MS = 96e3
EVENTS_PEER = "RustBoard, which keeps a sample, 544 MB"
EVENTS_PEER_MB = 544 / (0.34 * 2.5)
OPEN_PEER = "Aim, 10 million points"
OPEN_PEER_MS = 150e3

CHART_TARGETS = {500: 50}


def lines_of(command):
    output = subprocess.run(list(map(str, command)), check=True, stdout=subprocess.PIPE, text=True).stdout
    return [json.loads(line) for line in output.splitlines()]


def recording_rows(options, run, row):
    programs = pathlib.Path(options.programs)
    mine, peers = [], []
    for number in range(options.rounds):
        mine.append({line["run"]: line for line in lines_of([programs / "bench-recorder"])})
        folder = pathlib.Path(options.scratch) / f"log-{number}"
        peers.append(run([options.judge, PEER, "log", folder])[0])
    yield row("insight", "cost of log on the training thread", 1, "ns",
              statistics.median(one["paced"]["median_ns"] for one in mine),
              statistics.median(one["median_ns"] for one in peers), 1000, "SummaryWriter.add_scalar")
    yield row("insight", "scalars into the store", 2, "scalars/s",
              statistics.median(one["flat-out"]["per_second"] for one in mine),
              statistics.median(one["per_second"] for one in peers), 500000, "SummaryWriter.add_scalar")


def event_rows(options, run, row):
    program = pathlib.Path(options.programs) / "bench-events"
    folder = pathlib.Path(options.scratch) / "events"
    speed = lines_of([program, folder, EVENT_MB])[0]["mb_per_s"]
    work = f"event files into the store, {EVENT_MB} MB, CRC"
    yield row("insight", work, 1, "MB/s", speed, EVENTS_PEER_MB, 200, EVENTS_PEER)
    small = pathlib.Path(options.scratch) / "few-events"
    lines_of([program, small, PEER_MB])
    peer = run([options.judge, PEER, "read", next(small.rglob("*tfevents*"))])[0]["mb_per_s"]
    yield row("insight", work, 1, "MB/s", speed, peer, 200, f"TensorBoard's Python reader, {PEER_MB} MB")


def store_rows(options, run, row):
    folder = pathlib.Path(options.scratch) / "store"
    peers = {
        "12,000 tags listed": (TAGS_PEER_MS, TAGS_PEER, 200),
        "100 million points opened": (OPEN_PEER_MS, OPEN_PEER, 1000),
        "a frame of zoom over 100 million points": (None, None, 1000 / 60),
        "1,000 runs listed": (None, None, 100),
    }
    for line in lines_of([pathlib.Path(options.programs) / "bench-store", folder]):
        value, name, target = peers[line["work"]]
        if value is not None:
            yield row("insight", line["work"], 1, "ms", line["ms"], value, target, name)
            continue
        yield alone(line["work"], line["ms"], target) | {
            "p99": line.get("p99_ms"), "cpu": line.get("cpu_ms"), "cpu_p99": line.get("cpu_p99_ms")}


def alone(work, ms, target):
    """A figure that no peer has."""
    return {"bench": "insight", "work": work, "threads": 1, "telar": ms, "unit": "ms",
            "peer": None, "peer_value": None, "ratio": None, "target": target}


def chart_rows(options, run, row):
    """CPU time, the least of several tries."""
    program = pathlib.Path(options.programs) / "bench-charts"
    for line in lines_of([program]):
        if line["work"] == "smooth":
            yield alone(f"{line['points']:,} points smoothed, {line['method']}", line["cpu_ms"], 5)
        else:
            yield alone(f"{line['lines']:,} lines of {line['points']:,} points drawn", line["cpu_ms"],
                        CHART_TARGETS.get(line["lines"]))


def rows(options, run, row):
    for part in (recording_rows, event_rows, store_rows, chart_rows):
        yield from part(options, run, row)
