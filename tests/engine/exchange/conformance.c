/* ONNX's own test cases: models with inputs and expected results, written by others.
 *
 *   conformance DEVICE SUITE LEAST [SUITE LEAST]...
 *   conformance --table DEVICE SUITE...
 *
 * Prints TAP: for each suite (a folder of cases) whether at least so many passed, with the reason
 * of every case that did not; or a table by operator, with the reasons. */
#include "engine/exchange/onnx.h"
#include "engine/exchange/onnx/read.h"
#include "tests/engine/exchange/onnx-case.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static int
compare (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

/* Names of the cases of a suite, sorted. */
static GPtrArray *
list_cases (const char *suite)
{
  GPtrArray *names = g_ptr_array_new_with_free_func (g_free);
  g_autoptr (GDir) folder = g_dir_open (suite, 0, NULL);
  const char *name;
  while (folder && (name = g_dir_read_name (folder)))
    g_ptr_array_add (names, g_strdup (name));
  g_ptr_array_sort (names, compare);
  return names;
}

/* How many cases of @suite pass; what does not is told. */
static guint
run_suite (const char *suite, TelarDevice *device, guint *total)
{
  g_autoptr (GPtrArray) names = list_cases (suite);
  guint passed = 0;
  *total = names->len;
  for (guint i = 0; i < names->len; i++) {
    g_autoptr (GError) error = NULL;
    g_autofree char *path = g_build_filename (suite, names->pdata[i], NULL);
    if (onnx_case_run (path, device, &error))
      passed++;
    else
      printf ("# %s: %s\n", (char *)names->pdata[i], error->message);
  }
  return passed;
}

/* --- the table -------------------------------------------------------------------------------- */

typedef struct {
  guint passed, total;
  GString *reasons;
} Row;

static void
free_row (gpointer data)
{
  Row *row = data;
  g_string_free (row->reasons, TRUE);
  g_free (row);
}

/* The operators of a case's graph, which the row of the table is named after. */
static char *
operators_of (const char *folder)
{
  g_autofree char *path = g_build_filename (folder, "model.onnx", NULL), *data = NULL;
  gsize length;
  if (!g_file_get_contents (path, &data, &length, NULL))
    return g_strdup ("unreadable");
  Onnx__ModelProto *model = onnx_model_proto_read ((const guint8 *)data, length, path, NULL);
  GString *names = g_string_new (NULL);
  for (gsize i = 0; model && i < model->graph->n_node && i < 3; i++)
    g_string_append_printf (names, "%s%s", i > 0 ? ", " : "", model->graph->node[i]->op_type);
  if (model && model->graph->n_node > 3)
    g_string_append (names, ", …");
  onnx_model_proto_free (model);
  return g_string_free (names, FALSE);
}

static void
add_case (GHashTable *rows, const char *suite, const char *name, TelarDevice *device)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (suite, name, NULL), *operators = operators_of (path);
  Row *row = g_hash_table_lookup (rows, operators);
  if (!row) {
    row = g_new0 (Row, 1);
    row->reasons = g_string_new (NULL);
    g_hash_table_insert (rows, g_steal_pointer (&operators), row);
  }
  row->total++;
  if (onnx_case_run (path, device, &error))
    row->passed++;
  else
    g_string_append_printf (row->reasons, "%s%s: %s", row->reasons->len > 0 ? "; " : "", name,
                            error->message);
}

static int
print_table (TelarDevice *device, char **suites, int n)
{
  g_autoptr (GHashTable) rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, free_row);
  for (int i = 0; i < n; i++) {
    g_autoptr (GPtrArray) names = list_cases (suites[i]);
    for (guint k = 0; k < names->len; k++)
      add_case (rows, suites[i], names->pdata[k], device);
  }
  g_autoptr (GPtrArray) keys = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer key;
  g_hash_table_iter_init (&iter, rows);
  while (g_hash_table_iter_next (&iter, &key, NULL))
    g_ptr_array_add (keys, key);
  g_ptr_array_sort (keys, compare);
  printf ("| operators | pass | of | why others do not |\n|---|---|---|---|\n");
  for (guint i = 0; i < keys->len; i++) {
    const Row *row = g_hash_table_lookup (rows, keys->pdata[i]);
    printf ("| %s | %u | %u | %s |\n", (char *)keys->pdata[i], row->passed, row->total,
            row->reasons->str);
  }
  return 0;
}

/* --- judging ---------------------------------------------------------------------------------- */

static int
judge (TelarDevice *device, char **arguments, int n)
{
  int failed = 0;
  printf ("1..%d\n", n / 2);
  for (int i = 0; i + 1 < n; i += 2) {
    guint total, least = (guint)atoi (arguments[i + 1]);
    guint passed = run_suite (arguments[i], device, &total);
    gboolean good = total > 0 && passed >= least;
    g_autofree char *name = g_path_get_basename (arguments[i]);
    printf ("%s %d - %s: %u of %u pass, %u are wanted\n", good ? "ok" : "not ok", i / 2 + 1, name,
            passed, total, least);
    failed += !good;
  }
  return failed > 0;
}

int
main (int argc, char **argv)
{
  g_autoptr (GError) error = NULL;
  gboolean table = argc > 3 && strcmp (argv[1], "--table") == 0;
  if (argc < 4) {
    fprintf (stderr, "usage: conformance DEVICE SUITE LEAST [SUITE LEAST]...\n"
                     "       conformance --table DEVICE SUITE...\n");
    return 2;
  }
  g_autoptr (TelarDevice) device = telar_device_open (argv[table ? 2 : 1], 0, &error);
  if (!device) {
    fprintf (stderr, "%s\n", error->message);
    return 1;
  }
  return table ? print_table (device, argv + 3, argc - 3) : judge (device, argv + 2, argc - 2);
}
