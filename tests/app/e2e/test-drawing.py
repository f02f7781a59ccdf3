#!/usr/bin/python3
"""Drawing with real input: test-drawing.py STUDIO SAMPLES. Inserting, shaking loose, cutting. Prints TAP."""

import json
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from studio import Failure, Studio, wait_for, xdotool  # noqa: E402
import tap  # noqa: E402

PROGRAM, SAMPLES = sys.argv[1:3]


def check(truth, what):
    if not truth:
        raise Failure(what)


def chain(folder, name="mine"):
    """Four nodes in a row, far apart, and a free one below."""
    ids = ["relu1", "relu2", "relu3", "relu4"]
    content = {
        "telar": 1,
        "nodes": [{"id": name, "op": "relu"} for name in ids + ["tanh1"]],
        "edges": [{"from": f"{a}:out", "to": f"{b}:in"} for a, b in zip(ids, ids[1:])],
        "layout": {**{name: [330 * place, 100] for place, name in enumerate(ids)},
                   "tanh1": [160, 320]},
    }
    content["nodes"][-1]["op"] = "tanh"
    path = os.path.join(folder, f"{name}.telar")
    with open(path, "w") as file:
        json.dump(content, file)
    return path


def saved(studio, path, what, probe):
    """The project's file once it has been saved and the probe is true of it."""
    studio.key("ctrl+s")

    def read():
        with open(path) as file:
            content = json.load(file)
        return content if probe(content) else None

    return wait_for(what, read)


def feeds(content, to):
    """What the node's first input is wired to."""
    return next((edge["from"].split(":")[0] for edge in content["edges"]
                 if edge["to"].startswith(f"{to}:")), None)


def output(studio, identifier):
    x, y, width, height = studio.box(studio.node(identifier))
    return x + width, y + height // 2


def middle_of_wire(studio, source, target):
    start, box = output(studio, source), studio.box(studio.node(target))
    return (start[0] + box[0]) // 2, start[1]


def hold(studio, identifier):
    """Where a card is held: near its top."""
    x, y, width, height = studio.box(studio.node(identifier))
    return x + width // 2, y + 10


def insert_and_cut(folder):
    """A node let go over a wire goes into it and neighbours make room; a stroke cuts the wire."""
    path = chain(folder)
    studio = Studio(PROGRAM, path)
    try:
        wire = middle_of_wire(studio, "relu1", "relu2")
        before = studio.box(studio.node("relu2"))[0]
        studio.drag(hold(studio, "tanh1"), (wire[0], wire[1] - 18))
        content = saved(studio, path, "the node in the wire",
                        lambda content: feeds(content, "relu2") == "tanh1")
        check(feeds(content, "tanh1") == "relu1", "the wire does not go on to the node")
        places = content["layout"]
        check(places["relu2"][0] >= places["tanh1"][0] + 208, "the next node made no room")
        check(studio.box(studio.node("relu2"))[0] > before, "the next card did not move")

        # The stroke, with Control and the other button.
        at = middle_of_wire(studio, "relu3", "relu4")
        xdotool("mousemove", at[0] - 20, at[1] - 70)
        xdotool("keydown", "ctrl", "mousedown", 3)
        for step in range(1, 9):
            xdotool("mousemove", at[0] - 20 + 5 * step, at[1] - 70 + 20 * step)
            time.sleep(0.03)
        xdotool("mouseup", 3, "keyup", "ctrl")
        saved(studio, path, "the cut wire", lambda content: feeds(content, "relu4") is None)
        studio.window_action("win.undo")
        saved(studio, path, "the wire again", lambda content: feeds(content, "relu4") == "relu3")
    finally:
        studio.close()


def shake_loose(folder):
    """Shaken, a node comes out of its wires, which close."""
    path = chain(folder)
    studio = Studio(PROGRAM, path)
    try:
        x, y = hold(studio, "relu2")
        xdotool("mousemove", x, y)
        xdotool("mousedown", 1)
        for _ in range(4):
            for dx in (20, 40, 60, 40, 20, 0, -20, -40, -60, -40, -20, 0):
                xdotool("mousemove", x + dx, y + 4)
                time.sleep(0.01)
        xdotool("mousemove", x, y + 120)
        time.sleep(0.1)
        xdotool("mouseup", 1)
        content = saved(studio, path, "the closed wire",
                        lambda content: feeds(content, "relu3") == "relu1")
        check(feeds(content, "relu2") is None, "the node still hangs on a wire")
    finally:
        studio.close()


sys.exit(tap.run([insert_and_cut, shake_loose]))
