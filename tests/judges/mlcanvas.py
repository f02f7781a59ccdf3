#!/usr/bin/env python3
"""Nodes of ai.onnx.ml on the canvas give what ONNX Runtime gives, there and back. Prints TAP.

  mlcanvas.py TELAR LEAST BACK     as imported.py, with the cases of mlnodes.py
"""

import pathlib
import sys
import tempfile

import imported
import mlnodes

MOST = 4  # cases of an operator


def main(telar, least, back):
    with tempfile.TemporaryDirectory() as folder:
        mlnodes.write_all(pathlib.Path(folder) / "node", MOST)
        return imported.main(telar, folder, least, back)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1], *map(int, sys.argv[2:])))
