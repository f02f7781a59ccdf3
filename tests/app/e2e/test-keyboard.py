#!/usr/bin/python3
"""Everything without a pointer: test-keyboard.py STUDIO SAMPLES. Keys go in, accessibility tells what
came of them. Prints TAP."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from drawing import check  # noqa: E402
from keys import carry_to, current, described, focus_names, press  # noqa: E402
from studio import Atspi, Studio, wait_for, walk  # noqa: E402
import tap  # noqa: E402

CONVOLUTION = "Convolution 2D"
PROGRAM, SAMPLES = sys.argv[1:3]


def n_wires(studio):
    return len(studio.all("link", within=studio.canvas()))


def sample(folder):
    path = os.path.join(folder, "cnn.telar")
    with open(os.path.join(SAMPLES, "digits-cnn.telar")) as file:
        text = file.read()
    with open(path, "w") as file:
        file.write(text.replace("digits/", os.path.join(SAMPLES, "digits/")))
    return path


def place_in(studio, parent):
    """The number of the child of @parent that has the keyboard, or None."""
    path = studio.focused()
    return path[0].get_index_in_parent() if path and path[0].get_parent() == parent else None


def present_row(history):
    """The number of the row that is selected in the window of the history, or None."""
    rows = [history.get_child_at_index(i) for i in range(history.get_child_count())]
    return next((row.get_index_in_parent() for row in rows
                 if row.get_state_set().contains(Atspi.StateType.SELECTED)), None)


def edit_by_keys(folder):
    """Walks, moves, wires, unwires, copies, groups, enters, leaves, and takes it all back."""
    studio = Studio(PROGRAM, sample(folder))
    try:
        studio.act(studio.node("conv1"), "node.select")
        press(studio, "0", "Left")
        wait_for("scale, left of conv1", lambda: current(studio) == "scale")
        press(studio, "Right", "Right")
        wait_for("bn1, right of conv1", lambda: current(studio) == "bn1")
        before = studio.box(studio.node("bn1"))
        press(studio, "ctrl+Down")
        wait_for("the move", lambda: studio.box(studio.node("bn1"))[1] > before[1])
        press(studio, "ctrl+z")
        wait_for("its undoing", lambda: studio.box(studio.node("bn1"))[1] == before[1])
        # The wire that comes in is removed and drawn again from the other end.
        wires = n_wires(studio)
        press(studio, "e")
        wait_for("the wire from conv1", lambda: "conv1" in described(studio))
        press(studio, "Delete")
        wait_for("the wire's end", lambda: n_wires(studio) == wires - 1)
        studio.act(studio.node("conv1"), "node.select")
        press(studio, "w")
        carry_to(studio, studio.node("bn1").get_name(), "Input in", "Right")
        press(studio, "Return")
        wait_for("the wire again", lambda: n_wires(studio) == wires)
        # Copies, and their removal.
        before = studio.nodes()
        press(studio, "ctrl+d")
        wait_for("the copy", lambda: len(studio.nodes()) > len(before))
        press(studio, "Delete")
        wait_for("its end", lambda: studio.nodes() == before)
        press(studio, "ctrl+z")
        wait_for("the copy again", lambda: len(studio.nodes()) > len(before))
        press(studio, "ctrl+z")
        # A group of two.
        studio.act(studio.node("conv1"), "node.select")
        press(studio, "shift+Right", "ctrl+g")
        wait_for("the group", lambda: "conv1" not in studio.nodes() and "bn1" not in studio.nodes())
        press(studio, "alt+Down")
        wait_for("the inside", lambda: "conv1" in studio.nodes())
        press(studio, "alt+Up")
        wait_for("the outside", lambda: "scale" in studio.nodes())
        press(studio, "ctrl+shift+g")
        wait_for("the ungrouped", lambda: {"conv1", "bn1"} <= set(studio.nodes()))
        # The menu opens and closes.
        press(studio, "shift+F10")
        studio.find("menu item", "Duplicate")
        press(studio, "Escape")
        # From pane to pane and back.
        press(studio, "F6")
        names = focus_names(studio)
        press(studio, "Escape")
        wait_for("the way out of the pane", lambda: focus_names(studio) != names)
        # All the way back.
        press(studio, "ctrl+h")
        history = studio.find(role="list", name="History")
        wait_for("the list to have the keyboard", lambda: place_in(studio, history) is not None)
        # One key right after the other: a jump leaves the keyboard where it was.
        studio.key("End", "Return", "Up", "Up", "Return", "Down", "Return")
        wait_for("the first edit", lambda: present_row(history) == history.get_child_count() - 2)
        studio.key("Down", "Return", "Escape")
        wait_for("the window again", studio.is_active)
        studio.find("label", "Saved")
        press(studio, "0")
        wait_for("the beginning", lambda: studio.nodes() == before)
    finally:
        studio.close()


# --- what accessibility tools are told -----------------------------------------------------------


def relations(node, kind):
    found = []
    for relation in node.get_relation_set():
        if relation.get_relation_type() == kind:
            found += [relation.get_target(i) for i in range(relation.get_n_targets())]
    return found


def actions(node):
    return {node.get_action_name(i) for i in range(node.get_n_actions())}


def tell_all(folder):
    """Nodes, ports and wires have names, descriptions, relations and actions, which work."""
    studio = Studio(PROGRAM, sample(folder))
    try:
        node = studio.node("conv1")
        wait_for("the shape", lambda: "N,12,28,28" in studio.node("conv1").get_description())
        check(node.get_name() == CONVOLUTION, f"conv1 is called {node.get_name()}")
        check({"node.select", "node.remove"} <= actions(node), f"its actions: {actions(node)}")
        ports = wait_for("its ports", lambda: [
            node.get_child_at_index(i) for i in range(node.get_child_count())])
        told = {port.get_name(): port.get_description() for port in ports}
        check(told == {"Input in": "from scale", "Output out": "to bn1, N,12,28,28"}, f"ports: {told}")
        check(all("port.wire" in actions(port) for port in ports), "a port has no action")
        names = [target.get_description().split(",")[0]
                 for target in relations(node, Atspi.RelationType.FLOWS_TO)]
        check(names == ["bn1"], f"conv1 flows to {names}")
        wire = next(item for item in studio.all("link", within=studio.canvas())
                    if item.get_description().startswith("conv1:out → bn1:in, N,12,28,28"))
        check(wire.get_name() == "Wire from Convolution 2D to Batch normalisation", wire.get_name())
        studio.act(wire, "wire.select")
        wait_for("the choice", lambda: "selected" in wire.get_description())
        wires = n_wires(studio)
        studio.act(wire, "wire.remove")
        wait_for("the wire's end", lambda: n_wires(studio) == wires - 1)
        port = lambda: next(p for p in walk(studio.node("bn1")) if p.get_name() == "Input in")
        wait_for("the open port", lambda: port().get_description() == "not wired")
    finally:
        studio.close()


sys.exit(tap.run([edit_by_keys, tell_all]))
