"""Folders of test cases as ONNX has them, whose results ONNX Runtime computes, and what runs them."""

import subprocess

import onnx
import onnxruntime
from onnx import numpy_helper


def write_case(folder, model, inputs):
    """@inputs: {name: array} in the order of the model's."""
    session = onnxruntime.InferenceSession(
        model.SerializeToString(), providers=["CPUExecutionProvider"])
    data = folder / "test_data_set_0"
    data.mkdir(parents=True)
    onnx.save(model, folder / "model.onnx")
    for kind, values in (("input", inputs.values()), ("output", session.run(None, inputs))):
        for i, value in enumerate(values):
            tensor = numpy_helper.from_array(value)
            (data / f"{kind}_{i}.pb").write_bytes(tensor.SerializeToString())


def judge(conformance, suite):
    """Runs all cases on both devices and prints TAP; whether one failed."""
    count = len(list(suite.iterdir()))
    failed = False
    print("1..2")
    for number, device in enumerate(("ref", "cpu"), 1):
        run = subprocess.run([conformance, device, suite, str(count)],
                             capture_output=True, text=True)
        failed = failed or run.returncode != 0
        print(f"{'not ok' if run.returncode else 'ok'} {number} - {count} cases on {device}")
        print("\n".join(f"# {line}" for line in (run.stdout + run.stderr).splitlines()))
    return failed
