"""Drives telar-studio from outside: through accessibility where it can, with synthetic input where
a person would use the pointer. Everything waits by polling, with a time-out."""

import os
import signal
import sqlite3
import subprocess
import time

import gi

gi.require_version("Atspi", "2.0")
from gi.repository import Atspi, GLib  # noqa: E402

TIMEOUT = int(os.environ.get("TELAR_PATIENCE", "60"))  # seconds, for one thing to come about


class Failure(Exception):
    pass


def picture(what):
    """The screen as it is now, where somebody wants pictures of what failed."""
    folder = os.environ.get("TELAR_FAILURES")
    if folder:
        path = os.path.join(folder, "".join(c if c.isalnum() else "-" for c in what[:40]) + ".png")
        subprocess.run(["import", "-window", "root", path], check=False)


def wait_for(what, probe, timeout=TIMEOUT):
    """The first true answer of probe; a Failure that names what did not come."""
    end = time.monotonic() + timeout
    while True:
        try:
            answer = probe()
        except Exception as error:  # a widget that goes while it is looked at
            if "atspi" not in str(error).lower() and "dbus" not in str(error).lower():
                raise
            answer = None
        if answer:
            return answer
        if time.monotonic() > end:
            picture(what)
            raise Failure(f"{what}: did not come in {timeout} s")
        time.sleep(0.1)


def xdotool(*arguments):
    done = subprocess.run(["xdotool", *map(str, arguments)], capture_output=True, text=True)
    return done.stdout.strip()


def walk(node):
    """The node and all below it."""
    stack = [node]
    while stack:
        item = stack.pop()
        if item is None:
            continue
        yield item
        for index in range(item.get_child_count() - 1, -1, -1):
            stack.append(item.get_child_at_index(index))


def extents(window):
    """(x, y, width, height) of a window, on the screen."""
    told = dict(line.split("=") for line in
                xdotool("getwindowgeometry", "--shell", window).splitlines() if "=" in line)
    return tuple(int(told[name]) for name in ("X", "Y", "WIDTH", "HEIGHT"))


def do(node, index):
    """An action that is called; a busy studio answers after D-Bus has lost its patience."""
    try:
        node.do_action(index)
    except GLib.Error as error:
        if "did not receive a reply" not in str(error).lower():
            raise


class Studio:
    def __init__(self, program, *arguments):
        self.network = None
        self.focus = None
        self.listener = Atspi.EventListener.new(self._on_focus)
        self.listener.register("object:state-changed:focused")
        self.process = subprocess.Popen([program, *arguments])
        self.app = wait_for("the studio's window", self._find_app)
        self.window = wait_for("the window's number", self._find_window)
        xdotool("windowactivate", self.window)
        time.sleep(0.3)

    def _find_app(self):
        desktop = Atspi.get_desktop(0)
        for index in range(desktop.get_child_count()):
            app = desktop.get_child_at_index(index)
            if app and app.get_process_id() == self.process.pid and app.get_child_count():
                return app
        if self.process.poll() is not None:
            raise Failure(f"the studio ended with {self.process.returncode}")
        return None

    def _find_window(self):
        numbers = xdotool("search", "--onlyvisible", "--pid", self.process.pid).split()
        return numbers[-1] if numbers else None

    def is_active(self):
        """Whether keys go to its window and not to a dialog's, or to none."""
        return xdotool("getactivewindow") == self.window

    def _on_focus(self, event):
        try:
            if event.detail1 and event.source.get_process_id() == self.process.pid:
                self.focus = event.source
        except GLib.Error:  # of a studio that has ended
            pass

    # --- looking ------------------------------------------------------------------------------

    def all(self, role=None, name=None, part=None, tip=None, within=None):
        """Widgets by role, whole name, a part of the name, or tooltip; hidden ones are not told."""
        found = []
        for node in walk(within or self.app):
            if role and node.get_role_name() != role:
                continue
            label = node.get_name() or ""
            # GTK 4.8 sometimes tells a button's name twice: once its own, once its label's.
            if name is not None and label not in (name, f"{name} {name}"):
                continue
            if part is not None and part not in label:
                continue
            if tip is not None and node.get_description() != tip:
                continue
            found.append(node)
        return found

    def find(self, role=None, name=None, part=None, tip=None, within=None):
        what = f"{role or 'widget'} “{name or part or tip}”"
        return wait_for(
            what, lambda: next(iter(self.all(role, name, part, tip, within)), None))

    def message(self, part):
        """Words at the lower edge of the window, which go after a few seconds: a walk through its pages may
        take longer than they stay."""
        level = [self.app]
        while level:
            for item in level:
                if part in (item.get_name() or ""):
                    return item
            level = [item.get_child_at_index(index) for item in level if item.get_name() != "GtkStackPage"
                     for index in range(item.get_child_count())]
            level = [item for item in level if item]
        return None

    def canvas(self):
        """What has the cards below it: to walk the whole window takes long."""
        if not self.network:
            self.network = wait_for("the canvas", lambda: next(
                (item for item in walk(self.app) if item.get_role_name() == "panel" and "canvas.wire"
                 in [item.get_action_name(i) for i in range(item.get_n_actions())]), None))
        return self.network

    def node(self, identifier):
        """The card of a node, by its id, which its description begins with."""

        def probe():
            for item in walk(self.canvas()):
                words = (item.get_description() or "").split(",")[0]
                if words == identifier and item.get_role_name() == "push button":
                    return item
            return None

        return wait_for(f"the node {identifier}", probe)

    def nodes(self):
        """Ids of the cards in view."""
        actions = lambda item: [item.get_action_name(i) for i in range(item.get_n_actions())]
        return sorted(
            item.get_description().split(",")[0]
            for item in walk(self.canvas())
            if item.get_role_name() == "push button" and "node.select" in actions(item)
        )

    def focused(self):
        """The widget that has the keyboard and those around it, innermost first."""
        context = GLib.MainContext.default()
        while context.iteration(False):
            pass
        path = [self.focus] if self.focus else []
        try:
            while path and path[-1].get_role_name() != "application":
                parent = path[-1].get_parent()
                if not parent:
                    break
                path.append(parent)
        except GLib.Error:  # a busy studio, or a widget that goes while it is looked at
            return []
        return path

    # --- doing --------------------------------------------------------------------------------

    def act(self, node, action="click"):
        for index in range(node.get_n_actions()):
            if node.get_action_name(index) == action:
                do(node, index)
                return
        names = [node.get_action_name(i) for i in range(node.get_n_actions())]
        raise Failure(f"“{node.get_name()}” has no action {action}, only {names}")

    def click(self, name, within=None):
        self.act(self.find("push button", name, within=within))

    def window_action(self, action):
        """An action of the window, as the menu calls it."""
        frame = next(n for n in walk(self.app) if n.get_role_name() == "frame")
        self.act(frame, action)

    def canvas_action(self, action):
        for node in walk(self.app):
            for index in range(node.get_n_actions()):
                if node.get_action_name(index) == action:
                    do(node, index)
                    return
        raise Failure(f"no widget has the action {action}")

    def box(self, node):
        """Left, top, width, height on the screen."""
        x, y, _, _ = extents(self.window)
        place = node.get_extents(Atspi.CoordType.WINDOW)
        return x + place.x, y + place.y, place.width, place.height

    def at_rest(self, identifier):
        """The box of a node's card once it stands still: a project that opens still moves to its view."""

        def still():
            before = self.box(self.node(identifier))
            time.sleep(0.3)
            return before if self.box(self.node(identifier)) == before else None

        return wait_for(f"{identifier} to stand still", still)

    def centre(self, node):
        x, y, width, height = self.box(node)
        return x + width // 2, y + height // 2

    def drag(self, start, end, rest=0.2):
        """As a person does: press, move in steps, rest, let go."""
        xdotool("mousemove", *start)
        time.sleep(0.1)
        xdotool("mousedown", 1)
        time.sleep(0.1)
        for step in range(1, 11):
            x = start[0] + (end[0] - start[0]) * step // 10
            y = start[1] + (end[1] - start[1]) * step // 10
            xdotool("mousemove", x, y)
            time.sleep(0.03)
        time.sleep(rest)
        xdotool("mouseup", 1)
        time.sleep(0.2)

    def sweep(self, start, end, button, *keys):
        """A drag with another button, or with keys held down."""
        xdotool("mousemove", *start)
        for key in keys:
            xdotool("keydown", key)
        xdotool("mousedown", button)
        for step in range(1, 9):
            xdotool("mousemove", start[0] + (end[0] - start[0]) * step // 8,
                    start[1] + (end[1] - start[1]) * step // 8)
            time.sleep(0.03)
        xdotool("mouseup", button)
        for key in keys:
            xdotool("keyup", key)
        time.sleep(0.2)

    def key(self, *keys):
        xdotool("key", "--clearmodifiers", *keys)

    def type(self, text):
        xdotool("type", "--delay", 10, text)

    def alive(self):
        return self.process.poll() is None

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()

    def close(self):
        if self.alive():
            self.process.terminate()
            self.process.wait(20)


class Store:
    """What the trainer has written, read beside the studio."""

    def __init__(self):
        self.path = self.file("telar.db")

    @staticmethod
    def file(name):
        """Paths in the store start at the workspace."""
        return os.path.join(os.environ["TELAR_WORKSPACE"], name)

    def run(self):
        """The newest run as a dictionary, or None."""
        if not os.path.exists(self.path):
            return None
        base = sqlite3.connect(f"file:{self.path}?mode=ro", uri=True, timeout=10)
        base.row_factory = sqlite3.Row
        try:
            row = base.execute("SELECT * FROM run ORDER BY id DESC LIMIT 1").fetchone()
        except sqlite3.OperationalError:  # the schema is being made
            return None
        finally:
            base.close()
        return dict(row) if row else None

    def wait(self, what, probe, timeout=TIMEOUT):
        return wait_for(what, lambda: (lambda run: run and probe(run) and run)(self.run()), timeout)
