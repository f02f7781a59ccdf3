#!/usr/bin/env python3
"""ONNX Runtime judges control flow whose conditions only a run knows: run, drawn on the canvas,
written again and brought back. Prints TAP.

  control.py TELAR
"""

import pathlib
import sys
import tempfile

import numpy
import onnx
import onnxruntime
from onnx import TensorProto, helper, numpy_helper
from program import run

onnxruntime.set_default_logger_severity(3)
OPSET, IR = 17, 8
RANDOM = numpy.random.default_rng(1)
KNOWN = {"w": RANDOM.standard_normal((3, 3)).astype("f"), "v": RANDOM.standard_normal(3).astype("f"),
         "zero": numpy.float32(0), "limit": numpy.float32(1.5), "turns": numpy.int64(10),
         "many": numpy.int64(100), "yes": numpy.bool_(True)}


def port(name, dtype=TensorProto.FLOAT, shape=None):
    return helper.make_tensor_value_info(name, dtype, shape)


def node(op, inputs, output, **attributes):
    return helper.make_node(op, inputs.split(), output.split(), **attributes)


def graph(name, nodes, inputs, outputs):
    return helper.make_graph(nodes, name, inputs,
                             [helper.make_empty_tensor_value_info(o) for o in outputs.split()])


def is_positive(x):
    return [node("ReduceSum", x, "sum", keepdims=0), node("Greater", "sum zero", "c")]


def choice(x, output):
    then = graph("then", [node("MatMul", f"{x} w", "t")], [], "t")
    other = graph("else", [node("Tanh", x, "e0"), node("Mul", "e0 v", "e")], [], "e")
    return is_positive(x) + [node("If", "c", output, then_branch=then, else_branch=other)]


def body(nodes, outputs):
    return graph("body", nodes, [port("i", TensorProto.INT64, []), port("before", TensorProto.BOOL, []),
                                 port("h")], outputs)


def until_small(outputs):
    """A turn of a loop that ends when the sum is small enough."""
    return body([node("MatMul", "h w", "h1"), node("Tanh", "h1", "h2"), node("Identity", "h2", "h3"),
                 node("ReduceSum", "h2", "s", keepdims=0), node("Abs", "s", "a"),
                 node("Less", "a limit", "go")], outputs)


DRAWN = {
    "if": choice("x", "y"),
    "if truth": is_positive("x") + [
        node("Less", "x v", "less"),
        node("If", "c", "b", then_branch=graph("then", [node("Not", "less", "t")], [], "t"),
             else_branch=graph("else", [node("Identity", "less", "e")], [], "e")),
        node("Where", "b x v", "y")],
    "if in if": is_positive("x") + [
        node("If", "c", "y", then_branch=graph("then", [node("Neg", "x", "n")] + [
            node("Less", "limit sum", "d"),
            node("If", "d", "t", then_branch=graph("a", [node("MatMul", "n w", "t1")], [], "t1"),
                 else_branch=graph("b", [node("Exp", "n", "t2")], [], "t2"))], [], "t"),
             else_branch=graph("else", [node("Identity", "x", "e")], [], "e"))],
    "loop": [node("Loop", "turns yes x", "y", body=until_small("go h2"))],
    "loop that may not begin": is_positive("x") + [
        node("Loop", "turns c x", "y", body=until_small("go h2"))],
    "if in loop": [node("Loop", "turns yes x", "y", body=body(
        choice("h", "h2") + [node("Identity", "before", "go")], "go h2"))],
}
REFUSED = {
    "shapes": (is_positive("x") + [node("If", "c", "y", then_branch=graph(
        "then", [node("Concat", "x x", "t", axis=1)], [], "t"), else_branch=graph(
            "else", [node("Identity", "x", "e")], [], "e"))], "which only a run knows"),
    "turns": ([node("Loop", "many yes x", "y", body=until_small("go h2"))],
              "more than the 64 times"),
    "values of turns": ([node("Loop", "turns yes x", "h y", body=until_small("go h2 h3"))],
                        "only a run knows"),
    "within": (is_positive("x") + [node("If", "c", "y", then_branch=graph(
        "then", [node("NonZero", "x", "z"), node("Cast", "z", "t", to=1)], [], "t"),
        else_branch=graph("else", [node("Identity", "x", "e")], [], "e"))], "NonZero"),
}


def model_of(nodes, shape):
    return helper.make_model(
        helper.make_graph(nodes, "control", [port("x", shape=[1, 3])], [port("y", shape=shape)],
                          [numpy_helper.from_array(numpy.asarray(value), name)
                           for name, value in KNOWN.items()]),
        opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR)


def differs(telar, folder, model, x, want):
    numpy.save(folder / "x.npy", x)
    done = run(telar, folder, "predict", model, "--input", folder / "x.npy",
               "--output", folder / "y.npy")
    if done.returncode:
        return done.stderr.strip()
    return compare(numpy.load(folder / "y.npy"), want)


def compare(got, want):
    if got.shape == want.shape and numpy.allclose(got, want, 1e-5, 1e-6):
        return None
    return f"it gives {got}, not {want}"


def answers(path, x):
    session = onnxruntime.InferenceSession(str(path), providers=["CPUExecutionProvider"])
    return session.run(None, {"x": x})[0]


def drawn(telar, folder, nodes):
    """What is wrong with the model, however it was brought here, on both sides of its conditions."""
    first, again = folder / "first.onnx", folder / "again.onnx"
    onnx.save(model_of(nodes, [1, 3]), first)
    for verb in (("import", first, "-o", folder / "first.telar"),
                 ("export", folder / "first.telar", "-o", again),
                 ("import", again, "-o", folder / "again.telar")):
        done = run(telar, folder, *verb)
        if done.returncode:
            yield done.stderr.strip()
            return
    for scale in (1, -1, 0.2):
        x = (scale * numpy.abs(RANDOM.standard_normal((1, 3)))).astype("f")
        want = answers(first, x)
        yield compare(answers(again, x), want)
        for model in (first, folder / "first.telar", folder / "again.telar"):
            yield differs(telar, folder, model, x, want)


def refused(telar, folder, nodes, words):
    """It is not drawn, with a reason, but runs."""
    onnx.save(model_of(nodes, None), folder / "first.onnx")
    done = run(telar, folder, "import", folder / "first.onnx", "-o", folder / "first.telar")
    if done.returncode != 3 or words not in done.stderr:
        yield f"the import ends with {done.returncode}: {done.stderr.strip()}"
    x = numpy.ones((1, 3), "f")
    yield differs(telar, folder, folder / "first.onnx", x, answers(folder / "first.onnx", x))


def main(telar):
    checks = [(title, drawn, (nodes,)) for title, nodes in DRAWN.items()]
    checks += [(f"refused: {title}", refused, case) for title, case in REFUSED.items()]
    failed = False
    print(f"1..{len(checks)}")
    for number, (title, check, case) in enumerate(checks, 1):
        with tempfile.TemporaryDirectory() as name:
            problems = list(filter(None, check(telar, pathlib.Path(name), *case)))
        failed |= bool(problems)
        print(f"{'not ok' if problems else 'ok'} {number} - {title}")
        for problem in problems:
            print(f"# {problem}")
    return failed


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
