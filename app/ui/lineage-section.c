/* Where a run comes from and what became of it. Files are looked at in a thread of its own, and
 * those that may have changed are read there. */
#include "app/ui/lineage-area.h"
#include "app/ui/run-section.h"
#include "app/ui/section-stack.h"

#include <glib/gi18n.h>

#define AGAIN (3 * G_TIME_SPAN_SECOND) /* while the store changes all the time */

struct _TelarLineageSection {
  AdwBin parent_instance;

  GtkStack *stack;
  TelarLineageArea *area;
  GCancellable *reading; /* NULL: nothing is read */
  gint64 run, version, read_at;
  char *failure; /* of the last reading */
};

G_DEFINE_FINAL_TYPE (TelarLineageSection, telar_lineage_section, ADW_TYPE_BIN)

static guint chosen_signal;

/* --- reading ----------------------------------------------------------------------------- */

typedef struct {
  char *workspace, *run;
  gboolean local;
} Job;

static void
job_free (gpointer data)
{
  Job *job = data;

  g_free (job->workspace);
  g_free (job->run);
  g_free (job);
}

static void
free_lineage (gpointer lineage)
{
  telar_lineage_free (lineage);
}

static void
read_lineage (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  const Job *job = data;
  GError *error = NULL;
  g_autoptr (TelarStore) store = telar_store_open (job->workspace, FALSE, &error);
  TelarLineage *lineage = store != NULL ? telar_lineage_read (store, job->run, &error) : NULL;

  if (lineage == NULL) {
    g_task_return_error (task, error);
    return;
  }
  if (job->local)
    telar_lineage_check_files (lineage, G_MAXINT64);
  g_task_return_pointer (task, lineage, free_lineage);
}

static void
on_read (GObject *source, GAsyncResult *result, gpointer data)
{
  TelarLineageSection *section = TELAR_LINEAGE_SECTION (source);
  g_autoptr (GError) error = NULL;
  TelarLineage *lineage = g_task_propagate_pointer (G_TASK (result), &error);

  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  g_clear_object (&section->reading);
  g_free (section->failure);
  section->failure = error != NULL ? g_strdup (error->message) : NULL;
  /* A run by itself has nothing to be followed. */
  gboolean some = lineage != NULL && lineage->nodes->len > 1;
  telar_lineage_area_show (section->area, lineage);
  telar_section_stack_set_filled (section->stack, some);
}

static void
start_reading (TelarLineageSection *section, const char *workspace, const char *run, gboolean local)
{
  section->reading = g_cancellable_new ();
  g_autoptr (GTask) task = g_task_new (section, section->reading, on_read, NULL);
  Job *job = g_new (Job, 1);

  *job = (Job){ g_strdup (workspace), g_strdup (run), local };
  g_task_set_task_data (task, job, job_free);
  g_task_run_in_thread (task, read_lineage);
}

static void
stop_reading (TelarLineageSection *section)
{
  g_cancellable_cancel (section->reading);
  g_clear_object (&section->reading);
}

gboolean
telar_lineage_section_follow (TelarLineageSection *section, TelarStore *store,
                              const TelarRunRow *run, gboolean local, GError **error)
{
  gint64 now = g_get_monotonic_time (), version = telar_store_version (store);
  gboolean other = run->id != section->run;

  if (section->failure != NULL) {
    telar_set_error (error, TELAR_ERROR_FAILED, NULL, "%s", section->failure);
    g_clear_pointer (&section->failure, g_free);
    return FALSE;
  }
  if (other)
    stop_reading (section);
  if (section->reading != NULL ||
      (!other && (version == section->version || now - section->read_at < AGAIN)))
    return TRUE;
  section->run = run->id;
  section->version = version;
  section->read_at = now;
  start_reading (section, telar_store_workspace (store), run->name, local);
  return TRUE;
}

void
telar_lineage_section_forget (TelarLineageSection *section)
{
  stop_reading (section);
  section->run = section->version = 0;
}

static void
on_chosen (TelarLineageArea *area, const char *run, TelarLineageSection *section)
{
  g_signal_emit (section, chosen_signal, 0, run);
}

/* --- life -------------------------------------------------------------------------------- */

/* Files may have changed while nobody looked. */
static void
telar_lineage_section_map (GtkWidget *widget)
{
  telar_lineage_section_forget (TELAR_LINEAGE_SECTION (widget));
  GTK_WIDGET_CLASS (telar_lineage_section_parent_class)->map (widget);
}

static void
dispose (GObject *object)
{
  stop_reading (TELAR_LINEAGE_SECTION (object));
  g_clear_pointer (&TELAR_LINEAGE_SECTION (object)->failure, g_free);
  G_OBJECT_CLASS (telar_lineage_section_parent_class)->dispose (object);
}

static void
telar_lineage_section_class_init (TelarLineageSectionClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dispose;
  GTK_WIDGET_CLASS (klass)->map = telar_lineage_section_map;
  chosen_signal = g_signal_new ("chosen", TELAR_TYPE_LINEAGE_SECTION, G_SIGNAL_RUN_LAST, 0, NULL,
                                NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
telar_lineage_section_init (TelarLineageSection *section)
{
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  section->area = TELAR_LINEAGE_AREA (telar_lineage_area_new ());
  g_signal_connect_object (section->area, "chosen", G_CALLBACK (on_chosen), section, 0);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_AUTOMATIC,
                                  GTK_POLICY_NEVER);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), GTK_WIDGET (section->area));
  section->stack = telar_section_stack_new (_ ("Nothing to Trace"),
                                            _ ("Here stand the files that a run learned from, the "
                                               "run that it was forked from, its forks, "
                                               "its weights and the models exported from it"),
                                            scrolled);
  adw_bin_set_child (ADW_BIN (section), GTK_WIDGET (section->stack));
}

GtkWidget *
telar_lineage_section_new (void)
{
  return g_object_new (TELAR_TYPE_LINEAGE_SECTION, NULL);
}
