/* telar runs compare: two runs side by side, and what differs between their projects. */
#include "app/cli/differences.h"
#include "app/cli/runs.h"
#include "engine/graph.h"
#include "engine/text.h"
#include "insight/run-json.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

typedef struct {
  TelarRunRow *row;
  json_t *facts, *settings, *metrics; /* objects; null where there are none */
  TelarGraph *graph;                  /* NULL: the run came from elsewhere */
} Side;

static void
side_clear (Side *side)
{
  json_decref (side->facts);
  json_decref (side->settings);
  json_decref (side->metrics);
  g_clear_pointer (&side->row, telar_run_row_free);
  g_clear_pointer (&side->graph, telar_graph_free);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Side, side_clear)

/* What a run is besides its settings. */
static json_t *
facts_of (const TelarRunRow *row)
{
  return json_pack ("{s:s, s:o, s:I, s:I, s:I, s:I, s:f}", "status", row->status, "device",
                    telar_json_text (row->device), "epochs", (json_int_t)row->epoch, "steps",
                    (json_int_t)row->step, "parameters", (json_int_t)row->parameters, "seed",
                    (json_int_t)row->seed, "seconds",
                    row->ended > 0 ? (double)(row->ended - row->started) / G_USEC_PER_SEC : 0.0);
}

static gboolean
read_side (TelarStore *store, const char *name, Side *side, GError **error)
{
  side->row = telar_store_find_run (store, name, error);
  if (side->row == NULL)
    return FALSE;
  side->facts = facts_of (side->row);
  side->settings = telar_json_parsed (side->row->settings);
  side->metrics = telar_json_parsed (side->row->metrics);
  g_autofree char *text = telar_store_graph (store, side->row->id, NULL);
  if (text == NULL || *text == '\0')
    return TRUE;
  side->graph = telar_graph_from_text (text, strlen (text), name, error);
  return side->graph != NULL;
}

/* --- parts ------------------------------------------------------------------------------- */

/* The members of either that differ, as {name: {"a": …, "b": …}}; with @all also those that do
 * not. */
static json_t *
beside (const json_t *a, const json_t *b, gboolean all)
{
  json_t *both = json_object (), *result = json_object (), *value;
  const char *name;

  json_object_update (both, (json_t *)a);
  json_object_update (both, (json_t *)b);
  json_object_foreach (both, name, value)
  {
    json_t *x = json_object_get (a, name), *y = json_object_get (b, name);
    if (all || x == NULL || y == NULL || !json_equal (x, y))
      json_object_set_new (result, name, json_pack ("{s:O?, s:O?}", "a", x, "b", y));
  }
  json_decref (both);
  return result;
}

static char *
value_text (const json_t *value)
{
  if (value == NULL || json_is_null (value))
    return g_strdup ("-");
  if (json_is_string (value))
    return g_strdup (json_string_value (value));
  if (json_is_real (value))
    return g_strdup_printf ("%.6g", json_real_value (value));
  return telar_json_to_text (value);
}

/* By how much the second is larger, where both are numbers; caller frees. */
static char *
change_text (const json_t *a, const json_t *b)
{
  double x = json_number_value (a), y = json_number_value (b);

  if (!json_is_number (a) || !json_is_number (b) || x == y)
    return g_strdup ("");
  if (x == 0)
    return g_strdup_printf ("%+.4g", y - x);
  return g_strdup_printf ("%+.4g (%+.2f %%)", y - x, 100 * (y - x) / fabs (x));
}

static void
print_part (const char *heading, const json_t *part)
{
  const char *name;
  json_t *pair;

  if (json_object_size (part) == 0)
    return;
  printf ("%s\n", heading);
  json_object_foreach ((json_t *)part, name, pair)
  {
    g_autofree char *a = value_text (json_object_get (pair, "a"));
    g_autofree char *b = value_text (json_object_get (pair, "b"));
    g_autofree char *change =
        change_text (json_object_get (pair, "a"), json_object_get (pair, "b"));
    printf ("  %-24s %-20s %-20s %s\n", name, a, b, change);
  }
}

/* --- the action -------------------------------------------------------------------------- */

gboolean
telar_runs_compare (const TelarCommand *command, TelarStore *store, GError **error)
{
  g_auto (Side) a = { 0 };
  g_auto (Side) b = { 0 };

  if (!read_side (store, telar_command_argument (command, 1), &a, error) ||
      !read_side (store, telar_command_argument (command, 2), &b, error))
    return FALSE;
  g_autoptr (GPtrArray) found =
      a.graph != NULL && b.graph != NULL ? telar_graph_diff (a.graph, b.graph) : NULL;
  json_t *document = json_pack ("{s:s, s:s, s:o, s:o, s:o, s:o}", "a", a.row->name, "b",
                                b.row->name, "facts", beside (a.facts, b.facts, FALSE), "settings",
                                beside (a.settings, b.settings, FALSE), "metrics",
                                beside (a.metrics, b.metrics, TRUE), "graph",
                                found != NULL ? telar_differences_to_json (found) : json_null ());
  if (telar_command_has (command, "json")) {
    telar_print_json_document (document);
    return TRUE;
  }
  printf ("%-26s %-20s %s\n", "", a.row->name, b.row->name);
  print_part ("run", json_object_get (document, "facts"));
  print_part ("settings", json_object_get (document, "settings"));
  print_part ("metrics", json_object_get (document, "metrics"));
  if (found == NULL)
    puts ("graph\n  one of the runs has none: it came from elsewhere");
  else if (found->len > 0)
    telar_print_differences (found);
  json_decref (document);
  return TRUE;
}
