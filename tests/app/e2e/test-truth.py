#!/usr/bin/python3
"""What the canvas says of a network while it is drawn: test-truth.py STUDIO SAMPLES. Wires that do not
fit, problems and their fixes, expressions. Prints TAP."""

import json
import os
import shutil
import subprocess
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from drawing import check, click, hold, saved, selected  # noqa: E402
from keys import is_at  # noqa: E402
from studio import Failure, Studio, wait_for, xdotool  # noqa: E402
import tap  # noqa: E402

PROGRAM, SAMPLES = sys.argv[1:3]
REST = 0.3
TOAST = 5  # seconds that a message stays


def project(folder, change):
    """The sample network in a folder of its own, changed."""
    with open(os.path.join(SAMPLES, "digits-cnn.telar")) as file:
        content = json.load(file)
    change(content)
    path = os.path.join(folder, "mine.telar")
    with open(path, "w") as file:
        json.dump(content, file)
    shutil.copytree(os.path.join(SAMPLES, "digits"), os.path.join(folder, "digits"))
    return path


def params(content, node):
    return next(item for item in content["nodes"] if item["id"] == node).get("params", {})


def pixels(box):
    x, y, width, height = box
    return subprocess.run(
        ["import", "-window", "root", "-crop", f"{width}x{height}+{x}+{y}", "-depth", "8", "rgb:-"],
        capture_output=True, check=True).stdout


def carry(labels, place):
    """Holds the wire of the labels over a place until something is said below the pointer."""
    below = (place[0] + 14, place[1] + 20, 200, 60)
    before = pixels(below)
    xdotool("mousemove", *labels)
    time.sleep(REST)
    xdotool("mousedown", 1)
    for step in range(1, 11):
        xdotool("mousemove", labels[0] + (place[0] - labels[0]) * step // 10,
                labels[1] + (place[1] - labels[1]) * step // 10)
        time.sleep(0.04)
    wait_for("what is said at the pointer", lambda: pixels(below) != before)


def is_refused(studio):
    """Draws the wire; the words that refuse it go after a few seconds, sooner than a busy machine may
    have looked at all that is in the window."""
    digits, conv = studio.at_rest("digits"), studio.at_rest("conv2")
    labels = (digits[0] + digits[2], digits[1] + digits[3] * 92 // 100)
    carry(labels, (conv[0] + conv[2] // 2, conv[1] + conv[3] // 2))
    xdotool("mouseup", 1)
    try:
        return wait_for("the words", lambda: studio.message("4 axes"), TOAST)
    except Failure:
        return None


def refused_wire(folder):
    """Labels are no picture: the wire says so where it is held, and is not drawn."""
    path = project(folder, lambda content: None)
    studio = Studio(PROGRAM, path)
    try:
        wait_for("the shapes", lambda: "out" in studio.node("conv2").get_description())
        wait_for("the refusal", lambda: is_refused(studio))
        check("N,24,14,14" in studio.node("conv2").get_description(), "the wire was drawn")
    finally:
        studio.close()


def next_problem(folder):
    """F8 leads to the node, Control and the full stop mend it."""

    def breaks(content):
        params(content, "conv2")["groups"] = 5

    path = project(folder, breaks)
    studio = Studio(PROGRAM, path)
    try:
        wait_for("the problem", lambda: studio.all(part="groups is 5"))
        studio.key("F8")
        wait_for("the fixes", lambda: studio.all("push button", "Set Groups to 4"))
        studio.key("F6")
        click(hold(studio, "conv2"))
        wait_for("the node to be selected", lambda: "conv2" in selected(studio))
        studio.key("ctrl+period")
        wait_for("the fix", lambda: not studio.all(part="groups is 5"))
        saved(studio, path, "the mended node", lambda content: "groups" not in params(content, "conv2"))
        studio.key("ctrl+z")
        wait_for("the problem again", lambda: studio.all(part="groups is 5"))
    finally:
        studio.close()


def expression(folder):
    """A number is typed as an expression, refused until its value exists, and kept as it was typed."""

    def values(content):
        content["values"] = {"width": 10}

    path = project(folder, values)
    studio = Studio(PROGRAM, path)
    try:
        click(hold(studio, "conv2"))
        box = studio.box(studio.find("spin button", "Filters"))
        click((box[0] + 12, box[1] + box[3] // 2))
        wait_for("the field to have the keyboard", lambda: is_at(studio, "Filters"))
        studio.key("ctrl+a")
        studio.type("3*width")
        studio.key("Return")
        studio.find(name="= 30")
        wait_for("the shape", lambda: "N,30,14,14" in studio.node("conv2").get_description())
        content = saved(studio, path, "the expression",
                        lambda content: params(content, "conv2")["filters"] != 24)
        check(params(content, "conv2")["filters"] == "=3*width", "the expression is not kept")
    finally:
        studio.close()


if __name__ == "__main__":
    sys.exit(tap.run([refused_wire, next_problem, expression]))
