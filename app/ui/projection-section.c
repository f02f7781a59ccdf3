/* The embedding projector of a run: what is projected and how is chosen above, the points stand
 * below. It is computed in a thread, and what a run keeps is shown at once. */
#include "app/model/embedding.h"
#include "app/ui/cloud-view.h"
#include "app/ui/run-section.h"
#include "app/ui/section-stack.h"

#include <glib/gi18n.h>
#include <string.h>

#define LOOK_MS 100

static const char *const methods[] = { "pca", "pca3", "tsne" };

/* What the thread has, and the page looks at. */
typedef struct {
  char *workspace, *run, *of;
  const char *method;
  double perplexity;
  int permille; /* atomic */
  GCancellable *cancellable;
  TelarEmbedding made;
} Job;

struct _TelarProjectionSection {
  AdwBin parent_instance;

  GtkDropDown *of, *method;
  GtkWidget *perplexity, *start, *search, *progress, *found, *words;
  GtkStack *stack;
  TelarCloudView *view;
  TelarStore *store; /* borrowed while following */
  gint64 run;
  char *workspace, *run_name;
  gboolean filling;
  Job *job; /* the thread's; NULL: none is under way */
  guint timer;
};

G_DEFINE_FINAL_TYPE (TelarProjectionSection, telar_projection_section, ADW_TYPE_BIN)

static const char *
chosen (TelarProjectionSection *section)
{
  GtkStringObject *item = gtk_drop_down_get_selected_item (section->of);

  return item != NULL ? gtk_string_object_get_string (item) : NULL;
}

static const char *
chosen_method (TelarProjectionSection *section)
{
  return methods[MIN (gtk_drop_down_get_selected (section->method), G_N_ELEMENTS (methods) - 1)];
}

static void
tell (TelarProjectionSection *section, const char *message)
{
  gtk_label_set_text (GTK_LABEL (section->words), message != NULL ? message : "");
  gtk_widget_set_visible (section->words, message != NULL);
}

static void
show (TelarProjectionSection *section, TelarCloud *cloud, TelarTensor *pictures)
{
  telar_cloud_view_show (section->view, cloud, pictures);
  telar_section_stack_set_filled (section->stack, cloud != NULL);
  gtk_editable_set_text (GTK_EDITABLE (section->search), "");
}

/* --- what is kept ------------------------------------------------------------------------ */

/* The one that was made of what is chosen, or none. */
static gboolean
show_kept (TelarProjectionSection *section, GError **error)
{
  const char *of = chosen (section);

  gtk_widget_set_visible (section->perplexity, strcmp (chosen_method (section), "tsne") == 0);
  tell (section, NULL);
  if (of == NULL || section->store == NULL) {
    show (section, NULL, NULL);
    return TRUE;
  }
  g_autofree char *name = telar_embedding_series (of, chosen_method (section));
  TelarSpan span = { section->run, name, -1, G_MAXINT64, 1 };
  g_autoptr (GPtrArray) texts = telar_store_texts (section->store, &span, error);
  if (texts == NULL)
    return FALSE;
  const TelarTextRow *text = texts->len > 0 ? texts->pdata[texts->len - 1] : NULL;
  TelarCloud *cloud = text != NULL ? telar_cloud_from_text (text->text, error) : NULL;
  show (section, cloud, NULL);
  return text == NULL || cloud != NULL;
}

/* --- making ------------------------------------------------------------------------------ */

static void
job_free (gpointer data)
{
  Job *job = data;

  g_free (job->workspace);
  g_free (job->run);
  g_free (job->of);
  g_object_unref (job->cancellable);
  telar_embedding_clear (&job->made);
  g_free (job);
}

static gboolean
on_share (double share, gpointer data)
{
  Job *job = data;

  g_atomic_int_set (&job->permille, (int)(1000 * share));
  return !g_cancellable_is_cancelled (job->cancellable);
}

static gboolean
make (Job *job, GError **error)
{
  g_auto (TelarModel) model = { 0 };
  gboolean kept;

  if (!telar_model_load (job->workspace, job->run, &model, error))
    return FALSE;
  g_autoptr (TelarDevice) device = telar_device_open ("cpu", 0, error);
  TelarEmbeddingOptions options = { .device = device,
                                    .of = job->of,
                                    .method = job->method,
                                    .split = TELAR_SPLIT_VALIDATION,
                                    .most = TELAR_EMBEDDING_ROWS,
                                    .perplexity = job->perplexity,
                                    .progress = on_share,
                                    .data = job };
  return device != NULL && telar_embedding_make (&model, &options, &job->made, error) &&
         telar_embedding_keep (job->workspace, job->run, &options, job->made.cloud, &kept, error);
}

static void
work (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;

  if (make (data, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
set_working (TelarProjectionSection *section, Job *job)
{
  section->job = job;
  gtk_button_set_label (GTK_BUTTON (section->start),
                        job != NULL ? _ ("Stop") : _ ("Project Samples"));
  gtk_widget_set_visible (section->progress, job != NULL);
  if (job == NULL && section->timer != 0)
    g_source_remove (section->timer);
  if (job == NULL)
    section->timer = 0;
}

static gboolean
on_look (gpointer data)
{
  TelarProjectionSection *section = data;

  gtk_progress_bar_set_fraction (GTK_PROGRESS_BAR (section->progress),
                                 g_atomic_int_get (&section->job->permille) / 1000.0);
  return G_SOURCE_CONTINUE;
}

static void
on_made (GObject *source, GAsyncResult *result, gpointer data)
{
  TelarProjectionSection *section = TELAR_PROJECTION_SECTION (source);
  Job *job = g_task_get_task_data (G_TASK (result));
  g_autoptr (GError) error = NULL;
  gboolean ok = g_task_propagate_boolean (G_TASK (result), &error);

  if (section->job != job)
    return; /* it was ended, or another run is shown */
  set_working (section, NULL);
  if (ok)
    show (section, g_steal_pointer (&job->made.cloud), job->made.pictures);
  else
    tell (section, error->message);
}

static void
stop (TelarProjectionSection *section)
{
  if (section->job == NULL)
    return;
  g_cancellable_cancel (section->job->cancellable);
  set_working (section, NULL);
}

static void
on_start (GtkButton *button, TelarProjectionSection *section)
{
  const char *of = chosen (section);

  if (section->job != NULL || of == NULL) {
    stop (section);
    return;
  }
  Job *job = g_new0 (Job, 1);
  job->workspace = g_strdup (section->workspace);
  job->run = g_strdup (section->run_name);
  job->of = g_strdup (of);
  job->method = chosen_method (section);
  job->perplexity = gtk_spin_button_get_value (GTK_SPIN_BUTTON (section->perplexity));
  job->cancellable = g_cancellable_new ();
  g_autoptr (GTask) task = g_task_new (section, NULL, on_made, NULL);
  g_task_set_task_data (task, job, job_free);
  tell (section, NULL);
  set_working (section, job);
  section->timer = g_timeout_add (LOOK_MS, on_look, section);
  g_task_run_in_thread (task, work);
}

/* --- following --------------------------------------------------------------------------- */

/* What a person looks at most is what the last layer is given. */
static void
fill_wires (TelarProjectionSection *section, const TelarGraph *graph)
{
  GtkStringList *list = gtk_string_list_new (NULL);
  const GPtrArray *nodes = telar_graph_nodes (graph);
  guint layers[2] = { 0, 0 }, n = 0;

  for (guint i = 0; i < nodes->len; i++) {
    const TelarNode *node = nodes->pdata[i];

    if (node->op->category == TELAR_CATEGORY_LOSS || telar_operator_n_outputs (node->op) == 0)
      continue;
    gtk_string_list_append (list, node->id);
    if (node->op->category == TELAR_CATEGORY_LAYER) {
      layers[0] = layers[1];
      layers[1] = n;
    }
    n++;
  }
  gtk_drop_down_set_model (section->of, G_LIST_MODEL (list));
  gtk_drop_down_set_selected (section->of, layers[0]);
  gtk_widget_set_sensitive (section->start, n > 0);
  g_object_unref (list);
}

/* What the run keeps comes before what could be made. */
static gboolean
choose_kept (TelarProjectionSection *section, GError **error)
{
  g_autoptr (GPtrArray) series =
      telar_store_series (section->store, section->run, TELAR_MEDIA_TEXT, error);
  GListModel *wires = gtk_drop_down_get_model (section->of);

  for (guint i = 0; series != NULL && i < series->len; i++)
    for (guint k = 0; k < g_list_model_get_n_items (wires); k++)
      for (guint method = 0; method < G_N_ELEMENTS (methods); method++) {
        const char *of = gtk_string_list_get_string (GTK_STRING_LIST (wires), k);
        g_autofree char *name = telar_embedding_series (of, methods[method]);

        if (!g_str_equal (name, ((const TelarSeriesRow *)series->pdata[i])->name))
          continue;
        gtk_drop_down_set_selected (section->of, k);
        gtk_drop_down_set_selected (section->method, method);
      }
  return series != NULL;
}

static gboolean
open_run (TelarProjectionSection *section, GError **error)
{
  g_autofree char *text = telar_store_graph (section->store, section->run, error);
  g_autoptr (TelarGraph) graph =
      text != NULL ? telar_graph_from_text (text, strlen (text), section->run_name, error) : NULL;

  if (graph == NULL)
    return FALSE;
  section->filling = TRUE;
  fill_wires (section, graph);
  gboolean ok = choose_kept (section, error);
  section->filling = FALSE;
  return ok && show_kept (section, error);
}

gboolean
telar_projection_section_follow (TelarProjectionSection *section, TelarStore *store,
                                 const TelarRunRow *run, GError **error)
{
  gboolean same = section->run == run->id && section->store == store;

  section->store = store;
  if (same)
    return TRUE;
  stop (section);
  section->run = run->id;
  g_free (section->run_name);
  section->run_name = g_strdup (run->name);
  g_free (section->workspace);
  section->workspace = g_strdup (telar_store_workspace (store));
  return open_run (section, error);
}

void
telar_projection_section_forget (TelarProjectionSection *section)
{
  stop (section);
  section->store = NULL;
  section->run = 0;
}

/* --- building ---------------------------------------------------------------------------- */

static void
on_choice (GtkDropDown *choice, GParamSpec *pspec, TelarProjectionSection *section)
{
  g_autoptr (GError) error = NULL;

  if (section->filling)
    return;
  stop (section);
  if (!show_kept (section, &error))
    tell (section, error->message);
}

static void
on_search (GtkEditable *entry, TelarProjectionSection *section)
{
  const char *text = gtk_editable_get_text (entry);
  guint n = telar_cloud_view_search (section->view, text);
  g_autofree char *words =
      *text != '\0' ? g_strdup_printf (ngettext ("%u point", "%u points", n), n) : g_strdup ("");

  gtk_label_set_text (GTK_LABEL (section->found), words);
}

static void
name_accessible (gpointer widget, const char *name)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

static GtkWidget *
build_bar (TelarProjectionSection *section)
{
  const char *const names[] = { _ ("PCA"), _ ("PCA in 3D"), _ ("t-SNE"), NULL };
  GtkWidget *bar = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);

  section->of = GTK_DROP_DOWN (gtk_drop_down_new (NULL, NULL));
  name_accessible (section->of, _ ("Wire"));
  section->method = GTK_DROP_DOWN (gtk_drop_down_new_from_strings (names));
  name_accessible (section->method, _ ("Method"));
  section->perplexity = gtk_spin_button_new_with_range (1, 500, 1);
  gtk_spin_button_set_value (GTK_SPIN_BUTTON (section->perplexity), TELAR_EMBEDDING_PERPLEXITY);
  gtk_widget_set_tooltip_text (section->perplexity,
                               _ ("Perplexity: how many neighbours a sample has"));
  section->start = gtk_button_new_with_label (_ ("Project Samples"));
  gtk_widget_set_sensitive (section->start, FALSE);
  gtk_widget_add_css_class (section->start, "suggested-action");
  section->search = gtk_search_entry_new ();
  g_object_set (section->search, "placeholder-text", _ ("Class or row"), NULL);
  section->found = gtk_label_new (NULL);
  gtk_widget_add_css_class (section->found, "dim-label");
  gtk_widget_add_css_class (section->found, "numeric");
  gtk_widget_set_hexpand (section->found, TRUE);
  gtk_widget_set_halign (section->found, GTK_ALIGN_END);
  gtk_box_append (GTK_BOX (bar), GTK_WIDGET (section->of));
  gtk_box_append (GTK_BOX (bar), GTK_WIDGET (section->method));
  gtk_box_append (GTK_BOX (bar), section->perplexity);
  gtk_box_append (GTK_BOX (bar), section->start);
  gtk_box_append (GTK_BOX (bar), section->found);
  gtk_box_append (GTK_BOX (bar), section->search);
  g_signal_connect (section->of, "notify::selected", G_CALLBACK (on_choice), section);
  g_signal_connect (section->method, "notify::selected", G_CALLBACK (on_choice), section);
  g_signal_connect (section->start, "clicked", G_CALLBACK (on_start), section);
  g_signal_connect (section->search, "search-changed", G_CALLBACK (on_search), section);
  return bar;
}

static void
telar_projection_section_dispose (GObject *object)
{
  stop (TELAR_PROJECTION_SECTION (object));
  G_OBJECT_CLASS (telar_projection_section_parent_class)->dispose (object);
}

static void
telar_projection_section_finalize (GObject *object)
{
  TelarProjectionSection *section = TELAR_PROJECTION_SECTION (object);

  g_free (section->workspace);
  g_free (section->run_name);
  G_OBJECT_CLASS (telar_projection_section_parent_class)->finalize (object);
}

static void
telar_projection_section_class_init (TelarProjectionSectionClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = telar_projection_section_dispose;
  G_OBJECT_CLASS (klass)->finalize = telar_projection_section_finalize;
}

static void
telar_projection_section_init (TelarProjectionSection *section)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);

  gtk_box_append (GTK_BOX (box), build_bar (section));
  section->progress = gtk_progress_bar_new ();
  gtk_widget_set_visible (section->progress, FALSE);
  gtk_box_append (GTK_BOX (box), section->progress);
  section->words = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (section->words), TRUE);
  gtk_widget_add_css_class (section->words, "error");
  gtk_widget_set_visible (section->words, FALSE);
  gtk_box_append (GTK_BOX (box), section->words);
  section->view = TELAR_CLOUD_VIEW (telar_cloud_view_new ());
  section->stack = telar_section_stack_new (
      _ ("No Projection Yet"),
      _ ("Each sample becomes a point; what the model takes for alike is near one another"),
      GTK_WIDGET (section->view));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (section->stack));
  adw_bin_set_child (ADW_BIN (section), box);
}

GtkWidget *
telar_projection_section_new (void)
{
  return g_object_new (TELAR_TYPE_PROJECTION_SECTION, NULL);
}
