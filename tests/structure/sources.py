#!/usr/bin/env python3
"""The sources keep the house rules that a program can check. Prints TAP."""

import pathlib
import shutil
import subprocess
import sys

LONGEST = 800
FOLDERS = ["app", "insight", "data", "engine", "bench", "tests"]


def sources_of(root):
    for top in FOLDERS:
        yield from sorted((root / top).rglob("*.[ch]"))


def too_long(paths):
    for path in paths:
        lines = path.read_text(encoding="utf-8").count("\n")
        if lines > LONGEST:
            yield f"{path} has {lines} lines; split it"


def without_opening(paths):
    for path in paths:
        if not path.read_text(encoding="utf-8").startswith("/*"):
            yield f"{path} does not open with a comment that says what it holds"


def badly_laid_out(paths):
    """What clang-format would change; every file is given at once, which is much faster."""
    if shutil.which("clang-format") is None:
        yield "clang-format is not installed (script/setup)"
        return
    run = subprocess.run(
        ["clang-format", "--dry-run", "-Werror", *map(str, paths)], capture_output=True, text=True
    )
    if run.returncode != 0:
        yield from sorted({line.split(":")[0] for line in run.stderr.splitlines() if "error:" in line})


def folders_without_paragraph(root):
    """Each folder that holds sources is named in README.md."""
    readme = (root / "README.md").read_text(encoding="utf-8")
    for folder in sorted({path.parent.relative_to(root) for path in sources_of(root)}):
        top = folder.as_posix()
        if top.startswith("tests"):
            top = "tests"
        if f"`{top}/`" not in readme:
            yield f"README.md has no paragraph on `{top}/`"


def main(root):
    paths = list(sources_of(root))
    checks = {
        f"files have at most {LONGEST} lines": too_long(paths),
        "files open with their purpose": without_opening(paths),
        "clang-format has nothing to change": badly_laid_out(paths),
        "each folder has its paragraph in README.md": folders_without_paragraph(root),
    }
    print(f"1..{len(checks)}")
    failed = False
    for number, (name, problems) in enumerate(checks.items(), 1):
        problems = sorted(set(problems))
        failed = failed or bool(problems)
        print(f"{'not ok' if problems else 'ok'} {number} - {name}")
        for problem in problems:
            print(f"# {problem}")
    return 1 if failed or not paths else 0


if __name__ == "__main__":
    sys.exit(main(pathlib.Path(sys.argv[1])))
