/* One entry for each input. */
#include "app/ui/shapes-dialog.h"

#include <glib/gi18n.h>
#include <string.h>

#define ROWS "telar-rows" /* of the dialog: GPtrArray of entries, borrowed */
#define MOST (1 << 24)    /* of one size */

/* "1x3x224x224" of what was typed, with x, × or commas; NULL where that is no list of sizes. Caller
 * frees. */
static char *
read_shape (const char *text)
{
  g_auto (GStrv) sizes = g_regex_split_simple ("\\s*[x×,]\\s*", text, 0, 0);

  for (guint i = 0; sizes[i]; i++)
    if (!g_ascii_string_to_unsigned (g_strstrip (sizes[i]), 10, 1, MOST, NULL, NULL))
      return NULL;
  return sizes[0] ? g_strjoinv ("x", sizes) : NULL;
}

static void
on_changed (GtkWidget *dialog)
{
  const GPtrArray *rows = g_object_get_data (G_OBJECT (dialog), ROWS);
  gboolean all = TRUE;

  for (guint i = 0; i < rows->len; i++) {
    g_autofree char *shape = read_shape (gtk_editable_get_text (rows->pdata[i]));

    all = all && shape;
    if (shape)
      gtk_widget_remove_css_class (rows->pdata[i], "error");
    else
      gtk_widget_add_css_class (rows->pdata[i], "error");
  }
  adw_message_dialog_set_response_enabled (ADW_MESSAGE_DIALOG (dialog), "import", all);
}

static GtkWidget *
build_rows (GtkWidget *dialog, const GPtrArray *open)
{
  GtkWidget *list = gtk_list_box_new ();
  GPtrArray *rows = g_ptr_array_new ();

  gtk_list_box_set_selection_mode (GTK_LIST_BOX (list), GTK_SELECTION_NONE);
  gtk_widget_add_css_class (list, "boxed-list");
  g_object_set_data_full (G_OBJECT (dialog), ROWS, rows, (GDestroyNotify)g_ptr_array_unref);
  for (guint i = 0; i < open->len; i++) {
    const char *equals = strrchr (open->pdata[i], '=');
    g_autofree char *name = g_strndup (open->pdata[i], (gsize)(equals - (char *)open->pdata[i]));
    g_autofree char *title = g_markup_escape_text (name, -1);
    GtkWidget *row = adw_entry_row_new ();

    adw_preferences_row_set_title (ADW_PREFERENCES_ROW (row), title);
    gtk_editable_set_text (GTK_EDITABLE (row), equals + 1);
    gtk_widget_set_name (row, name);
    g_signal_connect_object (row, "changed", G_CALLBACK (on_changed), dialog, G_CONNECT_SWAPPED);
    gtk_list_box_append (GTK_LIST_BOX (list), row);
    g_ptr_array_add (rows, row);
  }
  return list;
}

GtkWidget *
telar_shapes_dialog_new (GtkWindow *parent, const GPtrArray *open)
{
  GtkWidget *dialog = adw_message_dialog_new (
      parent, _ ("How Large Are the Inputs?"),
      _ ("The model leaves sizes open; write them in the place of each question mark. A first "
         "size of 1 stands for any batch."));
  AdwMessageDialog *message = ADW_MESSAGE_DIALOG (dialog);

  adw_message_dialog_add_responses (message, "cancel", _ ("Cancel"), "import", _ ("Import"), NULL);
  adw_message_dialog_set_response_appearance (message, "import", ADW_RESPONSE_SUGGESTED);
  adw_message_dialog_set_default_response (message, "import");
  adw_message_dialog_set_close_response (message, "cancel");
  adw_message_dialog_set_extra_child (message, build_rows (dialog, open));
  on_changed (dialog);
  return dialog;
}

char **
telar_shapes_dialog_get (GtkWidget *dialog)
{
  const GPtrArray *rows = g_object_get_data (G_OBJECT (dialog), ROWS);
  GPtrArray *shapes = g_ptr_array_new ();

  for (guint i = 0; i < rows->len; i++) {
    g_autofree char *shape = read_shape (gtk_editable_get_text (rows->pdata[i]));

    g_ptr_array_add (shapes,
                     g_strdup_printf ("%s=%s", gtk_widget_get_name (rows->pdata[i]), shape));
  }
  g_ptr_array_add (shapes, NULL);
  return (char **)g_ptr_array_free (shapes, FALSE);
}
