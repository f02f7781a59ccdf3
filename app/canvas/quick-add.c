/* Search and add: a popover with the operators that answer what is typed, best first. From a wire
 * that was let go over the ground it offers only what fits the wire, what usually follows first; in
 * a wire what can stand in it; over nodes what can take their place. */
#include "app/canvas/canvas-private.h"
#include "app/canvas/follow.h"
#include "app/canvas/match.h"
#include "app/project/library.h"

#include <glib/gi18n.h>
#include <string.h>

#define SHOWN 8
/* What is typed counts more than what is usual. */
#define WEIGHT_TYPED 1000

typedef enum { QUICK_ADD, QUICK_INSERT, QUICK_REPLACE } Purpose;

typedef struct {
  TelarCanvas *canvas; /* the popover's parent */
  Purpose purpose;
  GtkWidget *popover, *entry, *list;
  graphene_point_t at; /* canvas coordinates */
  char *node;          /* to wire to, or NULL */
  guint port;
  gboolean output;
  char **replaced;     /* ids */
  GHashTable *follows; /* what is usual here, or NULL */
} QuickAdd;

static void
quick_add_free (gpointer data)
{
  QuickAdd *add = data;

  g_clear_pointer (&add->follows, g_hash_table_unref);
  g_strfreev (add->replaced);
  g_free (add->node);
  g_free (add);
}

/* --- candidates ------------------------------------------------------------------------------- */

static gboolean
has_port (const TelarPort *ports, TelarPortKind kind)
{
  for (; ports && ports->name; ports++) {
    if (ports->kind == kind)
      return TRUE;
  }
  return FALSE;
}

static gboolean
fits_port (const QuickAdd *add, const TelarOperator *op)
{
  const TelarSceneNode *node = add->node ? telar_scene_find (add->canvas->scene, add->node) : NULL;

  if (!node)
    return TRUE;
  return add->output ? has_port (op->inputs, node->op->outputs[add->port].kind)
                     : has_port (op->outputs, node->op->inputs[add->port].kind);
}

/* How well @op would stand in for all of the nodes: 0 not at all, more where its ports are the same
 * and where it is of their category. */
static guint
worth_instead (const QuickAdd *add, const TelarOperator *op)
{
  guint worth = G_MAXUINT;

  for (guint i = 0; add->replaced[i]; i++) {
    const TelarSceneNode *node = telar_scene_find (add->canvas->scene, add->replaced[i]);
    TelarShapeFit fit =
        node ? telar_edit_fit (add->canvas->document, node->id, op) : TELAR_SHAPE_DIFFERS;

    if (fit == TELAR_SHAPE_DIFFERS)
      return 0;
    worth = MIN (worth, (guint)fit + (node->op->category == op->category ? 2 : 0));
  }
  return worth;
}

/* 0: it does not fit. */
static guint
worth_here (const QuickAdd *add, const TelarOperator *op)
{
  const TelarSceneEdge *wire = add->canvas->selected_edge;

  switch (add->purpose) {
  case QUICK_REPLACE:
    return worth_instead (add, op);
  case QUICK_INSERT:
    if (!wire || !telar_canvas_fits_wire (op, wire))
      return 0;
    break;
  case QUICK_ADD:
    if (!fits_port (add, op))
      return 0;
    break;
  }
  return 1 + (add->follows ? GPOINTER_TO_UINT (g_hash_table_lookup (add->follows, op->name)) : 0);
}

typedef struct {
  const TelarOperator *op;
  guint score, order;
} Candidate;

static int
compare (gconstpointer a, gconstpointer b)
{
  const Candidate *x = a, *y = b;

  if (x->score != y->score)
    return x->score > y->score ? -1 : 1;
  return x->order < y->order ? -1 : 1;
}

static void
consider (const QuickAdd *add, const TelarOperator *op, const char *text, GArray *found)
{
  const TelarGraph *drawing = telar_document_drawing (add->canvas->document);
  guint typed = telar_operator_match (op, text), here = typed ? worth_here (add, op) : 0;
  Candidate candidate = { op, typed * WEIGHT_TYPED + MIN (here, WEIGHT_TYPED - 1), found->len };

  if (here && telar_graph_may_hold (drawing, op, NULL))
    g_array_append_val (found, candidate);
}

/* Operators of the registry, the ends of a group, the document's groups, and the user's library. */
static GArray *
candidates (const QuickAdd *add, const char *text)
{
  const TelarGraph *drawing = telar_document_drawing (add->canvas->document);
  const GPtrArray *all = telar_operators_all (), *groups = telar_graph_groups (drawing);
  const GPtrArray *entries = telar_library_entries (telar_library_get ());
  GArray *found = g_array_new (FALSE, FALSE, sizeof (Candidate));

  for (guint i = 0; i < all->len; i++)
    consider (add, all->pdata[i], text, found);
  consider (add, telar_graph_find_operator (drawing, TELAR_GROUP_INPUT), text, found);
  consider (add, telar_graph_find_operator (drawing, TELAR_GROUP_OUTPUT), text, found);
  for (guint i = 0; i < groups->len; i++)
    consider (add, telar_graph_group_operator (groups->pdata[i]), text, found);
  for (guint i = 0; i < entries->len; i++)
    consider (add, &((const TelarLibraryEntry *)entries->pdata[i])->op, text, found);
  g_array_sort (found, compare);
  return found;
}

static GtkWidget *
make_row (const TelarOperator *op)
{
  GtkWidget *row = gtk_list_box_row_new (), *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);
  GtkWidget *label = gtk_label_new (_ (op->label));
  GtkWidget *category = gtk_label_new (_ (telar_category_label (op->category)));

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_add_css_class (category, "dim-label");
  gtk_widget_add_css_class (category, "caption");
  gtk_box_append (GTK_BOX (box), telar_tile_new (op->category, 24));
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), category);
  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), box);
  /* By name: an operator of the library goes when its file does. */
  g_object_set_data_full (G_OBJECT (row), "operator", g_strdup (op->name), g_free);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ (op->label), -1);
  return row;
}

static void
refill (QuickAdd *add)
{
  GtkListBox *list = GTK_LIST_BOX (add->list);
  g_autoptr (GArray) found = candidates (add, gtk_editable_get_text (GTK_EDITABLE (add->entry)));
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (add->list)))
    gtk_list_box_remove (list, child);
  for (guint i = 0; i < MIN (found->len, SHOWN); i++)
    gtk_list_box_append (list, make_row (g_array_index (found, Candidate, i).op));
  gtk_list_box_select_row (list, gtk_list_box_get_row_at_index (list, 0));
}

/* --- choosing --------------------------------------------------------------------------------- */

/* Takes @id, which may be NULL. */
static char **
as_list (char *id)
{
  char **list = id ? g_new0 (char *, 2) : NULL;

  if (list)
    list[0] = id;
  return list;
}

/* Adds a node of @op, wired to the port where the search came from. */
static char **
add_node (QuickAdd *add, const TelarOperator *op, GError **error)
{
  TelarPortRef attach = { add->node, add->port, add->output };
  double dx = !add->node ? TELAR_CARD_WIDTH / 2 : add->output ? 0 : TELAR_CARD_WIDTH;
  const TelarSceneNode *node = add->node ? telar_scene_find (add->canvas->scene, add->node) : NULL;
  g_autofree char *other = node ? g_strdup (node->op->name) : NULL;
  g_autofree char *name = g_strdup (op->name);
  g_autofree char *id = telar_edit_add (
      add->canvas->document, name, telar_canvas_snap (add->at.x - dx),
      telar_canvas_snap (add->at.y - TELAR_CARD_HEIGHT / 2), node ? &attach : NULL, error);

  if (id && other)
    telar_follow_remember (add->output ? other : name, add->output ? name : other);
  return as_list (g_steal_pointer (&id));
}

static char **
insert_node (QuickAdd *add, const TelarOperator *op, GError **error)
{
  TelarEdge wire;
  g_autofree char *id = NULL;

  if (!telar_canvas_selected_wire (add->canvas, &wire))
    return NULL;
  id = telar_edit_insert (add->canvas->document, op->name,
                          telar_canvas_snap (add->at.x - TELAR_CARD_WIDTH / 2),
                          telar_canvas_snap (add->at.y - TELAR_CARD_HEIGHT / 2), &wire, error);
  return as_list (g_steal_pointer (&id));
}

static void
choose (QuickAdd *add, GtkListBoxRow *row)
{
  const char *name = row ? g_object_get_data (G_OBJECT (row), "operator") : NULL;
  TelarCanvas *canvas = add->canvas;
  const TelarOperator *op = name ? telar_edit_find_operator (canvas->document, name) : NULL;
  g_autoptr (GError) error = NULL;
  g_auto (GStrv) ids = NULL;

  if (!op)
    return;
  gtk_popover_popdown (GTK_POPOVER (add->popover));
  ids = add->purpose == QUICK_REPLACE
            ? telar_edit_replace (canvas->document, (const char *const *)add->replaced, op->name,
                                  &error)
        : add->purpose == QUICK_INSERT ? insert_node (add, op, &error)
                                       : add_node (add, op, &error);
  if (ids)
    telar_canvas_select (canvas, (const char *const *)ids);
  else if (error)
    telar_canvas_message (canvas, error);
  if (ids)
    telar_canvas_ensure_visible (canvas, canvas->current);
  telar_canvas_focus_current (canvas);
}

static void
on_row_activated (GtkListBox *list, GtkListBoxRow *row, QuickAdd *add)
{
  choose (add, row);
}

static void
on_entry_activate (GtkEntry *entry, QuickAdd *add)
{
  choose (add, gtk_list_box_get_selected_row (GTK_LIST_BOX (add->list)));
}

/* Up and Down walk the list while the text keeps the focus. */
static gboolean
on_key (GtkEventControllerKey *keys, guint key, guint code, GdkModifierType state, QuickAdd *add)
{
  GtkListBox *list = GTK_LIST_BOX (add->list);
  GtkListBoxRow *row = gtk_list_box_get_selected_row (list);
  int step = key == GDK_KEY_Down ? 1 : key == GDK_KEY_Up ? -1 : 0;

  if (step == 0)
    return GDK_EVENT_PROPAGATE;
  row = gtk_list_box_get_row_at_index (list, row ? gtk_list_box_row_get_index (row) + step : 0);
  if (row)
    gtk_list_box_select_row (list, row);
  return GDK_EVENT_STOP;
}

static void
build (QuickAdd *add)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 6);
  GtkEventController *keys = gtk_event_controller_key_new ();

  add->popover = gtk_popover_new ();
  add->entry = gtk_search_entry_new ();
  add->list = gtk_list_box_new ();
  gtk_widget_add_css_class (add->popover, "quick-add");
  gtk_popover_set_has_arrow (GTK_POPOVER (add->popover), FALSE);
  gtk_widget_set_size_request (add->entry, 280, -1);
  gtk_widget_add_css_class (add->list, "navigation-sidebar");
  g_object_set (add->entry, "placeholder-text",
                add->purpose == QUICK_REPLACE ? _ ("Replace by…") : _ ("Search operators…"), NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (add->entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Search operators"), -1);
  gtk_box_append (GTK_BOX (box), add->entry);
  gtk_box_append (GTK_BOX (box), add->list);
  gtk_popover_set_child (GTK_POPOVER (add->popover), box);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  gtk_widget_add_controller (add->entry, keys);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), add);
  /* At once, so that what is typed fast and ended by Enter finds what was typed. */
  g_signal_connect_swapped (add->entry, "changed", G_CALLBACK (refill), add);
  g_signal_connect (add->entry, "activate", G_CALLBACK (on_entry_activate), add);
  g_signal_connect_swapped (add->entry, "stop-search", G_CALLBACK (gtk_popover_popdown),
                            add->popover);
  g_signal_connect (add->list, "row-activated", G_CALLBACK (on_row_activated), add);
  g_object_set_data_full (G_OBJECT (add->popover), "quick-add", add, quick_add_free);
}

static void
pop_up (QuickAdd *add, double x, double y)
{
  TelarCanvas *self = add->canvas;
  int inside_x = CLAMP ((int)x, 0, MAX (gtk_widget_get_width (GTK_WIDGET (self)) - 1, 0));
  int inside_y = CLAMP ((int)y, 0, MAX (gtk_widget_get_height (GTK_WIDGET (self)) - 1, 0));

  g_clear_pointer (&self->quick_add, gtk_widget_unparent);
  build (add);
  refill (add);
  self->quick_add = add->popover;
  gtk_widget_set_parent (add->popover, GTK_WIDGET (self));
  /* The end of a wire that keys carry may hang outside of what is seen. */
  gtk_popover_set_pointing_to (GTK_POPOVER (add->popover),
                               &(GdkRectangle){ inside_x, inside_y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (add->popover));
  gtk_widget_grab_focus (add->entry);
}

static QuickAdd *
quick_add_new (TelarCanvas *self, Purpose purpose, double x, double y)
{
  QuickAdd *add = g_new0 (QuickAdd, 1);

  add->canvas = self;
  add->purpose = purpose;
  add->at = telar_canvas_from_widget (self, x, y);
  return add;
}

void
telar_canvas_quick_add (TelarCanvas *self, double x, double y, const TelarPortRef *attach)
{
  QuickAdd *add = quick_add_new (self, QUICK_ADD, x, y);
  const TelarSceneNode *node = attach ? telar_scene_find (self->scene, attach->node) : NULL;

  if (node) {
    add->node = g_strdup (attach->node);
    add->port = attach->port;
    add->output = attach->output;
    add->follows = telar_follow_table (telar_document_drawing (self->document), node->op->name,
                                       attach->output);
  }
  pop_up (add, x, y);
}

void
telar_canvas_quick_insert (TelarCanvas *self, double x, double y)
{
  QuickAdd *add = quick_add_new (self, QUICK_INSERT, x, y);
  const TelarSceneEdge *edge = self->selected_edge;

  add->at = telar_curve_middle (&edge->curve);
  add->follows =
      telar_follow_table (telar_document_drawing (self->document), edge->from->op->name, TRUE);
  pop_up (add, x, y);
}

void
telar_canvas_quick_replace (TelarCanvas *self, double x, double y)
{
  QuickAdd *add = quick_add_new (self, QUICK_REPLACE, x, y);

  add->replaced = telar_canvas_selection (self);
  pop_up (add, x, y);
}
