#!/usr/bin/python3
"""Pictures of every page: screenshots.py STUDIO SAMPLES FOLDER SIZE LANGUAGE SCHEME. What is clicked
is found by actions and roles, which are the same in every language."""

import json
import os
import shutil
import subprocess
import sys
import tempfile
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from studio import Store, Studio, wait_for, xdotool  # noqa: E402

PROGRAM, SAMPLES, FOLDER, SIZE, LANGUAGE, SCHEME = sys.argv[1:7]


def prefer(scheme):
    """The scheme, and the font that GNOME's desktop asks for."""
    gtk = os.path.join(os.environ["XDG_CONFIG_HOME"], "gtk-4.0")
    os.makedirs(gtk, exist_ok=True)
    with open(os.path.join(gtk, "settings.ini"), "w") as file:
        file.write("[Settings]\ngtk-font-name=Cantarell 11\n")
    folder = os.path.join(os.environ["XDG_CONFIG_HOME"], "telar")
    os.makedirs(folder, exist_ok=True)
    with open(os.path.join(folder, "studio.ini"), "w") as file:
        file.write(f"[studio]\nappearance={scheme}\n")


def shot(name, rest=0.8):
    """The whole screen, once it has come to rest."""
    time.sleep(rest)
    path = os.path.join(FOLDER, f"{name}-{SIZE}-{LANGUAGE}-{SCHEME}.png")
    subprocess.run(["import", "-window", "root", path], check=True)


def fill_screen(studio):
    width, height = SIZE.split("x")
    xdotool("windowsize", "--sync", studio.window, width, height)
    xdotool("windowmove", studio.window, 0, 0)
    xdotool("mousemove", int(width) - 2, int(height) - 2)
    time.sleep(0.5)


def windows(studio):
    return xdotool("search", "--onlyvisible", "--pid", studio.process.pid).split()


def dialog(studio, name, way, rest=1.0):
    """What a key or an action of the window opens, then closed by Escape."""
    before = len(windows(studio))
    if way.startswith("win."):
        studio.window_action(way)
    else:
        studio.key(way)
    wait_for(name, lambda: len(windows(studio)) > before)
    shot(name, rest)
    studio.key("Escape")
    wait_for(f"{name} closed", lambda: len(windows(studio)) <= before)
    time.sleep(0.3)


def start_page():
    studio = Studio(PROGRAM)
    fill_screen(studio)
    shot("start", 3)
    studio.close()


def code_and_differences(studio, project):
    """The model as source code, and what became of it since the sample."""
    dialog(studio, "code", "F4", 2)
    other = project.replace(".telar", "-before.telar")
    with open(project) as file:
        graph = json.load(file)
    for node in graph["nodes"]:
        if node["id"] == "conv2":
            node["params"]["filters"] = 16
    removed = {"id": "tanh1", "op": "tanh"}
    graph["nodes"].append(removed)
    graph["edges"].append({"from": "scale:out", "to": "tanh1:in"})
    graph["layout"]["tanh1"] = [graph["layout"]["conv1"][0], graph["layout"]["conv1"][1] - 120]
    with open(other, "w") as file:
        json.dump(graph, file)
    before = windows(studio)
    studio.window_action("win.compare")
    wait_for("where to choose", lambda: len(windows(studio)) > len(before))
    time.sleep(1)
    studio.key("ctrl+l")
    studio.key("ctrl+a")
    studio.type(other)
    studio.key("Return")
    time.sleep(1)
    xdotool("mousemove", 2, 2)
    shot("differences", 2)
    studio.key("Escape")


def drawing(studio):
    """A picture of a function, a group entered, a wire that is refused while it is drawn."""
    studio.act(studio.node("relu1"), "node.select")
    shot("activation")
    studio.key("shift+Right")
    studio.key("ctrl+g")
    time.sleep(0.5)
    studio.key("alt+Down")
    studio.node("conv2")
    shot("group", 1.5)
    studio.key("alt+Up")
    time.sleep(0.5)
    studio.key("ctrl+z", "0")
    studio.node("conv1")
    target = studio.node("dense1")
    left, top, _, height = studio.box(target)
    studio.act(studio.node("digits"), "node.select")
    start = studio.box(studio.node("digits"))
    xdotool("mousemove", start[0] + start[2], start[1] + round(start[3] * 0.84))
    xdotool("mousedown", 1)
    for step in range(1, 6):
        xdotool("mousemove", start[0] + start[2] + (left - start[0] - start[2]) * step // 5,
                start[1] + round(start[3] * 0.84)
                + (top + height // 2 - start[1] - round(start[3] * 0.84)) * step // 5)
        time.sleep(0.1)
    shot("refused")
    xdotool("key", "Escape")  # to clear modifiers would let the button go
    xdotool("mouseup", 1)
    xdotool("mousemove", 2, 2)
    studio.key("Escape")


def design_pages(project):
    studio = Studio(PROGRAM, project)
    fill_screen(studio)
    studio.node("conv1")
    shot("design")
    studio.act(studio.node("conv2"), "node.select")
    shot("node")
    studio.key("ctrl+d")  # copies that nothing feeds: problems
    studio.key("F7")
    shot("problems", 1.5)
    studio.key("F7")
    studio.key("ctrl+z")
    dialog(studio, "help", "F1")
    dialog(studio, "history", "ctrl+h")
    dialog(studio, "preferences", "ctrl+comma")
    dialog(studio, "shortcuts", "ctrl+question", 1.5)
    dialog(studio, "export", "ctrl+e")
    dialog(studio, "operators", "win.operators")
    studio.key("F10")
    shot("menu")
    studio.key("Escape")
    studio.key("ctrl+b")
    shot("bookmarks")
    studio.key("Escape")
    studio.key("ctrl+f")
    studio.type("conv")
    shot("find")
    studio.key("Escape")
    studio.key("shift+F4")
    shot("costs")
    studio.key("shift+F4")
    studio.key("Tab")
    shot("add")
    studio.key("Escape")
    studio.key("Escape")
    shot("settings")
    drawing(studio)
    code_and_differences(studio, project)
    studio.key("ctrl+s")  # else the next one asks what becomes of the edits
    time.sleep(1)
    studio.key("alt+Home")
    time.sleep(1)
    studio.close()


def sections(studio):
    """Of the page of training, beside its charts."""
    lists = wait_for("the sections", lambda: studio.all("page tab list"))
    tabs = max(lists, key=lambda item: item.get_child_count())
    for index in range(1, tabs.get_child_count()):
        left, top, width, height = studio.box(tabs.get_child_at_index(index))
        xdotool("mousemove", left + width // 2, top + height // 2, "click", 1)
        xdotool("mousemove", 2, 2)
        shot(f"section-{index}", 2)


def train_pages(project):
    store = Store()
    studio = Studio(PROGRAM, project)
    fill_screen(studio)
    studio.node("conv1")
    studio.key("F5")
    store.wait("epochs", lambda run: run["step"] > 150, 180)
    shot("training", 1.5)
    store.wait("the end", lambda run: run["status"] == "done", 300)
    shot("trained", 2)
    sections(studio)
    studio.key("alt+3")
    shot("compare", 2)
    studio.key("alt+1")
    dialog(studio, "export-trained", "ctrl+e", 1.5)
    studio.close()


def empty_page():
    studio = Studio(PROGRAM)
    fill_screen(studio)
    studio.key("ctrl+n")
    studio.canvas()
    shot("empty", 2)
    studio.close()


def main():
    prefer(SCHEME)
    with tempfile.TemporaryDirectory() as folder:
        project = os.path.join(folder, "digits-cnn.telar")
        shutil.copy(os.path.join(SAMPLES, "digits-cnn.telar"), project)
        os.symlink(os.path.join(SAMPLES, "digits"), os.path.join(folder, "digits"))
        with open(project) as file:
            text = file.read()
        with open(project, "w") as file:
            file.write(text.replace('"training": {', '"training": {\n  "epochs": 2,', 1)
                       if '"epochs"' not in text else text)
        only = os.environ.get("TELAR_PAGES", "start design empty train").split()
        if "start" in only:
            start_page()
        if "design" in only:
            design_pages(project)
        if "empty" in only:
            empty_page()
        if "train" in only:
            train_pages(project)


main()
