/* Widgets of cells are few and come again for other runs: what they show is filled in as they are
 * bound, and again when the run changes. */
#include "app/compare/run-cells.h"

#include "app/ui/cut-label.h"
#include "app/ui/icon-button.h"
#include "app/ui/run-text.h"
#include "insight/chart-private.h"

#include <adwaita.h>
#include <glib/gi18n.h>

typedef struct {
  char *key;
  void (*star) (TelarRunItem *item, gpointer data);
  gpointer data;
} Cell;

static GQuark
key_quark (void)
{
  return g_quark_from_static_string ("telar-run-column-key");
}

/* --- marks ------------------------------------------------------------------------------- */

static void
draw_mark (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  int style = GPOINTER_TO_INT (g_object_get_data (G_OBJECT (area), "style")) - 1;
  gboolean dark = adw_style_manager_get_dark (adw_style_manager_get_default ());

  if (style < 0)
    return;
  telar_set_color (cr, telar_palette_color ((guint)style, dark), 1);
  telar_draw_mark (cr, (guint)style, width / 2.0, height / 2.0, 4.5);
}

GtkWidget *
telar_run_mark_new (void)
{
  GtkWidget *mark = gtk_drawing_area_new ();

  gtk_widget_set_size_request (mark, 14, 14);
  gtk_widget_set_valign (mark, GTK_ALIGN_CENTER);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (mark), draw_mark, NULL, NULL);
  return mark;
}

void
telar_run_mark_set (GtkWidget *mark, int style)
{
  g_object_set_data (G_OBJECT (mark), "style", GINT_TO_POINTER (style + 1));
  gtk_widget_queue_draw (mark);
}

/* --- filling ----------------------------------------------------------------------------- */

static void
fill_star (GtkWidget *button, TelarRunItem *item)
{
  gboolean star = telar_run_item_row (item)->star;

  gtk_button_set_icon_name (GTK_BUTTON (button),
                            star ? "starred-symbolic" : "non-starred-symbolic");
  telar_widget_set_name (button, star ? _ ("Take the star away") : _ ("Give it a star"));
  if (star)
    gtk_widget_remove_css_class (button, "dim-label");
  else
    gtk_widget_add_css_class (button, "dim-label");
}

static void
fill_state (GtkWidget *box, TelarRunItem *item)
{
  const TelarRunRow *row = telar_run_item_row (item);
  GtkWidget *icon = gtk_widget_get_first_child (box);

  gtk_image_set_from_icon_name (GTK_IMAGE (icon), telar_run_status_icon (row->status));
  telar_run_status_colour (icon, row->status);
  gtk_label_set_text (GTK_LABEL (gtk_widget_get_next_sibling (icon)),
                      telar_run_status_text (row->status));
  gtk_widget_set_tooltip_text (box, row->message);
}

static void
fill_name (GtkWidget *box, TelarRunItem *item)
{
  GtkWidget *mark = gtk_widget_get_first_child (box);

  telar_run_mark_set (mark, telar_run_item_style (item));
  gtk_label_set_text (GTK_LABEL (gtk_widget_get_next_sibling (mark)),
                      telar_run_item_row (item)->name);
}

static void
fill (GtkListItem *list_item, const Cell *cell)
{
  GtkWidget *widget = gtk_list_item_get_child (list_item);
  TelarRunItem *item = gtk_list_item_get_item (list_item);

  if (g_str_equal (cell->key, "star")) {
    fill_star (widget, item);
  } else if (g_str_equal (cell->key, "state")) {
    fill_state (widget, item);
  } else if (g_str_equal (cell->key, "name")) {
    fill_name (widget, item);
  } else {
    g_autofree char *text = telar_run_item_text (item, cell->key);
    gtk_label_set_text (GTK_LABEL (widget), text);
  }
}

/* --- the factory ------------------------------------------------------------------------- */

static void
on_star (GtkWidget *button, GtkListItem *list_item)
{
  const Cell *cell = g_object_get_data (G_OBJECT (button), "cell");
  TelarRunItem *item = gtk_list_item_get_item (list_item);

  if (item != NULL)
    cell->star (item, cell->data);
}

static GtkWidget *
add_label (GtkWidget *box)
{
  GtkWidget *label = gtk_label_new (NULL);

  telar_label_cut (label, PANGO_ELLIPSIZE_END);
  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_set_hexpand (label, TRUE);
  if (box != NULL)
    gtk_box_append (GTK_BOX (box), label);
  return label;
}

static GtkWidget *
new_widget (const Cell *cell, GtkListItem *list_item)
{
  GtkWidget *box;

  if (g_str_equal (cell->key, "star")) {
    GtkWidget *button = gtk_button_new_from_icon_name ("non-starred-symbolic");
    gtk_widget_add_css_class (button, "flat");
    gtk_widget_add_css_class (button, "run-star");
    gtk_widget_set_focusable (button, FALSE); /* Control and D do it by keyboard */
    g_object_set_data (G_OBJECT (button), "cell", (gpointer)cell);
    g_signal_connect (button, "clicked", G_CALLBACK (on_star), list_item);
    return button;
  }
  if (!g_str_equal (cell->key, "state") && !g_str_equal (cell->key, "name")) {
    GtkWidget *label = add_label (NULL);
    gtk_widget_add_css_class (label, "figures");
    return label;
  }
  box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  gtk_box_append (GTK_BOX (box),
                  g_str_equal (cell->key, "name") ? telar_run_mark_new () : gtk_image_new ());
  add_label (box);
  return box;
}

static void
on_setup (GtkSignalListItemFactory *factory, GtkListItem *list_item, Cell *cell)
{
  gtk_list_item_set_child (list_item, new_widget (cell, list_item));
}

static void
on_changed (TelarRunItem *item, GtkListItem *list_item)
{
  fill (list_item, g_object_get_data (G_OBJECT (list_item), "cell"));
}

static void
on_bind (GtkSignalListItemFactory *factory, GtkListItem *list_item, Cell *cell)
{
  g_object_set_data (G_OBJECT (list_item), "cell", cell);
  g_signal_connect (gtk_list_item_get_item (list_item), "changed", G_CALLBACK (on_changed),
                    list_item);
  fill (list_item, cell);
}

static void
on_unbind (GtkSignalListItemFactory *factory, GtkListItem *list_item, Cell *cell)
{
  g_signal_handlers_disconnect_by_func (gtk_list_item_get_item (list_item), on_changed, list_item);
}

static int
compare (gconstpointer a, gconstpointer b, gpointer key)
{
  return telar_run_item_compare ((TelarRunItem *)a, (TelarRunItem *)b, key);
}

static void
cell_free (gpointer data)
{
  g_free (((Cell *)data)->key);
  g_free (data);
}

static int
width_of (const char *key)
{
  if (g_str_equal (key, "star"))
    return 44;
  if (g_str_equal (key, "name"))
    return 190;
  if (g_str_equal (key, "note"))
    return 220;
  if (g_str_equal (key, "started"))
    return 160;
  if (g_str_has_prefix (key, "best:"))
    return 190;
  if (g_str_has_prefix (key, "last:"))
    return 150;
  return g_str_has_prefix (key, "choice:") || g_str_equal (key, "labels") ? 130 : 110;
}

GtkColumnViewColumn *
telar_run_column_new (const char *key, void (*star) (TelarRunItem *item, gpointer data),
                      gpointer data)
{
  GtkListItemFactory *factory = gtk_signal_list_item_factory_new ();
  g_autofree char *title = telar_run_column_title (key);
  Cell *cell = g_new (Cell, 1);

  *cell = (Cell){ g_strdup (key), star, data };
  g_object_set_data_full (G_OBJECT (factory), "cell", cell, cell_free);
  g_signal_connect (factory, "setup", G_CALLBACK (on_setup), cell);
  g_signal_connect (factory, "bind", G_CALLBACK (on_bind), cell);
  g_signal_connect (factory, "unbind", G_CALLBACK (on_unbind), cell);
  GtkColumnViewColumn *column =
      gtk_column_view_column_new (g_str_equal (key, "star") ? "★" : title, factory);
  g_autoptr (GtkSorter) sorter =
      GTK_SORTER (gtk_custom_sorter_new (compare, g_strdup (key), g_free));
  gtk_column_view_column_set_sorter (column, sorter);
  gtk_column_view_column_set_resizable (column, TRUE);
  gtk_column_view_column_set_fixed_width (column, width_of (key));
  g_object_set_qdata_full (G_OBJECT (column), key_quark (), g_strdup (key), g_free);
  return column;
}

const char *
telar_run_column_key (GtkColumnViewColumn *column)
{
  return g_object_get_qdata (G_OBJECT (column), key_quark ());
}
