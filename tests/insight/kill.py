#!/usr/bin/env python3
"""SIGKILL at random moments: the trainer, the server, the studio. Prints TAP.

  kill.py TELAR SAMPLES [STUDIO]

After each kill SQLite finds the store whole, and no point is missing that was reported as committed:
one that another process has read from the store, or one up to the step of a checkpoint that
`telar train --json` has told, before which the recorder waits until all is written. The moments come
from a seed, TELAR_KILL_SEED. TELAR_KILLS says how many there are: 40 unless told otherwise, of which
8 are of the server and 8 of the studio; `TELAR_KILLS=200 script/test insight/kill` tries as many as
were asked for, which takes minutes.
"""

import fcntl
import json
import os
import pathlib
import random
import re
import signal
import sqlite3
import subprocess
import sys
import tempfile
import time
import traceback
import urllib.request

KILLS = int(os.environ.get("TELAR_KILLS", 40))
SEED = int(os.environ.get("TELAR_KILL_SEED", 5))
RUNS_IN_A_WORKSPACE = 25


class Workspace:
    def __init__(self, folder):
        self.folder = pathlib.Path(folder)
        self.database = self.folder / "telar.db"

    def connect(self):
        """None while there is no store yet."""
        if not self.database.exists():
            return None
        return sqlite3.connect(f"file:{self.database}?mode=ro", uri=True, timeout=60)

    def last_step(self, run):
        """The last step of the run's loss; every one before it must be there, and only once."""
        base = self.connect()
        if base is None:
            return 0
        try:
            base.execute("BEGIN")
            tag = base.execute(
                "SELECT tag.id FROM tag JOIN run ON tag.run = run.id WHERE run.name = ? AND tag.name = 'loss'",
                [run]).fetchone()
            if tag is None:
                return 0
            chunks = base.execute(
                "SELECT first_step, last_step, points FROM chunk WHERE tag = ? ORDER BY last_step", tag).fetchall()
            rows = base.execute("SELECT step FROM point WHERE tag = ? ORDER BY step", tag).fetchall()
        except sqlite3.OperationalError as problem:
            if "no such table" in str(problem):  # the schema is not committed yet
                return 0
            raise
        finally:
            base.close()
        last = 0
        for first, end, points in chunks + [(step, step, 1) for (step,) in rows]:
            assert first == last + 1 and end - first + 1 == points, f"{run}: step {first} after {last}"
            last = end
        return last

    def check_whole(self):
        base = self.connect()
        if base is None:
            return
        try:
            answer = base.execute("PRAGMA integrity_check").fetchall()
            assert answer == [("ok",)], answer
        finally:
            base.close()

    def status(self, telar, run):
        done = subprocess.run([telar, "runs", "show", run, "--workspace", self.folder, "--json"],
                              capture_output=True, text=True)
        return json.loads(done.stdout)["status"] if done.returncode == 0 else None


class Process:
    """A child whose lines can be read without waiting."""

    def __init__(self, *command, **environment):
        self.child = subprocess.Popen(
            list(map(str, command)), stdout=subprocess.PIPE, stderr=subprocess.DEVNULL,
            env={**os.environ, **environment})
        fcntl.fcntl(self.child.stdout, fcntl.F_SETFL, os.O_NONBLOCK)
        self.text = ""

    def lines(self):
        """The whole lines so far."""
        self.text += (self.child.stdout.read() or b"").decode()
        return self.text.split("\n")[:-1]

    def wait_for(self, probe):
        while True:
            found = probe()
            if found:
                return found
            assert self.child.poll() is None, f"ended with {self.child.returncode}: {self.text}"
            time.sleep(0.01)

    def kill(self):
        self.child.send_signal(signal.SIGKILL)
        status = self.child.wait()
        assert status == -signal.SIGKILL, f"ended with {status} before it was killed: {self.text}"


class Trainer(Process):
    def __init__(self, telar, samples, workspace, run):
        super().__init__(telar, "train", samples / "digits-dense.telar", "--workspace", workspace.folder,
                         "--run", run, "--epochs", 100000, "--threads", 1, "--json")
        self.workspace, self.run = workspace, run

    def told_step(self):
        """The step of the last checkpoint that was told."""
        events = map(json.loads, self.lines())
        return max((event["step"] for event in events if event["event"] == "checkpoint"), default=0)


def watch(trainer, seconds):
    """Reads as another process does; the last step that was reported as committed."""
    reported, end = 0, time.monotonic() + seconds
    while time.monotonic() < end:
        reported = max(reported, trainer.workspace.last_step(trainer.run))
        time.sleep(0.005)
    return max(reported, trainer.told_step())


class Kills:
    def __init__(self, telar, samples, studio):
        self.telar, self.samples, self.studio = telar, samples, studio
        self.random = random.Random(SEED)
        self.reported = 0

    def trainer(self, workspace, run):
        """At any moment: now and then before the first step, else while it records."""
        trainer = Trainer(self.telar, self.samples, workspace, run)
        if self.random.random() > 0.3:
            trainer.wait_for(lambda: workspace.last_step(run))
        reported = watch(trainer, self.random.uniform(0, 0.6))
        trainer.kill()
        reported = max(reported, trainer.told_step())
        workspace.check_whole()
        there = workspace.last_step(run)
        assert there >= reported, f"{run}: {there} steps are there, {reported} were reported"
        assert workspace.status(self.telar, run) in ("lost", None)
        self.reported += reported

    def beside(self, workspace, run, start):
        """Kills what @start begins beside a training, which must not notice."""
        trainer = Trainer(self.telar, self.samples, workspace, run)
        try:
            before = trainer.wait_for(lambda: workspace.last_step(run))
            other = start(workspace, run)
            time.sleep(self.random.uniform(0, 0.6))
            reported = max(before, workspace.last_step(run))
            other.kill()
            workspace.check_whole()
            trainer.wait_for(lambda: workspace.last_step(run) > reported)
        finally:
            trainer.kill()
        workspace.check_whole()
        assert workspace.last_step(run) > reported
        self.reported += reported

    def start_server(self, workspace, run):
        """A server that has just been asked to write into the store."""
        server = Process(self.telar, "serve", "--workspace", workspace.folder, "--port", 0)
        url = server.wait_for(lambda: re.search(r"(http://\S+)/\?token=(\S+)", "\n".join(server.lines())))
        request = urllib.request.Request(
            f"{url[1]}/api/runs/{run}/requests", data=b'{"kind":"checkpoint"}',
            headers={"Authorization": f"Bearer {url[2]}", "Content-Type": "application/json"})
        with urllib.request.urlopen(request) as answer:
            assert answer.status < 300
        return server

    def start_studio(self, workspace, run):
        return Process(self.studio, self.samples / "digits-dense.telar",
                       TELAR_WORKSPACE=str(workspace.folder))

    def one(self, number, workspace):
        run = f"run-{number}"
        if number % 5 == 3:
            self.beside(workspace, run, self.start_server)
        elif number % 5 == 4 and self.studio:
            self.beside(workspace, run, self.start_studio)
        else:
            self.trainer(workspace, run)

    def all(self):
        for first in range(0, KILLS, RUNS_IN_A_WORKSPACE):
            with tempfile.TemporaryDirectory() as folder:
                workspace = Workspace(folder)
                for number in range(first, min(first + RUNS_IN_A_WORKSPACE, KILLS)):
                    self.one(number, workspace)
        assert self.reported > KILLS, f"only {self.reported} points were reported: nothing was tried"


def main():
    print("1..1")
    kills = Kills(sys.argv[1], pathlib.Path(sys.argv[2]), sys.argv[3] if len(sys.argv) > 3 else None)
    try:
        kills.all()
        print(f"ok 1 - {KILLS} kills, {kills.reported} reported steps, seed {SEED}")
        return 0
    except Exception:
        print("not ok 1 - kills")
        print("\n".join("# " + line for line in traceback.format_exc().splitlines()))
        return 1


if __name__ == "__main__":
    sys.exit(main())
