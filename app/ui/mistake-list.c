/* A grid in a frame that scrolls sideways. */
#include "app/ui/mistake-list.h"

#include "insight/classes.h"

#include <glib/gi18n.h>
#include <jansson.h>

typedef struct {
  GtkGrid *grid;
  int row;
  char *const *classes; /* or NULL */
} Table;

static void
put (Table *table, int column, const char *text, const char *style)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), column == 1 || column == 2 ? 0 : 1);
  gtk_widget_add_css_class (label, style);
  gtk_grid_attach (table->grid, label, column, table->row, 1, 1);
}

static void
put_class (Table *table, int column, gint64 class)
{
  g_autofree char *name = telar_classes_name (table->classes, class);

  put (table, column, name, "body");
}

static void
put_heading (Table *table, const json_t *columns)
{
  const char *const titles[] = { _ ("Row"), _ ("Right"), _ ("Answer"), _ ("Sure") };
  const json_t *column;
  gsize i;

  for (guint k = 0; k < G_N_ELEMENTS (titles); k++)
    put (table, (int)k, titles[k], "heading");
  json_array_foreach (columns, i, column)
      put (table, (int)(G_N_ELEMENTS (titles) + i),
           json_is_string (column) ? json_string_value (column) : "", "heading");
  table->row++;
}

static void
put_row (Table *table, const json_t *mistake)
{
  g_autofree char *row = g_strdup_printf ("%" JSON_INTEGER_FORMAT,
                                          json_integer_value (json_object_get (mistake, "row")));
  g_autofree char *sure =
      g_strdup_printf ("%.0f %%", 100 * json_number_value (json_object_get (mistake, "score")));
  const json_t *value;
  gsize i;

  put (table, 0, row, "numeric");
  put_class (table, 1, json_integer_value (json_object_get (mistake, "truth")));
  put_class (table, 2, json_integer_value (json_object_get (mistake, "answer")));
  put (table, 3, sure, "numeric");
  json_array_foreach (json_object_get (mistake, "values"), i, value)
  {
    g_autofree char *number = g_strdup_printf ("%.6g", json_number_value (value));
    put (table, 4 + (int)i, json_is_null (value) ? "–" : number, "numeric");
  }
  table->row++;
}

static gboolean
fits (const json_t *mistake, int truth, int answer)
{
  return json_is_object (mistake) &&
         (truth < 0 || (json_integer_value (json_object_get (mistake, "truth")) == truth &&
                        json_integer_value (json_object_get (mistake, "answer")) == answer));
}

static GtkWidget *
frame (GtkGrid *grid)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  gtk_widget_set_margin_top (GTK_WIDGET (grid), 10);
  gtk_widget_set_margin_bottom (GTK_WIDGET (grid), 14);
  gtk_widget_set_margin_start (GTK_WIDGET (grid), 14);
  gtk_widget_set_margin_end (GTK_WIDGET (grid), 14);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_AUTOMATIC,
                                  GTK_POLICY_NEVER);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), GTK_WIDGET (grid));
  gtk_widget_add_css_class (scrolled, "card");
  return scrolled;
}

GtkWidget *
telar_mistake_list_new (const char *mistakes, char *const *classes, int truth, int answer)
{
  json_t *json = json_loads (mistakes, 0, NULL);
  Table table = { GTK_GRID (gtk_grid_new ()), 0, classes };
  const json_t *mistake;
  gsize i;

  g_object_ref_sink (table.grid);
  gtk_grid_set_column_spacing (table.grid, 22);
  gtk_grid_set_row_spacing (table.grid, 6);
  put_heading (&table, json_object_get (json, "columns"));
  json_array_foreach (json_object_get (json, "rows"), i, mistake) if (fits (mistake, truth, answer))
      put_row (&table, mistake);
  GtkWidget *shown = table.row > 1 ? frame (table.grid) : NULL;
  g_object_unref (table.grid);
  json_decref (json);
  return shown;
}
