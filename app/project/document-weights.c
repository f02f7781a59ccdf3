/* The weights of an import go where the project goes: until it is saved they lie in the state
 * folder, under the name of its journal. */
#include "app/project/document-private.h"

#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* NAME.safetensors beside NAME.telar; NAME-2.safetensors where that is another's. Caller frees. */
static char *
free_weights_path (const char *project)
{
  gsize stem = strlen (project) - (g_str_has_suffix (project, ".telar") ? strlen (".telar") : 0);
  char *path = g_strdup_printf ("%.*s.safetensors", (int)stem, project);

  for (guint i = 2; g_file_test (path, G_FILE_TEST_EXISTS); i++) {
    g_free (path);
    path = g_strdup_printf ("%.*s-%u.safetensors", (int)stem, project, i);
  }
  return path;
}

/* A second name for the file costs nothing; where the folders lie on two disks it is copied. */
static gboolean
link_file (const char *from, const char *to, GError **error)
{
  g_autoptr (GFile) source = g_file_new_for_path (from), target = g_file_new_for_path (to);
  g_autoptr (GError) why = NULL;

  if (link (from, to) == 0 ||
      g_file_copy (source, target, G_FILE_COPY_NONE, NULL, NULL, NULL, &why))
    return TRUE;
  telar_set_error (error, TELAR_ERROR_FAILED, NULL, "the weights cannot be written to %s: %s", to,
                   why->message);
  return FALSE;
}

static gboolean
name_weights (TelarDocument *self, const char *file, GError **error)
{
  return telar_param_set_put_text (telar_graph_training (self->graph), "weights", file, error);
}

/* The weights of an import stand beside @project, too, and are named; @beside receives where, or
 * NULL when there is nothing to do. */
static gboolean
settle_weights (TelarDocument *self, const char *project, char **beside, GError **error)
{
  const char *named = telar_param_set_text (telar_graph_training (self->graph), "weights");
  g_autofree char *path = NULL;
  g_autofree char *name = NULL;

  if (g_strcmp0 (named, self->loose_weights) != 0)
    return TRUE;
  path = free_weights_path (project);
  name = g_path_get_basename (path);
  if (!link_file (self->loose_weights, path, error) || !name_weights (self, name, error))
    return FALSE;
  *beside = g_steal_pointer (&path);
  return TRUE;
}

gboolean
telar_document_write (TelarDocument *self, const char *path, GError **error)
{
  g_autofree char *beside = NULL;

  if (!settle_weights (self, path, &beside, error))
    return FALSE;
  if (!telar_graph_save (self->graph, path, error)) {
    if (beside) {
      name_weights (self, self->loose_weights, NULL);
      g_unlink (beside);
    }
    return FALSE;
  }
  if (beside) {
    g_unlink (self->loose_weights);
    g_clear_pointer (&self->loose_weights, g_free);
  }
  return TRUE;
}
