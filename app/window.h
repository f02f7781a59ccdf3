/* TelarWindow: one project, from the start page through design to training. */
#pragma once

#include "app/application.h"
#include "app/project/document.h"

G_BEGIN_DECLS

#define TELAR_TYPE_WINDOW (telar_window_get_type ())
G_DECLARE_FINAL_TYPE (TelarWindow, telar_window, TELAR, WINDOW, AdwApplicationWindow)

TelarWindow *telar_window_new (TelarApplication *application);

/* Whether a project is open, or on its way. */
gboolean telar_window_has_document (TelarWindow *self);
/* The project's file, or NULL. Borrowed. */
const char *telar_window_path (TelarWindow *self);

/* Shows the help on what has the focus. */
void telar_window_help (TelarWindow *self);

/* Opens @path; edits that a crash left beside it are offered first. An ONNX model is imported.
 * Failures are shown. */
void telar_window_open (TelarWindow *self, const char *path);
/* Opens a copy of a sample. */
void telar_window_open_sample (TelarWindow *self, const char *path, const char *title);
/* Opens what a crash left of a project without a file. */
void telar_window_recover (TelarWindow *self, const char *journal);

G_END_DECLS
