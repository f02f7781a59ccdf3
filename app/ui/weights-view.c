/* Weights, read in a thread; a node that runs in several places shows one of them at a time. */
#include "app/ui/weights-view.h"

#include "app/project/weight-stats.h"
#include "app/session/session.h"
#include "app/ui/export-models.h"
#include "app/ui/picture.h"

#include <glib/gi18n.h>

#define HEIGHT 72

struct _TelarWeightsView {
  GtkWidget parent_instance;

  GCancellable *reading;
  char *run;
  GPtrArray *entries; /* TelarWeightEntry *; NULL before they are read */
  GtkWidget *head, *places, *list;
};

G_DEFINE_FINAL_TYPE (TelarWeightsView, telar_weights_view, GTK_TYPE_WIDGET)

/* --- a histogram ------------------------------------------------------------------------------ */

static void
draw (cairo_t *cr, double width, double height, const TelarTheme *theme, PangoContext *context,
      gconstpointer data)
{
  const TelarWeightStats *stats = data;
  double step = (width - 16) / TELAR_WEIGHT_BINS, room = height - 24;
  g_autofree char *low = g_strdup_printf ("%.3g", stats->low);
  g_autofree char *high = g_strdup_printf ("%.3g", stats->high);
  guint64 most = 1;

  for (guint i = 0; i < TELAR_WEIGHT_BINS; i++)
    most = MAX (most, stats->bins[i]);
  telar_theme_set (cr, &theme->categories[TELAR_CATEGORY_LAYER]);
  for (guint i = 0; i < TELAR_WEIGHT_BINS; i++) {
    double tall = room * (double)stats->bins[i] / (double)most;

    cairo_rectangle (cr, 8 + i * step, 6 + room - tall, MAX (step - 1, 1), tall);
  }
  cairo_fill (cr);
  if (stats->low < 0 && stats->high > 0) {
    double zero = 8 + (width - 16) * -stats->low / (stats->high - stats->low);
    GdkRGBA line = telar_theme_alpha (&theme->text, 0.5f);

    telar_theme_set (cr, &line);
    cairo_set_line_width (cr, 1);
    cairo_move_to (cr, zero, 4);
    cairo_line_to (cr, zero, 8 + room);
    cairo_stroke (cr);
  }
  telar_theme_set (cr, &theme->dim);
  telar_picture_text (cr, context, low, 8, height - 8, 0);
  telar_picture_text (cr, context, high, width - 8, height - 8, 1);
}

static GtkWidget *
label (const char *text, const char *css_class)
{
  GtkWidget *widget = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (widget), 0);
  gtk_label_set_wrap (GTK_LABEL (widget), TRUE);
  gtk_widget_add_css_class (widget, css_class);
  return widget;
}

static GtkWidget *
make_entry (const TelarWeightEntry *entry)
{
  const TelarWeightStats *stats = &entry->stats;
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 4);
  GtkWidget *line = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  GtkWidget *name = label (entry->role, "heading"), *shape = label (entry->shape, "dim-label");
  g_autofree char *moments =
      g_strdup_printf (_ ("mean %.3g · deviation %.3g"), stats->mean, stats->deviation);
  g_autofree char *words = g_strdup_printf (_ ("Histogram of %s: %s"), entry->role, moments);

  gtk_widget_set_hexpand (name, TRUE);
  gtk_widget_add_css_class (shape, "figures");
  gtk_box_append (GTK_BOX (line), name);
  gtk_box_append (GTK_BOX (line), shape);
  gtk_box_append (GTK_BOX (box), line);
  gtk_box_append (GTK_BOX (box), telar_picture_new (HEIGHT, words, draw,
                                                    g_memdup2 (stats, sizeof *stats), g_free));
  gtk_box_append (GTK_BOX (box), label (moments, "caption"));
  if (stats->bad > 0) {
    g_autofree char *bad = g_strdup_printf (
        ngettext ("%u number is not finite", "%u numbers are not finite", (gulong)stats->bad),
        (guint)stats->bad);

    gtk_box_append (GTK_BOX (box), label (bad, "error"));
  }
  return box;
}

/* --- showing ---------------------------------------------------------------------------------- */

static void
show_place (TelarWeightsView *self, const char *place)
{
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (self->list)))
    gtk_box_remove (GTK_BOX (self->list), child);
  for (guint i = 0; i < self->entries->len; i++) {
    const TelarWeightEntry *entry = self->entries->pdata[i];

    if (g_str_equal (entry->place, place))
      gtk_box_append (GTK_BOX (self->list), make_entry (entry));
  }
}

static void
on_place (GtkDropDown *places, GParamSpec *pspec, TelarWeightsView *self)
{
  GtkStringObject *item = gtk_drop_down_get_selected_item (places);

  if (item)
    show_place (self, gtk_string_object_get_string (item));
}

/* The places one by one, in the order of their entries. */
static GtkStringList *
list_places (TelarWeightsView *self)
{
  GtkStringList *list = gtk_string_list_new (NULL);
  const char *last = NULL;

  for (guint i = 0; i < self->entries->len; i++) {
    const TelarWeightEntry *entry = self->entries->pdata[i];

    if (g_strcmp0 (last, entry->place) != 0)
      gtk_string_list_append (list, entry->place);
    last = entry->place;
  }
  return list;
}

static void
show (TelarWeightsView *self)
{
  g_autofree char *title = g_strdup_printf (_ ("Weights after “%s”"), self->run);
  GtkStringList *places = list_places (self);

  if (self->entries->len == 0) {
    g_object_unref (places);
    return;
  }
  gtk_label_set_text (GTK_LABEL (self->head), title);
  gtk_widget_set_visible (self->places, g_list_model_get_n_items (G_LIST_MODEL (places)) > 1);
  gtk_drop_down_set_model (GTK_DROP_DOWN (self->places), G_LIST_MODEL (places));
  g_object_unref (places);
  show_place (self, ((const TelarWeightEntry *)self->entries->pdata[0])->place);
  gtk_widget_set_visible (GTK_WIDGET (self), TRUE);
}

/* --- reading ---------------------------------------------------------------------------------- */

typedef struct {
  char *checkpoint;
  char **prefixes, **places;
} Input;

static void
input_free (gpointer data)
{
  Input *input = data;

  g_free (input->checkpoint);
  g_strfreev (input->prefixes);
  g_strfreev (input->places);
  g_free (input);
}

static void
read_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Input *input = data;
  GError *error = NULL;
  GPtrArray *entries =
      telar_weight_stats_read (input->checkpoint, (const char *const *)input->prefixes,
                               (const char *const *)input->places, &error);

  if (entries)
    g_task_return_pointer (task, entries, (GDestroyNotify)g_ptr_array_unref);
  else
    g_task_return_error (task, error);
}

/* A checkpoint that is gone or broken shows nothing: the run's own page says so. */
static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  TelarWeightsView *self = TELAR_WEIGHTS_VIEW (source);
  GPtrArray *entries = g_task_propagate_pointer (G_TASK (result), NULL);

  if (!entries)
    return;
  self->entries = entries;
  if (self->list)
    show (self);
}

/* Where the latest run of the document keeps its states; NULL where there is none. */
static char *
find_checkpoint (TelarWeightsView *self, TelarDocument *document)
{
  g_autofree char *workspace = telar_workspace_path ();
  g_autoptr (GPtrArray) models = telar_export_models (document, workspace);
  const TelarExportModel *latest = models->len ? models->pdata[0] : NULL;
  g_autoptr (TelarStore) store = NULL;
  g_autoptr (TelarRunRow) row = NULL;

  if (!latest || !latest->run)
    return NULL;
  store = telar_store_open (workspace, FALSE, NULL);
  row = store ? telar_store_find_run (store, latest->run, NULL) : NULL;
  if (!row || !row->checkpoint)
    return NULL;
  self->run = g_strdup (latest->run);
  return g_build_filename (workspace, row->checkpoint, NULL);
}

static void
start (TelarWeightsView *self, TelarAnalysis *analysis, const char *node)
{
  g_autofree char *checkpoint = find_checkpoint (self, telar_analysis_document (analysis));
  g_autoptr (GTask) task = NULL;
  Input *input;

  if (!checkpoint)
    return;
  input = g_new0 (Input, 1);
  input->checkpoint = g_steal_pointer (&checkpoint);
  telar_analysis_states (analysis, node, &input->prefixes, &input->places);
  self->reading = g_cancellable_new ();
  task = g_task_new (self, self->reading, on_read, NULL);
  g_task_set_task_data (task, input, input_free);
  g_task_run_in_thread (task, read_in_thread);
}

/* --- the widget ------------------------------------------------------------------------------- */

static void
dispose (GObject *object)
{
  TelarWeightsView *self = TELAR_WEIGHTS_VIEW (object);
  GtkWidget *child;

  g_cancellable_cancel (self->reading);
  self->list = NULL;
  while ((child = gtk_widget_get_first_child (GTK_WIDGET (object))))
    gtk_widget_unparent (child);
  G_OBJECT_CLASS (telar_weights_view_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  TelarWeightsView *self = TELAR_WEIGHTS_VIEW (object);

  g_clear_object (&self->reading);
  g_clear_pointer (&self->entries, g_ptr_array_unref);
  g_free (self->run);
  G_OBJECT_CLASS (telar_weights_view_parent_class)->finalize (object);
}

static void
telar_weights_view_class_init (TelarWeightsViewClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dispose;
  G_OBJECT_CLASS (klass)->finalize = finalize;
  gtk_widget_class_set_layout_manager_type (GTK_WIDGET_CLASS (klass), GTK_TYPE_BOX_LAYOUT);
}

static void
telar_weights_view_init (TelarWeightsView *self)
{
  GtkLayoutManager *layout = gtk_widget_get_layout_manager (GTK_WIDGET (self));

  gtk_orientable_set_orientation (GTK_ORIENTABLE (layout), GTK_ORIENTATION_VERTICAL);
  gtk_box_layout_set_spacing (GTK_BOX_LAYOUT (layout), 8);
  self->head = label (NULL, "facts-title");
  self->places = gtk_drop_down_new (NULL, NULL);
  self->list = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  gtk_accessible_update_property (GTK_ACCESSIBLE (self->places), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Place of the node"), -1);
  g_signal_connect (self->places, "notify::selected-item", G_CALLBACK (on_place), self);
  gtk_widget_set_parent (self->head, GTK_WIDGET (self));
  gtk_widget_set_parent (self->places, GTK_WIDGET (self));
  gtk_widget_set_parent (self->list, GTK_WIDGET (self));
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
}

GtkWidget *
telar_weights_view_new (TelarAnalysis *analysis, const char *node)
{
  TelarWeightsView *self = g_object_new (TELAR_TYPE_WEIGHTS_VIEW, NULL);

  start (self, analysis, node);
  return GTK_WIDGET (self);
}
