/* Parameter values: reading them from text, with all checks in one place, so that project file,
 * inspector and --set refuse the same things in the same words. */
#include "engine/param-expression.h"
#include "engine/param-private.h"
#include "engine/text.h"
#include <errno.h>
#include <math.h>
#include <string.h>

static gboolean
owns_text (TelarParamKind kind)
{
  return kind == TELAR_PARAM_CHOICE || kind == TELAR_PARAM_TEXT || kind == TELAR_PARAM_FILE;
}

void
telar_param_value_clear (TelarParamValue *value)
{
  if (owns_text (value->kind))
    g_free (value->text);
  else if (value->kind == TELAR_PARAM_REALS)
    g_free (value->reals.items);
  g_free (value->expression);
  g_free (value->fault);
  memset (value, 0, sizeof *value);
}

void
telar_param_value_copy (TelarParamValue *target, const TelarParamValue *source)
{
  *target = *source;
  target->expression = g_strdup (source->expression);
  target->fault = g_strdup (source->fault);
  if (owns_text (source->kind))
    target->text = g_strdup (source->text);
  else if (source->kind == TELAR_PARAM_REALS)
    target->reals.items =
        g_memdup2 (source->reals.items, source->reals.n * sizeof *source->reals.items);
}

static gboolean
same_reals (const TelarParamValue *a, const TelarParamValue *b)
{
  if (a->reals.n != b->reals.n)
    return FALSE;
  for (guint i = 0; i < a->reals.n; i++)
    if (a->reals.items[i] != b->reals.items[i])
      return FALSE;
  return TRUE;
}

gboolean
telar_param_value_equal (const TelarParamValue *a, const TelarParamValue *b)
{
  if (a->kind != b->kind || g_strcmp0 (a->expression, b->expression) != 0)
    return FALSE;
  if (a->expression) /* the same text comes to the same in one place */
    return TRUE;
  switch (a->kind) {
  case TELAR_PARAM_INT:
    return a->integer == b->integer;
  case TELAR_PARAM_REAL:
    return a->real == b->real;
  case TELAR_PARAM_BOOL:
    return a->boolean == b->boolean;
  case TELAR_PARAM_CHOICE:
  case TELAR_PARAM_TEXT:
  case TELAR_PARAM_FILE:
    return strcmp (a->text, b->text) == 0;
  case TELAR_PARAM_INTS:
    return a->ints.n == b->ints.n &&
           memcmp (a->ints.items, b->ints.items, a->ints.n * sizeof (gint64)) == 0;
  case TELAR_PARAM_REALS:
    return same_reals (a, b);
  }
  return FALSE;
}

/* --- checks ----------------------------------------------------------------------------------- */

gboolean
telar_param_refuse (const TelarParam *param, GError **error, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s %s", param->name, text);
  return FALSE;
}

static gboolean
check_number (const TelarParam *param, double number, GError **error)
{
  char given[TELAR_REAL_TEXT], limit[TELAR_REAL_TEXT];
  telar_real_to_text (number, given);
  if (!isfinite (number))
    return telar_param_refuse (param, error, "must be a finite number, not %s", given);
  if (param->minimum == param->maximum)
    return TRUE;
  if (number < param->minimum)
    return telar_param_refuse (param, error, "must be at least %s, not %s",
                               telar_real_to_text (param->minimum, limit), given);
  if (number > param->maximum)
    return telar_param_refuse (param, error, "must be at most %s, not %s",
                               telar_real_to_text (param->maximum, limit), given);
  return TRUE;
}

static gboolean
check_choice (const TelarParam *param, const char *text, GError **error)
{
  if (g_strv_contains (param->choices, text))
    return TRUE;
  g_autofree char *known = g_strjoinv (", ", (char **)param->choices);
  return telar_param_refuse (param, error, "must be one of %s, not \"%s\"", known, text);
}

static gboolean
check_count (const TelarParam *param, guint n, guint most, GError **error)
{
  most = param->max_items ? param->max_items : most;
  if (n >= param->min_items && n <= most)
    return TRUE;
  if (param->min_items == most)
    return telar_param_refuse (param, error, "must have %u numbers, not %u", most, n);
  return telar_param_refuse (param, error, "must have %u to %u numbers, not %u", param->min_items,
                             most, n);
}

static gboolean
check_reals (const TelarParam *param, const TelarParamValue *value, GError **error)
{
  if (!check_count (param, value->reals.n, TELAR_PARAM_MAX_REALS, error))
    return FALSE;
  for (guint i = 0; i < value->reals.n; i++)
    if (!check_number (param, value->reals.items[i], error))
      return FALSE;
  return TRUE;
}

static gboolean
check_ints (const TelarParam *param, const TelarParamValue *value, GError **error)
{
  if (!check_count (param, value->ints.n, TELAR_PARAM_MAX_ITEMS, error))
    return FALSE;
  for (guint i = 0; i < value->ints.n; i++)
    if (!check_number (param, (double)value->ints.items[i], error))
      return FALSE;
  return TRUE;
}

/* Whether @value, which is of the right kind, keeps to the limits of @param. */
static gboolean
check (const TelarParam *param, const TelarParamValue *value, GError **error)
{
  switch (param->kind) {
  case TELAR_PARAM_INT:
    return check_number (param, (double)value->integer, error);
  case TELAR_PARAM_REAL:
    return check_number (param, value->real, error);
  case TELAR_PARAM_CHOICE:
    return check_choice (param, value->text, error);
  case TELAR_PARAM_INTS:
    return check_ints (param, value, error);
  case TELAR_PARAM_REALS:
    return check_reals (param, value, error);
  case TELAR_PARAM_BOOL:
  case TELAR_PARAM_TEXT:
  case TELAR_PARAM_FILE:
    return TRUE;
  }
  return FALSE;
}

gboolean
telar_param_accept (const TelarParam *param, TelarParamValue *value, TelarParamValue *target,
                    GError **error)
{
  if (!check (param, value, error)) {
    telar_param_value_clear (value);
    return FALSE;
  }
  *target = *value;
  return TRUE;
}

/* --- text ------------------------------------------------------------------------------------- */

static gboolean
read_int (const char *text, const char **end, gint64 *value)
{
  char *after;
  errno = 0;
  *value = g_ascii_strtoll (text, &after, 10);
  *end = after;
  return after != text && errno == 0 && !g_ascii_isspace (*text);
}

static gboolean
read_ints (const TelarParam *param, const char *text, TelarParamValue *value, GError **error)
{
  const char *at = text;
  while (*at) {
    gint64 item;
    if (value->ints.n == TELAR_PARAM_MAX_ITEMS)
      return telar_param_refuse (param, error, "must have at most %d numbers",
                                 TELAR_PARAM_MAX_ITEMS);
    if (!read_int (at, &at, &item) || (*at && *at != 'x' && *at != ',') || (*at && !at[1]))
      return telar_param_refuse (param, error, "must be numbers such as 3x3, not \"%s\"", text);
    value->ints.items[value->ints.n++] = item;
    if (*at)
      at++;
  }
  return TRUE;
}

static gboolean
read_real (const char *text, const char **end, double *value)
{
  char *after;
  *value = g_ascii_strtod (text, &after);
  *end = after;
  return after != text && !g_ascii_isspace (*text);
}

static gboolean
read_reals (const TelarParam *param, const char *text, TelarParamValue *value, GError **error)
{
  const char *at = text;
  g_autoptr (GArray) items = g_array_new (FALSE, FALSE, sizeof (double));
  while (*at) {
    double item;
    if (items->len == TELAR_PARAM_MAX_REALS)
      return telar_param_refuse (param, error, "must have at most %d numbers",
                                 TELAR_PARAM_MAX_REALS);
    if (!read_real (at, &at, &item) || (*at && *at != ',') || (*at && !at[1]))
      return telar_param_refuse (param, error, "must be numbers such as 0.5,2, not \"%s\"", text);
    g_array_append_val (items, item);
    if (*at)
      at++;
  }
  value->reals.n = items->len;
  value->reals.items = g_memdup2 (items->data, items->len * sizeof (double));
  return TRUE;
}

static gboolean
read_bool (const TelarParam *param, const char *text, TelarParamValue *value, GError **error)
{
  value->boolean = strcmp (text, "true") == 0;
  if (!value->boolean && strcmp (text, "false") != 0)
    return telar_param_refuse (param, error, "must be true or false, not \"%s\"", text);
  return TRUE;
}

static gboolean
read_text (const TelarParam *param, const char *text, TelarParamValue *value, GError **error)
{
  const char *end = NULL;
  switch (param->kind) {
  case TELAR_PARAM_INT:
    if (!read_int (text, &end, &value->integer) || *end)
      return telar_param_refuse (param, error, "must be a whole number, not \"%s\"", text);
    return TRUE;
  case TELAR_PARAM_REAL:
    if (!read_real (text, &end, &value->real) || *end)
      return telar_param_refuse (param, error, "must be a number, not \"%s\"", text);
    return TRUE;
  case TELAR_PARAM_BOOL:
    return read_bool (param, text, value, error);
  case TELAR_PARAM_INTS:
    return read_ints (param, text, value, error);
  case TELAR_PARAM_REALS:
    return read_reals (param, text, value, error);
  case TELAR_PARAM_CHOICE:
  case TELAR_PARAM_TEXT:
  case TELAR_PARAM_FILE:
    if (!g_utf8_validate (text, -1, NULL))
      return telar_param_refuse (param, error, "must be UTF-8 text");
    value->text = g_strdup (text);
    return TRUE;
  }
  return FALSE;
}

gboolean
telar_param_value_from_text (const TelarParam *param, const char *text, TelarParamValue *value,
                             GError **error)
{
  TelarParamValue read = { .kind = param->kind };
  if (*text == TELAR_EXPRESSION_SIGN && telar_param_takes_expression (param))
    return telar_param_value_from_expression (param, text + 1, value, error);
  return read_text (param, text, &read, error) && telar_param_accept (param, &read, value, error);
}

static char *
ints_to_text (const TelarParamValue *value)
{
  GString *text = g_string_new (NULL);
  for (guint i = 0; i < value->ints.n; i++)
    g_string_append_printf (text, "%s%" G_GINT64_FORMAT, i > 0 ? "x" : "", value->ints.items[i]);
  return g_string_free (text, FALSE);
}

static char *
reals_to_text (const TelarParamValue *value)
{
  GString *text = g_string_new (NULL);
  char number[TELAR_REAL_TEXT];
  for (guint i = 0; i < value->reals.n; i++)
    g_string_append_printf (text, "%s%s", i > 0 ? "," : "",
                            telar_real_to_text (value->reals.items[i], number));
  return g_string_free (text, FALSE);
}

char *
telar_param_value_to_text (const TelarParamValue *value)
{
  char number[TELAR_REAL_TEXT];
  if (value->expression)
    return g_strdup_printf ("%c%s", TELAR_EXPRESSION_SIGN, value->expression);
  switch (value->kind) {
  case TELAR_PARAM_INT:
    return g_strdup_printf ("%" G_GINT64_FORMAT, value->integer);
  case TELAR_PARAM_REAL:
    return g_strdup (telar_real_to_text (value->real, number));
  case TELAR_PARAM_BOOL:
    return g_strdup (value->boolean ? "true" : "false");
  case TELAR_PARAM_INTS:
    return ints_to_text (value);
  case TELAR_PARAM_REALS:
    return reals_to_text (value);
  case TELAR_PARAM_CHOICE:
  case TELAR_PARAM_TEXT:
  case TELAR_PARAM_FILE:
    return g_strdup (value->text);
  }
  return NULL;
}
