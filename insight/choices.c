/* Reads what was chosen out of a run's settings and of its project's text. */
#include "insight/choices.h"

#include "engine/graph.h"
#include "insight/run-json.h"

#include <math.h>
#include <string.h>

void
telar_choices_free (TelarChoices *choices)
{
  if (choices == NULL)
    return;
  g_hash_table_unref (choices->values);
  g_free (choices->recipe);
  g_free (choices);
}

const char *
telar_choices_get (const TelarChoices *choices, const char *name)
{
  return g_hash_table_lookup (choices->values, name);
}

/* Names and values come again in each of a thousand runs. */
static void
choose (TelarChoices *choices, const char *name, const char *value)
{
  g_hash_table_replace (choices->values, g_ref_string_new_intern (name),
                        g_ref_string_new_intern (value));
}

/* --- settings ---------------------------------------------------------------------------- */

static char *
json_to_text (const json_t *value)
{
  if (json_is_string (value))
    return g_strdup (json_string_value (value));
  if (json_is_real (value))
    return g_strdup_printf ("%.10g", json_real_value (value));
  char *dumped = json_dumps (value, JSON_COMPACT | JSON_ENCODE_ANY);
  char *text = g_strdup (dumped);
  free (dumped);
  return text;
}

static void
choose_settings (TelarChoices *choices, const json_t *settings)
{
  const char *name;
  json_t *value;

  json_object_foreach ((json_t *)settings, name, value)
  {
    g_autofree char *text = json_to_text (value);
    choose (choices, name, text);
  }
}

/* --- nodes ------------------------------------------------------------------------------- */

static void
choose_nodes (TelarChoices *choices, const TelarGraph *drawing, const char *group)
{
  const GPtrArray *nodes = telar_graph_nodes (drawing);

  for (guint i = 0; i < nodes->len; i++) {
    const TelarNode *node = g_ptr_array_index (nodes, i);
    for (const TelarParam *param = telar_param_set_table (node->params); param->name; param++) {
      g_autofree char *name = g_strdup_printf ("%s%s%s.%s", group ? group : "", group ? "/" : "",
                                               node->id, param->name);
      g_autofree char *value =
          telar_param_value_to_text (telar_param_set_get (node->params, param->name));
      choose (choices, name, value);
    }
  }
}

static void
choose_graph (TelarChoices *choices, const char *text)
{
  g_autoptr (TelarGraph) graph = telar_graph_from_text (text, strlen (text), "run", NULL);

  if (graph == NULL)
    return;
  const GPtrArray *groups = telar_graph_groups (graph);
  choose_nodes (choices, graph, NULL);
  for (guint i = 0; groups != NULL && i < groups->len; i++) {
    const TelarGraph *drawing = g_ptr_array_index (groups, i);
    choose_nodes (choices, drawing, telar_graph_group_name (drawing));
  }
}

/* --- recipe ------------------------------------------------------------------------------ */

/* Takes out what does not change a run's numbers, at any depth: groups have places of their own. */
static void
drop_looks (json_t *json)
{
  static const char *const looks[] = { "layout", "notes", "frames", "bends", "title", "engine" };
  const char *name;
  json_t *value;
  size_t i;

  for (guint l = 0; l < G_N_ELEMENTS (looks); l++)
    json_object_del (json, looks[l]);
  json_object_foreach (json, name, value) drop_looks (value);
  json_array_foreach (json, i, value) drop_looks (value);
}

static char *
recipe_of (const TelarRunRow *row, const char *graph, const json_t *settings)
{
  json_t *document = telar_json_parsed (graph);

  json_object_del (document, "seed");
  drop_looks (document);
  json_t *whole =
      json_pack ("{s:o, s:O, s:o}", "graph", document, "settings", settings, "project",
                 json_object_size (document) == 0 ? telar_json_text (row->project) : json_null ());
  char *text = json_dumps (whole, JSON_COMPACT | JSON_SORT_KEYS);
  char *recipe = g_compute_checksum_for_string (G_CHECKSUM_SHA256, text, -1);
  free (text);
  json_decref (whole);
  return recipe;
}

TelarChoices *
telar_choices_read (const TelarRunRow *row, const char *graph)
{
  TelarChoices *choices = g_new0 (TelarChoices, 1);
  json_t *settings = telar_json_parsed (row->settings);
  g_autofree char *seed = g_strdup_printf ("%" G_GUINT64_FORMAT, row->seed);

  choices->values = g_hash_table_new_full (g_str_hash, g_str_equal,
                                           (GDestroyNotify)(void (*) (void))g_ref_string_release,
                                           (GDestroyNotify)(void (*) (void))g_ref_string_release);
  choose_settings (choices, settings);
  if (graph != NULL)
    choose_graph (choices, graph);
  choose (choices, "seed", seed);
  choices->recipe = recipe_of (row, graph, settings);
  json_decref (settings);
  return choices;
}

double
telar_choice_number (const char *value)
{
  char *end;

  if (value == NULL || *value == '\0')
    return NAN;
  double number = g_ascii_strtod (value, &end);
  return *end == '\0' ? number : NAN;
}
