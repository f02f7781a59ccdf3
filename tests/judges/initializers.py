#!/usr/bin/env python3
"""The onnx package and ONNX Runtime judge how the numbers of a model are read: of every element
type, as raw bytes, as lists and from files beside. What is hostile or missing is refused. Prints
TAP.

  initializers.py TELAR
"""

import functools
import os
import pathlib
import sys
import tempfile
import warnings

import numpy
import onnx
import onnxruntime
import program
from onnx import TensorProto, helper, numpy_helper

onnxruntime.set_default_logger_severity(3)
warnings.simplefilter("ignore", RuntimeWarning)  # of NaN in the narrow types

OPSET, IR = 23, 11
NARROW = {"UINT4": 4, "INT4": 4, "FLOAT4E2M1": 4, "UINT2": 2, "INT2": 2}
NUMBERS = ("FLOAT", "DOUBLE", "FLOAT16", "BFLOAT16", "INT8", "UINT8", "INT16", "UINT16", "INT32",
           "UINT32", "INT64", "UINT64", "BOOL", "FLOAT8E4M3FN", "FLOAT8E4M3FNUZ", "FLOAT8E5M2",
           "FLOAT8E5M2FNUZ", "FLOAT8E8M0", *NARROW)
KINDS = [name for name in NUMBERS if name in TensorProto.DataType.keys()]
FAR = 5 << 30  # beyond what 32 bits count

run = functools.partial(program.run, timeout=200)


# --- numbers -------------------------------------------------------------------------------------

def every_number(kind):
    """All that 16 bits or less can say, an odd many of what shares bytes; borders of wider ones."""
    dtype = helper.tensor_dtype_to_np_dtype(getattr(TensorProto, kind))
    if kind in NARROW:
        raw = numpy.arange(2 ** NARROW[kind] + 1, dtype=numpy.uint8) % 2 ** NARROW[kind]
        if kind == "INT4" or kind == "INT2":
            return (raw.astype(numpy.int8) - 2 ** (NARROW[kind] - 1)).astype(dtype)
        return raw.view(dtype) if kind == "FLOAT4E2M1" else raw.astype(dtype)
    if kind == "BOOL":
        return numpy.array([True, False, True])
    size = numpy.dtype(dtype).itemsize
    if size <= 2:
        return numpy.arange(256 ** size, dtype=f"u{size}").view(dtype)
    if kind in ("FLOAT", "DOUBLE"):
        info = numpy.finfo(dtype)
        return numpy.array([0, -0.0, 1, -1 / 3, info.max, info.min, info.tiny, info.eps,
                            numpy.inf, -numpy.inf, numpy.nan], dtype)
    info = numpy.iinfo(dtype)
    return numpy.array([info.min, info.max, 0, 1, 3, info.max // 3], dtype)


def in_raw_bytes(kind, array, _):
    return numpy_helper.from_array(array, kind)


def in_a_list(kind, array, _):
    """Bits where lists hold bits, packed where they are: from the raw bytes, as ONNX says."""
    raw = numpy_helper.from_array(array, kind)
    tensor = TensorProto(name=kind, data_type=raw.data_type, dims=raw.dims)
    data, size = raw.raw_data, numpy.dtype(array.dtype).itemsize
    if kind in ("FLOAT", "DOUBLE", "INT64"):
        field = {"FLOAT": "float_data", "DOUBLE": "double_data", "INT64": "int64_data"}[kind]
        getattr(tensor, field).extend(array.tolist())
    elif kind in ("UINT32", "UINT64"):
        tensor.uint64_data.extend(array.tolist())
    elif kind in ("INT8", "INT16", "INT32"):
        tensor.int32_data.extend(array.tolist())
    else:
        bits = numpy.frombuffer(data, "u1" if kind in NARROW else f"u{size}")
        tensor.int32_data.extend(bits.tolist())
    return tensor


def put(tensor, location, offset, length):
    """Says that the tensor's bytes lie there."""
    tensor.ClearField("raw_data")
    tensor.data_location = TensorProto.EXTERNAL
    for key, value in (("location", location), ("offset", offset), ("length", length)):
        if value is not None:
            tensor.external_data.add(key=key, value=str(value))
    return tensor


def in_files(kind, array, folder):
    """Two files, one of them in a folder, the tensors one behind the other."""
    tensor = numpy_helper.from_array(array, kind)
    place = ("weights.bin", "sub/weights.bin")[KINDS.index(kind) % 2]
    path = folder / place
    path.parent.mkdir(exist_ok=True)
    with open(path, "ab") as file:
        offset = file.tell()
        file.write(tensor.raw_data)
    return put(tensor, place, offset, len(tensor.raw_data))


def model_of(tensors):
    """Gives each tensor's numbers as float64, and its input."""
    nodes = [helper.make_node("Cast", [t.name], [f"y_{t.name}"], to=TensorProto.DOUBLE)
             for t in tensors]
    outputs = [helper.make_tensor_value_info(n.output[0], TensorProto.DOUBLE, t.dims)
               for n, t in zip(nodes, tensors)]
    x = helper.make_tensor_value_info("x", TensorProto.FLOAT, [1, 2])
    y = helper.make_tensor_value_info("y", TensorProto.FLOAT, [1, 2])
    nodes.append(helper.make_node("Relu", ["x"], ["y"]))
    graph = helper.make_graph(nodes, "numbers", [x], [y, *outputs], tensors)
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", OPSET)], ir_version=IR)


def differences(has, wants):
    for name, want in wants.items():
        got = has.get(name)
        if got is None or got.shape != want.shape:
            yield f"{name} is {None if got is None else got.shape}, not {want.shape}"
        elif not numpy.array_equal(got, want, equal_nan=True):
            yield f"{name} differs first at {numpy.flatnonzero(~((got == want) | (got != got)))[:1]}"
        elif not numpy.array_equal(numpy.signbit(got[want == 0]), numpy.signbit(want[want == 0])):
            yield f"{name} has a zero of another sign"


def results_of(telar, folder, model):
    numpy.save(folder / "x.npy", numpy.ones((1, 2), numpy.float32))
    done = run(telar, folder, "predict", model, "--input", folder / "x.npy",
               "--output", folder / "out.npz")
    if done.returncode:
        raise RuntimeError(done.stderr.strip())
    return dict(numpy.load(folder / "out.npz"))


def judged_by_runtime(wants):
    """What ONNX Runtime says otherwise of the types that it has."""
    for kind, want in wants.items():
        model = model_of([in_raw_bytes(kind, every_number(kind), None)])
        try:
            session = onnxruntime.InferenceSession(model.SerializeToString(),
                                                   providers=["CPUExecutionProvider"])
        except Exception:  # a type that it cannot cast
            continue
        got = session.run([f"y_{kind}"], {"x": numpy.ones((1, 2), numpy.float32)})[0]
        yield kind, list(differences({kind: got}, {kind: want}))


def numbers(telar, way, folder):
    """Problems with a model of all types, run and from the canvas."""
    tensors = [way(kind, every_number(kind), folder) for kind in KINDS]
    wants = {f"y_{kind}": every_number(kind).astype(numpy.float64) for kind in KINDS}
    path = folder / "numbers.onnx"
    onnx.save(model_of(tensors), path)
    onnx.checker.check_model(str(path))
    yield from differences(results_of(telar, folder, path), wants)
    done = run(telar, folder, "import", path, "-o", folder / "numbers.telar")
    if done.returncode:
        yield done.stderr.strip()
    else:
        got = results_of(telar, folder, folder / "numbers.telar")
        for problem in differences({name.removesuffix(".in"): v for name, v in got.items()}, wants):
            yield f"on the canvas {problem}"


# --- what cannot be read --------------------------------------------------------------------------

def refused(telar, folder, model, *words):
    """What is wrong with how the model is refused, both where it is run and where it is drawn."""
    path = folder / "bad.onnx"
    path.write_bytes(model.SerializeToString())
    numpy.save(folder / "x.npy", numpy.ones((1, 2), numpy.float32))
    for arguments in (("predict", path, "--input", folder / "x.npy", "--output", folder / "o.npz"),
                      ("import", path, "-o", folder / "bad.telar")):
        done = run(telar, folder, *arguments)
        missing = [word for word in words if word not in done.stderr]
        if done.returncode != 3 or missing:
            yield f"{arguments[0]} ends with {done.returncode}, without {missing}: {done.stderr}"
        if (folder / "bad.telar").exists():
            yield "a project is left behind"


def floats(name):
    return numpy_helper.from_array(numpy.arange(4, dtype=numpy.float32), name)


def hostile(telar, folder):
    (folder / "short.bin").write_bytes(bytes(16))
    (folder / "folder.bin").mkdir()
    os.mkfifo(folder / "pipe.bin")
    outside = folder.parent / f"{folder.name}-outside.bin"
    for location, offset, length in ((str(folder / "short.bin"), 0, 16), (f"../{outside.name}", 0, 16),
                                     ("a/../../short.bin", 0, 16), ("", 0, 16), (None, 0, 16),
                                     ("nowhere.bin", 0, 16), ("folder.bin", 0, 16),
                                     ("pipe.bin", 0, 16), ("short.bin", 4, 16), ("short.bin", 0, 8),
                                     ("short.bin", 17, None), ("short.bin", -1, 16),
                                     ("short.bin", "0x", 16), ("short.bin", 2**63 + 1, 16),
                                     ("short.bin", 8, 2**64 - 8)):
        for problem in refused(telar, folder, model_of([put(floats("w"), location, offset, length)]),
                               "w"):
            yield f"{location} at {offset}: {problem}"
    whole = folder / "whole.onnx"
    onnx.save(model_of([put(floats("w"), "short.bin", None, None)]), whole)  # all of the file
    yield from differences(results_of(telar, folder, whole), {"y_w": numpy.zeros(4)})


def far_away(telar, folder):
    """Behind a gap of which no disk has anything."""
    with open(folder / "far.bin", "wb") as file:
        file.seek(FAR)
        file.write(numpy.arange(4, dtype=numpy.float32).tobytes())
    onnx.save(model_of([put(floats("w"), "far.bin", FAR, 16)]), folder / "far.onnx")
    yield from differences(results_of(telar, folder, folder / "far.onnx"), {"y_w": numpy.arange(4.0)})


def long_numbers(telar, folder):
    """One number, or a few that float64 takes for one, beyond what it tells apart."""
    wants = {"same": numpy.full(3, 2**62 + 1), "near": 2**62 + numpy.arange(3), "one": numpy.int64(-1)}
    nodes = [helper.make_node("BitwiseAnd", [name, "mask"], [f"y_{name}"]) for name in wants]
    model = model_of([numpy_helper.from_array(numpy.asarray(v, numpy.int64), name)
                      for name, v in wants.items()])
    del model.graph.node[:len(wants)], model.graph.output[1:]
    model.graph.input.add().CopyFrom(helper.make_tensor_value_info("mask", TensorProto.INT64, [1, 3]))
    model.graph.node.extend(nodes)
    model.graph.output.extend(helper.make_tensor_value_info(f"y_{name}", TensorProto.INT64, [1, 3])
                              for name in wants)
    onnx.save(model, folder / "long.onnx")
    numpy.save(folder / "x.npy", numpy.ones((1, 2), numpy.float32))
    numpy.save(folder / "mask.npy", numpy.full((1, 3), 2**63 - 1))
    done = run(telar, folder, "import", folder / "long.onnx", "-o", folder / "long.telar")
    if not done.returncode:
        done = run(telar, folder, "predict", folder / "long.telar", "-i", f"x={folder / 'x.npy'}",
                   "-i", f"mask={folder / 'mask.npy'}", "--output", folder / "long.npz")
    if done.returncode:
        raise RuntimeError(done.stderr.strip())
    has = {name: value.reshape(-1) for name, value in numpy.load(folder / "long.npz").items()}
    yield from differences(has, {f"y_{name}": numpy.broadcast_to(value & 2**63 - 1, 3)
                                 for name, value in wants.items()})


def unknown(telar, folder):
    """Three operators that no one has, told all at once, and a type that no number has."""
    names = {"first": "Frobnicate", "second": "Transmogrify", "third": "Unobtain"}
    model = model_of([])
    for name, op in names.items():
        model.graph.node.add(op_type=op, name=name, input=["x"], output=[f"of_{name}"])
    yield from refused(telar, folder, model, *names, *names.values(), f"version {OPSET}")
    complex_ = numpy_helper.from_array(numpy.array([1j, 2], numpy.complex64), "w")
    yield from refused(telar, folder, model_of([complex_]), "w", "complex64")


# --- all of them ----------------------------------------------------------------------------------

def main(telar):
    failed = False
    with tempfile.TemporaryDirectory() as name:
        checks = [(f"numbers {way.__name__.replace('_', ' ')}",
                   lambda folder, way=way: numbers(telar, way, folder))
                  for way in (in_raw_bytes, in_a_list, in_files)]
        checks += [(check.__name__.replace("_", " "), lambda folder, check=check:
                    check(telar, folder)) for check in (long_numbers, hostile, far_away, unknown)]
        print(f"1..{len(checks) + 1}")
        for number, (title, check) in enumerate(checks, 1):
            folder = pathlib.Path(name, str(number))
            folder.mkdir()
            try:
                problems = list(check(folder))
            except (RuntimeError, onnx.checker.ValidationError) as problem:
                problems = [str(problem)]
            failed |= bool(problems)
            print(f"{'not ok' if problems else 'ok'} {number} - {title}")
            for problem in problems:
                print(f"# {problem}")
    told = dict(judged_by_runtime({kind: every_number(kind).astype(float) for kind in KINDS}))
    others = [f"# {kind}: {problem}" for kind, problems in told.items() for problem in problems]
    print(*others, sep="\n", end="\n" if others else "")
    good = not others and len(told) >= 13
    print(f"{'ok' if good else 'not ok'} {len(checks) + 1} - ONNX Runtime has the same of "
          f"{len(told)} types: {' '.join(told).lower()}")
    return failed or not good


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
