"""Reads safetensors files without any package but NumPy."""

import json
import struct

import numpy

DTYPES = {
    "F64": numpy.float64, "F32": numpy.float32, "F16": numpy.float16, "I64": numpy.int64,
    "I32": numpy.int32, "I8": numpy.int8, "U8": numpy.uint8, "BOOL": numpy.bool_,
}


def read_header(file):
    (length,) = struct.unpack("<Q", file.read(8))
    return json.loads(file.read(length))


def read_metadata(path):
    """{key: text} of a safetensors file."""
    with open(path, "rb") as file:
        return read_header(file)["__metadata__"]


def part(tensors, kind):
    """Those tensors whose names begin with @kind and a colon, without that."""
    return {name[len(kind) + 1:]: value for name, value in tensors.items()
            if name.startswith(kind + ":")}


def read_safetensors(path):
    """{name: array} of a safetensors file."""
    with open(path, "rb") as file:
        header = read_header(file)
        body = file.read()
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        begin, end = entry["data_offsets"]
        flat = numpy.frombuffer(body[begin:end], DTYPES[entry["dtype"]])
        tensors[name] = flat.reshape(entry["shape"])
    return tensors
