#!/usr/bin/env python3
"""The node cases of the newest operator set, as the onnx package makes them. Prints TAP.

  newest.py CONFORMANCE LEAST TELAR CASES    CONFORMANCE runs folders of ONNX test cases on a device
  newest.py --table CONFORMANCE DEVICE CASES

At least LEAST cases must pass on each device; what does not is told with its reason. Each case that
does not, of these and of those below CASES, has a test of its own: alone, too, it says clearly why,
and TELAR, given the model, works or says so. With --table prints instead, by operator, how many of
the cases below CASES and of the newest pass, and why others do not.
"""

import pathlib
import re
import subprocess
import sys
import tempfile
import warnings

import numpy
import onnx
import program
from onnx import numpy_helper
from onnx.backend.test.case import node

SUITES = ("node", "simple", "pytorch-converted", "pytorch-operator")
DEVICES = ("ref", "cpu")

# What a reason names: the number that is another one, the input that does not fit, or the node, its
# operator and version.
CLEAR = re.compile(r"number \d+ is \S+ where \S+ is expected$"
                   r"|the input \S+ is \S+ and was given \S+$"
                   r"|has operators that Telar does not have: (\S+: \w+ of version \d+ \(\S+\)(; )?)+$")


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
    suites = [pathlib.Path(cases, name) for name in SUITES]
    with tempfile.TemporaryDirectory() as folder:
        for title, given in (("The cases of libonnx-testdata", suites),
                             ("The newest cases", [write_newest(folder)])):
            run = subprocess.run([conformance, "--table", device, *given],
                                 capture_output=True, text=True, check=True)
            print(f"## {title}\n\n{run.stdout.replace(f'{folder}/', '')}")
    return 0


def failing(told):
    """{name of a case: why it does not pass}."""
    return dict(re.findall(r"^# (test_\w+): (.*)$", told, re.MULTILINE))


def problems_of(case, conformance, telar):
    """What is wrong with how a case fails, alone, on each device and in the program."""
    with tempfile.TemporaryDirectory() as folder:
        pathlib.Path(folder, case.name).symlink_to(case, target_is_directory=True)
        for device in DEVICES:
            run = subprocess.run([conformance, device, folder, "0"], capture_output=True, text=True)
            reason = failing(run.stdout).get(case.name, "")
            if run.returncode < 0 or not CLEAR.search(reason):
                yield f"on {device} it ends with {run.returncode}: {reason}"
        run = program.run(telar, pathlib.Path(folder), "bench", case / "model.onnx")
        if run.returncode not in (0, 3) or len(run.stderr.splitlines()) != run.returncode // 3:
            yield f"telar bench ends with {run.returncode}: {run.stderr}"


def main(conformance, least, telar, cases):
    failed = False
    with tempfile.TemporaryDirectory() as folder:
        suite = write_newest(folder)
        left = {}
        for number, device in enumerate(DEVICES, 1):
            run = subprocess.run([conformance, device, suite, least], capture_output=True, text=True)
            failed = failed or run.returncode != 0
            left |= dict.fromkeys(suite / name for name in failing(run.stdout))
            print(f"{'not ok' if run.returncode else 'ok'} {number} - on {device}")
            print("\n".join(f"# {line.lstrip('# ')}" for line in
                            (run.stdout + run.stderr).replace(folder, "").splitlines()))
        for name in SUITES:
            old = pathlib.Path(cases, name)
            run = subprocess.run([conformance, "cpu", old, "0"], capture_output=True, text=True)
            left |= dict.fromkeys(old / case for case in failing(run.stdout))
        for number, case in enumerate(left, 3):
            problems = list(problems_of(case, conformance, telar))
            failed = failed or bool(problems)
            for problem in problems:
                print(f"# {problem.strip()}")
            print(f"{'not ok' if problems else 'ok'} {number} - {case.parent.name}/{case.name} "
                  "says why it fails")
        print(f"1..{2 + len(left)}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(table(*sys.argv[2:]) if sys.argv[1] == "--table" else main(*sys.argv[1:]))
