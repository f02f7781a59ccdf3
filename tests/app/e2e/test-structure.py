#!/usr/bin/python3
"""The order of a drawing, with real input: test-structure.py STUDIO SAMPLES. Groups that are entered, left
and repeated, arranging, the minimap, showing all. Prints TAP."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from drawing import CARD_WIDTH, chain, check, click, feeds, hold, ids, place, saved, write  # noqa: E402
from keys import press, set_value, step  # noqa: E402
from studio import Studio, wait_for  # noqa: E402
import tap  # noqa: E402

PROGRAM, SAMPLES = sys.argv[1:3]


def group_of(content):
    """The node of the only group, and the group."""
    node = next((node for node in content["nodes"] if node["op"].startswith("group:")), None)
    return node, content.get("groups", {}).get(node["op"].split(":")[1]) if node else None


def groups(folder):
    """Two nodes become a group, which is entered, edited within, has a group of its own for a while, is
    left by the breadcrumb, repeated and dissolved again."""
    path = chain(folder)
    studio = Studio(PROGRAM, path)
    try:
        click(hold(studio, "relu2"))
        click(hold(studio, "relu3"), "shift")
        studio.key("ctrl+g")
        content = saved(studio, path, "the group", lambda content: group_of(content)[1])
        node, group = group_of(content)
        check({"relu2", "relu3"} <= ids(group), "the group has not its nodes")
        check(feeds(content, "relu4") == node["id"] and feeds(content, node["id"]) == "relu1",
              "the group is not wired as its nodes were")

        studio.key("alt+Down")
        wait_for("the inside", lambda: {"relu2", "relu3"} <= set(studio.nodes()))
        click(hold(studio, "relu3"))
        studio.key("ctrl+Delete")
        saved(studio, path, "the edit within", lambda content: "relu3" not in ids(group_of(content)[1]))
        studio.key("ctrl+z")
        # A group within the group, entered and left by a key.
        wait_for("the node again", lambda: "relu3" in studio.nodes())
        click(hold(studio, "relu3"))
        studio.key("ctrl+g")
        wait_for("the inner group", lambda: "relu3" not in studio.nodes())
        studio.key("alt+Down")
        wait_for("the inside of the inner group",
                 lambda: "relu3" in studio.nodes() and "relu2" not in studio.nodes())
        studio.key("alt+Up")
        wait_for("the outer group", lambda: "relu2" in studio.nodes())
        studio.key("ctrl+z")
        wait_for("the inner nodes again", lambda: {"relu2", "relu3"} <= set(studio.nodes()))
        studio.click("mine")  # the breadcrumb
        wait_for("the outside", lambda: "relu4" in studio.nodes())

        click(hold(studio, node["id"]))
        step(studio, "F6")  # to the inspector: Enter goes into the group
        set_value(studio, "Repeat", "3")
        saved(studio, path, "three in a row",
              lambda content: group_of(content)[0].get("params", {}).get("repeat") == 3)
        press(studio, "Escape")
        studio.key("ctrl+z")
        studio.key("ctrl+shift+g")
        saved(studio, path, "the nodes again",
              lambda content: feeds(content, "relu3") == "relu2" and feeds(content, "relu4") == "relu3")
    finally:
        studio.close()


def in_view(studio, names):
    left, top, width, height = studio.box(studio.canvas())
    boxes = [studio.box(studio.node(name)) for name in names if name in studio.nodes()]
    return len(boxes) == len(names) and all(
        left <= x and x + w <= left + width and top <= y and y + h <= top + height
        for x, y, w, h in boxes)


def arrange_and_look(folder):
    """Scattered nodes are put into layers by one key and back by undo; the minimap leads elsewhere, 0
    shows all again."""
    names = ["relu1", "relu2", "relu3", "relu4"]
    path = write(folder, {
        "nodes": [{"id": name, "op": "relu"} for name in names],
        "edges": [{"from": f"{a}:out", "to": f"{b}:in"} for a, b in zip(names, names[1:])],
        "layout": {"relu1": [700, 40], "relu2": [0, 400], "relu3": [500, 250], "relu4": [120, 0]},
    })
    studio = Studio(PROGRAM, path)
    try:
        wait_for("all in view", lambda: in_view(studio, names))
        click(hold(studio, "relu1"))
        studio.key("Escape", "ctrl+shift+l")
        content = saved(studio, path, "the layers", lambda content: all(
            place(content, b)[0] >= place(content, a)[0] + CARD_WIDTH
            for a, b in zip(names, names[1:])))
        check(len({place(content, name)[1] for name in names}) == 1, "a chain is not in a line")
        studio.key("ctrl+z")
        saved(studio, path, "the places before", lambda content: place(content, "relu1") == [700, 40])

        press(studio, "0", "plus", "plus", "plus")
        before = studio.at_rest("relu3")
        x, y, width, height = studio.box(studio.find(name="Overview"))
        click((x + width // 4, y + height * 3 // 4))
        wait_for("another view", lambda: "relu3" not in studio.nodes()
                 or studio.box(studio.node("relu3")) != before)
        studio.key("0")
        wait_for("all in view again", lambda: in_view(studio, names))
    finally:
        studio.close()


sys.exit(tap.run([groups, arrange_and_look]))
