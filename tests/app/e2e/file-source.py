#!/usr/bin/python3
"""A small window that a file can be dragged from, as from a file manager: file-source.py PATH."""

import sys

import gi

gi.require_version("Gdk", "4.0")
gi.require_version("Gtk", "4.0")
from gi.repository import Gdk, Gio, GLib, Gtk  # noqa: E402


def show(application):
    uris = Gio.File.new_for_path(sys.argv[1]).get_uri() + "\r\n"
    source = Gtk.DragSource(actions=Gdk.DragAction.COPY, content=Gdk.ContentProvider.new_for_bytes(
        "text/uri-list", GLib.Bytes.new(uris.encode())))
    label = Gtk.Label(label="A file", width_request=160, height_request=80)
    label.add_controller(source)
    Gtk.ApplicationWindow(application=application, title="file source", child=label).present()


application = Gtk.Application(flags=Gio.ApplicationFlags.NON_UNIQUE)
application.connect("activate", show)
application.run()
