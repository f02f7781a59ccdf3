/* What the files of the canvas share. */
#pragma once

#include "app/canvas/canvas.h"
#include "app/canvas/card.h"
#include "app/canvas/frame-memory.h"
#include "app/canvas/pills.h"
#include "app/canvas/scene.h"
#include "app/canvas/snap.h"
#include "app/canvas/viewing.h"
#include "app/project/edits.h"

#include <adwaita.h>

G_BEGIN_DECLS

/* How near a port or wire the pointer must be, in pixels of the screen. */
#define TELAR_REACH 10.0
/* Where a wire that is being drawn finds a port. */
#define TELAR_SNAP 26.0
/* Between a node and one added beside it, in canvas units. */
#define TELAR_BESIDE 64.0f

typedef enum {
  TELAR_DRAG_NONE,
  TELAR_DRAG_PRESSED, /* on a node or the ground, not moved yet */
  TELAR_DRAG_PAN,
  TELAR_DRAG_MOVE,
  TELAR_DRAG_RUBBER,
  TELAR_DRAG_WIRE,
  TELAR_DRAG_CUT,
  TELAR_DRAG_BEND,
  TELAR_DRAG_SIZE,
} TelarDragKind;

/* A node that is being dragged, and where it was. */
typedef struct {
  TelarSceneNode *node;
  float x, y;
} TelarHeld;

/* The title of a frame, by which it is held, in canvas units. */
#define TELAR_FRAME_TITLE 40.0f
/* The least width and height of a frame or note. */
#define TELAR_NOTE_LEAST 48.0f

/* A frame or a note, as the drawing has it. */
typedef struct TelarNoteItem {
  char *id;
  gboolean frame;
  char *text;
  TelarColour colour;
  graphene_rect_t rect;
  gboolean selected;
  PangoLayout *layout; /* of its text, or NULL */
} TelarNoteItem;

/* Which borders of it are held. */
enum {
  TELAR_BORDER_LEFT = 1,
  TELAR_BORDER_RIGHT = 2,
  TELAR_BORDER_TOP = 4,
  TELAR_BORDER_BOTTOM = 8
};

/* One that is being moved, and where it was. */
typedef struct {
  TelarNoteItem *note;
  graphene_point_t at;
} TelarHeldNote;

/* What is being moved. */
typedef struct {
  GArray *nodes;     /* TelarHeld */
  GHashTable *held;  /* the same nodes */
  GArray *notes;     /* TelarHeldNote */
  GArray *siblings;  /* graphene_rect_t of what it snaps to */
  GArray *guides;    /* TelarGuide */
  gboolean loose;    /* it was shaken out of its wires */
  int direction;     /* of the pointer: left, right */
  float extreme;     /* how far it went that way */
  float turned;      /* where it turned back last, */
  guint32 turn_time; /* when, */
  guint turns;       /* and how often */
} TelarMoving;

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

/* What the tiles show, besides the scene. */
typedef struct {
  TelarDetail detail;
  GHashTable *selection; /* TelarSceneNode *, */
  TelarSceneNode *focus; /* the one with a ring, or NULL, */
  TelarSceneEdge *wire;  /* the selected one, or NULL, */
  TelarSceneEdge *hover; /* and the one under the pointer: read only where the scene kept them */
  gboolean wire_ringed;  /* the selected one has a ring */
  const TelarEdge *moved;
  gboolean loose;
  guint notes;   /* stamp */
  double zoom;   /* of the last frame */
  gint64 zoomed; /* when it last changed a little; monotonic */
} TelarDrawn;

struct _TelarCanvas {
  GtkWidget parent_instance;

  TelarDocument *document;
  TelarAnalysis *analysis;
  TelarScene *scene;
  TelarTheme theme;
  PangoContext *card_context; /* made when it is needed */

  TelarView view;
  gboolean placed;    /* the view was chosen for this document */
  gboolean whole;     /* the start is all of it */
  gboolean untouched; /* and nobody has changed it since: it follows the size */
  AdwAnimation *animation;
  TelarView animate_from, animate_to;

  GHashTable *selection; /* TelarSceneNode * */
  TelarSceneEdge *selected_edge;
  int current_bend;        /* of it; -1: none */
  GPtrArray *notes;        /* TelarNoteItem *, the lowest first */
  GPtrArray *note_proxies; /* GtkWidget *, one for each */
  TelarNoteItem *current_note;
  GtkWidget *note_editor;     /* while one is being written, */
  TelarNoteItem *edited_note; /* this one */
  TelarNoteItem *sized;       /* whose border is held, */
  graphene_rect_t sized_from; /* and how it was */
  TelarSceneNode *current;    /* where the keyboard is */
  GHashTable *marked;         /* ids, of a search; NULL: none */

  TelarDragKind drag;
  TelarHit pressed;
  gboolean pressed_extends;              /* shift or control was held */
  graphene_point_t drag_start, drag_now; /* widget coordinates */
  TelarView drag_view;
  TelarMoving moving;
  GHashTable *rubbered; /* what was selected before the rubber band */
  TelarWiring wiring;
  GArray *cut_line;      /* graphene_point_t, canvas coordinates */
  GHashTable *cut_wires; /* TelarSceneEdge * that it crosses */
  gboolean space, knife; /* keys that are held */
  gboolean costs;        /* what nodes cost stands at their cards */
  GHashTable *heats;     /* id -> TelarHeat * that stands there; or NULL */
  GPtrArray *probes;     /* TelarWireProbe * that stand at wires; or NULL */

  graphene_point_t pointer;
  gboolean pointer_inside;
  gboolean double_clicked; /* by the press that a drag may begin with */
  TelarHit hover;
  double pinch_zoom;
  const TelarOperator *dropping; /* over the canvas in a drag from the palette */
  TelarSceneEdge *drop_edge;     /* the wire that what is dragged would go into, */
  TelarSceneNode *drop_node;     /* and the node that it would replace */

  GPtrArray *proxies;       /* widgets that stand for nodes in view */
  GHashTable *wire_proxies; /* TelarSceneEdge * -> GtkWidget *, borrowed both */
  guint proxies_idle;
  struct TelarArranging *arranging; /* in a thread; NULL when there is none */
  struct TelarTiles *tiles;
  TelarFrameMemory memory;
  TelarDrawn drawn;
  TelarPills *pills;
  GtkWidget *quick_add;
  GtkWidget *menu;
  GPtrArray *offers; /* TelarFix *, of the wire that was refused last; or NULL */
};

/* --- canvas.c, view.c, selection.c ------------------------------------------------------------ */

/* For text in cards, which only the zoom makes larger. Borrowed. */
PangoContext *telar_canvas_card_context (TelarCanvas *self);
void telar_canvas_set_view (TelarCanvas *self, const TelarView *view);
/* What is in view, in canvas units. */
graphene_rect_t telar_canvas_visible (TelarCanvas *self);
void telar_canvas_animate_to (TelarCanvas *self, const TelarView *view);
void telar_canvas_animate (double t, gpointer canvas);
void telar_canvas_message (TelarCanvas *self, const GError *error);
/* Selection; each tells the others when something changed. */
void telar_canvas_select_node (TelarCanvas *self, TelarSceneNode *node, gboolean extend);
void telar_canvas_select_edge (TelarCanvas *self, TelarSceneEdge *edge);
void telar_canvas_clear_selection (TelarCanvas *self);
/* Without telling anybody. */
void telar_canvas_deselect (TelarCanvas *self);
void telar_canvas_selection_changed (TelarCanvas *self);
/* Where a menu for it comes up when no pointer asks: a point of the widget. */
graphene_point_t telar_canvas_selection_place (TelarCanvas *self);
/* Scrolls so that the node is in view. */
void telar_canvas_ensure_visible (TelarCanvas *self, TelarSceneNode *node);
void telar_canvas_show_rect (TelarCanvas *self, const graphene_rect_t *rect);
/* What places are multiples of: 1 where the person wants no grid. */
float telar_canvas_grid (void);
float telar_canvas_snap (double value);

/* --- the other files -------------------------------------------------------------------------- */

void telar_canvas_snapshot (GtkWidget *widget, GtkSnapshot *snapshot); /* draw.c */
/* drawn.c: damages the tiles that show something else than there is now. */
void telar_canvas_update_tiles (TelarCanvas *self, TelarDetail detail);

/* focus.c: the node and the wire that are drawn with a ring as they have the keyboard, or NULL. */
TelarSceneNode *telar_canvas_ringed (TelarCanvas *self);
TelarSceneEdge *telar_canvas_ringed_wire (TelarCanvas *self);
/* The ring of a port, of a note or of the canvas, which is @all. */
void telar_canvas_snapshot_focus (TelarCanvas *self, GtkSnapshot *snapshot,
                                  const graphene_rect_t *all);

/* overlay.c: what a gesture is about to do. */
void telar_canvas_snapshot_overlay (TelarCanvas *self, GtkSnapshot *snapshot,
                                    const graphene_rect_t *all);

void telar_canvas_add_gestures (TelarCanvas *self); /* gestures.c */
void telar_canvas_cancel_drag (TelarCanvas *self);
void telar_canvas_set_cursor (TelarCanvas *self);
void telar_canvas_double_click (TelarCanvas *self, double x, double y);

/* notes.c: frames and notes. */
GPtrArray *telar_canvas_new_notes (void);
TelarNoteItem *telar_canvas_find_note (TelarCanvas *self, const char *id);
void telar_canvas_sync_notes (TelarCanvas *self);
/* What lies at a point of the widget, notes and bends included. */
TelarHit telar_canvas_hit (TelarCanvas *self, double x, double y);
/* Widens @bounds to hold them. */
void telar_canvas_notes_bounds (TelarCanvas *self, graphene_rect_t *bounds);
void telar_canvas_select_note (TelarCanvas *self, TelarNoteItem *item, gboolean extend);
/* Ids; the caller frees. */
char **telar_canvas_selected_notes (TelarCanvas *self);
void telar_canvas_add_notes_to_selection (TelarCanvas *self, const char *const *ids);
/* Whether the rubber band around @area takes it. */
gboolean telar_canvas_note_in (const TelarNoteItem *item, const graphene_rect_t *area);
void telar_canvas_step_note (TelarCanvas *self);
void telar_canvas_size_begin (TelarCanvas *self);
void telar_canvas_size_update (TelarCanvas *self, double dx, double dy);
void telar_canvas_size_end (TelarCanvas *self, gboolean keep);
void telar_canvas_place_note (TelarCanvas *self, const TelarNoteItem *item,
                              const graphene_rect_t *rect, const char *merge_key);

/* notes-draw.c */
void telar_canvas_snapshot_notes (TelarCanvas *self, GtkSnapshot *snapshot, gboolean frames,
                                  const graphene_rect_t *area);
/* Differs after each change of what is drawn of them. */
guint telar_canvas_notes_stamp (TelarCanvas *self);
void telar_canvas_forget_notes (TelarCanvas *self);

/* note-edit.c: writing in place. */
void telar_canvas_edit_note (TelarCanvas *self, TelarNoteItem *item);
void telar_canvas_finish_note (TelarCanvas *self);
void telar_canvas_follow_editor (TelarCanvas *self);
void telar_canvas_allocate_editor (TelarCanvas *self);

/* note-proxy.c: accessible children for them. */
void telar_canvas_update_note_proxies (TelarCanvas *self);
void telar_canvas_allocate_note_proxies (TelarCanvas *self);
void telar_canvas_drop_note_proxies (TelarCanvas *self);
void telar_canvas_focus_note (TelarCanvas *self);

/* bends.c: where wires are led through. */
void telar_canvas_hit_bend (TelarCanvas *self, const graphene_point_t *at, TelarHit *hit);
void telar_canvas_bend_begin (TelarCanvas *self);
void telar_canvas_bend_update (TelarCanvas *self);
void telar_canvas_bend_end (TelarCanvas *self);
void telar_canvas_add_bend (TelarCanvas *self, TelarSceneEdge *edge, float x, float y);
void telar_canvas_remove_bend (TelarCanvas *self, TelarSceneEdge *edge, guint index);
void telar_canvas_straighten (TelarCanvas *self);
/* In the middle of the selected wire; the next of its bends. */
void telar_canvas_bend_by_key (TelarCanvas *self);
void telar_canvas_step_bend (TelarCanvas *self);
/* FALSE when no bend is current. */
gboolean telar_canvas_nudge_bend (TelarCanvas *self, double dx, double dy);
void telar_canvas_snapshot_bends (TelarCanvas *self, GtkSnapshot *snapshot);

/* move.c: a drag of what is selected. @freely: it does not snap. @time: of the event, in
 * milliseconds. */
void telar_canvas_move_begin (TelarCanvas *self);
void telar_canvas_move_update (TelarCanvas *self, double dx, double dy, gboolean freely,
                               guint32 time);
void telar_canvas_move_end (TelarCanvas *self);
/* Puts everything back. */
void telar_canvas_move_cancel (TelarCanvas *self);
void telar_canvas_move_clear (TelarCanvas *self);
/* Whether a node of @op could stand in the wire. */
gboolean telar_canvas_fits_wire (const TelarOperator *op, const TelarSceneEdge *edge);
/* Whether the wire is not drawn, as it is off its port or goes when the drag ends. */
gboolean telar_canvas_hides_wire (TelarCanvas *self, const TelarSceneEdge *edge);

/* cut.c: a stroke that cuts wires. */
void telar_canvas_cut_begin (TelarCanvas *self);
void telar_canvas_cut_update (TelarCanvas *self);
void telar_canvas_cut_end (TelarCanvas *self);
void telar_canvas_cut_clear (TelarCanvas *self);

/* menu.c: what may be done with what is selected. */
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

void telar_canvas_add_actions (GtkWidgetClass *klass);      /* keyboard.c */
void telar_canvas_add_edit_actions (GtkWidgetClass *klass); /* edit-actions.c */
void telar_canvas_add_keys (TelarCanvas *self);
void telar_canvas_add_drawing_actions (GtkWidgetClass *klass); /* drawing-actions.c */
void telar_canvas_add_note_actions (GtkWidgetClass *klass);    /* note-actions.c */

/* An action and its keys, 0 for none. */
typedef struct {
  const char *name, *type;
  GtkWidgetActionActivateFunc activate;
  guint key, other_key;
  GdkModifierType modifiers;
  const char *value; /* what the keys call it with, where @type is "s" */
} TelarCanvasAction;
void telar_canvas_install (GtkWidgetClass *klass, const TelarCanvasAction *actions, guint n);

/* wire-keys.c: takes up a wire at a port of the current node, or at its next port. */
void telar_canvas_wire_by_key (TelarCanvas *self);
void telar_canvas_wire_from (TelarCanvas *self, TelarSceneNode *node, gboolean output, guint port);
/* While such a wire is held its keys come first: TRUE when it took this one. */
gboolean telar_canvas_wire_key (TelarCanvas *self, guint key, GdkModifierType state);
/* Selects the next wire of the current node, or with -1 the one before. */
void telar_canvas_step_wire (TelarCanvas *self, int step);
/* The node to which the selected wire leads, in the direction of @dx; NULL without a wire. */
TelarSceneNode *telar_canvas_wire_end (TelarCanvas *self, int dx);

/* heat-overlay.c: what a run says of them. */
void telar_canvas_draw_probes (TelarCanvas *self, GtkSnapshot *snapshot);
/* The facts of the probe on a wire, or NULL. */
const char *telar_canvas_probe_facts (TelarCanvas *self, const TelarSceneEdge *edge);
/* Asks for a probe of the selected wire. */
void telar_canvas_probe (TelarCanvas *self);
void telar_canvas_draw_heats (TelarCanvas *self, GtkSnapshot *snapshot, const GPtrArray *nodes);
/* Colours the node's card. */
void telar_canvas_tint (TelarCanvas *self, GtkSnapshot *snapshot, const TelarSceneNode *node,
                        const GdkRGBA *colour);

void telar_canvas_draw_costs (TelarCanvas *self, GtkSnapshot *snapshot,
                              const GPtrArray *nodes); /* cost-overlay.c */

/* fixes-menu.c */
void telar_canvas_append_fixes (TelarCanvas *self, GMenu *menu);
/* At the pointer: what would make a refused wire fit. FALSE where nothing would. */
gboolean telar_canvas_offer_fixes (TelarCanvas *self, const TelarEdge *wire, const char *refusal);
void telar_canvas_add_fix_action (GtkWidgetClass *klass);

/* edit-actions.c: the id of the one node that is selected, or of the one that has the focus; NULL
 * when there is neither. Caller frees. */
char *telar_canvas_chosen_node (TelarCanvas *self);

/* library-actions.c; the rows of the menu for a group's node. */
void telar_canvas_add_library_actions (GtkWidgetClass *klass);
void telar_canvas_append_library (TelarCanvas *self, GMenu *menu);

void telar_canvas_add_drop_target (TelarCanvas *self); /* drop.c */

/* proxies.c: accessible children for the nodes in view. */
void telar_canvas_update_proxies (TelarCanvas *self);
void telar_canvas_allocate_proxies (TelarCanvas *self);
void telar_canvas_drop_proxies (TelarCanvas *self);
/* The keyboard goes to the current node, else to the canvas. */
void telar_canvas_focus_current (TelarCanvas *self);
/* The widget of the current node, borrowed; NULL without one. */
GtkWidget *telar_canvas_current_proxy (TelarCanvas *self);
/* So that accessibility tools read them out. */
void telar_canvas_focus_port (TelarCanvas *self, TelarSceneNode *node, gboolean output, guint port);
void telar_canvas_focus_wire (TelarCanvas *self, TelarSceneEdge *edge);

/* The place of a new node at a point of the drawing, moved down until it covers no other. */
graphene_point_t telar_canvas_free_place (TelarCanvas *self, float x, float y);
/* quick-add.c: search and add at a point of the widget; @attach, a port to wire to, may be NULL. */
void telar_canvas_quick_add (TelarCanvas *self, double x, double y, const TelarPortRef *attach);
/* The same to put a node into the selected wire, and in the place of the selected nodes. */
void telar_canvas_quick_insert (TelarCanvas *self, double x, double y);
void telar_canvas_quick_replace (TelarCanvas *self, double x, double y);

G_END_DECLS
