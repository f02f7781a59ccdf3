#!/usr/bin/python3
"""Drawing with real input: test-drawing.py STUDIO SAMPLES. Inserting, shaking loose, cutting. Prints TAP."""

import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from drawing import chain, check, feeds, hold, middle_of_wire, saved  # noqa: E402
from studio import Studio, wait_for, xdotool  # noqa: E402
import tap  # noqa: E402

PROGRAM, SAMPLES = sys.argv[1:3]


def insert_and_cut(folder):
    """A node let go over a wire goes into it and neighbours make room; a stroke cuts the wire."""
    path = chain(folder)
    studio = Studio(PROGRAM, path)
    try:
        wire = middle_of_wire(studio, "relu1", "relu2")
        before = studio.at_rest("relu2")[0]
        studio.drag(hold(studio, "tanh1"), (wire[0], wire[1] - 18))
        content = saved(studio, path, "the node in the wire",
                        lambda content: feeds(content, "relu2") == "tanh1")
        check(feeds(content, "tanh1") == "relu1", "the wire does not go on to the node")
        places = content["layout"]
        check(places["relu2"][0] >= places["tanh1"][0] + 208, "the next node made no room")
        wait_for("the next card to move", lambda: studio.box(studio.node("relu2"))[0] > before)

        # The stroke, with Control and the other button.
        at = middle_of_wire(studio, "relu3", "relu4")
        studio.sweep((at[0] - 20, at[1] - 70), (at[0] + 20, at[1] + 90), 3, "ctrl")
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
