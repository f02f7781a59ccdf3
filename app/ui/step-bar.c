/* Places on the scale are indices, so that steps far apart and close together are reached alike. */
#include "app/ui/step-bar.h"

#include <glib/gi18n.h>
#include <math.h>

struct _TelarStepBar {
  GtkWidget parent_instance;

  GtkWidget *scale, *label;
  GArray *steps; /* gint64 */
  gint64 wanted; /* G_MAXINT64: the newest */
  gboolean filling;
};

G_DEFINE_FINAL_TYPE (TelarStepBar, telar_step_bar, GTK_TYPE_WIDGET)

static guint changed_signal;

static guint
place_of (const TelarStepBar *bar)
{
  guint place = 0;

  for (guint i = 0; i < bar->steps->len; i++)
    if (g_array_index (bar->steps, gint64, i) <= bar->wanted)
      place = i;
  return place;
}

gint64
telar_step_bar_step (TelarStepBar *bar)
{
  return bar->steps->len > 0 ? g_array_index (bar->steps, gint64, place_of (bar)) : -1;
}

static void
show (TelarStepBar *bar)
{
  g_autofree char *text = g_strdup_printf (_ ("step %d"), (int)MAX (telar_step_bar_step (bar), 0));

  bar->filling = TRUE;
  gtk_range_set_range (GTK_RANGE (bar->scale), 0, MAX (bar->steps->len, 2) - 1);
  gtk_range_set_value (GTK_RANGE (bar->scale), place_of (bar));
  bar->filling = FALSE;
  gtk_label_set_text (GTK_LABEL (bar->label), text);
  gtk_widget_set_sensitive (bar->scale, bar->steps->len > 1);
}

void
telar_step_bar_set_steps (TelarStepBar *bar, const GArray *steps)
{
  g_array_set_size (bar->steps, 0);
  if (steps->len > 0)
    g_array_append_vals (bar->steps, steps->data, steps->len);
  show (bar);
}

void
telar_step_bar_choose (TelarStepBar *bar, gint64 step)
{
  bar->wanted = step;
  show (bar);
}

static void
on_value (GtkRange *range, TelarStepBar *bar)
{
  guint place = (guint)lround (gtk_range_get_value (range));

  if (bar->filling || place >= bar->steps->len)
    return;
  gboolean last = place + 1 == bar->steps->len;
  bar->wanted = last ? G_MAXINT64 : g_array_index (bar->steps, gint64, place);
  show (bar);
  g_signal_emit (bar, changed_signal, 0);
}

/* --- life -------------------------------------------------------------------------------- */

static void
telar_step_bar_dispose (GObject *object)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))) != NULL)
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (telar_step_bar_parent_class)->dispose (object);
}

static void
telar_step_bar_finalize (GObject *object)
{
  g_array_unref (TELAR_STEP_BAR (object)->steps);
  G_OBJECT_CLASS (telar_step_bar_parent_class)->finalize (object);
}

static void
telar_step_bar_class_init (TelarStepBarClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = telar_step_bar_dispose;
  G_OBJECT_CLASS (klass)->finalize = telar_step_bar_finalize;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
  changed_signal = g_signal_new ("changed", TELAR_TYPE_STEP_BAR, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 0);
}

static void
telar_step_bar_init (TelarStepBar *bar)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (bar));

  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 10);
  bar->steps = g_array_new (FALSE, FALSE, sizeof (gint64));
  bar->wanted = G_MAXINT64;
  bar->scale = gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, 0, 1, 1);
  gtk_widget_set_hexpand (bar->scale, TRUE);
  gtk_accessible_update_property (GTK_ACCESSIBLE (bar->scale), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Step"), -1);
  bar->label = gtk_label_new (NULL);
  gtk_widget_add_css_class (bar->label, "numeric");
  gtk_label_set_width_chars (GTK_LABEL (bar->label), 12);
  gtk_widget_set_parent (bar->scale, GTK_WIDGET (bar));
  gtk_widget_set_parent (bar->label, GTK_WIDGET (bar));
  g_signal_connect (bar->scale, "value-changed", G_CALLBACK (on_value), bar);
}

GtkWidget *
telar_step_bar_new (void)
{
  return g_object_new (TELAR_TYPE_STEP_BAR, NULL);
}
