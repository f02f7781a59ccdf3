/* The palette is one list: a row for each category, which folds, and below it its operators. While
 * something is searched the best answers come first and categories step aside. */
#include "app/ui/palette.h"

#include "app/canvas/canvas.h"
#include "app/canvas/match.h"
#include "app/canvas/theme.h"
#include "app/project/library.h"
#include "app/ui/cut-label.h"

#include <glib/gi18n.h>

/* Behind the categories of operators: those of the user's library. */
#define LIBRARY TELAR_N_CATEGORIES

struct _TelarPalette {
  GtkWidget parent_instance;

  GtkWidget *search, *list, *empty;
  gboolean folded[LIBRARY + 1];
  TelarDocument *document;
  GPtrArray *groups; /* the rows that are the document's; borrowed */
};

G_DEFINE_FINAL_TYPE (TelarPalette, telar_palette, GTK_TYPE_WIDGET)

enum { ADD, N_SIGNALS };

static guint signals[N_SIGNALS];

/* What a row stands for: an operator, or with @op NULL a category. */
typedef struct {
  const TelarOperator *op;
  guint category; /* TelarCategory, or LIBRARY */
  guint order;    /* in the registry */
  GtkWidget *arrow;
} Row;

static Row *
row_of (gpointer row)
{
  return g_object_get_data (row, "telar-row");
}

static const char *
searched (TelarPalette *self)
{
  return gtk_editable_get_text (GTK_EDITABLE (self->search));
}

/* --- rows ------------------------------------------------------------------------------------- */

static GdkContentProvider *
on_drag_prepare (GtkDragSource *source, double x, double y, gpointer data)
{
  TelarOperatorDrag drag = { row_of (data)->op };

  return gdk_content_provider_new_typed (TELAR_TYPE_OPERATOR_DRAG, &drag);
}

static void
on_drag_begin (GtkDragSource *source, GdkDrag *drag, gpointer data)
{
  g_autoptr (GdkPaintable) icon = gtk_widget_paintable_new (data);

  gtk_drag_source_set_icon (source, icon, 12, gtk_widget_get_height (data) / 2);
}

static void
add_drag_source (GtkWidget *row)
{
  GtkDragSource *source = gtk_drag_source_new ();

  gtk_drag_source_set_actions (source, GDK_ACTION_COPY);
  g_signal_connect (source, "prepare", G_CALLBACK (on_drag_prepare), row);
  g_signal_connect (source, "drag-begin", G_CALLBACK (on_drag_begin), row);
  gtk_widget_add_controller (row, GTK_EVENT_CONTROLLER (source));
}

static GtkWidget *
make_row (Row facts, GtkWidget *child, const char *label)
{
  GtkWidget *row = gtk_list_box_row_new ();

  gtk_list_box_row_set_child (GTK_LIST_BOX_ROW (row), child);
  g_object_set_data_full (G_OBJECT (row), "telar-row", g_memdup2 (&facts, sizeof facts), g_free);
  gtk_accessible_update_property (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_PROPERTY_LABEL, label, -1);
  return row;
}

static GtkWidget *
make_operator_row (const TelarOperator *op, guint category, guint order)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);
  GtkWidget *label = gtk_label_new (_ (op->label));
  GtkWidget *row;

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  telar_label_cut (label, PANGO_ELLIPSIZE_END);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_box_append (GTK_BOX (box), telar_tile_new (op->category, 24));
  gtk_box_append (GTK_BOX (box), label);
  row = make_row ((Row){ op, category, order, NULL }, box, _ (op->label));
  gtk_widget_set_tooltip_text (row, _ (op->doc));
  add_drag_source (row);
  return row;
}

static GtkWidget *
make_category_row (guint category, guint order)
{
  const char *name = category == LIBRARY ? _ ("My operators") : _ (telar_category_label (category));
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *arrow = gtk_image_new_from_icon_name ("pan-down-symbolic");
  GtkWidget *label = gtk_label_new (name);
  GtkWidget *row;

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_hexpand (label, TRUE);
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_add_css_class (arrow, "dim-label");
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), arrow);
  row = make_row ((Row){ NULL, category, order, arrow }, box, name);
  gtk_widget_add_css_class (row, "category");
  gtk_accessible_update_state (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_STATE_EXPANDED, TRUE, -1);
  return row;
}

static void
fill (TelarPalette *self)
{
  const GPtrArray *all = telar_operators_all ();

  for (guint i = 0; i < all->len; i++) {
    const TelarOperator *op = all->pdata[i];
    const TelarOperator *before = i ? all->pdata[i - 1] : NULL;

    if (!before || before->category != op->category)
      gtk_list_box_append (GTK_LIST_BOX (self->list), make_category_row (op->category, i));
    gtk_list_box_append (GTK_LIST_BOX (self->list), make_operator_row (op, op->category, i));
  }
}

/* --- the groups of the document, the library ---------------------------------------------------
 */

static void
append_group_row (TelarPalette *self, GtkWidget *row)
{
  gtk_list_box_append (GTK_LIST_BOX (self->list), row);
  g_ptr_array_add (self->groups, row);
}

/* Behind all categories, in the order in which they come; the first brings its heading. */
static void
add_group_row (TelarPalette *self, const TelarOperator *op, guint category)
{
  guint n = self->groups->len, before = telar_operators_all ()->len;

  if (n == 0 || row_of (self->groups->pdata[n - 1])->category != category)
    append_group_row (self, make_category_row (category, before + n));
  append_group_row (self, make_operator_row (op, category, before + self->groups->len));
}

/* Anew after each edit: an operator of a group lives as long as the group does. */
static void
fill_groups (TelarPalette *self)
{
  const TelarGraph *drawing = self->document ? telar_document_drawing (self->document) : NULL;
  const GPtrArray *groups = drawing ? telar_graph_groups (drawing) : NULL;
  const GPtrArray *entries = telar_library_entries (telar_library_get ());

  while (self->groups->len > 0)
    gtk_list_box_remove (GTK_LIST_BOX (self->list),
                         g_ptr_array_steal_index (self->groups, self->groups->len - 1));
  if (drawing && telar_graph_group_name (drawing)) {
    add_group_row (self, telar_graph_find_operator (drawing, TELAR_GROUP_INPUT),
                   TELAR_CATEGORY_GROUP);
    add_group_row (self, telar_graph_find_operator (drawing, TELAR_GROUP_OUTPUT),
                   TELAR_CATEGORY_GROUP);
  }
  for (guint i = 0; groups && i < groups->len; i++) {
    const TelarOperator *op = telar_graph_group_operator (groups->pdata[i]);

    if (telar_graph_may_hold (drawing, op, NULL))
      add_group_row (self, op, TELAR_CATEGORY_GROUP);
  }
  for (guint i = 0; drawing && i < entries->len; i++)
    add_group_row (self, &((const TelarLibraryEntry *)entries->pdata[i])->op, LIBRARY);
}

void
telar_palette_set_document (TelarPalette *self, TelarDocument *document)
{
  if (self->document)
    g_signal_handlers_disconnect_by_data (self->document, self);
  g_set_object (&self->document, document);
  if (document) {
    g_signal_connect_object (document, "changed", G_CALLBACK (fill_groups), self,
                             G_CONNECT_SWAPPED);
    g_signal_connect_object (document, "entered", G_CALLBACK (fill_groups), self,
                             G_CONNECT_SWAPPED);
  }
  fill_groups (self);
}

/* --- searching and folding -------------------------------------------------------------------- */

static gboolean
shows (GtkListBoxRow *row, gpointer data)
{
  TelarPalette *self = data;
  const Row *facts = row_of (row);
  const char *text = searched (self);

  if (text[0])
    return facts->op && telar_operator_match (facts->op, text) > 0;
  return !facts->op || !self->folded[facts->category];
}

static int
compare (GtkListBoxRow *a, GtkListBoxRow *b, gpointer data)
{
  const Row *x = row_of (a), *y = row_of (b);
  const char *text = searched (data);

  if (text[0] && x->op && y->op) {
    guint p = telar_operator_match (x->op, text), q = telar_operator_match (y->op, text);

    if (p != q)
      return p > q ? -1 : 1;
  }
  if (x->order != y->order)
    return x->order < y->order ? -1 : 1;
  return (x->op != NULL) - (y->op != NULL);
}

static void
on_search (TelarPalette *self)
{
  gtk_list_box_invalidate_filter (GTK_LIST_BOX (self->list));
  gtk_list_box_invalidate_sort (GTK_LIST_BOX (self->list));
}

static GtkListBoxRow *
first_answer (TelarPalette *self)
{
  GtkListBoxRow *row;

  for (int i = 0; (row = gtk_list_box_get_row_at_index (GTK_LIST_BOX (self->list), i)); i++) {
    if (row_of (row)->op && gtk_widget_get_child_visible (GTK_WIDGET (row)))
      return row;
  }
  return NULL;
}

static void
fold (TelarPalette *self, const Row *facts, GtkListBoxRow *row)
{
  gboolean folded = !self->folded[facts->category];

  self->folded[facts->category] = folded;
  gtk_image_set_from_icon_name (GTK_IMAGE (facts->arrow),
                                folded ? "pan-end-symbolic" : "pan-down-symbolic");
  gtk_accessible_update_state (GTK_ACCESSIBLE (row), GTK_ACCESSIBLE_STATE_EXPANDED, !folded, -1);
  gtk_list_box_invalidate_filter (GTK_LIST_BOX (self->list));
}

static void
on_row_activated (GtkListBox *list, GtkListBoxRow *row, TelarPalette *self)
{
  const Row *facts = row_of (row);

  if (facts->op)
    g_signal_emit (self, signals[ADD], 0, facts->op->name);
  else
    fold (self, facts, row);
}

/* A category folds at the first click; the list itself waits for a double click. */
static void
on_click (GtkGestureClick *gesture, int n_press, double x, double y, TelarPalette *self)
{
  GtkListBoxRow *row = gtk_list_box_get_row_at_y (GTK_LIST_BOX (self->list), (int)y);

  if (row && n_press == 1 && !row_of (row)->op)
    fold (self, row_of (row), row);
}

static void
on_search_activate (TelarPalette *self)
{
  GtkListBoxRow *row = first_answer (self);

  if (row)
    g_signal_emit (self, signals[ADD], 0, row_of (row)->op->name);
}

void
telar_palette_focus_search (TelarPalette *self)
{
  gtk_widget_grab_focus (self->search);
}

/* --- the widget ------------------------------------------------------------------------------- */

const TelarOperator *
telar_palette_focused (TelarPalette *self)
{
  GtkWidget *focus = gtk_widget_get_focus_child (self->list);
  const Row *facts = focus ? row_of (focus) : NULL;

  return facts ? facts->op : NULL;
}

static void
dispose (GObject *object)
{
  GtkWidget *child;

  g_clear_object (&TELAR_PALETTE (object)->document);
  g_clear_pointer (&TELAR_PALETTE (object)->groups, g_ptr_array_unref);
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))))
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (telar_palette_parent_class)->dispose (object);
}

static void
telar_palette_class_init (TelarPaletteClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = dispose;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BOX_LAYOUT);
  gtk_widget_class_set_accessible_role (widget_class, GTK_ACCESSIBLE_ROLE_GROUP);
  signals[ADD] = g_signal_new ("add", TELAR_TYPE_PALETTE, G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL,
                               G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
build_list (TelarPalette *self)
{
  GtkGesture *click = gtk_gesture_click_new ();
  GtkListBox *list;

  self->list = gtk_list_box_new ();
  list = GTK_LIST_BOX (self->list);
  gtk_widget_add_css_class (self->list, "palette-list");
  gtk_list_box_set_activate_on_single_click (list, FALSE);
  gtk_list_box_set_selection_mode (list, GTK_SELECTION_BROWSE);
  gtk_list_box_set_filter_func (list, shows, self, NULL);
  gtk_list_box_set_sort_func (list, compare, self, NULL);
  self->empty = gtk_label_new (_ ("No operator answers this search."));
  gtk_widget_add_css_class (self->empty, "dim-label");
  gtk_label_set_wrap (GTK_LABEL (self->empty), TRUE);
  gtk_widget_set_margin_top (self->empty, 24);
  gtk_list_box_set_placeholder (list, self->empty);
  g_signal_connect (self->list, "row-activated", G_CALLBACK (on_row_activated), self);
  g_signal_connect (click, "pressed", G_CALLBACK (on_click), self);
  gtk_widget_add_controller (self->list, GTK_EVENT_CONTROLLER (click));
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->list), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Operators"), -1);
}

static void
telar_palette_init (TelarPalette *self)
{
  GtkWidget *scroll = gtk_scrolled_window_new ();

  gtk_orientable_set_orientation (
      GTK_ORIENTABLE (gtk_widget_get_layout_manager (GTK_WIDGET (self))), GTK_ORIENTATION_VERTICAL);
  self->search = gtk_search_entry_new ();
  g_object_set (self->search, "placeholder-text", _ ("Search operators…"), "margin-start", 8,
                "margin-end", 8, "margin-top", 8, "margin-bottom", 4, NULL);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->search), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Search operators"), -1);
  g_signal_connect_swapped (self->search, "search-changed", G_CALLBACK (on_search), self);
  g_signal_connect_swapped (self->search, "activate", G_CALLBACK (on_search_activate), self);
  self->groups = g_ptr_array_new ();
  g_signal_connect_object (telar_library_get (), "changed", G_CALLBACK (fill_groups), self,
                           G_CONNECT_SWAPPED);
  build_list (self);
  fill (self);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scroll), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scroll), self->list);
  gtk_widget_set_vexpand (scroll, TRUE);
  gtk_widget_set_parent (self->search, GTK_WIDGET (self));
  gtk_widget_set_parent (scroll, GTK_WIDGET (self));
}

GtkWidget *
telar_palette_new (void)
{
  return g_object_new (TELAR_TYPE_PALETTE, NULL);
}
