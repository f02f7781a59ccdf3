"""How time grows: of a training step with its batch and its depth, of compiling with the number of nodes.

The exponent is the slope of the straight line that fits the logarithms best: 1 is linear.
"""

import math
import pathlib
import statistics

import works

BATCHES = [1 << power for power in range(9)]
DEPTHS = [10, 30, 100, 300, 1000]
NODES = [100, 300, 1000, 3000, 10000]
UNITS = 64


def exponent(points):
    """Of the upper half, where fixed costs weigh little."""
    points = points[len(points) // 2 :]
    xs, ys = ([math.log(point[side]) for point in points] for side in (0, 1))
    x, y = statistics.fmean(xs), statistics.fmean(ys)
    return sum((a - x) * (b - y) for a, b in zip(xs, ys)) / sum((a - x) ** 2 for a in xs)


def dense_chain(folder, layers):
    """So many dense layers with their activations: two nodes each."""
    name = f"chain-{layers}"
    nodes = [{"id": "flat", "op": "reshape", "params": {"shape": [UNITS]}}]
    for i in range(layers):
        nodes.append({"id": f"dense{i}", "op": "dense", "params": {"units": UNITS}})
        nodes.append({"id": f"relu{i}", "op": "relu"})
    return works.chain(folder, name, works.data_node(folder, name, (8, 8)), nodes, {"batch": 32})


def step_ms(options, run, project, *more):
    command = [options.telar, "bench", project, "--train", "--threads", 1, "--json", *more]
    return min(run(command, 1)[0]["cpu_ms"] for _ in range(options.rounds))


def compile_ms(options, run, project):
    """Seconds of the processor, from the start of the process to a plan of the whole step."""
    command = [options.telar, "check", project, "--threads", 1, "--json"]
    return min(run(command, 1)[3] for _ in range(options.rounds)) * 1e3


def rows(options, run, row):
    folder = pathlib.Path(options.scratch)
    depth = lambda layers: step_ms(options, run, dense_chain(folder, layers))
    tables = [
        ("digits-cnn, a step, batch {:,}", BATCHES,
         lambda batch: step_ms(options, run, works.SAMPLES / "digits-cnn.telar", "--batch", batch)),
        ("dense, a step, {:,} layers", DEPTHS, depth),
        ("dense, compiling, {:,} nodes", NODES,
         lambda nodes: compile_ms(options, run, dense_chain(folder, nodes // 2))),
    ]
    for title, sizes, measure in tables:
        points = []
        for size in sizes:
            points.append((size, measure(size)))
            yield row("growth", title.format(size), 1, "ms", points[-1][1], None, name=None)
        name = title[: title.rindex(",")] + ", exponent"
        yield row("growth", name, 1, "", exponent(points), None, name=None)
