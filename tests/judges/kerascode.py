#!/usr/bin/env python3
"""Keras runs the code that Telar writes, with the weights that it writes beside. Prints TAP.

  kerascode.py WRITER SAMPLES LEAST TELAR
                        WRITER FOLDER SAMPLES keras writes code, weights, inputs and results
"""

import os
import sys

os.environ["KERAS_BACKEND"] = "torch"

import keras
import torch
from safetensors.numpy import save_file

from written import arguments, judge_all, load_module


def run(path, state, inputs):
    # The code reads the file that it names, beside it.
    save_file({name: value.copy() for name, value in state.items()},
              path.with_name(path.stem + ".weights"))
    keras.utils.clear_session()
    model = load_module(path).load()
    # Nothing that the model learned is left as it was made.
    kept = [v for v in model.variables if "seed" not in v.path]
    if len(kept) != len(state):
        raise ValueError(f"{len(state)} weights for {len(kept)} variables")
    given = arguments([tensor.name for tensor in model.inputs], inputs)
    with torch.no_grad():
        return model([torch.from_numpy(value.copy()) for value in given], training=False)


def predict(model, rows):
    with torch.no_grad():
        return model(torch.from_numpy(rows), training=False)


if __name__ == "__main__":
    sys.exit(judge_all("keras", run, predict, *sys.argv[1:]))
