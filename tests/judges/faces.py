#!/usr/bin/env python3
"""The sample that finds faces, beside ONNX Runtime with the same steps in NumPy. Prints TAP.

  faces.py TELAR SAMPLES MODEL     MODEL is the detector as its authors published it
"""

import json
import pathlib
import sys
import tempfile

import numpy
import onnx
import onnxruntime
import program
from onnx import TensorProto, helper

LEAST_SCORE = 0.7
MOST_OVERLAP = 0.3

# Of boxes in shares of the picture, and of scores. Half precision: a pixel in two hundred.
CLOSE = 1e-4
HALF = 5e-3


def run(telar, folder, *arguments):
    done = program.run(telar, folder, *arguments)
    if done.returncode != 0:
        raise RuntimeError(done.stderr)
    return done.stdout


def session(model):
    options = onnxruntime.SessionOptions()
    options.log_severity_level = 3
    return onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])


def pixels_of(telar, folder, samples, picture):
    """The picture's pixels, [1, 3, height, width], as Telar decodes them."""
    weights = samples / "faces" / "ultraface.safetensors"
    project = {
        "telar": 1, "training": {"weights": str(weights)},
        "nodes": [{"id": "in", "op": "input", "params": {"shape": [3, 1, 1], "any_size": True}},
                  {"id": "out", "op": "output"}],
        "edges": [{"from": "in:out", "to": "out:in"}],
    }
    path = folder / "pixels.telar"
    path.write_text(json.dumps(project))
    run(telar, folder, "predict", path, "-i", picture, "-o", folder / "pixels.npy")
    return numpy.load(folder / "pixels.npy")


def resize(pixels, height, width):
    sizes = helper.make_tensor("sizes", TensorProto.INT64, [4], [1, 3, height, width])
    node = helper.make_node("Resize", ["x", "", "", "sizes"], ["y"], mode="linear",
                            coordinate_transformation_mode="half_pixel")
    ports = [helper.make_tensor_value_info(name, TensorProto.FLOAT, None) for name in "xy"]
    graph = helper.make_graph([node], "resize", ports[:1], ports[1:], [sizes])
    model = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 18)], ir_version=9)
    return session(model.SerializeToString()).run(None, {"x": pixels})[0]


def overlap(box, others):
    low = numpy.maximum(box[:2], others[:, :2])
    high = numpy.minimum(box[2:], others[:, 2:])
    shared = numpy.clip(high - low, 0, None).prod(axis=1)
    return shared / ((box[2:] - box[:2]).prod() + (others[:, 2:] - others[:, :2]).prod(axis=1)
                     - shared)


def suppress(boxes, scores):
    """The boxes that stay, the best first."""
    kept = []
    places = numpy.flatnonzero(scores > LEAST_SCORE)
    places = places[numpy.argsort(-scores[places], kind="stable")]
    while places.size:
        best, places = places[0], places[1:]
        kept.append(best)
        places = places[overlap(boxes[best], boxes[places]) <= MOST_OVERLAP]
    return boxes[kept], scores[kept]


def expected(pixels, model):
    x = (resize(pixels, 240, 320) - 127) / 128
    scores, boxes = session(str(model)).run(["scores", "boxes"], {"input": x.astype("float32")})
    return suppress(boxes[0], scores[0, :, 1])


def listed(telar, folder, samples, picture, shape):
    """What telar predict --json says, as shares of the picture."""
    found = json.loads(run(telar, folder, "predict", samples / "faces.telar", "-i", picture,
                           "--json"))
    height, width = shape
    sides = [("left", width), ("top", height), ("right", width), ("bottom", height)]
    boxes = [[one[side] / size for side, size in sides] for one in found]
    return numpy.array(boxes).reshape(-1, 4), numpy.array([one["score"] for one in found])


def exported(telar, folder, samples, picture, pixels, *options):
    """What ONNX Runtime makes of the sample's export, preprocessing and choice of boxes in it."""
    run(telar, folder, "export", samples / "faces.telar", "-i", picture,
        "-o", folder / "faces.onnx", *options)
    onnx.checker.check_model(str(folder / "faces.onnx"), full_check=True)
    boxes, scores, classes = session(str(folder / "faces.onnx")).run(
        ["faces.boxes", "faces.scores", "faces.classes"], {"picture": pixels})
    there = classes[0] >= 0
    return boxes[0][there], scores[0][there]


def problem_of(got, want, most):
    if len(got[0]) != len(want[0]):
        return f"{len(got[0])} faces where {len(want[0])} are"
    # Where two scores nearly tie, half precision may list them the other way round.
    by_place = [numpy.argsort(boxes[:, 0]) for boxes, _ in (got, want)]
    worst = max(abs(g[by_place[0]] - w[by_place[1]]).max() for g, w in zip(got, want))
    return None if worst <= most else f"boxes or scores differ by {worst}"


def main(telar, samples, model):
    samples = pathlib.Path(samples).resolve()
    picture = samples / "faces" / "people.jpg"
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        pixels = pixels_of(telar, folder, samples, picture)
        want = expected(pixels, model)
        results = {
            "eight faces are in the picture": None if len(want[0]) == 8 else len(want[0]),
            "predict lists the boxes of ONNX Runtime": problem_of(
                listed(telar, folder, samples, picture, pixels.shape[2:]), want, CLOSE),
            "so does the exported sample in ONNX Runtime": problem_of(
                exported(telar, folder, samples, picture, pixels), want, CLOSE),
            "and in float16": problem_of(
                exported(telar, folder, samples, picture, pixels, "--float16"), want, HALF),
        }
    print(f"1..{len(results)}")
    for number, (name, problem) in enumerate(results.items(), 1):
        print(f"{'ok' if problem is None else 'not ok'} {number} - {name}")
        if problem is not None:
            print(f"# {problem}")
    return 1 if any(problem is not None for problem in results.values()) else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
