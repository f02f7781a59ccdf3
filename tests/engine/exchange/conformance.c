/* ONNX's own test cases: models with inputs and expected results, written by others.
 *
 *   conformance DEVICE SUITE LEAST [SUITE LEAST]...
 *
 * Prints TAP: for each suite (a folder of cases) whether at least so many passed, with the reason
 * of every case that did not. */
#include "engine/exchange/onnx.h"
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
  if (argc < 4) {
    fprintf (stderr, "usage: conformance DEVICE SUITE LEAST [SUITE LEAST]...\n");
    return 2;
  }
  g_autoptr (TelarDevice) device = telar_device_open (argv[1], 0, &error);
  if (!device) {
    fprintf (stderr, "%s\n", error->message);
    return 1;
  }
  return judge (device, argv + 2, argc - 2);
}
