"""Small projects to draw on, and what their files say after it."""

import json
import os
import time

from keys import is_at
from studio import Failure, wait_for, xdotool

CARD_WIDTH = 208
SAVING = 3  # seconds until it is saved again


def check(truth, what):
    if not truth:
        raise Failure(what)


def write(folder, content, name="mine"):
    path = os.path.join(folder, f"{name}.telar")
    with open(path, "w") as file:
        json.dump({"telar": 1, **content}, file)
    return path


def chain(folder, name="mine"):
    """Four nodes in a row, far apart, and a free one below."""
    ids = ["relu1", "relu2", "relu3", "relu4"]
    return write(folder, {
        "nodes": [{"id": name, "op": "relu"} for name in ids] + [{"id": "tanh1", "op": "tanh"}],
        "edges": [{"from": f"{a}:out", "to": f"{b}:in"} for a, b in zip(ids, ids[1:])],
        "layout": {**{name: [330 * place, 100] for place, name in enumerate(ids)},
                   "tanh1": [160, 320]},
    }, name)


def loose(folder, places):
    """Nodes without wires, by place."""
    return write(folder, {"nodes": [{"id": name, "op": "relu"} for name in places], "edges": [],
                          "layout": {name: list(place) for name, place in places.items()}})


def saved(studio, path, what, probe):
    """The project's file once it has been saved and the probe is true of it. Saved again until then, as
    an edit may come later than the key that asks for it: the layers of an arrangement do."""

    def read():
        studio.key("ctrl+s")
        try:
            return wait_for(what, look, SAVING)
        except Failure:
            return None

    def look():
        with open(path) as file:
            content = json.load(file)
        return content if probe(content) else None

    try:
        return wait_for(what, read)
    except Failure as failure:
        with open(path) as file:
            raise Failure(f"{failure}; the file: {file.read()}") from None


def feeds(content, to):
    """What the node's first input is wired to."""
    return next((edge["from"].split(":")[0] for edge in content["edges"]
                 if edge["to"].startswith(f"{to}:")), None)


def ids(content):
    return {node["id"] for node in content["nodes"]}


def place(content, identifier):
    """Left and top; the file leaves out what stands at the origin."""
    return content.get("layout", {}).get(identifier, [0, 0])


def in_drawing(studio, content, known, at):
    """Where a point of the screen is in the drawing, by a card whose place is known."""
    x, y, width, _ = studio.at_rest(known)
    scale = width / CARD_WIDTH
    return (place(content, known)[0] + (at[0] - x) / scale,
            place(content, known)[1] + (at[1] - y) / scale)


def is_around(content, identifier, point):
    """Whether a card is in the middle of a point of the drawing, within the grid."""
    left, top = place(content, identifier)
    return abs(left + CARD_WIDTH / 2 - point[0]) < 12 and -12 < point[1] - top < 120


def output(studio, identifier):
    x, y, width, height = studio.at_rest(identifier)
    return x + width, y + height // 2


def middle_of_wire(studio, source, target):
    start, box = output(studio, source), studio.at_rest(target)
    return (start[0] + box[0]) // 2, start[1]


def hold(studio, identifier):
    """Where a card is held: near its top."""
    x, y, width, height = studio.at_rest(identifier)
    return x + width // 2, y + 10


def click(at, *keys, times=1):
    """With keys held down."""
    xdotool("mousemove", *at)
    time.sleep(0.1)
    for key in keys:
        xdotool("keydown", key)
    xdotool("click", "--repeat", times, "--delay", 60, 1)
    for key in keys:
        xdotool("keyup", key)
    time.sleep(0.2)


def selected(studio):
    """Ids of the cards in view that are selected."""
    return {name for name in studio.nodes()
            if "selected" in studio.node(name).get_description().split(", ")}


def search(studio, text):
    """Takes the first that the open search finds."""
    wait_for("the search", lambda: is_at(studio, "Search operators"))
    studio.type(text)
    studio.key("Return")
