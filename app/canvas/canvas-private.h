/* What the files of the canvas share: canvas.c (the widget, view, selection), draw.c, gestures.c,
 * wiring.c, keyboard.c, wire-keys.c, proxies.c. */
#pragma once

#include "app/canvas/canvas.h"
#include "app/canvas/card.h"
#include "app/canvas/scene.h"
#include "app/project/edits.h"

#include <adwaita.h>

G_BEGIN_DECLS

#define TELAR_ZOOM_MIN 0.04
#define TELAR_ZOOM_MAX 3.0
/* How near a port or wire the pointer must be, in pixels of the screen. */
#define TELAR_REACH 10.0
/* Where a wire that is being drawn finds a port. */
#define TELAR_SNAP 26.0
/* Between a node and one added beside it, in canvas units. */
#define TELAR_BESIDE 64.0f

typedef struct {
  double x, y; /* canvas coordinates at the widget's top left */
  double zoom;
} TelarView;

typedef enum {
  TELAR_DRAG_NONE,
  TELAR_DRAG_PRESSED, /* on a node or the ground, not moved yet */
  TELAR_DRAG_PAN,
  TELAR_DRAG_MOVE,
  TELAR_DRAG_RUBBER,
  TELAR_DRAG_WIRE,
} TelarDragKind;

/* A node that is being dragged, and where it was. */
typedef struct {
  TelarSceneNode *node;
  float x, y;
} TelarHeld;

/* A wire that is being drawn. */
typedef struct {
  TelarSceneNode *node; /* where it hangs */
  gboolean output;
  guint port;
  TelarEdge *moved; /* the wire that was taken off an input, or NULL; a copy */
  TelarHit target;  /* the port under the pointer, if any */
  char *refusal;    /* why it may not go there; NULL when it may */
  gboolean by_key;  /* the arrows carry it, not the pointer */
  TelarHit started; /* by key: the port where it was taken up */
  char *shapes;     /* what it would bring there and what that gives, or does not suit; or NULL */
  GHashTable *fits; /* "NODE:PORT" -> GINT_TO_POINTER (1 + fits), while this wire is drawn */
} TelarWiring;

struct _TelarCanvas {
  GtkWidget parent_instance;

  TelarDocument *document;
  TelarAnalysis *analysis;
  TelarScene *scene;
  TelarTheme theme;

  TelarView view;
  gboolean placed;    /* the view was chosen for this document */
  gboolean untouched; /* and nobody has changed it since: it follows the size */
  AdwAnimation *animation;
  TelarView animate_from, animate_to;

  GHashTable *selection; /* TelarSceneNode * */
  TelarSceneEdge *selected_edge;
  TelarSceneNode *current; /* where the keyboard is */

  TelarDragKind drag;
  TelarHit pressed;
  gboolean pressed_extends;              /* shift or control was held */
  graphene_point_t drag_start, drag_now; /* widget coordinates */
  TelarView drag_view;
  GArray *held;         /* TelarHeld */
  GHashTable *rubbered; /* what was selected before the rubber band */
  TelarWiring wiring;
  gboolean space;

  graphene_point_t pointer;
  gboolean pointer_inside;
  TelarHit hover;
  double pinch_zoom;
  const TelarOperator *dropping; /* over the canvas in a drag from the palette */
  TelarSceneEdge *drop_edge;

  GPtrArray *proxies;       /* widgets that stand for nodes in view */
  GHashTable *wire_proxies; /* TelarSceneEdge * -> GtkWidget *, borrowed both */
  guint proxies_idle;
  GtkWidget *quick_add;
  GtkWidget *menu;
};

/* --- canvas.c --------------------------------------------------------------------------------- */

void telar_canvas_set_view (TelarCanvas *self, const TelarView *view);
void telar_canvas_animate_to (TelarCanvas *self, const TelarView *view);
void telar_canvas_message (TelarCanvas *self, const GError *error);
/* Selection; each tells the others when something changed. */
void telar_canvas_select_node (TelarCanvas *self, TelarSceneNode *node, gboolean extend);
void telar_canvas_select_edge (TelarCanvas *self, TelarSceneEdge *edge);
void telar_canvas_clear_selection (TelarCanvas *self);
void telar_canvas_selection_changed (TelarCanvas *self);
/* Scrolls so that the node is in view. */
void telar_canvas_ensure_visible (TelarCanvas *self, TelarSceneNode *node);
float telar_canvas_snap (double value);

/* --- the other files -------------------------------------------------------------------------- */

void telar_canvas_snapshot (GtkWidget *widget, GtkSnapshot *snapshot); /* draw.c */

void telar_canvas_add_gestures (TelarCanvas *self); /* gestures.c */
void telar_canvas_cancel_drag (TelarCanvas *self);
void telar_canvas_show_menu (TelarCanvas *self, double x, double y);

/* wiring.c: one wire, from the port where it starts until it is let go. */
void telar_canvas_wiring_begin (TelarCanvas *self, const TelarHit *hit);
void telar_canvas_wiring_update (TelarCanvas *self);
/* Makes @target the port that it would go to, and finds out whether it fits there. */
void telar_canvas_wiring_aim (TelarCanvas *self, const TelarHit *target);
void telar_canvas_wiring_end (TelarCanvas *self, gboolean drop);
gboolean telar_canvas_wiring_fits (TelarCanvas *self, TelarSceneNode *node, guint port);

/* wire-tag.c: the shapes at both ends of the wire that is drawn, at the pointer. */
char *telar_canvas_wire_shapes (TelarCanvas *self, const TelarEdge *wire, const TelarType *result);
void telar_canvas_draw_wire_tag (TelarCanvas *self, GtkSnapshot *snapshot);

void telar_canvas_add_actions (GtkWidgetClass *klass); /* keyboard.c */
void telar_canvas_add_keys (TelarCanvas *self);

/* wire-keys.c: takes up a wire at a port of the current node, or at its next port. */
void telar_canvas_wire_by_key (TelarCanvas *self);
void telar_canvas_wire_from (TelarCanvas *self, TelarSceneNode *node, gboolean output, guint port);
/* While such a wire is held its keys come first: TRUE when it took this one. */
gboolean telar_canvas_wire_key (TelarCanvas *self, guint key, GdkModifierType state);
/* Selects the next wire of the current node, or with -1 the one before. */
void telar_canvas_step_wire (TelarCanvas *self, int step);
/* The node to which the selected wire leads, in the direction of @dx; NULL without a wire. */
TelarSceneNode *telar_canvas_wire_end (TelarCanvas *self, int dx);
/* fixes-menu.c */
void telar_canvas_append_fixes (TelarCanvas *self, GMenu *menu);
void telar_canvas_add_fix_action (GtkWidgetClass *klass);

void telar_canvas_add_drop_target (TelarCanvas *self); /* drop.c */

/* proxies.c: accessible children for the nodes in view. */
void telar_canvas_update_proxies (TelarCanvas *self);
void telar_canvas_allocate_proxies (TelarCanvas *self);
void telar_canvas_drop_proxies (TelarCanvas *self);
void telar_canvas_focus_current (TelarCanvas *self);
/* So that accessibility tools read them out. */
void telar_canvas_focus_port (TelarCanvas *self, TelarSceneNode *node, gboolean output, guint port);
void telar_canvas_focus_wire (TelarCanvas *self, TelarSceneEdge *edge);

/* quick-add.c: search and add at a point of the widget; @attach, a port to wire to, may be NULL. */
void telar_canvas_quick_add (TelarCanvas *self, double x, double y, const TelarPortRef *attach);

G_END_DECLS
