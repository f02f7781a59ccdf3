#!/usr/bin/env python3
"""Event files beside TensorBoard and torch.utils.tensorboard. Prints TAP.

  events.py TELAR

What SummaryWriter wrote is imported without loss: every step, wall time and value is compared with
what TensorBoard's own reader finds in the same file. What Telar wrote is shown by TensorBoard: its
data server is asked over HTTP, as its page does.
"""

import json
import math
import os
import pathlib
import socket
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.parse
import urllib.request

import numpy as np
import torch
from tensorboard.backend.event_processing.event_file_loader import EventFileLoader
from tensorboard.util import tensor_util
from torch.utils.tensorboard import SummaryWriter

TELAR = None


def telar(workspace, *arguments):
    """The JSON document that a command prints."""
    done = subprocess.run(
        [TELAR, *map(str, arguments), "--workspace", str(workspace), "--json"],
        capture_output=True, text=True,
    )
    if done.returncode != 0:
        raise AssertionError(f"telar {arguments}: {done.stderr}")
    return json.loads(done.stdout)


# --- what the peer writes and reads -----------------------------------------------------------


def number_of(value):
    """The number of a Summary.Value, None where it has none."""
    kind = value.WhichOneof("value")
    if kind == "simple_value":
        return value.simple_value
    if kind == "tensor" and not value.tensor.tensor_shape.dim:
        tensor = value.tensor
        return (list(tensor.double_val) or list(tensor.float_val) or [None])[0]
    return None


def scalars_in(folder):
    """tag -> [(step, wall time, value)], as TensorBoard's Python reader finds them in the files."""
    found = {}
    for path in sorted(pathlib.Path(folder).glob("*tfevents*")):
        for event in EventFileLoader(str(path)).Load():
            for value in event.summary.value:
                number = number_of(value)
                if number is not None:
                    found.setdefault(value.tag, []).append((event.step, event.wall_time, number))
    return found


def write_logs(folder):
    """What people log with PyTorch: scalars in all forms, hyperparameters, a folder for each run."""
    torch.manual_seed(1)
    for run in ("train", "validation"):
        writer = SummaryWriter(folder / run)
        for step in range(1000):
            writer.add_scalar("loss", math.exp(-step / 300) + 0.01 * math.sin(step), step)
            writer.add_scalar("a/b", step / 3, 2 * step, new_style=True)
            writer.add_scalar("double", step / 7, step, new_style=True, double_precision=True)
        writer.add_scalar("odd", float("nan"), 1)
        writer.add_scalar("odd", float("inf"), 2, walltime=1.25)
        writer.add_scalar("odd", -0.0, 1 << 40, walltime=1700000000.0000005)
        for _ in range(3):
            writer.add_scalar("no step", 4.5)
        writer.add_scalars("pair", {"x": 1.0, "y": 2.0}, 5)
        writer.close()
    writer = SummaryWriter(folder / "tuned")
    writer.add_hparams({"lr": 0.1, "net": "cnn", "bias": True}, {"hparam/accuracy": 0.9}, run_name="0")
    writer.close()


def exported(workspace, run):
    """tag -> [(step, wall time, value)] of a run in the workspace."""
    path = pathlib.Path(workspace) / "export.json"
    telar(workspace, "runs", "export", run, "--to", "json", "-o", path)
    document = json.loads(path.read_text(encoding="utf-8"))
    return {
        curve["tag"]: [(step, wall, float(value)) for step, wall, value in curve["points"]]
        for curve in document["curves"]
    }, document


def media_in(folder):
    """(tag, step) -> what TensorBoard's reader makes of the histograms, images, texts and curves."""
    found = {}
    for path in sorted(pathlib.Path(folder).glob("*tfevents*")):
        for event in EventFileLoader(str(path)).Load():
            for value in event.summary.value:
                plugin = value.metadata.plugin_data.plugin_name or found.get(value.tag)
                found.setdefault(value.tag, plugin)
                if plugin in ("histograms", "images", "text", "pr_curves"):
                    array = tensor_util.make_ndarray(value.tensor)
                    found[value.tag, event.step] = (plugin, event.wall_time, array)
    return {key: value for key, value in found.items() if isinstance(key, tuple)}


def bins_of(array):
    """The bins that hold something; TensorBoard gives an empty first one no right edge of its own."""
    return [tuple(row) for row in array.tolist() if row[2] != 0]


def same_media(mine, theirs):
    assert mine.keys() == theirs.keys(), f"{sorted(mine)} for {sorted(theirs)}"
    for key, (plugin, wall, array) in theirs.items():
        my_plugin, my_wall, my_array = mine[key]
        assert my_plugin == plugin and abs(my_wall - wall) < 1e-6, f"{key}: {my_plugin}, {my_wall} for {wall}"
        if plugin == "histograms":
            # The first number of a histogram begins its first bin, or the edge before it does.
            a, b = bins_of(my_array), bins_of(array)
            assert a == b, f"{key}: {a[:3]} for {b[:3]}"
        else:
            assert np.array_equal(my_array.reshape(-1), array.reshape(-1)), f"{key}: {my_array} for {array}"


def write_media(folder):
    generator = torch.Generator().manual_seed(2)
    writer = SummaryWriter(folder / "media")
    for step in range(300):
        writer.add_histogram("weights/kernel", torch.randn(1000, generator=generator), step)
        writer.add_image("picture", torch.rand(3, 8, 9, generator=generator), step)
    writer.add_histogram("one number", torch.ones(5), 0)
    writer.add_histogram("doane", torch.randn(500, generator=generator), 3, bins="doane")
    writer.add_images("several", torch.rand(4, 3, 8, 8, generator=generator), 1)
    writer.add_text("note", "a *text* with ünïcode\n\nand lines", 4)
    writer.add_pr_curve("found", torch.randint(0, 2, (200,), generator=generator),
                        torch.rand(200, generator=generator), 7)
    writer.close()


def test_media(scratch):
    """Through Telar and out again: what TensorBoard reads is the same, step by step."""
    logs, workspace = scratch / "logs", scratch / "in"
    write_media(logs)
    result = telar(workspace, "runs", "import", logs)["runs"]
    assert len(result) == 1 and not result[0]["left_out"] and result[0]["media"] == 605, result
    telar(workspace, "runs", "export", "media", "--to", "events", "-o", scratch / "again")
    same_media(media_in(scratch / "again" / "media"), media_in(logs / "media"))
    with TensorBoard(scratch / "again") as board:
        board.wait(lambda board: "found" in board.json("pr_curves", "tags").get("media", {}))
        check_media(board)


def check_media(board):
    histograms = board.json("histograms", "histograms", run="media", tag="weights/kernel")
    # TensorBoard draws a sample of them, its last among it.
    steps = [step for _, step, _ in histograms]
    assert len(steps) >= 50 and steps == sorted(steps) and steps[-1] == 299, steps
    assert all(abs(sum(count for _, _, count in bins) - 1000) < 1e-6 for _, _, bins in histograms)
    images = board.json("images", "images", run="media", tag="picture", sample=0)
    assert images[-1]["step"] == 299, images[:2]
    picture = urllib.request.urlopen(
        f"http://127.0.0.1:{board.port}/data/plugin/images/individualImage?{images[-1]['query']}").read()
    assert picture.startswith(b"\x89PNG\r\n"), picture[:16]
    texts = board.json("text", "text", run="media", tag="note/text_summary")
    assert "<em>text</em>" in texts[0]["text"], texts
    curves = board.json("pr_curves", "pr_curves", run="media", tag="found")["media"]
    assert curves[0]["step"] == 7 and 100 < len(curves[0]["precision"]) <= 127, curves
    assert max(curves[0]["true_positives"]) > 0, curves


def same_points(name, mine, theirs):
    assert mine.keys() == theirs.keys(), f"{name}: {sorted(mine)} for {sorted(theirs)}"
    for tag, points in theirs.items():
        # A step that repeats comes first among mine; the multiset is what must be the same.
        found, expected = sorted(mine[tag], key=repr), sorted(points, key=repr)
        assert repr(found) == repr(expected), f"{name}, {tag}: {found[:3]} for {expected[:3]}"


def test_import(scratch):
    logs, workspace = scratch / "logs", scratch / "in"
    write_logs(logs)
    result = telar(workspace, "runs", "import", logs)["runs"]
    folders = {
        path.relative_to(logs).as_posix().replace("/", "-"): path
        for path in [logs, *logs.rglob("*")]
        if path.is_dir() and any(path.glob("*tfevents*"))
    }
    assert {one["run"] for one in result} == set(folders), f"{result} for {sorted(folders)}"
    for one in result:
        mine, _ = exported(workspace, one["run"])
        theirs = scalars_in(folders[one["run"]])
        same_points(one["run"], mine, theirs)
        assert one["points"] == sum(map(len, theirs.values()))
        assert not one["left_out"] and one["unfinished"] == 0, one
    run = telar(workspace, "runs", "show", "tuned-0")
    assert run["settings"] == {"lr": 0.1, "net": "cnn", "bias": True}, run["settings"]
    assert run["metrics"].keys() == {"hparam/accuracy"}, run["metrics"]


# --- TensorBoard ------------------------------------------------------------------------------


class TensorBoard:
    """The real program with its data server, on a free port."""

    def __init__(self, logs):
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.log = tempfile.TemporaryFile()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tensorboard.main", "--logdir", str(logs), "--load_fast=true",
             "--port", str(self.port), "--host", "127.0.0.1", "--reload_interval", "1",
             "--samples_per_plugin", "scalars=100000,histograms=1000,images=1000,pr_curves=1000,text=1000"],
            stdout=self.log, stderr=self.log,
        )

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.terminate()
        self.process.wait()
        self.log.close()

    def get(self, plugin, route, **query):
        url = f"http://127.0.0.1:{self.port}/data/plugin/{plugin}/{route}?{urllib.parse.urlencode(query)}"
        with urllib.request.urlopen(url) as answer:
            return answer.read()

    def post(self, plugin, route, document):
        request = urllib.request.Request(
            f"http://127.0.0.1:{self.port}/data/plugin/{plugin}/{route}",
            data=json.dumps(document).encode(), headers={"Content-Type": "application/json"},
        )
        with urllib.request.urlopen(request) as answer:
            return json.loads(answer.read())

    def json(self, plugin, route, **query):
        return json.loads(self.get(plugin, route, **query))

    def wait(self, ready):
        """Until what is asked has been loaded; how long that takes is nobody's promise."""
        while True:
            if self.process.poll() is not None:
                self.log.seek(0)
                raise AssertionError(f"TensorBoard ended: {self.log.read().decode()}")
            try:
                if ready(self):
                    return
            except OSError:
                pass
            time.sleep(0.2)


def check_scalars(board, run, mine):
    for tag, points in mine.items():
        shown = board.json("scalars", "scalars", run=run, tag=tag)
        # TensorBoard keeps f32 and writes numbers that are none as texts.
        expected = [(step, np.float32(value)) for step, _, value in points]
        found = [(step, np.float32(float(value))) for _, step, value in shown]
        assert repr(found) == repr(expected), f"{tag}: {found[:3]} for {expected[:3]}"
        assert [wall for wall, _, _ in shown] == [wall for _, wall, _ in points], tag


def check_hparams(board):
    experiment = board.post("hparams", "experiment", {"experimentName": "0"})
    infos = {info["name"]: info["type"] for info in experiment["hparamInfos"]}
    assert infos["learning_rate"] == "DATA_TYPE_FLOAT64", infos
    groups = board.post("hparams", "session_groups", {
        "experimentName": "0", "startIndex": 0, "sliceSize": 10,
        "allowedStatuses": ["STATUS_SUCCESS"], "colParams": [],
    })["sessionGroups"]
    assert len(groups) == 1, groups
    assert groups[0]["hparams"]["learning_rate"] > 0, groups
    metrics = {value["name"]["tag"]: value["value"] for value in groups[0]["metricValues"]}
    assert metrics["accuracy"] > 0, metrics


def test_shown(scratch):
    """A run that Telar trained, shown by TensorBoard."""
    workspace, logs = scratch / "out", scratch / "shown"
    project = pathlib.Path(os.environ["TELAR_SAMPLES"]) / "digits-dense.telar"
    subprocess.run([TELAR, "train", project, "--workspace", workspace, "--run", "digits", "--epochs", "2"],
                   check=True, capture_output=True)
    telar(workspace, "runs", "export", "digits", "--to", "events", "-o", logs)
    mine, _ = exported(workspace, "digits")
    with TensorBoard(logs) as board:
        board.wait(lambda board: mine.keys() <= board.json("scalars", "tags").get("digits", {}).keys())
        check_scalars(board, "digits", mine)
        check_hparams(board)


TESTS = [test_import, test_media, test_shown]


def main():
    global TELAR
    TELAR = sys.argv[1]
    failed = 0
    print(f"1..{len(TESTS)}")
    for number, test in enumerate(TESTS, 1):
        with tempfile.TemporaryDirectory() as scratch:
            try:
                test(pathlib.Path(scratch))
                print(f"ok {number} - {test.__name__}")
            except Exception:
                failed += 1
                print(f"not ok {number} - {test.__name__}")
                print("\n".join("# " + line for line in traceback.format_exc().splitlines()))
        sys.stdout.flush()
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
