#!/usr/bin/python3
"""Copies with real input: test-clipboard.py STUDIO SAMPLES. Copy, cut, paste and duplicate within a window,
and from one window to another, which a file that is dropped opens. Prints TAP."""

import os
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from drawing import chain, check, click, feeds, hold, ids, saved  # noqa: E402
from studio import Studio, extents, wait_for, xdotool  # noqa: E402
import tap  # noqa: E402

PROGRAM, SAMPLES = sys.argv[1:3]


def within_a_window(folder):
    """Two wired nodes are duplicated, copied and cut; their copies keep the wire between them."""
    path = chain(folder)
    studio = Studio(PROGRAM, path)
    try:
        click(hold(studio, "relu1"))
        click(hold(studio, "relu2"), "shift")
        studio.key("ctrl+d")
        content = saved(studio, path, "the duplicates", lambda content: len(content["nodes"]) == 7)
        check(feeds(content, "relu6") == "relu5", "the duplicates are not wired")
        studio.key("ctrl+c")
        time.sleep(0.3)
        studio.key("ctrl+v")
        content = saved(studio, path, "the copies", lambda content: len(content["nodes"]) == 9)
        check(feeds(content, "relu8") == "relu7", "the copies are not wired")
        check(content["layout"]["relu7"] != content["layout"]["relu5"], "the copies hide the others")
        studio.key("ctrl+x")
        saved(studio, path, "the cut", lambda content: len(content["nodes"]) == 7)
        studio.key("ctrl+v")
        saved(studio, path, "what was cut", lambda content: len(content["nodes"]) == 9)
    finally:
        studio.close()


def carry(start, end):
    """A drag from program to program: each must see the pointer move before the other can answer."""
    xdotool("mousemove", *start)
    xdotool("mousedown", 1)
    for dx in (8, 16, 24):
        xdotool("mousemove", start[0] + dx, start[1])
        time.sleep(0.3)
    for dx in range(-40, 1, 4):
        xdotool("mousemove", end[0] + dx, end[1])
        time.sleep(0.2)
    xdotool("mouseup", 1)


def drop(studio, path):
    """Drags a file from another program's window onto the canvas."""
    program = os.path.join(os.path.dirname(os.path.abspath(__file__)), "file-source.py")
    source = subprocess.Popen([sys.executable, program, path])
    try:
        number = wait_for("the other program", lambda: xdotool(
            "search", "--onlyvisible", "--name", "^file source$"))
        xdotool("windowmove", "--sync", number, 10, 860)
        time.sleep(0.3)
        x, y, width, height = extents(number)
        carry((x + width // 2, y + height // 4), studio.centre(studio.canvas()))
        wait_for("what was dropped", lambda: len(windows_of(studio)) > 1)
    finally:
        source.kill()
        source.wait()


def windows_of(studio):
    return xdotool("search", "--onlyvisible", "--pid", studio.process.pid).split()


def windows(studio):
    """The two windows by the names of their projects. A picture that was dragged is a window, too, and
    one that has just come has no name yet."""
    def named(wanted):
        return next((number for number in windows_of(studio)
                     if wanted in xdotool("getwindowname", number)), None)
    return [wait_for(f"the window of {wanted}", lambda: named(wanted)) for wanted in ("mine", "other")]


def turn_to(studio, number):
    """To a window, at an empty place of its canvas."""
    studio.window = number
    xdotool("windowactivate", "--sync", number)
    time.sleep(0.5)
    x, y, width, height = extents(number)
    click((x + width // 2, y + height * 3 // 4))


def from_window_to_window(folder):
    """A file that is dropped on the window opens in another; a group is copied in one window and pasted
    in the other, with what is drawn in it."""
    path, other = chain(folder), chain(folder, "other")
    studio = Studio(PROGRAM, path)
    try:
        studio.node("relu1")
        drop(studio, other)
        source, target = windows(studio)
        turn_to(studio, source)
        studio.key("ctrl+a")
        time.sleep(0.2)
        studio.key("ctrl+g")
        time.sleep(0.5)
        studio.key("ctrl+c")
        time.sleep(0.3)
        turn_to(studio, target)
        studio.key("ctrl+v")
        content = saved(studio, other, "the group in the other project",
                        lambda content: content.get("groups"))
        group = next(iter(content["groups"].values()))
        check(ids(group) >= {"relu1", "relu4", "tanh1"},
              "the group came without what is drawn in it")
        check(any(node["op"].startswith("group:") for node in content["nodes"]), "no node of it")
    finally:
        studio.close()


sys.exit(tap.run([within_a_window, from_window_to_window]))
