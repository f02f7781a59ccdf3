#!/usr/bin/env python3
"""PyTorch runs the code that Telar writes, with the weights that it writes beside. Prints TAP.

  pytorch.py WRITER SAMPLES LEAST TELAR
                        WRITER FOLDER SAMPLES pytorch writes code, weights, inputs and results
"""

import inspect
import sys

import torch

from written import arguments, judge_all, load_module


def run(path, state, inputs):
    module = load_module(path)
    classes = [c for c in vars(module).values()
               if inspect.isclass(c) and c.__module__ == module.__name__]
    model = classes[-1]().eval()
    model.load_state_dict({name: torch.from_numpy(value.copy()) for name, value in state.items()})
    given = arguments(list(inspect.signature(model.forward).parameters), inputs)
    with torch.no_grad():
        return model(*[torch.from_numpy(value.copy()) for value in given])


def predict(model, rows):
    return model(torch.from_numpy(rows))


if __name__ == "__main__":
    sys.exit(judge_all("pytorch", run, predict, *sys.argv[1:]))
