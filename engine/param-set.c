/* A full set of values for a table of parameters. Values stand in the order of the table, so a
 * lookup is a short search and a copy one loop. */
#include "engine/param.h"
#include <string.h>

struct TelarParamSet {
  const TelarParam *table;
  guint n;
  TelarParamValue values[];
};

static const TelarParam empty_table[] = { { NULL } };

/* The table is written by us: a default that does not pass its own limits is our mistake. */
static void
set_default (const TelarParam *param, TelarParamValue *value)
{
  GError *error = NULL;
  if (!telar_param_value_from_text (param, param->fallback ? param->fallback : "", value, &error))
    g_error ("parameter table: %s", error->message);
}

TelarParamSet *
telar_param_set_new (const TelarParam *table)
{
  guint n = 0;
  if (!table)
    table = empty_table;
  while (table[n].name)
    n++;
  TelarParamSet *set = g_malloc0 (sizeof *set + n * sizeof *set->values);
  set->table = table;
  set->n = n;
  for (guint i = 0; i < n; i++)
    set_default (&table[i], &set->values[i]);
  return set;
}

TelarParamSet *
telar_param_set_copy (const TelarParamSet *set)
{
  TelarParamSet *copy = g_malloc0 (sizeof *copy + set->n * sizeof *copy->values);
  copy->table = set->table;
  copy->n = set->n;
  for (guint i = 0; i < set->n; i++)
    telar_param_value_copy (&copy->values[i], &set->values[i]);
  return copy;
}

void
telar_param_set_free (TelarParamSet *set)
{
  if (!set)
    return;
  for (guint i = 0; i < set->n; i++)
    telar_param_value_clear (&set->values[i]);
  g_free (set);
}

const TelarParam *
telar_param_set_table (const TelarParamSet *set)
{
  return set->table;
}

static int
find (const TelarParamSet *set, const char *name)
{
  for (guint i = 0; i < set->n; i++)
    if (strcmp (set->table[i].name, name) == 0)
      return (int)i;
  return -1;
}

/* As find, with an error that names what there is. */
static int
find_or_refuse (const TelarParamSet *set, const char *name, GError **error)
{
  int index = find (set, name);
  if (index >= 0)
    return index;
  if (set->n == 0) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "unknown parameter \"%s\"; there are no parameters here", name);
    return -1;
  }
  GString *known = g_string_new (NULL);
  for (guint i = 0; i < set->n; i++)
    g_string_append_printf (known, "%s%s", i > 0 ? ", " : "", set->table[i].name);
  telar_set_error (error, TELAR_ERROR_INVALID, NULL, "unknown parameter \"%s\"; known are %s", name,
                   known->str);
  g_string_free (known, TRUE);
  return -1;
}

const TelarParamValue *
telar_param_set_get (const TelarParamSet *set, const char *name)
{
  int index = find (set, name);
  return index < 0 ? NULL : &set->values[index];
}

/* What all ways of putting end in: takes @value over. */
static gboolean
replace (TelarParamSet *set, int index, const TelarParamValue *value)
{
  telar_param_value_clear (&set->values[index]);
  set->values[index] = *value;
  return TRUE;
}

gboolean
telar_param_set_put_json (TelarParamSet *set, const char *name, const json_t *json, GError **error)
{
  int index = find_or_refuse (set, name, error);
  TelarParamValue value;
  return index >= 0 && telar_param_value_from_json (&set->table[index], json, &value, error) &&
         replace (set, index, &value);
}

gboolean
telar_param_set_put (TelarParamSet *set, const char *name, const TelarParamValue *value,
                     GError **error)
{
  /* Through JSON, which checks kind and limits. */
  json_auto_t *json = telar_param_value_to_json (value);
  return telar_param_set_put_json (set, name, json, error);
}

gboolean
telar_param_set_put_text (TelarParamSet *set, const char *name, const char *text, GError **error)
{
  int index = find_or_refuse (set, name, error);
  TelarParamValue value;
  return index >= 0 && telar_param_value_from_text (&set->table[index], text, &value, error) &&
         replace (set, index, &value);
}

void
telar_param_set_reset (TelarParamSet *set, const char *name)
{
  int index = find (set, name);
  g_return_if_fail (index >= 0);
  telar_param_value_clear (&set->values[index]);
  set_default (&set->table[index], &set->values[index]);
}

gboolean
telar_param_set_is_default (const TelarParamSet *set, const char *name)
{
  int index = find (set, name);
  g_return_val_if_fail (index >= 0, TRUE);
  TelarParamValue fallback;
  set_default (&set->table[index], &fallback);
  gboolean same = telar_param_value_equal (&fallback, &set->values[index]);
  telar_param_value_clear (&fallback);
  return same;
}

gboolean
telar_param_set_has_expressions (const TelarParamSet *set)
{
  for (guint i = 0; i < set->n; i++)
    if (set->values[i].expression)
      return TRUE;
  return FALSE;
}

/* --- typed access ----------------------------------------------------------------------------- */

static const TelarParamValue *
expect (const TelarParamSet *set, const char *name, TelarParamKind kind)
{
  const TelarParamValue *value = telar_param_set_get (set, name);
  if (!value || value->kind != kind)
    g_error ("the table of \"%s\" has no parameter \"%s\" of this kind",
             set->n > 0 ? set->table[0].name : "", name);
  return value;
}

gint64
telar_param_set_int (const TelarParamSet *set, const char *name)
{
  return expect (set, name, TELAR_PARAM_INT)->integer;
}

double
telar_param_set_real (const TelarParamSet *set, const char *name)
{
  return expect (set, name, TELAR_PARAM_REAL)->real;
}

gboolean
telar_param_set_bool (const TelarParamSet *set, const char *name)
{
  return expect (set, name, TELAR_PARAM_BOOL)->boolean;
}

const char *
telar_param_set_text (const TelarParamSet *set, const char *name)
{
  const TelarParamValue *value = telar_param_set_get (set, name);
  if (!value || !(value->kind == TELAR_PARAM_CHOICE || value->kind == TELAR_PARAM_TEXT ||
                  value->kind == TELAR_PARAM_FILE))
    g_error ("there is no text parameter \"%s\"", name);
  return value->text;
}

const gint64 *
telar_param_set_ints (const TelarParamSet *set, const char *name, guint *n)
{
  const TelarParamValue *value = expect (set, name, TELAR_PARAM_INTS);
  *n = value->ints.n;
  return value->ints.items;
}

const double *
telar_param_set_reals (const TelarParamSet *set, const char *name, guint *n)
{
  const TelarParamValue *value = expect (set, name, TELAR_PARAM_REALS);
  *n = value->reals.n;
  return value->reals.items;
}
