/* Checkpoints: where a run stands, as the metadata of a safetensors file with its states. */
#include "engine/checkpoint.h"
#include "engine/text.h"
#include <math.h>
#include <string.h>

#define FORMAT "1"
/* The sums of the epoch under way, a tensor beside the states, whose names all have a dot. */
#define SUMS "sums"

void
telar_progress_clear (TelarProgress *progress)
{
  g_clear_pointer (&progress->sums, g_array_unref);
  g_free (progress->graph);
  g_free (progress->edits);
  memset (progress, 0, sizeof *progress);
}

/* --- saving ----------------------------------------------------------------------------------- */

static void
put_integer (GHashTable *metadata, const char *key, gint64 value)
{
  g_hash_table_insert (metadata, g_strdup (key), g_strdup_printf ("%" G_GINT64_FORMAT, value));
}

static void
put_real (GHashTable *metadata, const char *key, double value)
{
  char text[TELAR_REAL_TEXT];
  g_hash_table_insert (metadata, g_strdup (key), g_strdup (telar_real_to_text (value, text)));
}

static GHashTable *
progress_to_metadata (const TelarProgress *progress)
{
  GHashTable *metadata = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_hash_table_insert (metadata, g_strdup ("telar.checkpoint"), g_strdup (FORMAT));
  put_integer (metadata, "epoch", progress->epoch);
  put_integer (metadata, "step", progress->step);
  put_integer (metadata, "batch_in_epoch", progress->batch_in_epoch);
  put_integer (metadata, "seed", (gint64)progress->seed);
  put_real (metadata, "learning_rate_factor", progress->learning_rate_factor);
  put_real (metadata, "best_metric", progress->best_metric);
  put_integer (metadata, "best_epoch", progress->best_epoch);
  put_real (metadata, "plateau_best", progress->plateau.best);
  put_integer (metadata, "plateau_waited", progress->plateau.waited);
  put_real (metadata, "plateau_factor", progress->plateau.factor);
  if (progress->graph)
    g_hash_table_insert (metadata, g_strdup ("graph"), g_strdup (progress->graph));
  if (progress->edits)
    g_hash_table_insert (metadata, g_strdup ("edits"), g_strdup (progress->edits));
  return metadata;
}

/* NULL when there are none; borrows the numbers. */
static TelarTensor *
sums_to_tensor (const GArray *sums)
{
  if (!sums)
    return NULL;
  TelarShape shape = telar_shape ((gint64)sums->len);
  return telar_tensor_wrap (TELAR_F64, &shape, sums->data, NULL, NULL);
}

gboolean
telar_checkpoint_save (const char *path, const TelarStates *states, const TelarProgress *progress,
                       GError **error)
{
  g_autoptr (GHashTable) metadata = progress_to_metadata (progress);
  g_autoptr (GHashTable) tensors = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GPtrArray) names = telar_states_names (states);
  g_autoptr (TelarTensor) sums = sums_to_tensor (progress->sums);
  for (guint i = 0; i < names->len; i++)
    g_hash_table_insert (tensors, names->pdata[i], telar_states_get (states, names->pdata[i]));
  if (sums)
    g_hash_table_insert (tensors, (gpointer)SUMS, sums);
  return telar_safetensors_write (path, tensors, metadata, error);
}

/* --- loading ---------------------------------------------------------------------------------- */

static gboolean
refuse (const char *path, const char *key, GError **error)
{
  telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s: the checkpoint's \"%s\" is %s", path, key,
                   "missing or malformed");
  return FALSE;
}

static gboolean
get_integer (GHashTable *metadata, const char *path, const char *key, gint64 *value, GError **error)
{
  const char *text = g_hash_table_lookup (metadata, key);
  return (text && g_ascii_string_to_signed (text, 10, 0, G_MAXINT64, value, NULL)) ||
         refuse (path, key, error);
}

/* One number at *@text, which moves behind it and the blanks that follow. */
static gboolean
scan_real (const char **text, double *value)
{
  char *end;
  *value = g_ascii_strtod (*text, &end);
  gboolean good = end != *text;
  while (*end == ' ')
    end++;
  *text = end;
  return good;
}

static gboolean
get_real (GHashTable *metadata, const char *path, const char *key, double *value, GError **error)
{
  const char *text = g_hash_table_lookup (metadata, key);
  return (text && scan_real (&text, value) && *text == '\0') || refuse (path, key, error);
}

/* Takes the sums out of @tensors; none where the run stood between two epochs. */
static GArray *
take_sums (GHashTable *tensors)
{
  GArray *sums = g_array_new (FALSE, FALSE, sizeof (double));
  const TelarTensor *tensor = g_hash_table_lookup (tensors, SUMS);
  for (gsize i = 0; tensor && i < telar_tensor_elements (tensor); i++) {
    double value = telar_tensor_get (tensor, i);
    g_array_append_val (sums, value);
  }
  g_hash_table_remove (tensors, SUMS);
  return sums;
}

/* Checkpoints from before there was the plateau schedule lack what it has seen. */
static gboolean
get_plateau (GHashTable *metadata, const char *path, TelarPlateau *plateau, GError **error)
{
  *plateau = (TelarPlateau)TELAR_PLATEAU_INIT;
  return !g_hash_table_contains (metadata, "plateau_best") ||
         (get_real (metadata, path, "plateau_best", &plateau->best, error) &&
          get_integer (metadata, path, "plateau_waited", &plateau->waited, error) &&
          get_real (metadata, path, "plateau_factor", &plateau->factor, error));
}

static gboolean
progress_from_metadata (GHashTable *metadata, const char *path, TelarProgress *progress,
                        GError **error)
{
  gint64 seed;
  if (!get_integer (metadata, path, "epoch", &progress->epoch, error) ||
      !get_integer (metadata, path, "step", &progress->step, error) ||
      !get_integer (metadata, path, "batch_in_epoch", &progress->batch_in_epoch, error) ||
      !get_integer (metadata, path, "seed", &seed, error) ||
      !get_real (metadata, path, "learning_rate_factor", &progress->learning_rate_factor, error) ||
      !get_real (metadata, path, "best_metric", &progress->best_metric, error) ||
      !get_integer (metadata, path, "best_epoch", &progress->best_epoch, error) ||
      !get_plateau (metadata, path, &progress->plateau, error))
    return FALSE;
  progress->seed = (guint64)seed;
  progress->graph = g_strdup (g_hash_table_lookup (metadata, "graph"));
  progress->edits = g_strdup (g_hash_table_lookup (metadata, "edits"));
  return TRUE;
}

static TelarStates *
states_from_tensors (GHashTable *tensors, GError **error)
{
  g_autoptr (TelarStates) states = telar_states_new ();
  GHashTableIter iter;
  gpointer name, tensor;
  g_hash_table_iter_init (&iter, tensors);
  while (g_hash_table_iter_next (&iter, &name, &tensor))
    if (!telar_states_put (states, name, tensor, error))
      return NULL;
  return g_steal_pointer (&states);
}

TelarStates *
telar_checkpoint_load (const char *path, TelarProgress *progress, GError **error)
{
  g_autoptr (GHashTable) tensors = NULL, metadata = NULL;
  if (!telar_safetensors_read (path, &tensors, &metadata, error))
    return NULL;
  const char *format = g_hash_table_lookup (metadata, "telar.checkpoint");
  if (g_strcmp0 (format, FORMAT) != 0) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s is no checkpoint of format " FORMAT,
                     path);
    return NULL;
  }
  TelarProgress read = { 0 };
  if (!progress_from_metadata (metadata, path, &read, error)) {
    telar_progress_clear (&read);
    return NULL;
  }
  read.sums = take_sums (tensors);
  TelarStates *states = states_from_tensors (tensors, error);
  if (states && progress)
    *progress = read;
  else
    telar_progress_clear (&read);
  return states;
}

TelarStates *
telar_checkpoint_load_model (const char *path, TelarProgress *progress, GError **error)
{
  g_autoptr (TelarStates) states = telar_checkpoint_load (path, progress, error);
  if (!states || progress->step == 0) /* an average begins with the first step */
    return g_steal_pointer (&states);
  g_autoptr (GPtrArray) names = telar_states_names (states);
  for (guint i = 0; i < names->len; i++) {
    const char *name = names->pdata[i];
    if (!g_str_has_suffix (name, "/average"))
      continue;
    g_autofree char *parameter = g_strndup (name, strlen (name) - strlen ("/average"));
    if (!telar_states_put (states, parameter, telar_states_get (states, name), error))
      return NULL;
  }
  return g_steal_pointer (&states);
}
