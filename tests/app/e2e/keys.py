"""The studio by keys alone: what is pressed, and where the keyboard is then. A key counts as followed
when accessibility tells of what should come of it; nothing is timed."""

import json
import os
import time

from studio import TIMEOUT, Failure, GLib, wait_for

REST = 0.25  # for the widgets to follow a key of which nothing is told
STILL = max(3, TIMEOUT / 6)  # a key that has moved nothing by then leads nowhere


def press(studio, *keys):
    for key in keys:
        studio.key(key)
        time.sleep(REST)


def focus_names(studio):
    """Of the widget that has the keyboard and of those around it, innermost first."""
    try:
        return [node.get_name() or "" for node in studio.focused()[:4]]
    except GLib.Error:  # a widget that goes while it is looked at
        return []


def described(studio):
    """What the widget that has the keyboard says of itself."""
    path = studio.focused()
    try:
        return (path[0].get_description() or "") if path else ""
    except GLib.Error:
        return ""


def current(studio):
    """The id of the node that has the keyboard."""
    return described(studio).split(",")[0]


def is_at(studio, name):
    # GTK 4.8 sometimes tells a button's name twice: once its own, once its label's.
    return any(label in (name, f"{name} {name}") for label in focus_names(studio))


def step(studio, key, patience=TIMEOUT):
    """Presses a key that moves the keyboard on, and waits until it has moved."""
    names = focus_names(studio)[:2]
    before = studio.focus  # after that: looking takes in what was told of the key before
    studio.key(key)
    wait_for(f"{key} to move from {names}",
             lambda: studio.focused() and studio.focus is not before, patience)


def tab_to(studio, name, limit=60):
    """Presses Tab until the widget, or the one around it, is called so."""
    for _ in range(limit):
        if is_at(studio, name):
            return
        step(studio, "Tab")
    raise Failure(f"Tab never came to “{name}”, last at {focus_names(studio)}")


def walk_to(studio, key, identifier):
    """Presses an arrow that leads to a node."""
    studio.key(key)
    wait_for(f"{key} to come to {identifier}", lambda: current(studio) == identifier)


def add(studio, label, *first):
    """A node by name, behind the current one; keys to take a wire up may come first. Its id."""
    before = current(studio)
    press(studio, *first)
    studio.key("Tab")
    wait_for("the search", lambda: is_at(studio, "Search operators"))
    studio.type(label)
    studio.key("Return")
    wait_for(f"the new {label}",
             lambda: focus_names(studio)[:1] == [label] and current(studio) not in ("", before))
    return current(studio)


def set_value(studio, name, value):
    """In the inspector, of what is selected."""
    tab_to(studio, name)
    studio.key("ctrl+a")
    studio.type(value)
    studio.key("Return")


def edit(studio, identifier, values):
    """Enter goes to the title of the current node; from there Tab reaches every parameter."""
    studio.key("Return")
    wait_for(f"the title of {identifier}", lambda: is_at(studio, "Title"))
    for name, value in values.items():
        if isinstance(value, bool):
            tab_to(studio, name)
            studio.key("space")
        else:
            set_value(studio, name, str(value))
    studio.key("Escape")
    wait_for(f"Escape to go back to {identifier}", lambda: current(studio) == identifier)


def moves(studio, key):
    """Whether a key moves the keyboard on."""
    try:
        step(studio, key, STILL)
    except Failure:
        return False
    return True


def carry_to(studio, node, port, *keys):
    """Carries the wire that is held in one direction, then in the next, until its end is at a port of a
    node, both told by name."""
    there = lambda: focus_names(studio)[:2] == [port, node]
    for key in keys:
        while not there() and moves(studio, key):
            pass
    if not there():
        raise Failure(f"the wire never came to {port} of {node}, last at {focus_names(studio)}")


def save_as(studio, path):
    """Saves a new project; what its file holds."""
    studio.key("ctrl+s")
    studio.find(name="Save the Project")
    wait_for("the dialog to take the keyboard", lambda: not studio.is_active())
    time.sleep(0.5)
    studio.key("ctrl+a")
    studio.type(path)
    studio.key("Return")
    wait_for("the saved file", lambda: os.path.exists(path))
    wait_for("the window to have the keyboard again", studio.is_active)
    with open(path) as file:
        return json.load(file)
