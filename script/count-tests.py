#!/usr/bin/env python3
"""Counts the test points of meson test logs and prints "N passed, N failed".

A TAP program counts by its points (a plan that was not kept is a failure), any other as one.
Exits 1 when something failed or when nothing ran.
"""

import json
import re
import sys


def points_of(entry):
    """(passed, failed) of one test program."""
    good = entry["result"] in ("OK", "EXPECTEDFAIL")
    out = entry.get("stdout") or ""
    passed = len(re.findall(r"^ok \d+", out, re.M))
    failed = len(re.findall(r"^not ok \d+", out, re.M))
    if passed + failed == 0:
        return (1, 0) if good else (0, 1)
    return passed, failed if good else max(failed, 1)


def main(logs):
    passed = failed = 0
    for log in logs:
        with open(log, encoding="utf-8") as lines:
            for line in lines:
                good, bad = points_of(json.loads(line))
                passed += good
                failed += bad
    print(f"{passed} passed, {failed} failed")
    return 0 if failed == 0 and passed > 0 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
