/* Search and add: a popover with the operators that answer what is typed, best first. From a wire
 * that was let go over the ground it offers only what fits the wire. */
#include "app/canvas/canvas-private.h"
#include "app/canvas/match.h"

#include <glib/gi18n.h>
#include <string.h>

#define SHOWN 8

typedef struct {
  TelarCanvas *canvas; /* the popover's parent */
  GtkWidget *popover, *entry, *list;
  graphene_point_t at; /* canvas coordinates */
  char *node;          /* to wire to, or NULL */
  guint port;
  gboolean output;
} QuickAdd;

static void
quick_add_free (gpointer data)
{
  QuickAdd *add = data;

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
fits (const QuickAdd *add, const TelarOperator *op)
{
  const TelarSceneNode *node = add->node ? telar_scene_find (add->canvas->scene, add->node) : NULL;

  if (!node)
    return TRUE;
  return add->output ? has_port (op->inputs, node->op->outputs[add->port].kind)
                     : has_port (op->outputs, node->op->inputs[add->port].kind);
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
  Candidate candidate = { op, telar_operator_match (op, text), found->len };

  if (candidate.score && fits (add, op) && telar_graph_may_hold (drawing, op, NULL))
    g_array_append_val (found, candidate);
}

/* Operators of the registry, the ends of a group, and the document's groups. */
static GArray *
candidates (const QuickAdd *add, const char *text)
{
  const TelarGraph *drawing = telar_document_drawing (add->canvas->document);
  const GPtrArray *all = telar_operators_all (), *groups = telar_graph_groups (drawing);
  GArray *found = g_array_new (FALSE, FALSE, sizeof (Candidate));

  for (guint i = 0; i < all->len; i++)
    consider (add, all->pdata[i], text, found);
  consider (add, telar_graph_find_operator (drawing, TELAR_GROUP_INPUT), text, found);
  consider (add, telar_graph_find_operator (drawing, TELAR_GROUP_OUTPUT), text, found);
  for (guint i = 0; i < groups->len; i++)
    consider (add, telar_graph_group_operator (groups->pdata[i]), text, found);
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
  g_object_set_data (G_OBJECT (row), "operator", (gpointer)op);
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

static void
choose (QuickAdd *add, GtkListBoxRow *row)
{
  const TelarOperator *op = row ? g_object_get_data (G_OBJECT (row), "operator") : NULL;
  TelarCanvas *canvas = add->canvas;
  TelarPortRef attach = { add->node, add->port, add->output };
  double dx = !add->node ? TELAR_CARD_WIDTH / 2 : add->output ? 0 : TELAR_CARD_WIDTH;
  g_autoptr (GError) error = NULL;
  g_autofree char *id = NULL;

  if (!op)
    return;
  gtk_popover_popdown (GTK_POPOVER (add->popover));
  id = telar_edit_add (canvas->document, op->name, telar_canvas_snap (add->at.x - dx),
                       telar_canvas_snap (add->at.y - TELAR_CARD_HEIGHT / 2),
                       add->node ? &attach : NULL, &error);
  if (id)
    telar_canvas_select (canvas, (const char *const[]){ id, NULL });
  else
    telar_canvas_message (canvas, error);
  if (id)
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
  g_object_set (add->entry, "placeholder-text", _ ("Search operators…"), NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (add->entry), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Search operators"), -1);
  gtk_box_append (GTK_BOX (box), add->entry);
  gtk_box_append (GTK_BOX (box), add->list);
  gtk_popover_set_child (GTK_POPOVER (add->popover), box);
  gtk_event_controller_set_propagation_phase (keys, GTK_PHASE_CAPTURE);
  gtk_widget_add_controller (add->entry, keys);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), add);
  g_signal_connect_swapped (add->entry, "search-changed", G_CALLBACK (refill), add);
  g_signal_connect (add->entry, "activate", G_CALLBACK (on_entry_activate), add);
  g_signal_connect_swapped (add->entry, "stop-search", G_CALLBACK (gtk_popover_popdown),
                            add->popover);
  g_signal_connect (add->list, "row-activated", G_CALLBACK (on_row_activated), add);
  g_object_set_data_full (G_OBJECT (add->popover), "quick-add", add, quick_add_free);
}

void
telar_canvas_quick_add (TelarCanvas *self, double x, double y, const TelarPortRef *attach)
{
  QuickAdd *add = g_new0 (QuickAdd, 1);

  g_clear_pointer (&self->quick_add, gtk_widget_unparent);
  add->canvas = self;
  add->at = telar_canvas_from_widget (self, x, y);
  if (attach) {
    add->node = g_strdup (attach->node);
    add->port = attach->port;
    add->output = attach->output;
  }
  build (add);
  refill (add);
  self->quick_add = add->popover;
  gtk_widget_set_parent (add->popover, GTK_WIDGET (self));
  gtk_popover_set_pointing_to (GTK_POPOVER (add->popover), &(GdkRectangle){ (int)x, (int)y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (add->popover));
  gtk_widget_grab_focus (add->entry);
}
