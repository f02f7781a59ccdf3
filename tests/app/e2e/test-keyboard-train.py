#!/usr/bin/python3
"""The sample CNN from an empty canvas without a pointer: test-keyboard-train.py STUDIO SAMPLES. Nodes are
added by search, their parameters set, wires carried, the training started, all by keys; the drawing is
compared with the sample's, the result read from the store. Prints TAP."""

import json
import os
import signal
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from drawing import check  # noqa: E402
from keys import (add, carry_to, current, edit, focus_names, is_at, press, save_as, set_value, step,  # noqa: E402
                  walk_to)
from studio import Store, Studio, wait_for  # noqa: E402
import tap  # noqa: E402

PROGRAM, SAMPLES = sys.argv[1:3]
CONVOLUTION = "Convolution 2D"
LAYERS = [
    ("Scale", {"Factor": 1 / 255}),
    (CONVOLUTION, {"Filters": 12, "Bias": False}), ("Batch normalisation", {}), ("ReLU", {}),
    (CONVOLUTION, {"Filters": 24, "Kernel": "6x6", "Stride": "2x2", "Bias": False}),
    ("Batch normalisation", {}), ("ReLU", {}),
    (CONVOLUTION, {"Filters": 64, "Kernel": "6x6", "Stride": "2x2", "Bias": False}),
    ("Batch normalisation", {}), ("ReLU", {}),
    ("Flatten", {}), ("Dense", {"Units": 200, "Bias": False}),
    ("Batch normalisation", {}), ("ReLU", {}), ("Dropout", {"Rate": 0.4}), ("Dense", {"Units": 10}),
]


def draw(studio):
    """Data, loss and metric at its labels, the layers at its images, and their scores to both."""
    data = add(studio, "IDX images")
    edit(studio, data, {"Images": os.path.join(SAMPLES, "digits/t10k-images-idx3-ubyte.gz"),
                        "Labels": os.path.join(SAMPLES, "digits/t10k-labels-idx1-ubyte.gz")})
    # W twice: from the second port, the labels.
    for label in ("Cross entropy", "Accuracy"):
        add(studio, label, "w", "w")
        walk_to(studio, "Left", data)
    for label, values in LAYERS:
        scores = add(studio, label)
        if values:
            edit(studio, scores, values)
    # One stands above the other, far to the left.
    for target, keys in (("Cross entropy", ("Down", "Up")), ("Accuracy", ("Up", "Down"))):
        step(studio, "w")
        carry_to(studio, target, "Input logits", *keys)
        studio.key("Return")
        wait_for("the wire's end", lambda: focus_names(studio)[:1] == [target])
        step(studio, "e")  # the wire at its first port: back along it
        walk_to(studio, "Left", scores)
    add(studio, "Softmax")
    add(studio, "Output")


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
        for name, value in parameters.items():  # [6] is [6, 6]
            if isinstance(value, list) and len(set(value)) == 1:
                parameters[name] = value[0]
        if parameters.get("kernel") == 3:  # as without it
            del parameters["kernel"]
        return json.dumps([node["op"], parameters], sort_keys=True)

    def end(text):
        identifier, port = text.split(":")
        return told(identifier) + ":" + port

    return (sorted(told(identifier) for identifier in nodes),
            sorted((end(edge["from"]), end(edge["to"])) for edge in project["edges"]))


def end_trainer(store):
    run = store.run()
    if run and run["status"] not in ("done", "stopped", "failed"):
        try:
            os.kill(run["pid"], signal.SIGKILL)
        except ProcessLookupError:
            pass


def draw_and_train(folder):
    store = Store()
    studio = Studio(PROGRAM)
    try:
        studio.key("ctrl+n")
        studio.find(part="Draw a network")
        wait_for("the canvas to take the keyboard", lambda: is_at(studio, "Network"))
        draw(studio)
        project = save_as(studio, os.path.join(folder, "mine.telar"))
        with open(os.path.join(SAMPLES, "digits-cnn.telar")) as file:
            sample = json.load(file)
        for mine, theirs in zip(shape_of(project), shape_of(sample)):
            check(mine == theirs, f"drawn: {sorted(set(map(str, mine)) ^ set(map(str, theirs)))}")
        # The settings of the training: with nothing selected the inspector holds them.
        studio.key("Escape")
        step(studio, "F6")
        set_value(studio, "Epochs", "1")
        set_value(studio, "Learning rate", "0.01")
        studio.key("Escape")
        press(studio, "F5")
        run = store.wait("the end of the run", lambda run: run["status"] not in ("running", "paused"),
                         600)
        check(run["status"] == "done", f"the run is {run['status']}: {run['message']}")
        metrics = json.loads(run["metrics"])
        check(metrics["val_accuracy"] > 0.9, f"it learned {metrics}")
        print(f"# {metrics}")
    finally:
        end_trainer(store)
        studio.close()


sys.exit(tap.run([draw_and_train]))
