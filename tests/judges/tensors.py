"""Reads safetensors files without any package but NumPy."""

import json
import struct

import numpy

DTYPES = {
    "F64": numpy.float64, "F32": numpy.float32, "F16": numpy.float16, "I64": numpy.int64,
    "I32": numpy.int32, "I8": numpy.int8, "U8": numpy.uint8, "BOOL": numpy.bool_,
}


def read_safetensors(path):
    """{name: array} of a safetensors file."""
    with open(path, "rb") as file:
        (length,) = struct.unpack("<Q", file.read(8))
        header = json.loads(file.read(length))
        body = file.read()
    tensors = {}
    for name, entry in header.items():
        if name == "__metadata__":
            continue
        begin, end = entry["data_offsets"]
        flat = numpy.frombuffer(body[begin:end], DTYPES[entry["dtype"]])
        tensors[name] = flat.reshape(entry["shape"])
    return tensors
