/* Live edits: a parameter that is marked live changes between two batches, and the programs are
 * compiled anew with it. That is a matter of milliseconds, costs a run that nobody steers nothing,
 * and gives the bits that a graph with this value from the start would compute: an edit is a
 * constant like any other, which folding and fusion see. States stay; an edit that would change
 * their types, or what is measured, is refused. */
#include "engine/trainer-private.h"
#include <string.h>

/* --- one edit --------------------------------------------------------------------------------- */

/* The set that @path is in, when the parameter may be changed live. */
static TelarParamSet *
find_live (TelarGraph *graph, const char *path, const char **name, GError **error)
{
  TelarParamSet *set = telar_graph_find_setting (graph, path, name, error);
  for (const TelarParam *p = set ? telar_param_set_table (set) : NULL; p && p->name; p++)
    if (strcmp (p->name, *name) == 0 && p->live)
      return set;
  if (set)
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "%s cannot be changed while the run is training", path);
  return NULL;
}

static char *
value_text (TelarGraph *graph, const char *path, GError **error)
{
  const char *name;
  TelarParamSet *set = find_live (graph, path, &name, error);
  return set ? telar_param_value_to_text (telar_param_set_get (set, name)) : NULL;
}

/* The graph that the trainer goes by becomes @graph (owned), and back. */
static void
swap_graph (TelarTrainer *t, TelarGraph **graph)
{
  TelarGraph *before = t->graph;
  t->graph = *graph;
  t->settings = telar_graph_training (t->graph);
  *graph = before;
}

static gboolean
compile (TelarTrainer *t, GError **error)
{
  g_autoptr (TelarLowered) lowered = telar_lower (t->graph, t->training->feed, TELAR_LOWER_TRAIN);
  return telar_lowered_ok (lowered, error) && telar_trainer_compile (t, lowered, error);
}

/* --- the edits of a run ------------------------------------------------------------------------
 */

static void
note_edit (TelarTrainer *t, const char *path, const char *before, const char *now)
{
  TelarProgress *progress = &t->progress;
  json_t *edits = progress->edits ? json_loads (progress->edits, 0, NULL) : NULL;
  edits = edits ? edits : json_array ();
  json_array_append_new (edits, json_pack ("[s, s, s]", path, before, now));
  char *text = json_dumps (edits, JSON_COMPACT);
  json_decref (edits);
  g_free (progress->edits);
  progress->edits = g_strdup (text);
  free (text);
  g_free (progress->graph);
  progress->graph = telar_graph_to_text (t->graph);
}

gboolean
telar_trainer_edit (TelarTrainer *t, const char *text, GError **error)
{
  const char *value = strchr (text, '=') + 1;
  g_autofree char *path = g_strndup (text, (gsize)(value - 1 - text));
  g_autofree char *before = value_text (t->graph, path, error);
  g_autoptr (TelarGraph) graph = telar_graph_copy (t->graph);
  if (!before || !telar_graph_set (graph, path, value, error))
    return FALSE;
  swap_graph (t, &graph);
  if (!compile (t, error)) {
    swap_graph (t, &graph);
    return FALSE;
  }
  g_autofree char *now = value_text (t->graph, path, NULL);
  note_edit (t, path, before, now);
  return TRUE;
}

static gboolean
edit_again (TelarTrainer *t, const json_t *edit, GError **error)
{
  const char *path, *before, *now;
  if (json_unpack ((json_t *)edit, "[s, s, s]", &path, &before, &now) != 0) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "the checkpoint's \"edits\" are malformed");
    return FALSE;
  }
  g_autofree char *value = value_text (t->graph, path, NULL);
  return g_strcmp0 (value, before) != 0 || telar_graph_set (t->graph, path, now, error);
}

gboolean
telar_trainer_edit_again (TelarTrainer *t, GError **error)
{
  json_t *edits = t->progress.edits ? json_loads (t->progress.edits, 0, NULL) : NULL;
  gboolean good = TRUE;
  for (size_t i = 0; good && i < json_array_size (edits); i++)
    good = edit_again (t, json_array_get (edits, i), error);
  json_decref (edits);
  return good;
}
