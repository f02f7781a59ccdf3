#!/usr/bin/env python3
"""Counts the test points of meson test logs and prints "N passed, N failed".

Before that it names each program that failed, with the end of what it printed. A TAP program counts by its points (a plan that was not kept is a failure), any other as one.
Exits 1 when something failed or when nothing ran.
"""

import json
import re
import sys

TOLD = 40  # lines of what a failed program printed


def points_of(entry):
    """(passed, failed) of one test program."""
    good = entry["result"] in ("OK", "EXPECTEDFAIL")
    out = entry.get("stdout") or ""
    passed = len(re.findall(r"^ok \d+", out, re.M))
    failed = len(re.findall(r"^not ok \d+", out, re.M))
    if passed + failed == 0:
        return (1, 0) if good else (0, 1)
    return passed, failed if good else max(failed, 1)


def tell_failure(log, entry):
    """What someone needs who sees only the end of the output."""
    print(f"failed: {entry['name']} ({log}): {entry['result']}, {entry['duration']:.0f} s")
    said = (entry.get("stdout") or "") + (entry.get("stderr") or "")
    print("\n".join("  " + line for line in said.splitlines()[-TOLD:]))


def main(logs):
    passed = failed = 0
    for log in logs:
        with open(log, encoding="utf-8") as lines:
            for line in lines:
                entry = json.loads(line)
                good, bad = points_of(entry)
                if bad > 0:
                    tell_failure(log, entry)
                passed += good
                failed += bad
    print(f"{passed} passed, {failed} failed")
    return 0 if failed == 0 and passed > 0 else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
