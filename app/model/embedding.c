/* From a model to a cloud. */
#include "app/model/embedding.h"

#include "data/data.h"
#include "insight/projection.h"
#include "insight/store-media.h"

#include <string.h>

#define READING 0.2 /* of the work, for progress */

typedef struct {
  const TelarModel *model;
  const TelarEmbeddingOptions *options;
  TelarWireRows rows;
  double from, part; /* of the progress, where the step under way begins and its share */
} Making;

void
telar_embedding_clear (TelarEmbedding *embedding)
{
  g_clear_pointer (&embedding->cloud, telar_cloud_free);
  g_clear_pointer (&embedding->pictures, telar_tensor_unref);
  g_clear_pointer (&embedding->places, g_free);
}

static gboolean
on_progress (double share, gpointer data)
{
  const Making *m = data;

  return m->options->progress == NULL ||
         m->options->progress (m->from + m->part * share, m->options->data);
}

/* --- what is projected ------------------------------------------------------------------- */

/* A table of weights: its rows are the points. */
static gboolean
take_table (Making *m, const TelarTensor *table, GError **error)
{
  gint64 n = table->type.shape.rank == 2 ? table->type.shape.dims[0] : 0;

  if (n < 2) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "\"%s\" is no table with several rows",
                     m->options->of);
    return FALSE;
  }
  n = MIN (n, m->options->most);
  gsize d = (gsize)table->type.shape.dims[1];
  m->rows.values =
      telar_tensor_try_new (TELAR_F32, &(TelarShape){ .rank = 2, .dims = { n, (gint64)d } }, error);
  if (m->rows.values == NULL)
    return FALSE;
  for (gsize i = 0; i < (gsize)n * d; i++)
    telar_tensor_set (m->rows.values, i, telar_tensor_get (table, i));
  m->rows.places = g_new (gint64, n);
  for (gint64 i = 0; i < n; i++)
    m->rows.places[i] = i;
  return TRUE;
}

static gboolean
read_rows (Making *m, GError **error)
{
  const TelarTensor *table = telar_states_get (m->model->states, m->options->of);

  if (table != NULL)
    return take_table (m, table, error);
  g_autoptr (TelarFeed) feed = telar_data_open (m->model->graph, error);
  if (feed == NULL)
    return FALSE;
  TelarWireQuery query = { .graph = m->model->graph,
                           .feed = feed,
                           .states = m->model->states,
                           .device = m->options->device,
                           .split = m->options->split,
                           .wire = m->options->of,
                           .most = m->options->most,
                           .progress = on_progress,
                           .data = m };
  return telar_wire_rows_read (&query, &m->rows, error);
}

/* --- projecting -------------------------------------------------------------------------- */

static char *
project_pca (const Making *m, const TelarCloudRows *rows, TelarEmbedding *embedding, GError **error)
{
  g_auto (TelarPca) pca = { 0 };
  double part = 0;

  if (!telar_pca (rows, strcmp (m->options->method, "pca3") == 0 ? 3 : 2, &pca, error))
    return NULL;
  if (pca.k < 2) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "\"%s\" has one number a row: there is nothing to project", m->options->of);
    return NULL;
  }
  embedding->k = pca.k;
  embedding->places = g_steal_pointer (&pca.scores);
  for (guint i = 0; i < pca.k; i++)
    part += pca.total > 0 ? pca.variances[i] / pca.total : 0;
  return g_strdup_printf ("%s · PCA · %.0f %% of the variance", m->options->of, 100 * part);
}

static char *
project_tsne (const Making *m, const TelarCloudRows *rows, TelarEmbedding *embedding,
              GError **error)
{
  TelarTsneOptions settings = { .perplexity = m->options->perplexity, .seed = m->options->seed };
  double divergence;

  embedding->k = 2;
  embedding->places = g_new (double, 2 * rows->n);
  if (!telar_tsne (rows, &settings, embedding->places, &divergence, error))
    return NULL;
  return g_strdup_printf ("%s · t-SNE · perplexity %g · divergence %.2f", m->options->of,
                          settings.perplexity, divergence);
}

static gboolean
project (Making *m, TelarEmbedding *embedding, GError **error)
{
  const TelarShape *shape = &m->rows.values->type.shape;
  TelarCloudRows rows = { .values = m->rows.values->data,
                          .n = (gsize)shape->dims[0],
                          .d = (gsize)shape->dims[1],
                          .progress = on_progress,
                          .data = m };
  g_autofree char *title = strcmp (m->options->method, "tsne") == 0
                               ? project_tsne (m, &rows, embedding, error)
                               : project_pca (m, &rows, embedding, error);

  if (title == NULL)
    return FALSE;
  TelarCloudPoints points = { (guint)rows.n,  embedding->k,    embedding->places,
                              m->rows.places, m->rows.classes, m->rows.names };
  embedding->cloud = telar_cloud_new (title, &points);
  embedding->pictures = g_steal_pointer (&m->rows.pictures);
  return TRUE;
}

gboolean
telar_embedding_make (const TelarModel *model, const TelarEmbeddingOptions *options,
                      TelarEmbedding *embedding, GError **error)
{
  Making m = { .model = model, .options = options, .part = READING };
  gboolean ok = read_rows (&m, error);

  m.from = READING;
  m.part = 1 - READING;
  ok = ok && project (&m, embedding, error);
  telar_wire_rows_clear (&m.rows);
  return ok;
}

/* --- keeping ----------------------------------------------------------------------------- */

char *
telar_embedding_series (const char *of, const char *method)
{
  return g_strconcat (TELAR_EMBEDDING_PREFIX, of, "/", method, NULL);
}

/* A checkpoint or a project's own weights are of no run. */
gboolean
telar_embedding_keep (const char *workspace, const char *run, const TelarEmbeddingOptions *options,
                      const TelarCloud *cloud, gboolean *kept, GError **error)
{
  g_autoptr (TelarStore) store =
      telar_store_exists (workspace) ? telar_store_open (workspace, FALSE, NULL) : NULL;
  g_autoptr (TelarRunRow) row = store != NULL ? telar_store_find_run (store, run, NULL) : NULL;

  *kept = row != NULL;
  if (row == NULL)
    return TRUE;
  g_autofree char *name = telar_embedding_series (options->of, options->method);
  g_autofree char *text = telar_cloud_to_text (cloud);
  return telar_store_put_text (store, row->id, name, row->step, g_get_real_time (), text, error);
}
