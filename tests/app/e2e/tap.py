"""Runs tests that take a folder of their own, and prints TAP."""

import os
import shutil
import sys
import tempfile
import traceback


def run(tests):
    """The exit status. With names on the command line behind STUDIO and SAMPLES only those run."""
    names = sys.argv[3:]
    tests = [test for test in tests if not names or test.__name__ in names]
    failed = 0
    print(f"1..{len(tests)}", flush=True)
    for number, test in enumerate(tests, 1):
        shutil.rmtree(os.environ["TELAR_WORKSPACE"], ignore_errors=True)
        with tempfile.TemporaryDirectory() as folder:
            try:
                test(folder)
                print(f"ok {number} {test.__name__}", flush=True)
            except Exception:
                failed += 1
                print(f"not ok {number} {test.__name__}", flush=True)
                for line in traceback.format_exc().splitlines():
                    print(f"# {line}", flush=True)
    return 1 if failed else 0
