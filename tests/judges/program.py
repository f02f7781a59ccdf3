"""Telar as a program, with a workspace of its own."""

import os
import subprocess


def run(telar, folder, *arguments, timeout=None):
    environment = dict(os.environ, TELAR_WORKSPACE=str(folder / "workspace"))
    return subprocess.run([telar, *map(str, arguments)], capture_output=True, text=True,
                          env=environment, check=False, timeout=timeout)
