#!/usr/bin/python3
"""Adding nodes with real input: test-adding.py STUDIO SAMPLES. By search from a key, a double click and a
wire that ends on empty canvas, from the palette, in another's place; and removing them. Prints TAP."""

import json
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from drawing import chain, check, click, feeds, hold, ids, in_drawing, is_around, output, saved, search  # noqa: E402
from studio import Studio, wait_for  # noqa: E402
import tap  # noqa: E402

PROGRAM, SAMPLES = sys.argv[1:3]


def free_place(studio):
    """Where nothing is drawn, below the cards."""
    x, y, width, height = studio.box(studio.canvas())
    return x + width // 3, y + height * 4 // 5


def offered(studio):
    """What the open search lists, best first."""
    return [row.get_name() for row in studio.all("list item", within=studio.canvas())]


def by_search(folder):
    """Tab: what is found first is there, wired to nothing."""
    path = chain(folder)
    studio = Studio(PROGRAM, path)
    try:
        studio.node("relu1")
        click(free_place(studio))
        studio.key("Tab")
        search(studio, "sigmoid")
        content = saved(studio, path, "the node", lambda content: "sigmoid1" in ids(content))
        check(feeds(content, "sigmoid1") is None, "the node is wired")
    finally:
        studio.close()


def by_double_click(folder):
    """A double click on empty canvas: what is found first is there."""
    path = chain(folder)
    studio = Studio(PROGRAM, path)
    try:
        at = free_place(studio)
        with open(path) as file:
            point = in_drawing(studio, json.load(file), "relu1", at)
        click(at, times=2)
        search(studio, "softmax")
        content = saved(studio, path, "the other node", lambda content: "softmax1" in ids(content))
        check(is_around(content, "softmax1", point), f"it is not at {point}: {content['layout']}")
    finally:
        studio.close()


def by_wire(folder):
    """A wire that is dropped on empty canvas asks for a node that fits: what usually follows comes
    first, what has no input does not come."""
    path = chain(folder)
    studio = Studio(PROGRAM, path)
    try:
        studio.drag(output(studio, "relu4"), free_place(studio))
        names = wait_for("what may follow", lambda: offered(studio))
        # In this drawing a ReLU follows a ReLU; then what usually does.
        check(names[:2] == ["ReLU", "Convolution 2D"], f"first come {names}")
        studio.type("images")
        wait_for("the answer", lambda: offered(studio)[:2] != names[:2])
        check("IDX images" not in offered(studio), "a data node is offered as the end of a wire")
        studio.key("ctrl+a")
        search(studio, "dense")
        saved(studio, path, "the node at the wire", lambda content: feeds(content, "dense1") == "relu4")
    finally:
        studio.close()


def from_palette(folder):
    """A row of the palette is dragged to where its node should be."""
    path = chain(folder)
    studio = Studio(PROGRAM, path)
    try:
        studio.node("relu1")
        entry = studio.find("entry", "Search operators")
        click(studio.centre(entry))
        studio.type("sigmoid")
        row = wait_for("the only row", lambda: (
            lambda rows: rows and studio.box(rows[0])[3] > 0 and rows[0])(
                studio.all("list item", "Sigmoid")))
        time.sleep(0.5)
        at = free_place(studio)
        with open(path) as file:
            point = in_drawing(studio, json.load(file), "relu1", at)
        studio.drag(studio.centre(row), at, rest=1.5)
        content = saved(studio, path, "the node", lambda content: "sigmoid1" in ids(content))
        check(is_around(content, "sigmoid1", point), f"it is not at {point}: {content['layout']}")
    finally:
        studio.close()


def replace_and_remove(folder):
    """Control R puts another node in one's place; Delete leaves a gap, Control Delete closes it."""
    path = chain(folder)
    studio = Studio(PROGRAM, path)
    try:
        click(hold(studio, "relu3"))
        studio.key("ctrl+r")
        search(studio, "sigmoid")
        content = saved(studio, path, "the other node", lambda content: "sigmoid1" in ids(content))
        check(feeds(content, "sigmoid1") == "relu2", "the other node has not the wire")
        check(feeds(content, "relu4") == "sigmoid1", "the other node feeds nothing")

        click(hold(studio, "relu2"))
        studio.key("ctrl+Delete")
        saved(studio, path, "the closed wire", lambda content: feeds(content, "sigmoid1") == "relu1")
        studio.key("ctrl+z")
        saved(studio, path, "the node again", lambda content: feeds(content, "sigmoid1") == "relu2")
        click(hold(studio, "relu2"))
        studio.key("Delete")
        content = saved(studio, path, "the gap", lambda content: "relu2" not in ids(content))
        check(feeds(content, "sigmoid1") is None, "a removed node still feeds")
    finally:
        studio.close()


sys.exit(tap.run([by_search, by_double_click, by_wire, from_palette, replace_and_remove]))
