#!/usr/bin/env python3
"""Includes run one way (README.md, "The house"). Prints TAP."""

import pathlib
import re
import sys

INCLUDE = re.compile(r'^\s*#\s*include\s+"([^"]+)"', re.M)
SYSTEM = re.compile(r"^\s*#\s*include\s+<([^>]+)>", re.M)

# What a folder may include besides its own files: folders, "engine/*" meaning only the headers that
# stand directly in engine/.
MAY = {
    "engine": ["engine/*"],
    "data": ["data", "engine/*"],
    "insight": ["insight", "engine/*"],
    "app": ["app", "insight", "data", "engine/*", "engine/exchange"],
}
# System headers that only some may use.
ONLY = {
    "gtk/": ["app"],
    "adwaita": ["app"],
    "gio/": ["app", "insight"],
    "sqlite3.h": ["insight"],
}


def folder_of(path):
    return path.rsplit("/", 1)[0] if "/" in path else ""


def allowed(source, target):
    """Whether the file @source may include the header @target."""
    top, here, there = source.split("/")[0], folder_of(source), folder_of(target)
    if top == "engine" and here != "engine":
        # a subfolder sees engine/*.h and its own files
        part = here.split("/")[1]
        return there == "engine" or (there + "/").startswith(f"engine/{part}/")
    for rule in MAY[top]:
        if rule.endswith("/*"):
            if there == rule[:-2]:
                return True
        elif (there + "/").startswith(rule + "/"):
            return True
    return False


def problems_in(source, text):
    top = source.split("/")[0]
    for target in INCLUDE.findall(text):
        if "/" not in target:
            if not target.endswith(".pb-c.h"):
                yield f'{source} includes "{target}" without its folder'
        elif not allowed(source, target):
            yield f'{source} includes "{target}"'
    for target in SYSTEM.findall(text):
        for prefix, tops in ONLY.items():
            if target.startswith(prefix) and top not in tops:
                yield f"{source} includes <{target}>"


def check_checker():
    """The rules themselves: each of these must be refused, or accepted."""
    wrong = [
        ("engine/trainer.c", '#include "data/data.h"'),
        ("engine/graph.c", '#include "engine/compiler/types.h"'),
        ("engine/compiler/fold.c", '#include "engine/devices/ref/ref.h"'),
        ("data/idx.c", '#include "insight/store.h"'),
        ("insight/store.c", '#include "app/window.h"'),
        ("insight/chart.c", "#include <gtk/gtk.h>"),
        ("engine/graph.c", "#include <gio/gio.h>"),
    ]
    right = [
        ("engine/compiler/fold.c", '#include "engine/ir.h"'),
        ("engine/devices/ref/norm.c", '#include "engine/devices/ref/ref.h"'),
        ("app/cli/train.c", '#include "insight/store.h"'),
        ("insight/store.c", "#include <gio/gio.h>"),
    ]
    return all(list(problems_in(*case)) for case in wrong) and not any(
        list(problems_in(*case)) for case in right
    )


def main(root):
    problems, files = [], 0
    for top in MAY:
        for path in sorted((root / top).rglob("*.[ch]")):
            source = path.relative_to(root).as_posix()
            problems += problems_in(source, path.read_text(encoding="utf-8"))
            files += 1
    print("1..2")
    print("ok 1 - the checker tells right from wrong" if check_checker() else "not ok 1 - checker")
    print(f"{'not ok' if problems or not files else 'ok'} 2 - includes of {files} files")
    for problem in problems:
        print(f"# {problem}")
    return 1 if problems or not files else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
