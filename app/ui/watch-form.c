/* The form of a new watchpoint. It builds the text that a watchpoint is, and takes only what reads
 * back. */
#include "app/ui/watch-form.h"

#include "engine/watch.h"

#include <glib/gi18n.h>
#include <string.h>

struct _TelarWatchForm {
  GtkPopover parent_instance;

  GtkDropDown *kind, *node, *action;
  GtkStringList *nodes; /* the first stands for all */
  GtkEntry *limit;
  GtkLabel *doc;
  GtkWidget *add;
};

G_DEFINE_FINAL_TYPE (TelarWatchForm, telar_watch_form, GTK_TYPE_POPOVER)

static guint added_signal;

static const TelarWatchInfo *
get_info (TelarWatchForm *form)
{
  return telar_watch_info ((TelarWatchKind)gtk_drop_down_get_selected (form->kind));
}

/* NULL while what was entered makes no sense. */
static char *
make_watch (TelarWatchForm *form)
{
  const TelarWatchInfo *info = get_info (form);
  guint node = gtk_drop_down_get_selected (form->node);
  const char *limit = gtk_editable_get_text (GTK_EDITABLE (form->limit));
  GString *text = g_string_new (info->name);
  g_autoptr (TelarWatch) watch = NULL;

  if (!info->on_run && node > 0 && node != GTK_INVALID_LIST_POSITION)
    g_string_append_printf (text, ":%s", gtk_string_list_get_string (form->nodes, node));
  if (*limit != '\0')
    g_string_append_printf (text, ":%s", limit);
  g_string_append_printf (
      text, ":%s",
      telar_watch_action_name ((TelarWatchAction)gtk_drop_down_get_selected (form->action)));
  watch = strpbrk (text->str, " \t\n") == NULL ? telar_watch_parse (text->str, NULL) : NULL;
  g_string_free (text, TRUE);
  return watch != NULL ? telar_watch_to_text (watch) : NULL;
}

static void
on_changed (TelarWatchForm *form)
{
  g_autofree char *text = make_watch (form);

  gtk_widget_set_sensitive (form->add, text != NULL);
  if (text != NULL)
    gtk_widget_remove_css_class (GTK_WIDGET (form->limit), "error");
  else
    gtk_widget_add_css_class (GTK_WIDGET (form->limit), "error");
}

static void
on_kind (TelarWatchForm *form)
{
  const TelarWatchInfo *info = get_info (form);
  g_autofree char *limit = g_strdup_printf ("%g", info->limit);
  gboolean counts = info->limit == 0;

  gtk_label_set_text (form->doc, _ (info->doc));
  gtk_widget_set_sensitive (GTK_WIDGET (form->node), !info->on_run);
  gtk_widget_set_sensitive (GTK_WIDGET (form->limit), !counts);
  gtk_editable_set_text (GTK_EDITABLE (form->limit), "");
  gtk_entry_set_placeholder_text (form->limit, counts ? "" : limit);
  on_changed (form);
}

static void
on_add (TelarWatchForm *form)
{
  g_autofree char *text = make_watch (form);

  if (text == NULL)
    return;
  gtk_popover_popdown (GTK_POPOVER (form));
  g_signal_emit (form, added_signal, 0, text);
}

void
telar_watch_form_set_nodes (TelarWatchForm *form, const char *const *ids)
{
  guint n = g_list_model_get_n_items (G_LIST_MODEL (form->nodes));

  gtk_string_list_splice (form->nodes, 1, n - 1, ids);
}

/* --- building ---------------------------------------------------------------------------- */

static void
add_row (GtkGrid *grid, int row, const char *name, GtkWidget *widget)
{
  GtkWidget *label = gtk_label_new (name);

  gtk_label_set_xalign (GTK_LABEL (label), 1);
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_set_hexpand (widget, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  gtk_grid_attach (grid, label, 0, row, 1, 1);
  gtk_grid_attach (grid, widget, 1, row, 1, 1);
}

static GtkWidget *
new_kinds (void)
{
  GtkStringList *names = gtk_string_list_new (NULL);

  for (guint kind = 0; kind < TELAR_N_WATCHES; kind++)
    gtk_string_list_append (names, _ (telar_watch_info ((TelarWatchKind)kind)->label));
  return gtk_drop_down_new (G_LIST_MODEL (names), NULL);
}

static void
build_fields (TelarWatchForm *form, GtkGrid *grid)
{
  const char *const all[] = { _ ("All nodes"), NULL };
  const char *const actions[] = { _ ("Mark it on the charts"), _ ("Tell me"),
                                  _ ("Pause before the step"), NULL };

  form->kind = GTK_DROP_DOWN (new_kinds ());
  form->nodes = gtk_string_list_new (all);
  form->node = GTK_DROP_DOWN (gtk_drop_down_new (G_LIST_MODEL (form->nodes), NULL));
  form->limit = GTK_ENTRY (gtk_entry_new ());
  form->action = GTK_DROP_DOWN (gtk_drop_down_new_from_strings (actions));
  form->doc = GTK_LABEL (gtk_label_new (NULL));
  gtk_label_set_wrap (form->doc, TRUE);
  gtk_label_set_xalign (form->doc, 0);
  gtk_label_set_max_width_chars (form->doc, 36);
  add_row (grid, 0, _ ("Look for"), GTK_WIDGET (form->kind));
  gtk_grid_attach (grid, GTK_WIDGET (form->doc), 1, 1, 1, 1);
  add_row (grid, 2, _ ("At"), GTK_WIDGET (form->node));
  add_row (grid, 3, _ ("Limit"), GTK_WIDGET (form->limit));
  add_row (grid, 4, _ ("Then"), GTK_WIDGET (form->action));
}

static void
telar_watch_form_class_init (TelarWatchFormClass *klass)
{
  added_signal = g_signal_new ("added", TELAR_TYPE_WATCH_FORM, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                               NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
telar_watch_form_init (TelarWatchForm *form)
{
  GtkWidget *grid = gtk_grid_new ();

  gtk_grid_set_row_spacing (GTK_GRID (grid), 8);
  gtk_grid_set_column_spacing (GTK_GRID (grid), 12);
  gtk_widget_set_margin_top (grid, 12);
  gtk_widget_set_margin_bottom (grid, 12);
  gtk_widget_set_margin_start (grid, 12);
  gtk_widget_set_margin_end (grid, 12);
  build_fields (form, GTK_GRID (grid));
  form->add = gtk_button_new_with_label (_ ("Add Watchpoint"));
  gtk_widget_add_css_class (form->add, "suggested-action");
  gtk_widget_set_halign (form->add, GTK_ALIGN_END);
  gtk_grid_attach (GTK_GRID (grid), form->add, 1, 5, 1, 1);
  gtk_popover_set_child (GTK_POPOVER (form), grid);
  g_signal_connect_swapped (form->kind, "notify::selected", G_CALLBACK (on_kind), form);
  g_signal_connect_swapped (form->limit, "changed", G_CALLBACK (on_changed), form);
  g_signal_connect_swapped (form->limit, "activate", G_CALLBACK (on_add), form);
  g_signal_connect_swapped (form->add, "clicked", G_CALLBACK (on_add), form);
  on_kind (form);
}

GtkWidget *
telar_watch_form_new (void)
{
  return g_object_new (TELAR_TYPE_WATCH_FORM, NULL);
}
