/* A model as a file for other programs: its data says what its inputs look like. */
#include "app/model/export.h"

#include "data/data.h"
#include "engine/checkpoint.h"
#include "engine/code.h"
#include "engine/lower.h"

#include <string.h>

const char *const telar_export_formats[] = { "onnx", "safetensors", "pytorch", "keras", NULL };

static gboolean
is_code (const char *format)
{
  return strcmp (format, "pytorch") == 0 || strcmp (format, "keras") == 0;
}

const char *
telar_export_ending (const char *format)
{
  return is_code (format) ? "py" : format;
}

static int
compare_names (gconstpointer a, gconstpointer b)
{
  return strcmp (a, b);
}

/* The hashes of the data that the model learned from, in the order of the files' names, with
 * spaces between. Caller frees; NULL when none is recorded. */
static char *
data_hash (TelarGraph *graph)
{
  GHashTable *hashes = telar_graph_data_hashes (graph);
  g_autoptr (GList) paths = g_list_sort (g_hash_table_get_keys (hashes), compare_names);
  g_autoptr (GString) text = g_string_new (NULL);
  for (GList *path = paths; path != NULL; path = path->next)
    g_string_append_printf (text, "%s%s", text->len > 0 ? " " : "",
                            (const char *)g_hash_table_lookup (hashes, path->data));
  return text->len > 0 ? g_string_free (g_steal_pointer (&text), FALSE) : NULL;
}

/* Rows to try the model on: as many as it takes at once, a few where that is any number. */
#define TRIED 4

static void
binding_clear (gpointer binding)
{
  telar_tensor_unref (((TelarBinding *)binding)->tensor);
}

/* TelarBinding with references, or NULL; *@rows receives how many rows they have. */
static GArray *
read_rows (TelarFeed *feed, gint64 batch, gint64 *rows, GError **error)
{
  TelarFeedPass pass = { .split = TELAR_SPLIT_ALL, .batch = batch > 0 ? batch : TRIED };
  g_autofree TelarTensor **tensors = g_new0 (TelarTensor *, feed->n_ports + 1);
  g_autoptr (GArray) inputs = g_array_new (FALSE, FALSE, sizeof (TelarBinding));
  g_array_set_clear_func (inputs, binding_clear);
  if (!telar_feed_begin (feed, &pass, error) ||
      (*rows = telar_feed_next (feed, tensors, error)) < 0)
    return NULL;
  for (guint i = 0; i < feed->n_ports && tensors[i] != NULL; i++) {
    TelarBinding binding = { feed->ports[i].name, tensors[i] };
    g_array_append_val (inputs, binding);
  }
  return g_steal_pointer (&inputs);
}

/* With a check that has no rows the model is tried on rows of its data. */
static gboolean
write_onnx (const TelarModel *model, TelarFeed *feed, const TelarExportOptions *about,
            const char *path, GError **error)
{
  gboolean reads = about->check && about->check->n_inputs == 0 && feed;
  g_autoptr (GArray) inputs =
      reads ? read_rows (feed, about->batch, &about->check->rows, error) : NULL;
  if (reads && !inputs)
    return FALSE;
  if (inputs) {
    about->check->inputs = (const TelarBinding *)(gpointer)inputs->data;
    about->check->n_inputs = inputs->len;
  }
  gboolean good = telar_export_onnx (about->lowered->program, model->states, about, path, error);
  if (inputs) {
    about->check->inputs = NULL;
    about->check->n_inputs = 0;
  }
  return good;
}

/* "model.safetensors" of "model.py". Caller frees. */
static char *
weights_path (const char *path)
{
  const char *dot = strrchr (path, '.'), *slash = strrchr (path, G_DIR_SEPARATOR);
  gsize length = dot && (!slash || dot > slash) ? (gsize)(dot - path) : strlen (path);

  return g_strdup_printf ("%.*s.safetensors", (int)length, path);
}

/* The source, and beside it the state that it loads. */
static gboolean
write_code (const TelarModel *model, TelarCodeLibrary library, const TelarExportOptions *about,
            const char *path, GError **error)
{
  g_autofree char *weights = weights_path (path), *file = g_path_get_basename (weights);
  g_autoptr (TelarCode) code = telar_code_new (model->graph, about->lowered, library,
                                               model->project ? model->project : "model", file);
  g_autoptr (GHashTable) state =
      telar_code_ok (code, error) ? telar_code_state (code, model->states, error) : NULL;

  return state != NULL && telar_safetensors_write (weights, state, NULL, error) &&
         telar_file_replace (path, code->source, strlen (code->source), error);
}

gboolean
telar_model_export (const TelarModel *model, const char *format, const TelarExportOptions *how,
                    const char *path, GError **error)
{
  g_autoptr (TelarFeed) feed = NULL;
  if (telar_model_reads_data (model->graph)) {
    feed = telar_data_open (model->graph, error);
    if (feed == NULL)
      return FALSE;
  }
  g_autoptr (TelarLowered) lowered = telar_lower (model->graph, feed, TELAR_LOWER_INFER);
  if (!telar_lowered_ok (lowered, error))
    return FALSE;
  g_autofree char *hash = data_hash (model->graph);
  TelarExportOptions about = *how;
  about.project = model->project;
  about.run = model->name;
  about.data_hash = hash;
  about.graph = model->graph;
  about.lowered = lowered;
  if (is_code (format))
    return write_code (model, strcmp (format, "keras") == 0 ? TELAR_CODE_KERAS : TELAR_CODE_PYTORCH,
                       &about, path, error);
  return strcmp (format, "onnx") == 0
             ? write_onnx (model, feed, &about, path, error)
             : telar_export_safetensors (lowered->program, model->states, &about, path, error);
}
