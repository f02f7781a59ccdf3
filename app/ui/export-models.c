/* Choosing among runs: those of a document are known by their names. */
#include "app/ui/export-models.h"

#include "app/session/session.h"
#include "app/ui/run-text.h"
#include "engine/weights.h"
#include "insight/store.h"

#include <glib/gi18n.h>
#include <jansson.h>
#include <string.h>

static void
model_free (gpointer data)
{
  TelarExportModel *model = data;

  g_free (model->run);
  g_free (model->label);
  g_free (model);
}

/* Takes the label. */
static void
add (GPtrArray *models, const char *run, char *label)
{
  TelarExportModel *model = g_new (TelarExportModel, 1);

  *model = (TelarExportModel){ g_strdup (run), label };
  g_ptr_array_add (models, model);
}

/* "digits-cnn-2, 98.9 %" */
static char *
describe (const TelarRunRow *run)
{
  g_autofree char *result = run->metrics ? telar_metrics_summary (run->metrics) : NULL;

  return result ? g_strdup_printf ("%s, %s", run->name, result) : g_strdup (run->name);
}

/* --- the runs of a document ------------------------------------------------------------------- */

/* "digits-cnn" and "digits-cnn-12", not "digits-cnn-wide". */
static gboolean
has_stem (const char *name, const char *stem)
{
  gsize length = strlen (stem);

  if (strncmp (name, stem, length) != 0)
    return FALSE;
  name += length;
  return !*name || (*name == '-' && name[1] && !name[1 + strspn (name + 1, "0123456789")]);
}

static gboolean
is_of (const TelarRunRow *run, TelarDocument *document, const char *stem)
{
  const char *path = telar_document_path (document);

  return (path && g_strcmp0 (run->project, path) == 0) || has_stem (run->name, stem);
}

/* The metric that says most. */
static const char *
leading_metric (const json_t *metrics)
{
  const char *name, *best = NULL;
  json_t *value;

  json_object_foreach ((json_t *)metrics, name, value)
  {
    if (telar_metric_rank (name) > (best ? telar_metric_rank (best) : 0))
      best = name;
  }
  return best;
}

/* The run with the best of what the newest is measured by, or NULL. */
static const TelarRunRow *
find_best (const GPtrArray *runs)
{
  const TelarRunRow *best = NULL;
  double best_value = 0;
  g_autofree char *tag = NULL;

  for (guint i = 0; i < runs->len; i++) {
    const TelarRunRow *run = runs->pdata[i];
    json_t *metrics = run->metrics ? json_loads (run->metrics, 0, NULL) : NULL;

    if (!tag)
      tag = g_strdup (leading_metric (metrics));
    const json_t *value = tag ? json_object_get (metrics, tag) : NULL;
    int direction = tag ? telar_metric_direction (telar_metric_group (tag)) : 0;
    double number = direction * json_number_value (value);
    if (json_is_number (value) && direction && (!best || number > best_value)) {
      best = run;
      best_value = number;
    }
    json_decref (metrics);
  }
  return best;
}

/* --- all -------------------------------------------------------------------------------------- */

static void
add_own (GPtrArray *models, const GPtrArray *own)
{
  const TelarRunRow *best = find_best (own);

  if (own->len) {
    g_autofree char *text = describe (own->pdata[0]);

    add (models, ((const TelarRunRow *)own->pdata[0])->name,
         g_strdup_printf (_ ("Latest run: %s"), text));
  }
  if (best) {
    g_autofree char *text = describe (best);

    add (models, best->name, g_strdup_printf (_ ("Best run: %s"), text));
  }
}

static void
add_weights (GPtrArray *models, TelarDocument *document)
{
  TelarGraph *graph = (TelarGraph *)telar_document_graph (document);
  g_autofree char *name = NULL;

  if (!telar_weights_named (graph))
    return;
  name = g_path_get_basename (telar_param_set_text (telar_graph_training (graph), "weights"));
  /* Those of an import that is not saved have no name that says anything. */
  add (models, NULL,
       telar_document_path (document) ? g_strdup_printf (_ ("The project’s weights: %s"), name)
                                      : g_strdup (_ ("The imported weights")));
}

GPtrArray *
telar_export_models (TelarDocument *document, const char *workspace)
{
  GPtrArray *models = g_ptr_array_new_with_free_func (model_free);
  g_autofree char *stem = telar_session_stem (telar_document_title (document));
  g_autoptr (TelarStore) store =
      telar_store_exists (workspace) ? telar_store_open (workspace, FALSE, NULL) : NULL;
  g_autoptr (GPtrArray) runs = store ? telar_store_runs (store, NULL) : NULL;
  g_autoptr (GPtrArray) own = g_ptr_array_new ();

  for (guint i = 0; runs && i < runs->len; i++) {
    const TelarRunRow *run = runs->pdata[i];

    if (run->checkpoint && is_of (run, document, stem))
      g_ptr_array_add (own, (gpointer)run);
  }
  add_own (models, own);
  add_weights (models, document);
  for (guint i = 0; runs && i < runs->len; i++) {
    const TelarRunRow *run = runs->pdata[i];

    if (run->checkpoint)
      add (models, run->name, describe (run));
  }
  return models;
}
