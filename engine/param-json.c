/* Parameter values in JSON, as the project file has them. */
#include "engine/param-expression.h"
#include "engine/param-private.h"

static gboolean
ints_from_json (const TelarParam *param, const json_t *json, TelarParamValue *value, GError **error)
{
  gsize n = json_array_size (json);
  if (!json_is_array (json))
    return telar_param_refuse (param, error, "must be a list of whole numbers");
  if (n > TELAR_PARAM_MAX_ITEMS)
    return telar_param_refuse (param, error, "must have at most %d numbers", TELAR_PARAM_MAX_ITEMS);
  for (gsize i = 0; i < n; i++) {
    const json_t *item = json_array_get (json, i);
    if (!json_is_integer (item))
      return telar_param_refuse (param, error, "must be a list of whole numbers");
    value->ints.items[i] = json_integer_value (item);
  }
  value->ints.n = (guint)n;
  return TRUE;
}

static gboolean
reals_from_json (const TelarParam *param, const json_t *json, TelarParamValue *value,
                 GError **error)
{
  gsize n = json_array_size (json);
  if (!json_is_array (json))
    return telar_param_refuse (param, error, "must be a list of numbers");
  if (n > TELAR_PARAM_MAX_REALS)
    return telar_param_refuse (param, error, "must have at most %d numbers", TELAR_PARAM_MAX_REALS);
  for (gsize i = 0; i < n; i++)
    if (!json_is_number (json_array_get (json, i)))
      return telar_param_refuse (param, error, "must be a list of numbers");
  value->reals.n = (guint)n;
  value->reals.items = n > 0 ? g_new (double, n) : NULL;
  for (gsize i = 0; i < n; i++)
    value->reals.items[i] = json_number_value (json_array_get (json, i));
  return TRUE;
}

static gboolean
read_json (const TelarParam *param, const json_t *json, TelarParamValue *value, GError **error)
{
  switch (param->kind) {
  case TELAR_PARAM_INT:
    if (!json_is_integer (json))
      return telar_param_refuse (param, error, "must be a whole number");
    value->integer = json_integer_value (json);
    return TRUE;
  case TELAR_PARAM_REAL:
    if (!json_is_number (json))
      return telar_param_refuse (param, error, "must be a number");
    value->real = json_number_value (json);
    return TRUE;
  case TELAR_PARAM_BOOL:
    if (!json_is_boolean (json))
      return telar_param_refuse (param, error, "must be true or false");
    value->boolean = json_is_true (json);
    return TRUE;
  case TELAR_PARAM_INTS:
    return ints_from_json (param, json, value, error);
  case TELAR_PARAM_REALS:
    return reals_from_json (param, json, value, error);
  case TELAR_PARAM_CHOICE:
  case TELAR_PARAM_TEXT:
  case TELAR_PARAM_FILE:
    if (!json_is_string (json))
      return telar_param_refuse (param, error, "must be text");
    value->text = g_strdup (json_string_value (json));
    return TRUE;
  }
  return FALSE;
}

gboolean
telar_param_value_from_json (const TelarParam *param, const json_t *json, TelarParamValue *value,
                             GError **error)
{
  TelarParamValue read = { .kind = param->kind };
  const char *text = json_string_value (json);
  if (text && *text == TELAR_EXPRESSION_SIGN && telar_param_takes_expression (param))
    return telar_param_value_from_expression (param, text + 1, value, error);
  return read_json (param, json, &read, error) && telar_param_accept (param, &read, value, error);
}

json_t *
telar_param_value_to_json (const TelarParamValue *value)
{
  json_t *list;
  if (value->expression)
    return json_sprintf ("%c%s", TELAR_EXPRESSION_SIGN, value->expression);
  switch (value->kind) {
  case TELAR_PARAM_INT:
    return json_integer (value->integer);
  case TELAR_PARAM_REAL:
    return json_real (value->real);
  case TELAR_PARAM_BOOL:
    return json_boolean (value->boolean);
  case TELAR_PARAM_INTS:
    list = json_array ();
    for (guint i = 0; i < value->ints.n; i++)
      json_array_append_new (list, json_integer (value->ints.items[i]));
    return list;
  case TELAR_PARAM_REALS:
    list = json_array ();
    for (guint i = 0; i < value->reals.n; i++)
      json_array_append_new (list, json_real (value->reals.items[i]));
    return list;
  case TELAR_PARAM_CHOICE:
  case TELAR_PARAM_TEXT:
  case TELAR_PARAM_FILE:
    return json_string (value->text);
  }
  return NULL;
}
