/* The rows are made when the popover opens; until then only keys are kept. */
#include "app/compare/axis-chooser.h"

#include <glib/gi18n.h>

#define MOST_HEIGHT 420

struct _TelarAxisChooser {
  AdwBin parent_instance;

  GtkWidget *rows, *button;
  guint most;
  GPtrArray *keys, *titles; /* char *, of all axes */
  GHashTable *chosen;       /* keys; NULL: the usual ones */
  GHashTable *usual;        /* keys */
};

G_DEFINE_FINAL_TYPE (TelarAxisChooser, telar_axis_chooser, ADW_TYPE_BIN)

static guint changed_signal;

static GHashTable *
current (TelarAxisChooser *chooser)
{
  return chooser->chosen != NULL ? chooser->chosen : chooser->usual;
}

static GHashTable *
new_set (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

/* How many of those that are there are chosen. */
static guint
count_chosen (TelarAxisChooser *chooser)
{
  guint n = 0;

  for (guint i = 0; i < chooser->keys->len; i++)
    n += g_hash_table_contains (current (chooser), chooser->keys->pdata[i]) ? 1 : 0;
  return n;
}

/* What would be one too many cannot be chosen, nor the last be taken away. */
static void
update_rows (TelarAxisChooser *chooser)
{
  guint n = count_chosen (chooser);

  for (GtkWidget *row = gtk_widget_get_first_child (chooser->rows); row != NULL;
       row = gtk_widget_get_next_sibling (row)) {
    gboolean active = gtk_check_button_get_active (GTK_CHECK_BUTTON (row));
    gtk_widget_set_sensitive (row, active ? n > 1 : n < chooser->most);
  }
}

static void
on_toggled (GtkCheckButton *row, TelarAxisChooser *chooser)
{
  const char *key = g_object_get_data (G_OBJECT (row), "key");

  if (chooser->chosen == NULL) {
    GHashTableIter iter;
    gpointer usual;
    chooser->chosen = new_set ();
    g_hash_table_iter_init (&iter, chooser->usual);
    while (g_hash_table_iter_next (&iter, &usual, NULL))
      g_hash_table_add (chooser->chosen, g_strdup (usual));
  }
  if (gtk_check_button_get_active (row))
    g_hash_table_add (chooser->chosen, g_strdup (key));
  else
    g_hash_table_remove (chooser->chosen, key);
  update_rows (chooser);
  g_signal_emit (chooser, changed_signal, 0);
}

static void
fill_rows (TelarAxisChooser *chooser)
{
  for (GtkWidget *row; (row = gtk_widget_get_first_child (chooser->rows)) != NULL;)
    gtk_box_remove (GTK_BOX (chooser->rows), row);
  for (guint i = 0; i < chooser->keys->len; i++) {
    GtkWidget *row = gtk_check_button_new_with_label (chooser->titles->pdata[i]);
    g_object_set_data_full (G_OBJECT (row), "key", g_strdup (chooser->keys->pdata[i]), g_free);
    gtk_check_button_set_active (
        GTK_CHECK_BUTTON (row), g_hash_table_contains (current (chooser), chooser->keys->pdata[i]));
    g_signal_connect (row, "toggled", G_CALLBACK (on_toggled), chooser);
    gtk_box_append (GTK_BOX (chooser->rows), row);
  }
  update_rows (chooser);
}

/* --- contents ---------------------------------------------------------------------------- */

void
telar_axis_chooser_set_axes (TelarAxisChooser *chooser, const TelarRunAxes *axes,
                             const GArray *usual)
{
  g_return_if_fail (TELAR_IS_AXIS_CHOOSER (chooser));
  g_ptr_array_set_size (chooser->keys, 0);
  g_ptr_array_set_size (chooser->titles, 0);
  for (guint i = 0; i < telar_run_axes_n (axes); i++) {
    g_ptr_array_add (chooser->keys, g_strdup (telar_run_axes_get (axes, i)->key));
    g_ptr_array_add (chooser->titles, g_strdup (telar_run_axes_get (axes, i)->title));
  }
  g_hash_table_remove_all (chooser->usual);
  for (guint i = 0; i < usual->len; i++) {
    guint axis = g_array_index (usual, guint, i);
    g_hash_table_add (chooser->usual, g_strdup (telar_run_axes_get (axes, axis)->key));
  }
  if (chooser->chosen != NULL && count_chosen (chooser) == 0)
    g_clear_pointer (&chooser->chosen, g_hash_table_unref); /* all of them are gone */
}

GArray *
telar_axis_chooser_shown (TelarAxisChooser *chooser, const TelarRunAxes *axes)
{
  GArray *shown = g_array_new (FALSE, FALSE, sizeof (guint));

  for (guint i = 0; i < telar_run_axes_n (axes) && shown->len < chooser->most; i++)
    if (g_hash_table_contains (current (chooser), telar_run_axes_get (axes, i)->key))
      g_array_append_val (shown, i);
  return shown;
}

/* --- life -------------------------------------------------------------------------------- */

static void
finalize (GObject *object)
{
  TelarAxisChooser *chooser = TELAR_AXIS_CHOOSER (object);

  g_ptr_array_unref (chooser->keys);
  g_ptr_array_unref (chooser->titles);
  g_hash_table_unref (chooser->usual);
  g_clear_pointer (&chooser->chosen, g_hash_table_unref);
  G_OBJECT_CLASS (telar_axis_chooser_parent_class)->finalize (object);
}

static void
telar_axis_chooser_class_init (TelarAxisChooserClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = finalize;
  changed_signal = g_signal_new ("changed", TELAR_TYPE_AXIS_CHOOSER, G_SIGNAL_RUN_LAST, 0, NULL,
                                 NULL, NULL, G_TYPE_NONE, 0);
}

static void
telar_axis_chooser_init (TelarAxisChooser *chooser)
{
  GtkWidget *popover = gtk_popover_new (), *scrolled = gtk_scrolled_window_new ();

  chooser->keys = g_ptr_array_new_with_free_func (g_free);
  chooser->titles = g_ptr_array_new_with_free_func (g_free);
  chooser->usual = new_set ();
  chooser->rows = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_propagate_natural_height (GTK_SCROLLED_WINDOW (scrolled), TRUE);
  gtk_scrolled_window_set_max_content_height (GTK_SCROLLED_WINDOW (scrolled), MOST_HEIGHT);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), chooser->rows);
  gtk_popover_set_child (GTK_POPOVER (popover), scrolled);
  g_signal_connect_object (popover, "show", G_CALLBACK (fill_rows), chooser, G_CONNECT_SWAPPED);
  chooser->button = gtk_menu_button_new ();
  gtk_menu_button_set_label (GTK_MENU_BUTTON (chooser->button), _ ("Axes"));
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (chooser->button), popover);
  adw_bin_set_child (ADW_BIN (chooser), chooser->button);
}

GtkWidget *
telar_axis_chooser_new (guint most)
{
  TelarAxisChooser *chooser = g_object_new (TELAR_TYPE_AXIS_CHOOSER, NULL);

  chooser->most = most;
  return GTK_WIDGET (chooser);
}
