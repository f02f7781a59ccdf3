#!/usr/bin/env python3
"""The node cases of the newest operator set, as the onnx package makes them. Prints TAP.

  newest.py CONFORMANCE LEAST     CONFORMANCE runs folders of ONNX test cases on a device
  newest.py --table CONFORMANCE DEVICE CASES

At least LEAST cases must pass on each device; what does not is told with its reason. With --table
prints instead, by operator, how many of the cases below CASES and of the newest pass, and why others
do not.
"""

import pathlib
import subprocess
import sys
import tempfile
import warnings

import numpy
import onnx
from onnx import numpy_helper
from onnx.backend.test.case import node


def serialized(value, kind):
    """The bytes of a value whose port is a tensor, a sequence or an optional."""
    if hasattr(value, "SerializeToString"):
        return value.SerializeToString()
    if kind == "optional_type":
        return numpy_helper.from_optional(value).SerializeToString()
    if kind == "sequence_type":
        return numpy_helper.from_list(value).SerializeToString()
    return numpy_helper.from_array(numpy.asarray(value)).SerializeToString()


def write_case(folder, case):
    folder.mkdir(parents=True)
    onnx.save(case.model, folder / "model.onnx")
    ports = {"input": case.model.graph.input, "output": case.model.graph.output}
    for number, values in enumerate(case.data_sets):
        data = folder / f"test_data_set_{number}"
        data.mkdir()
        for kind, given in zip(ports, values):
            for i, (value, port) in enumerate(zip(given, ports[kind])):
                (data / f"{kind}_{i}.pb").write_bytes(
                    serialized(value, port.type.WhichOneof("value")))


def write_newest(folder):
    warnings.simplefilter("ignore")
    suite = pathlib.Path(folder) / f"opset-{onnx.defs.onnx_opset_version()}"
    for case in node.collect_testcases(None):
        write_case(suite / case.name, case)
    return suite


def table(conformance, device, cases):
    suites = [pathlib.Path(cases, name)
              for name in ("node", "simple", "pytorch-converted", "pytorch-operator")]
    with tempfile.TemporaryDirectory() as folder:
        for title, given in (("The cases of libonnx-testdata", suites),
                             ("The newest cases", [write_newest(folder)])):
            run = subprocess.run([conformance, "--table", device, *given],
                                 capture_output=True, text=True, check=True)
            print(f"## {title}\n\n{run.stdout.replace(f'{folder}/', '')}")
    return 0


def main(conformance, least):
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        suite = write_newest(folder)
        print("1..2")
        for number, device in enumerate(("ref", "cpu"), 1):
            run = subprocess.run([conformance, device, suite, least], capture_output=True, text=True)
            failed = failed or run.returncode != 0
            print(f"{'not ok' if run.returncode else 'ok'} {number} - on {device}")
            print("\n".join(f"# {line.lstrip('# ')}" for line in
                            (run.stdout + run.stderr).replace(folder, "").splitlines()))
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(table(*sys.argv[2:]) if sys.argv[1] == "--table" else main(*sys.argv[1:]))
