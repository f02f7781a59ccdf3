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
from studio import Failure, Studio, wait_for, xdotool  # noqa: E402
import tap  # noqa: E402

PROGRAM, SAMPLES = sys.argv[1:3]
REST = 0.3


def check(truth, what):
    if not truth:
        raise Failure(what)


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


def saved(studio, path, probe):
    """The project's file once it has been saved and the probe is true of it."""
    studio.key("ctrl+s")

    def read():
        with open(path) as file:
            content = json.load(file)
        return content if probe(content) else None

    return wait_for("the saved change", read)


def params(content, node):
    return next(item for item in content["nodes"] if item["id"] == node).get("params", {})


def pixels(box):
    x, y, width, height = box
    return subprocess.run(
        ["import", "-window", "root", "-crop", f"{width}x{height}+{x}+{y}", "-depth", "8", "rgb:-"],
        capture_output=True, check=True).stdout


def refused_wire(folder):
    """Labels are no picture: the wire says so where it is held, and is not drawn."""
    path = project(folder, lambda content: None)
    studio = Studio(PROGRAM, path)
    try:
        digits = studio.box(studio.node("digits"))
        labels = (digits[0] + digits[2], digits[1] + digits[3] * 92 // 100)
        conv = studio.box(studio.node("conv2"))
        place = (conv[0] + conv[2] // 2, conv[1] + conv[3] // 2)
        wait_for("the shapes", lambda: "out" in studio.node("conv2").get_description())
        below = (place[0] + 14, place[1] + 20, 200, 60)
        before = pixels(below)
        xdotool("mousemove", *labels)
        time.sleep(REST)
        xdotool("mousedown", 1)
        for step in range(1, 11):
            xdotool("mousemove", labels[0] + (place[0] - labels[0]) * step // 10,
                    labels[1] + (place[1] - labels[1]) * step // 10)
            time.sleep(0.04)
        time.sleep(2 * REST)
        check(pixels(below) != before, "nothing is said at the pointer")
        xdotool("mouseup", 1)
        studio.find(part="4 axes")
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
        card = studio.centre(studio.node("conv2"))
        xdotool("mousemove", *card, "click", 1)
        time.sleep(REST)
        studio.key("ctrl+period")
        wait_for("the fix", lambda: not studio.all(part="groups is 5"))
        saved(studio, path, lambda content: "groups" not in params(content, "conv2"))
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
        card = studio.centre(studio.node("conv2"))
        xdotool("mousemove", *card, "click", 1)
        box = studio.box(studio.find("spin button", "Filters"))
        xdotool("mousemove", box[0] + 12, box[1] + box[3] // 2, "click", 1)
        time.sleep(REST)
        studio.key("ctrl+a")
        studio.type("3*width")
        studio.key("Return")
        studio.find(name="= 30")
        wait_for("the shape", lambda: "N,30,14,14" in studio.node("conv2").get_description())
        content = saved(studio, path, lambda content: params(content, "conv2")["filters"] != 24)
        check(params(content, "conv2")["filters"] == "=3*width", "the expression is not kept")
    finally:
        studio.close()


if __name__ == "__main__":
    sys.exit(tap.run([refused_wire, next_problem, expression]))
