#!/usr/bin/env python3
"""PyTorch judges the examples of mathematical operators. Prints TAP.

  arithmetic.py EXPORTER SAMPLES     as layers.py

An operator is judged when it stands in MATH; each must have an example.
"""

import sys

import torch

from layers import main

# The operators that PyTorch knows under another name, or the same.
PLAIN = {
    "reciprocal": None, "rsqrt": None, "sqrt": None, "exp": None, "expm1": None, "log": None,
    "log1p": None, "abs": None, "sign": None, "negate": "neg", "square": None, "erf": None,
    "floor": None, "ceil": None, "round": None, "trunc": None, "sin": None, "cos": None,
    "tan": None, "asin": None, "acos": None, "atan": None, "sinh": None, "cosh": None,
    "asinh": None, "acosh": None, "atanh": None, "divide": None, "subtract": None, "pow": None,
    "atan2": None, "floor_div": "floor_divide", "equal": "eq", "not_equal": "ne", "less": "lt",
    "less_equal": "le", "greater": "gt", "greater_equal": "ge", "and": "logical_and",
    "or": "logical_or", "xor": "logical_xor", "not": "logical_not", "is_nan": "isnan",
}
MATH = {}


def judge(*names):
    def enter(function):
        for name in names:
            MATH[name] = function
        return function
    return enter


def plain(name):
    function = getattr(torch, PLAIN[name] or name)
    return lambda example: [function(*example.inputs)]


MATH.update({name: plain(name) for name in PLAIN})


# --- element by element ---------------------------------------------------------------------------

@judge("mod")
def mod(example):
    function = torch.fmod if example.get("sign", "divisor") == "dividend" else torch.remainder
    return [function(*example.inputs)]


@judge("is_inf")
def is_inf(example):
    x = example.inputs[0]
    return [torch.isposinf(x) & example.get("positive", True)
            | torch.isneginf(x) & example.get("negative", True)]


@judge("where")
def where(example):
    condition, a, b = example.inputs
    return [torch.where(condition != 0, a, b)]


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:], MATH))
