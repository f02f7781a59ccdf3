/* An ONNX model on the canvas, and there and back again. */
#pragma once

#include "engine/exchange/import.h"
#include "engine/lower.h"
#include "engine/plan.h"

typedef struct {
  TelarGraph *graph;
  TelarStates *states;
  TelarLowered *lowered;  /* as a model in use */
  TelarProgram *compiled; /* simplified */
} Imported;

void imported_clear (Imported *imported);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Imported, imported_clear)

/* Lowers and simplifies @graph; takes it and @states, also on failure. */
gboolean imported_take (Imported *imported, TelarGraph *graph, TelarStates *states, GError **error);
/* Imports the file; @options may be NULL. */
gboolean imported_open (Imported *imported, const char *path, const TelarImportOptions *options,
                        GError **error);
/* Writes it as its layers to @path. */
gboolean imported_export (const Imported *imported, const char *path, GError **error);

/* The program's text, each instruction as late as the first that needs it allows, and without the
 * nodes that they come from: a layer for which ONNX has no operator is written as several nodes and
 * comes back as these, and how nodes are called decides which of those that do not need each other
 * comes first. The caller frees. */
char *imported_text (const Imported *imported);
/* Exports it to @scratch and imports that; TRUE when the program is the same. @again may be NULL.
 */
gboolean imported_comes_back (const Imported *imported, const char *scratch, char **once,
                              char **again, GError **error);
