/* TelarCanvas: the node editor. It shows a document, edits it with pointer, touch and keyboard, and
 * offers every edit as an action that accessibility tools and tests can call:
 *
 *   canvas.add-node (s OPERATOR)            in the middle of the view
 *   canvas.connect (ss)                     "NODE[:PORT]", "NODE[:PORT]"
 *   canvas.select (s ID), canvas.select-all, canvas.clear-selection
 *   canvas.remove, canvas.remove-bridge, canvas.cut, canvas.copy, canvas.paste, canvas.duplicate
 *   canvas.zoom-in, canvas.zoom-out, canvas.zoom-fit, canvas.zoom-selection, canvas.zoom-original
 *   canvas.keep-group, canvas.update-group
 *   canvas.quick-add, canvas.arrange, canvas.cancel-arranging, canvas.menu
 *   canvas.wire, canvas.next-wire, canvas.previous-wire, canvas.probe
 *   canvas.fix (s LABEL)                    of the selected node; "": the first that would mend it
 *   canvas.group, canvas.ungroup, canvas.enter-group, canvas.leave-group */
#pragma once

#include "app/project/analysis.h"
#include "app/project/document.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TELAR_TYPE_CANVAS (telar_canvas_get_type ())
G_DECLARE_FINAL_TYPE (TelarCanvas, telar_canvas, TELAR, CANVAS, GtkWidget)

/* Signals
 *   "probe" (const char *node, guint port): what an output brings is to be shown, or no longer
 *   "keep-group" (const char *group): it is to become an operator of the user's library
 *   "selection-changed"
 *   "view-changed": scrolled or zoomed
 *   "node-activated" (const char *id): double click or Enter
 *   "message" (const char *text): an edit was refused, and why
 *   "arranging" (double done): how much of a long arranging is done, from 0 to 1; negative at its
 *     end, however it ended */
GtkWidget *telar_canvas_new (void);
/* NULL for none. @analysis may be NULL: no shapes and problems are shown. */
void telar_canvas_set_document (TelarCanvas *self, TelarDocument *document,
                                TelarAnalysis *analysis);

/* Ids of the selected nodes, sorted. Caller frees. */
char **telar_canvas_selection (TelarCanvas *self);
void telar_canvas_select (TelarCanvas *self, const char *const *ids);
/* A wire that is selected alone, or NULL: a copy of its ends in @wire, borrowed. */
gboolean telar_canvas_selected_wire (TelarCanvas *self, TelarEdge *wire);

/* Whether each node tells its parameters, its work and the bytes of its results. */
void telar_canvas_set_costs (TelarCanvas *self, gboolean show);
gboolean telar_canvas_shows_costs (TelarCanvas *self);

/* What a run says of a node. */
typedef struct {
  float heat;    /* 0: cold, 1: hot */
  char *text;    /* the number, as it is written */
  float *recent; /* what it was lately, 0 to 1, NaN where it was not; or NULL */
  guint n_recent;
} TelarHeat;
void telar_heat_free (gpointer heat);
/* Shows them on the cards: id of a node of the shown drawing -> TelarHeat *. Takes a reference;
 * NULL: nothing is shown. */
void telar_canvas_set_heats (TelarCanvas *self, GHashTable *heats);
/* Borrowed; NULL: nothing is shown. */
GHashTable *telar_canvas_heats (TelarCanvas *self);

/* What is on the wires of an output, as a small histogram. */
typedef struct {
  char *node;  /* of the shown drawing */
  guint port;  /* of its outputs */
  float *bars; /* how high, 0 to 1 */
  guint n_bars;
  char *low, *high; /* where the bars begin and end */
  char *facts;      /* a line below them; of one that waits for numbers the only text */
  gboolean bad;     /* there is something among them that should not be */
} TelarWireProbe;
void telar_wire_probe_free (gpointer probe);
/* Shows them on the wires: GPtrArray of TelarWireProbe *. Takes a reference; NULL: none. */
void telar_canvas_set_probes (TelarCanvas *self, GPtrArray *probes);
/* Borrowed; NULL: nothing is shown. */
const GPtrArray *telar_canvas_probes (TelarCanvas *self);

double telar_canvas_zoom (TelarCanvas *self);
/* About a point of the widget. */
void telar_canvas_zoom_about (TelarCanvas *self, double zoom, double x, double y);
/* All nodes in view, not larger than life. */
void telar_canvas_fit (TelarCanvas *self, gboolean animate);
/* The start of the flow at a readable size: how a document opens. */
void telar_canvas_show_start (TelarCanvas *self);
/* The start is all of the drawing, however small: for a canvas that is a picture of it. */
void telar_canvas_start_whole (TelarCanvas *self);
/* Those that are selected; all when none is. */
void telar_canvas_fit_selection (TelarCanvas *self);
/* With the point in the middle, and what is looked at so now. */
void telar_canvas_look_at (TelarCanvas *self, double x, double y, double zoom);
void telar_canvas_looked_at (TelarCanvas *self, double *x, double *y, double *zoom);
/* Marks the nodes of the drawing, none with an empty list, until others are. */
void telar_canvas_mark (TelarCanvas *self, const char *const *ids);
/* Scrolls until the node is in view and selects it. */
void telar_canvas_reveal (TelarCanvas *self, const char *id);

/* Adds a node in the middle of the view, or beside the selected node when its port fits. Caller
 * frees the id; NULL when refused, which "message" has told. */
char *telar_canvas_add (TelarCanvas *self, const char *op);

/* From the palette: the type of drags that the canvas takes. */
#define TELAR_TYPE_OPERATOR_DRAG (telar_operator_drag_get_type ())
typedef struct {
  const TelarOperator *op;
} TelarOperatorDrag;
GType telar_operator_drag_get_type (void);

/* Points of the widget and of the canvas, for tests and the minimap. */
graphene_point_t telar_canvas_to_widget (TelarCanvas *self, double x, double y);
graphene_point_t telar_canvas_from_widget (TelarCanvas *self, double x, double y);

G_END_DECLS
