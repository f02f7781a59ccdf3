/* ONNX's own cases there and back: what imports is exported and imported again, and must be the
 * same program, word by word.
 *
 *   round-trip LEAST SUITE...     prints TAP: whether at least LEAST come back, and why others do
 * not round-trip CASE...            prints the two programs of each
 *
 * Many cases have as inputs what models have as numbers of their own: kernels, axes, sizes. Where
 * the import asks for an input's numbers the case's are given, as a person would. */
#include "engine/exchange/onnx.h"
#include "tests/engine/exchange/imported.h"

#include <glib/gstdio.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* --- a case ----------------------------------------------------------------------------------- */

static void
unref_tensor (gpointer tensor)
{
  telar_tensor_unref (tensor);
}

/* Adds the numbers of the inputs that @message asks for; FALSE where it asks for none. */
static gboolean
give_values (const char *folder, const TelarOnnx *model, const char *message, GHashTable *values)
{
  guint before = g_hash_table_size (values);
  for (guint i = 0; i < telar_onnx_n_inputs (model); i++) {
    const char *name = telar_onnx_input_name (model, i);
    g_autofree char *words = g_strdup_printf ("the numbers of %s must be known", name);
    g_autofree char *file = g_strdup_printf ("test_data_set_0/input_%u.pb", i);
    g_autofree char *path = g_build_filename (folder, file, NULL), *bytes = NULL;
    gsize length;
    if (!strstr (message, words) || telar_onnx_input_kind (model, i) != TELAR_ONNX_TENSOR ||
        !g_file_get_contents (path, &bytes, &length, NULL))
      continue;
    g_autoptr (TelarOnnxValue) value =
        telar_onnx_tensor_from_bytes ((const guint8 *)bytes, length, path, NULL);
    if (value && value->tensor)
      g_hash_table_replace (values, g_strdup (name), telar_tensor_ref (value->tensor));
  }
  return g_hash_table_size (values) > before;
}

/* Imports the case with what it asks for. */
static gboolean
bring_in (const char *folder, Imported *imported, GError **error)
{
  g_autofree char *path = g_build_filename (folder, "model.onnx", NULL);
  g_autoptr (TelarOnnx) model = telar_onnx_load (path, error);
  g_autoptr (GHashTable) values =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, unref_tensor);
  TelarImportOptions options = { .values = values };
  g_autoptr (GError) problem = NULL;
  while (model && !imported_open (imported, path, &options, &problem)) {
    imported_clear (imported);
    if (!give_values (folder, model, problem->message, values)) {
      g_propagate_error (error, g_steal_pointer (&problem));
      return FALSE;
    }
    g_clear_error (&problem);
  }
  return model != NULL;
}

/* --- suites ----------------------------------------------------------------------------------- */

typedef struct {
  guint drawn, back;
} Count;

static void
try_case (const char *suite, const char *name, const char *scratch, Count *count)
{
  g_autofree char *folder = g_build_filename (suite, name, NULL);
  g_autofree char *once = NULL, *again = NULL;
  g_auto (Imported) imported = { 0 };
  g_autoptr (GError) error = NULL;
  if (!bring_in (folder, &imported, NULL))
    return;
  count->drawn++;
  if (imported_comes_back (&imported, scratch, &once, &again, &error))
    count->back++;
  else
    printf ("# %s: %s\n", name, error->message);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

static void
try_suite (const char *suite, const char *scratch, Count *count)
{
  g_autoptr (GPtrArray) names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) folder = g_dir_open (suite, 0, NULL);
  const char *name;
  while (folder && (name = g_dir_read_name (folder)))
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare);
  for (guint i = 0; i < names->len; i++)
    try_case (suite, names->pdata[i], scratch, count);
}

static int
judge (guint least, char **suites, const char *scratch)
{
  Count count = { 0 };
  for (char **suite = suites; *suite; suite++)
    try_suite (*suite, scratch, &count);
  gboolean good = count.back >= least;
  printf (
      "%s 1 - of %u cases on the canvas %u come back as the same program, %u are wanted\n1..1\n",
      good ? "ok" : "not ok", count.drawn, count.back, least);
  return !good;
}

/* --- one case, to look at --------------------------------------------------------------------- */

static int
show (char **folders, const char *scratch)
{
  for (char **folder = folders; *folder; folder++) {
    g_auto (Imported) imported = { 0 };
    g_autofree char *once = NULL, *again = NULL;
    g_autoptr (GError) error = NULL;
    if (bring_in (*folder, &imported, &error) &&
        imported_comes_back (&imported, scratch, &once, &again, &error))
      printf ("%s: the same\n%s", *folder, once);
    else
      printf ("%s: %s\n%s---\n%s", *folder, error->message, once ? once : "", again ? again : "");
  }
  return 0;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *folder = g_dir_make_tmp ("telar-round-trip-XXXXXX", &error);
  if (!folder || argc < 2) {
    fprintf (stderr, "usage: round-trip LEAST SUITE...\n       round-trip CASE...\n");
    return 2;
  }
  g_autofree char *scratch = g_build_filename (folder, "again.onnx", NULL);
  telar_operators_init ();
  guint least = (guint)strtoul (argv[1], NULL, 10);
  int status = least > 0 ? judge (least, argv + 2, scratch) : show (argv + 1, scratch);
  g_remove (scratch);
  g_rmdir (folder);
  return status;
}
