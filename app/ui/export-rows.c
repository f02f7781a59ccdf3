/* How an ONNX model is written, row by row. */
#include "app/ui/export-rows.h"

#include <glib/gi18n.h>

enum { ANY_BATCH, FIXED_BATCH };
enum { FLOAT32, FLOAT16_INSIDE, FLOAT16 };

GtkWidget *
telar_combo_row (const char *title, const char *const *texts)
{
  GtkWidget *row = adw_combo_row_new ();
  g_autoptr (GtkStringList) list = gtk_string_list_new (texts);

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  adw_combo_row_set_model (ADW_COMBO_ROW (row), G_LIST_MODEL (list));
  return row;
}

static guint
chosen (GtkWidget *row)
{
  return adw_combo_row_get_selected (ADW_COMBO_ROW (row));
}

/* A row that ends with @control. */
static GtkWidget *
action_row (const char *title, const char *subtitle, GtkWidget *control)
{
  GtkWidget *row = adw_action_row_new ();

  adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
  if (subtitle)
    adw_action_row_set_subtitle (ADW_ACTION_ROW (row), subtitle);
  gtk_widget_set_valign (control, GTK_ALIGN_CENTER);
  gtk_accessible_update_property (GTK_ACCESSIBLE (control), GTK_ACCESSIBLE_PROPERTY_LABEL, title,
                                  -1);
  adw_action_row_add_suffix (ADW_ACTION_ROW (row), control);
  adw_action_row_set_activatable_widget (ADW_ACTION_ROW (row), control);
  return row;
}

static GtkWidget *
spin (double minimum, double maximum, double value)
{
  GtkWidget *spin = gtk_spin_button_new_with_range (minimum, maximum, 1);

  gtk_spin_button_set_value (GTK_SPIN_BUTTON (spin), value);
  gtk_widget_add_css_class (spin, "figures");
  return spin;
}

static void
on_batch (AdwComboRow *row, GParamSpec *pspec, GtkWidget *n_rows)
{
  gtk_widget_set_visible (n_rows, adw_combo_row_get_selected (row) == FIXED_BATCH);
}

static void
add_batch (TelarExportRows *rows)
{
  const char *const batches[] = { _ ("Any number"), _ ("A fixed number"), NULL };
  GtkWidget *row;

  rows->batch = telar_combo_row (_ ("Rows at once"), batches);
  rows->n_rows = spin (1, G_MAXINT32, 1);
  row = action_row (_ ("Number of rows"), NULL, rows->n_rows);
  gtk_widget_set_visible (row, FALSE);
  g_signal_connect (rows->batch, "notify::selected", G_CALLBACK (on_batch), row);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (rows->group), rows->batch);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (rows->group), row);
}

static void
add (TelarExportRows *rows, const char *title, const char *subtitle, GtkWidget *control)
{
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (rows->group),
                             action_row (title, subtitle, control));
}

void
telar_export_rows_init (TelarExportRows *rows)
{
  const char *const numbers[] = { _ ("32-bit floats"), _ ("16-bit floats inside"),
                                  _ ("16-bit floats, inputs and results too"), NULL };

  rows->group = adw_preferences_group_new ();
  rows->opset = spin (TELAR_ONNX_OPSET_MIN, TELAR_ONNX_OPSET_MAX, TELAR_ONNX_OPSET);
  rows->numbers = telar_combo_row (_ ("Numbers"), numbers);
  rows->beside = gtk_switch_new ();
  rows->bare = gtk_switch_new ();
  add (rows, _ ("Operator set"),
       _ ("Older programs need a lower one; a higher one has operators for more layers."),
       rows->opset);
  add_batch (rows);
  adw_preferences_group_add (ADW_PREFERENCES_GROUP (rows->group), rows->numbers);
  add (rows, _ ("Weights in a file of their own"), _ ("Beside the model, with .data at the end"),
       rows->beside);
  add (rows, _ ("Leave out the preprocessing"),
       _ ("Whoever runs the model scales and resizes the data."), rows->bare);
}

void
telar_export_rows_read (const TelarExportRows *rows, TelarExportOptions *how)
{
  how->opset = gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (rows->opset));
  how->batch = chosen (rows->batch) == FIXED_BATCH
                   ? gtk_spin_button_get_value_as_int (GTK_SPIN_BUTTON (rows->n_rows))
                   : 0;
  how->float16 = chosen (rows->numbers) == FLOAT16_INSIDE;
  how->float16_io = chosen (rows->numbers) == FLOAT16;
  how->external_data = gtk_switch_get_active (GTK_SWITCH (rows->beside));
  how->without_preprocessing = gtk_switch_get_active (GTK_SWITCH (rows->bare));
}
