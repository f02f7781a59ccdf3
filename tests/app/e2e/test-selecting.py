#!/usr/bin/python3
"""Selecting and placing with real input: test-selecting.py STUDIO SAMPLES. Rubber band, what feeds and is
fed, aligning, equal gaps, snapping. Prints TAP."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from drawing import chain, check, click, hold, loose, place, saved, selected  # noqa: E402
from studio import Studio, wait_for  # noqa: E402
import tap  # noqa: E402

PROGRAM, SAMPLES = sys.argv[1:3]
GRID = 8


def band_and_streams(folder):
    """A band takes what it touches, with Shift more; Alt with an arrow what feeds a node or is fed."""
    studio = Studio(PROGRAM, chain(folder))
    try:
        first, second = studio.box(studio.node("relu1")), studio.box(studio.node("relu2"))
        start = (first[0] + first[2] // 2, first[1] - 40)
        studio.drag(start, (second[0] + 20, second[1] + second[3] // 2))
        wait_for("two in the band", lambda: selected(studio) == {"relu1", "relu2"})
        click(hold(studio, "relu4"), "shift")
        wait_for("a third", lambda: selected(studio) == {"relu1", "relu2", "relu4"})
        click(hold(studio, "relu3"))
        wait_for("one", lambda: selected(studio) == {"relu3"})
        studio.key("alt+Left")
        wait_for("what feeds it", lambda: selected(studio) == {"relu1", "relu2", "relu3"})
        click(hold(studio, "relu3"))
        click(hold(studio, "relu2"))
        studio.key("alt+Right")
        wait_for("what it feeds", lambda: selected(studio) == {"relu2", "relu3", "relu4"})
    finally:
        studio.close()


def places(content, axis):
    return [place(content, name)[axis] for name in ("one", "two", "three")]


def align_and_distribute(folder):
    """Edges and middles in a line by keys, and equal gaps; one undo each."""
    path = loose(folder, {"one": (0, 0), "two": (320, 64), "three": (720, 200)})
    studio = Studio(PROGRAM, path)
    try:
        click(hold(studio, "one"))
        studio.key("ctrl+a")
        wait_for("all", lambda: len(selected(studio)) == 3)
        for key, what, axis, expected in [
            ("ctrl+shift+Left", "the left edges", 0, [0, 0, 0]),
            ("ctrl+shift+Right", "the right edges", 0, [720, 720, 720]),
            ("ctrl+shift+c", "the centres", 0, [360, 360, 360]),
            ("ctrl+shift+Up", "the top edges", 1, [0, 0, 0]),
            ("ctrl+shift+Down", "the bottom edges", 1, [200, 200, 200]),
            ("ctrl+shift+m", "the middles", 1, [100, 100, 100]),
            ("ctrl+shift+h", "equal gaps across", 0, [0, 360, 720]),
            ("ctrl+shift+v", "equal gaps down", 1, [0, 100, 200]),
        ]:
            studio.key(key)
            saved(studio, path, what, lambda content: places(content, axis) == expected)
            studio.key("ctrl+z")
            saved(studio, path, "its undoing", lambda content:
                  places(content, 0) == [0, 320, 720] and places(content, 1) == [0, 64, 200])
    finally:
        studio.close()


def snap(folder):
    """A node that is dragged comes to rest on the grid, and in line with a neighbour near by."""
    path = loose(folder, {"one": (0, 0), "two": (320, 240), "three": (720, 400)})
    studio = Studio(PROGRAM, path)
    try:
        start, neighbour = hold(studio, "two"), hold(studio, "one")
        studio.drag(start, (start[0] + 37, start[1] + 61))
        content = saved(studio, path, "the move", lambda content: place(content, "two")[0] > 330)
        check(all(value % GRID == 0 for value in place(content, "two")),
              f"off the grid: {place(content, 'two')}")
        start = hold(studio, "two")
        studio.drag(start, (start[0], neighbour[1] + 3))
        saved(studio, path, "the line", lambda content: place(content, "two")[1] == 0)
    finally:
        studio.close()


sys.exit(tap.run([band_and_streams, align_and_distribute, snap]))
