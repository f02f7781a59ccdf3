/* The probes of a run's wires on a canvas: which there are, what they say at a step, and asking the
 * run for more. What a run was asked for stands in its store, so that they are there again when the
 * run is opened again. */
#pragma once

#include "app/canvas/canvas.h"
#include "insight/store.h"

G_BEGIN_DECLS

typedef struct TelarWireProbes TelarWireProbes;

TelarWireProbes *telar_wire_probes_new (TelarCanvas *canvas); /* which is borrowed */
void telar_wire_probes_free (TelarWireProbes *probes);
/* Whether there is one, in whatever drawing. */
gboolean telar_wire_probes_any (const TelarWireProbes *probes);
/* Shows on the canvas what the run had at @step, or at the last one before that was looked at. @row
 * NULL: nothing. */
void telar_wire_probes_look (TelarWireProbes *probes, TelarStore *store, const TelarRunRow *row,
                             TelarDocument *document, gint64 step);
/* Asks the run to probe an output of a node of the shown drawing, or no longer. Of a run that is
 * over, shows what it recorded, or hides it. FALSE with an error where that cannot be. */
gboolean telar_wire_probes_toggle (TelarWireProbes *probes, TelarStore *store,
                                   const TelarRunRow *row, TelarDocument *document,
                                   const char *node, guint port, GError **error);

G_END_DECLS
