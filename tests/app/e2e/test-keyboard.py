#!/usr/bin/python3
"""Everything without a pointer: test-keyboard.py STUDIO SAMPLES. Keys go in, accessibility tells what
came of them. Prints TAP."""

import json
import os
import signal
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from studio import Atspi, Failure, Store, Studio, wait_for, walk  # noqa: E402
import tap  # noqa: E402

PROGRAM, SAMPLES = sys.argv[1:3]
REST = 0.25  # for the widgets to follow a key


def check(truth, what):
    if not truth:
        raise Failure(what)


def press(studio, *keys):
    for key in keys:
        studio.key(key)
        time.sleep(REST)


def focus_names(studio):
    return [node.get_name() or "" for node in studio.focused()[:4]]


def tab_to(studio, name, limit=60):
    """Presses Tab until the widget, or the one around it, is called so."""
    for _ in range(limit):
        if any(label in (name, f"{name} {name}") for label in focus_names(studio)):
            return
        press(studio, "Tab")
    raise Failure(f"Tab never came to “{name}”, last at {focus_names(studio)}")


def add(studio, label, *first):
    """A node by name, at the end of a wire where keys to take one up come first."""
    before = set(studio.nodes())
    press(studio, *first, "Tab")
    wait_for("the search", lambda: "Search operators" in focus_names(studio))
    studio.type(label)
    time.sleep(2 * REST)
    press(studio, "Return")
    return wait_for(f"the new {label}", lambda: set(studio.nodes()) - before).pop()


def set_value(studio, name, value):
    """In the inspector, of what is selected."""
    tab_to(studio, name)
    press(studio, "ctrl+a")
    studio.type(value)
    press(studio, "Return")


def edit(studio, **values):
    """Enter goes to the title of the current node; from there Tab reaches every parameter."""
    press(studio, "Return")
    for name, value in values.items():
        name = name.replace("_", " ")
        if isinstance(value, bool):
            tab_to(studio, name)
            press(studio, "space")
        else:
            set_value(studio, name, str(value))
    press(studio, "Escape")


def carry_to(studio, node, port, key, limit=12):
    """Carries the wire that is held until its end is at a port."""
    for _ in range(limit):
        names = focus_names(studio)
        if names and names[0] == port and names[1] == node:
            return
        press(studio, key)
    raise Failure(f"the wire never came to {port} of {node}, last at {focus_names(studio)}")


def save(studio, path):
    press(studio, "ctrl+s")
    studio.find(name="Save the Project")
    time.sleep(0.5)
    press(studio, "ctrl+a")
    studio.type(path)
    press(studio, "Return")
    wait_for("the saved file", lambda: os.path.exists(path))
    with open(path) as file:
        return json.load(file)


# --- the sample network, from nothing ------------------------------------------------------------

CONVOLUTION = "Convolution 2D"


def layers(studio):
    """Scale to dropout, each wired to the one before it."""
    for label, values in [
        ("Scale", {"Factor": 1 / 255}),
        (CONVOLUTION, {"Filters": 12, "Bias": False}), ("Batch normalisation", {}), ("ReLU", {}),
        (CONVOLUTION, {"Filters": 24, "Kernel": "6x6", "Stride": "2x2", "Bias": False}),
        ("Batch normalisation", {}), ("ReLU", {}),
        (CONVOLUTION, {"Filters": 64, "Kernel": "6x6", "Stride": "2x2", "Bias": False}),
        ("Batch normalisation", {}), ("ReLU", {}),
        ("Flatten", {}), ("Dense", {"Units": 200, "Bias": False}),
        ("Batch normalisation", {}), ("ReLU", {}), ("Dropout", {"Rate": 0.4}), ("Dense", {"Units": 10}),
    ]:
        add(studio, label, "w")
        if values:
            edit(studio, **values)


def shape_of(project):
    """What the network is, whatever its nodes are called: operators with their parameters, and wires
    between operators."""
    nodes = {node["id"]: node for node in project["nodes"]}

    def told(identifier):
        node = nodes[identifier]
        parameters = {name: value for name, value in node.get("params", {}).items()
                      if name not in ("init", "images", "labels")}
        if "factor" in parameters:
            parameters["factor"] = round(parameters["factor"], 6)
        return json.dumps([node["op"], parameters], sort_keys=True)

    def end(text):
        identifier, port = text.split(":")
        return told(identifier) + ":" + port

    return (sorted(told(identifier) for identifier in nodes),
            sorted((end(edge["from"]), end(edge["to"])) for edge in project["edges"]))


def draw_and_train(folder):
    """The sample CNN from an empty canvas: drawn, trained and saved with keys alone; the file is the
    same network as the sample's."""
    store, path = Store(), os.path.join(folder, "mine.telar")
    studio = Studio(PROGRAM)
    try:
        press(studio, "ctrl+n")
        studio.find(part="Draw a network")
        add(studio, "IDX")
        edit(studio, Images=os.path.join(SAMPLES, "digits/t10k-images-idx3-ubyte.gz"),
             Labels=os.path.join(SAMPLES, "digits/t10k-labels-idx1-ubyte.gz"))
        loss = add(studio, "Cross entropy", "w", "w")
        press(studio, "Left")
        accuracy = add(studio, "Accuracy", "w", "w")
        press(studio, "Left")
        layers(studio)
        loss, accuracy = (studio.node(name).get_name() for name in (loss, accuracy))
        for target in (loss, accuracy):
            scores = focus_names(studio)[0]
            press(studio, "w")
            carry_to(studio, target, "Input logits", "Left")
            press(studio, "Return")
            wait_for("the wire's end", lambda: focus_names(studio)[0] == target)
            press(studio, "e")  # the wire that came last at the first port: back along it
            press(studio, "Left")
            check(focus_names(studio)[0] == scores, f"at {focus_names(studio)}, not at {scores}")
        add(studio, "Softmax", "w")
        add(studio, "Output", "w")
        project = save(studio, path)
        with open(os.path.join(SAMPLES, "digits-cnn.telar")) as file:
            sample = json.load(file)
        for mine, theirs in zip(shape_of(project), shape_of(sample)):
            check(mine == theirs, f"drawn: {sorted(set(map(str, mine)) ^ set(map(str, theirs)))}")
        # The settings of the training: with nothing selected the inspector holds them.
        press(studio, "Escape", "F6")
        set_value(studio, "Epochs", "1")
        set_value(studio, "Learning rate", "0.01")
        press(studio, "Escape", "F5")
        run = store.wait("the end of the run", lambda run: run["status"] == "done", 600)
        metrics = json.loads(run["metrics"])
        check(metrics["val_accuracy"] > 0.9, f"it learned {metrics}")
    finally:
        end_trainer(store)
        studio.close()


def end_trainer(store):
    run = store.run()
    if run and run["status"] not in ("done", "stopped", "failed"):
        try:
            os.kill(run["pid"], signal.SIGKILL)
        except ProcessLookupError:
            pass


# --- editing -------------------------------------------------------------------------------------


def current(studio):
    """The id of the node that has the keyboard."""
    path = studio.focused()
    return path[0].get_description().split(",")[0] if path else None


def n_wires(studio):
    return len(studio.all("link", within=studio.canvas()))


def sample(folder):
    path = os.path.join(folder, "cnn.telar")
    with open(os.path.join(SAMPLES, "digits-cnn.telar")) as file:
        text = file.read()
    with open(path, "w") as file:
        file.write(text.replace("digits/", os.path.join(SAMPLES, "digits/")))
    return path


def edit_by_keys(folder):
    """Walks, moves, wires, unwires, copies, groups, enters, leaves, and takes it all back."""
    studio = Studio(PROGRAM, sample(folder))
    try:
        studio.act(studio.node("conv1"), "node.select")
        press(studio, "0", "Left")
        check(current(studio) == "scale", f"left of conv1 is {current(studio)}")
        press(studio, "Right", "Right")
        check(current(studio) == "bn1", f"right of conv1 is {current(studio)}")
        before = studio.box(studio.node("bn1"))
        press(studio, "ctrl+Down")
        wait_for("the move", lambda: studio.box(studio.node("bn1"))[1] > before[1])
        press(studio, "ctrl+z")
        wait_for("its undoing", lambda: studio.box(studio.node("bn1"))[1] == before[1])
        # The wire that comes in is removed and drawn again from the other end.
        wires = n_wires(studio)
        press(studio, "e")
        check("conv1" in studio.focused()[0].get_description(), f"E is at {focus_names(studio)}")
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
        check(focus_names(studio) != names, "Escape does not leave the pane")
        # All the way back.
        press(studio, "ctrl+h")
        studio.find(role="list", name="History")
        press(studio, "End", "Return", "Escape", "0")
        studio.find("label", "Saved")
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


sys.exit(tap.run([draw_and_train, edit_by_keys, tell_all]))
