"""The works that no sample stands for: projects over random data of the wanted size.

The residual and the mobile network are the samples, wired to colour pictures of 224 x 224.
"""

import json
import math
import pathlib
import random

SAMPLES = pathlib.Path(__file__).parent.parent / "data" / "samples"
ROWS = 40


def write_idx(path, shape, values):
    head = bytes([0, 0, 8, len(shape)]) + b"".join(size.to_bytes(4, "big") for size in shape)
    path.write_bytes(head + values)


def data_node(folder, name, shape):
    """Random pictures of that shape, of ten classes in turn."""
    rows = (ROWS, *shape)
    write_idx(folder / f"{name}-images", rows, random.Random(1).randbytes(math.prod(rows)))
    write_idx(folder / f"{name}-labels", (ROWS,), bytes(row % 10 for row in range(ROWS)))
    return {"images": f"{name}-images", "labels": f"{name}-labels"}


def save(folder, name, document):
    path = folder / f"{name}.telar"
    path.write_text(json.dumps(document))
    return path


def pictures(folder, name, settings):
    """The sample of that name with pictures of 224 x 224 and a thousand classes."""
    document = json.loads((SAMPLES / f"{name}.telar").read_text())
    del document["data"]
    wanted = {"digits": data_node(folder, name, (3, 224, 224)), "dense": {"units": 1000}, **settings}
    for node in document["nodes"]:
        node.setdefault("params", {}).update(wanted.get(node["id"], {}))
    return save(folder, name, document)


def chain(folder, name, data, layers, training):
    """Data, then one layer after the other, then scores of ten classes."""
    nodes = [
        {"id": "data", "op": "idx_images", "params": data},
        {"id": "scale", "op": "scale", "params": {"factor": 1 / 255}},
        *layers,
        {"id": "dense", "op": "dense", "params": {"units": 10}},
        {"id": "loss", "op": "cross_entropy"},
        {"id": "output", "op": "output"},
    ]
    along = [node["id"] for node in nodes[1:-2]]
    edges = [("data:images", "scale:in")]
    edges += [(f"{a}:out", f"{b}:in") for a, b in zip(along, along[1:])]
    edges += [("dense:out", "loss:logits"), ("data:labels", "loss:labels"), ("dense:out", "output:in")]
    return save(folder, name, {
        "telar": 1, "engine": "0.1.0", "seed": 1, "training": training, "nodes": nodes,
        "edges": [{"from": a, "to": b} for a, b in edges],
    })


def lstm(folder):
    """128 features to 256 units over 64 steps."""
    layers = [
        {"id": "steps", "op": "reshape", "params": {"shape": [64, 128]}},
        {"id": "lstm", "op": "lstm", "params": {"units": 256, "sequences": False}},
    ]
    return chain(folder, "lstm", data_node(folder, "lstm", (64, 128)), layers, {"batch": 32})


def transformer(folder):
    """Four encoder layers of width 256 with four heads, over 128 steps, and their mean."""
    layers = [{"id": "steps", "op": "reshape", "params": {"shape": [128, 256]}}]
    layers += [
        {"id": f"encoder{i}", "op": "transformer_encoder", "params": {"heads": 4, "dropout": 0.0}}
        for i in range(4)
    ]
    layers.append({"id": "mean", "op": "mean", "params": {"axes": [1]}})
    return chain(folder, "transformer", data_node(folder, "transformer", (128, 256)), layers,
                 {"batch": 16})


WORKS = {
    "resnet-18": lambda folder: pictures(folder, "resnet-18", {}),
    "mobilenet-v2": lambda folder: pictures(folder, "mobilenet-v2", {"stem": {"stride": [2, 2]}}),
    "lstm": lstm,
    "transformer": transformer,
}


def project(folder, name):
    """The path of a work or a sample, made in the folder when it is none that ships."""
    if name not in WORKS:
        return SAMPLES / f"{name}.telar"
    path = folder / f"{name}.telar"
    return path if path.exists() else WORKS[name](folder)
