#!/usr/bin/python3
"""The studio from outside, as a person meets it: test-studio.py STUDIO SAMPLES. Prints TAP."""

import json
import os
import shutil
import signal
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from drawing import check  # noqa: E402
from keys import is_at, save_as  # noqa: E402
from studio import Store, Studio, wait_for  # noqa: E402
import tap  # noqa: E402

PROGRAM, SAMPLES = sys.argv[1:3]


def picture(box):
    """The pixels of a part of the screen."""
    x, y, width, height = box
    return subprocess.run(
        ["import", "-window", "root", "-crop", f"{width}x{height}+{x}+{y}", "-depth", "8", "rgb:-"],
        capture_output=True, check=True).stdout


def alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    with open(f"/proc/{pid}/stat") as stat:
        return stat.read().split(")")[1].split()[0] != "Z"


def end_trainer(store):
    run = store.run()
    if run and alive(run["pid"]):
        os.kill(run["pid"], signal.SIGKILL)
        wait_for("the trainer's end", lambda: not alive(run["pid"]))


# --- a whole sitting ---------------------------------------------------------------------------


def build_and_train(folder):
    """Opens a sample, adds a node by drag and drop, wires it, undoes, trains, sees the chart grow,
    stops, saves."""
    store, saved = Store(), os.path.join(folder, "mine.telar")
    studio = Studio(PROGRAM)
    try:
        studio.click("Digits, Convolutional")
        studio.node("conv1")
        before = studio.nodes()

        # A dropout, looked for in the palette, to a free place.
        studio.window_action("win.find")
        wait_for("the palette's search", lambda: is_at(studio, "Search operators"))
        studio.type("dropout")
        softmax = studio.at_rest("softmax")
        place = (softmax[0] + 3 * softmax[2], softmax[1] + 3 * softmax[3])
        # Rows that are no longer shown stay in the tree: the answer is what has come to the top.
        row = lambda: studio.centre(studio.find("list item", "Dropout"))
        wait_for("the palette's answer", lambda: row()[1] < softmax[1] // 2)
        studio.drag(row(), place)
        added = wait_for("the dropped node", lambda: set(studio.nodes()) - set(before)).pop()
        check("out " not in studio.node(added).get_description(), "a free node has a shape")

        # A wire from the softmax's output to its input.
        box = studio.at_rest(added)
        start = (softmax[0] + softmax[2], softmax[1] + softmax[3] // 2)
        studio.drag(start, (box[0], box[1] + box[3] // 2))
        shaped = lambda: "out N,10" in studio.node(added).get_description()
        wait_for("the shape that comes with the wire", shaped)

        # Undo takes the wire, then the node; redo brings both back.
        studio.window_action("win.undo")
        wait_for("the wire's undoing", lambda: not shaped())
        studio.window_action("win.undo")
        wait_for("the node's undoing", lambda: added not in studio.nodes())
        studio.window_action("win.redo")
        studio.window_action("win.redo")
        wait_for("both again", lambda: added in studio.nodes() and shaped())

        # Training grows the chart.
        studio.click("Train")
        store.wait("the first steps", lambda run: run["step"] > 5)
        chart = max((studio.box(item) for item in wait_for(
            "a chart", lambda: studio.all(part="Loss"))), key=lambda box: box[2] * box[3])
        check(chart[2] > 200 and chart[3] > 100, f"the chart is {chart[2]} x {chart[3]} pixels")
        first, step = picture(chart), store.run()["step"]
        store.wait("more steps", lambda run: run["step"] > step + 10)
        wait_for("the chart's growth", lambda: picture(chart) != first)
        studio.find("push button", tip="Show the Run")

        # Stopping keeps a checkpoint.
        studio.click("Stop")
        run = store.wait("the stop", lambda run: run["status"] == "stopped")
        check(os.path.exists(store.file(run["checkpoint"] or "none")), "no checkpoint is kept")
        studio.find("push button", "Train")

        # Saving writes what was drawn.
        project = save_as(studio, saved)
        check(any(node["id"] == added for node in project["nodes"]), "the node is not in the file")
        check(any(edge["from"] == "softmax:out" and edge["to"] == f"{added}:in"
                  for edge in project["edges"]), "the wire is not in the file")
    finally:
        end_trainer(store)
        studio.close()


# --- crashes -----------------------------------------------------------------------------------


def long_project(folder):
    """A sample that trains for minutes, in a folder of its own."""
    path = os.path.join(folder, "long.telar")
    with open(os.path.join(SAMPLES, "digits-dense.telar")) as file:
        project = json.load(file)
    project["training"]["epochs"] = 5000
    with open(path, "w") as file:
        json.dump(project, file)
    shutil.copytree(os.path.join(SAMPLES, "digits"), os.path.join(folder, "digits"))
    return path


def survive_crashes(folder):
    """SIGKILL of the studio leaves the training going; the next start offers the edits and shows
    the run; SIGKILL of the trainer is told."""
    store, path = Store(), long_project(folder)
    with open(path) as file:
        original = file.read()
    studio = Studio(PROGRAM, path)
    try:
        studio.node("dense1")
        before = studio.nodes()
        studio.canvas_action("canvas.select-all")
        studio.canvas_action("canvas.duplicate")
        studio.window_action("win.train")
        pid = store.wait("the first steps", lambda run: run["step"] > 5)["pid"]
        studio.kill()
        step = store.run()["step"]
        store.wait("steps after the crash", lambda run: run["step"] > step + 10)
        check(alive(pid), "the trainer went with the studio")
        with open(path) as file:
            check(file.read() == original, "the crash changed the saved file")

        studio = Studio(PROGRAM, path)
        studio.click("Restore", within=studio.find("dialog", "Restore unsaved edits?"))
        wait_for("the unsaved edits", lambda: len(studio.nodes()) > len(before))
        studio.act(studio.find("push button", tip="Show the Run"))
        studio.find(part="long-1")

        end_trainer(store)
        studio.find(part="was lost")
        check(studio.alive(), "the studio went with the trainer")
    finally:
        end_trainer(store)
        studio.close()


# --- bad input ---------------------------------------------------------------------------------


def say_what_is_wrong(folder):
    """A file that is no project is an error in words, and the studio goes on."""
    path = os.path.join(folder, "broken.telar")
    with open(path, "w") as file:
        file.write('{"telar": 1, "nodes": [{"id": "a", "op": "no_such_operator"}]}')
    studio = Studio(PROGRAM, path)
    try:
        dialog = studio.find("dialog", "The project cannot be opened")
        studio.find(part="no_such_operator", within=dialog)
        studio.click("Close", within=dialog)
        studio.find("push button", "Titanic")
    finally:
        studio.close()


sys.exit(tap.run([build_and_train, survive_crashes, say_what_is_wrong]))
