#!/usr/bin/python3
"""What explains a drawing, with real input: test-marks.py STUDIO SAMPLES. Frames, notes, bends of wires.
Prints TAP."""

import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from drawing import chain, check, click, hold, middle_of_wire, saved  # noqa: E402
from keys import is_at  # noqa: E402
from studio import Studio, wait_for  # noqa: E402
import tap  # noqa: E402

PROGRAM, SAMPLES = sys.argv[1:3]


def frames_and_notes(folder):
    """A frame and a note by key, each in the file; the frame's title takes its nodes along."""
    path = chain(folder)
    studio = Studio(PROGRAM, path)
    try:
        click(hold(studio, "relu1"))
        studio.key("shift+Right")
        time.sleep(0.2)
        studio.key("f")
        wait_for("its title", lambda: is_at(studio, "Title of the frame"))
        studio.type("Start")
        studio.key("Return")
        content = saved(studio, path, "the frame", lambda content:
                        content.get("notes", {}).get("frame1", {}).get("text") == "Start")
        place = content["notes"]["frame1"]["place"]
        check(place[0] < 0 and place[0] + place[2] > 330 + 208, "the frame is not around both")

        studio.key("c")
        saved(studio, path, "the colour",
              lambda content: content["notes"]["frame1"]["colour"] == "green")
        studio.key("n")
        wait_for("its text", lambda: is_at(studio, "Text of the note"))
        studio.type("Too few?")
        studio.key("Escape")
        saved(studio, path, "the note",
              lambda content: content["notes"].get("note1", {}).get("text") == "Too few?")
        studio.find("push button", "Note: Too few?", within=studio.canvas())

        frame = studio.box(studio.find("push button", "Frame: Start", within=studio.canvas()))
        title = (frame[0] + frame[2] // 2, frame[1] + 12)
        studio.drag(title, (title[0], title[1] + 80))
        saved(studio, path, "the moved frame", lambda content:
              content["layout"]["relu1"][1] > 140 and content["layout"]["relu2"][1] > 140
              and content["layout"]["relu3"][1] == 100)
    finally:
        studio.close()


def bends(folder):
    """A wire gets a bend by keys, which a pointer drags and Delete removes."""
    path = chain(folder)
    studio = Studio(PROGRAM, path)
    bends_of = lambda content: content["layout"].get("relu4:in", [])
    try:
        middle = middle_of_wire(studio, "relu3", "relu4")
        click(hold(studio, "relu4"))
        studio.key("e", "r", "ctrl+Up", "ctrl+Up")
        content = saved(studio, path, "the bend", lambda content: bends_of(content))
        before = bends_of(content)
        check(len(before) == 1, "the wire bends more than once")
        scale = studio.box(studio.node("relu4"))[2] / 208
        at = (middle[0], middle[1] - round(16 * scale))
        studio.drag(at, (at[0], at[1] - 90))
        saved(studio, path, "the bend further up",
              lambda content: len(bends_of(content)) == 1 and bends_of(content)[0][1] < before[0][1] - 60)
        studio.key("Delete")
        content = saved(studio, path, "the straight wire", lambda content: not bends_of(content))
        check(len(content["edges"]) == 3, "the wire went with its bend")
    finally:
        studio.close()


sys.exit(tap.run([frames_and_notes, bends]))
