#!/usr/bin/python3
"""Finding one's way in a drawing, with real keys: test-navigation.py STUDIO SAMPLES. Find, bookmarks,
views, operators of one's own. Prints TAP."""

import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from drawing import check  # noqa: E402
from studio import Studio, wait_for  # noqa: E402
import tap  # noqa: E402

PROGRAM, SAMPLES = sys.argv[1:3]


def opened():
    studio = Studio(PROGRAM)
    studio.click("Digits, Convolutional")
    studio.node("conv1")
    return studio


def selected(studio, identifier):
    """Whether the card says that it is selected."""
    return "selected" in (studio.node(identifier).get_description() or "")


def has_keyboard(studio, name):
    """Whether the field of this name takes what is typed."""
    path = studio.focused()
    return bool(path) and path[0].get_name() == name


def zoom(studio):
    """The zoom as the tool shows it, in percent."""
    for item in studio.all("push button"):
        name = (item.get_name() or "").replace("\u202f", "").strip()
        if name.endswith("%") and name[:-1].isdigit():
            return int(name[:-1])
    return None


def open_find_bar(studio):
    studio.key("ctrl+f")
    wait_for("the find bar", lambda: has_keyboard(studio, "Find nodes"))


def find_node(studio, identifier):
    """Goes to a node and back to the canvas."""
    open_find_bar(studio)
    studio.type(identifier)
    studio.key("Return")
    wait_for("the node", lambda: selected(studio, identifier))
    studio.key("Escape")
    wait_for("the end of it", lambda: not has_keyboard(studio, "Find nodes"))


def find(folder):
    """Ctrl+F, a word, Enter: each press goes to the next node that answers; Escape ends it."""
    studio = opened()
    try:
        open_find_bar(studio)
        studio.type("filters=64")
        wait_for("the count", lambda: studio.all("label", "1"))
        studio.key("Return")
        wait_for("the node that was found", lambda: selected(studio, "conv3"))
        studio.key("ctrl+a")
        studio.type("batch_norm")
        studio.key("Return")
        wait_for("the first of several", lambda: studio.all("label", "1 of 4"))
        studio.key("Return")
        wait_for("the second", lambda: studio.all("label", "2 of 4"))
        studio.key("shift+Return")
        wait_for("the first again", lambda: studio.all("label", "1 of 4"))
        studio.key("Escape")
        wait_for("the end of it", lambda: not studio.all("label", "1 of 4"))
    finally:
        studio.close()


def bookmarks(folder):
    """A view gets a name with Ctrl+B, and Ctrl+1 brings it back; undo takes it away."""
    studio = opened()
    try:
        find_node(studio, "conv1")
        studio.key("2")
        close = wait_for("the selection from near", lambda: (zoom(studio) or 0) == 100 and 100)
        studio.key("ctrl+b")
        wait_for("the place for a name", lambda: studio.all(name="Name of the bookmark"))
        studio.key("ctrl+a")
        studio.type("Start")
        studio.key("Return")
        studio.key("0")
        wait_for("all of it", lambda: (zoom(studio) or 100) < close)
        studio.key("ctrl+1")
        wait_for("the bookmark's view", lambda: zoom(studio) == close)
        studio.window_action("win.undo")
        studio.key("0")
        wait_for("all of it again", lambda: (zoom(studio) or 100) < close)
        studio.key("ctrl+1")
        check((zoom(studio) or 100) < close, "a bookmark that was undone still leads somewhere")
    finally:
        studio.close()


def operators(folder):
    """A group is kept under a name and then offered by the search to add in another project."""
    studio = opened()
    kept = os.path.join(os.environ["XDG_DATA_HOME"], "telar", "operators", "my_layer.telar")
    try:
        find_node(studio, "dropout")
        studio.key("ctrl+g")
        wait_for("the group", lambda: "dropout" not in studio.nodes())
        studio.canvas_action("canvas.keep-group")
        wait_for("the place for a name", lambda: studio.all(name="Name of the operator"))
        studio.key("ctrl+a")
        studio.type("My layer")
        studio.key("Return")
        wait_for("the file", lambda: os.path.exists(kept))
    finally:
        studio.close()
    studio = opened()
    try:
        before = set(studio.nodes())
        studio.key("Escape")
        studio.key("Tab")
        wait_for("the search", lambda: studio.focused() and
                 studio.focused()[0].get_role_name() in ("text", "entry"))
        studio.type("my layer")
        wait_for("the answer", lambda: studio.all("list item", "My layer"))
        studio.key("Return")
        added = wait_for("the node", lambda: set(studio.nodes()) - before).pop()
        check(added.startswith("my_layer"), f"{added} was added")
    finally:
        studio.close()


if __name__ == "__main__":
    sys.exit(tap.run([find, bookmarks, operators]))
