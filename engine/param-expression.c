/* Expressions: a reader that works the number out as it goes, by recursive descent. */
#include "engine/param-expression.h"
#include "engine/param-private.h"
#include "engine/text.h"
#include <math.h>
#include <string.h>

#define DEEPEST 64  /* parentheses, signs and powers within each other */
#define LONGEST 400 /* bytes */

typedef struct {
  const char *text, *at;
  TelarExpressionLookup lookup;
  gpointer data;
  guint depth;
  GError **error;
} Reader;

static gboolean read_expression (Reader *r, double *value);
static gboolean read_factor (Reader *r, double *value);

G_GNUC_PRINTF (2, 3)
static gboolean
fail (Reader *r, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *message = g_strdup_vprintf (format, args);
  va_end (args);
  telar_set_error (r->error, TELAR_ERROR_INVALID, NULL, "%s", message);
  return FALSE;
}

static void
skip_spaces (Reader *r)
{
  while (*r->at == ' ' || *r->at == '\t')
    r->at++;
}

/* The sign when it comes next; "/" is not the beginning of "//". */
static gboolean
take (Reader *r, const char *sign)
{
  skip_spaces (r);
  gsize length = strlen (sign);
  if (strncmp (r->at, sign, length) != 0)
    return FALSE;
  if (length == 1 && (*sign == '/' || *sign == '*') && r->at[1] == *sign)
    return FALSE;
  r->at += length;
  return TRUE;
}

/* --- functions -------------------------------------------------------------------------------- */

static double
call_round (double x)
{
  return rint (x);
}

static const struct {
  const char *name;
  double (*one) (double);
} functions[] = { { "floor", floor }, { "ceil", ceil }, { "round", call_round },
                  { "sqrt", sqrt },   { "abs", fabs },  { "log2", log2 } };

static gboolean
is_function (const char *name)
{
  for (guint i = 0; i < G_N_ELEMENTS (functions); i++)
    if (strcmp (functions[i].name, name) == 0)
      return TRUE;
  return strcmp (name, "min") == 0 || strcmp (name, "max") == 0;
}

/* Behind the "(". */
static gboolean
read_call (Reader *r, const char *name, double *value)
{
  guint n = 1;
  if (!read_expression (r, value))
    return FALSE;
  gboolean least = strcmp (name, "min") == 0, most = strcmp (name, "max") == 0;
  for (double next; take (r, ","); n++) {
    if (!read_expression (r, &next))
      return FALSE;
    if (least || most)
      *value = least ? fmin (*value, next) : fmax (*value, next);
  }
  if (!take (r, ")"))
    return fail (r, "\")\" is missing behind %s(", name);
  if (n > 1 && !least && !most)
    return fail (r, "%s takes one number, not %u", name, n);
  for (guint i = 0; i < G_N_ELEMENTS (functions); i++)
    if (strcmp (functions[i].name, name) == 0)
      *value = functions[i].one (*value);
  return TRUE;
}

/* --- atoms ------------------------------------------------------------------------------------ */

static gboolean
is_word (char c)
{
  return g_ascii_isalnum (c) || c == '_';
}

/* A word, or what stands between quotes. NULL where there is none; caller frees. */
static char *
read_word (Reader *r)
{
  const char *start = r->at;
  if (*start == '\'') {
    const char *end = strchr (start + 1, '\'');
    if (!end || end == start + 1)
      return NULL;
    r->at = end + 1;
    return g_strndup (start + 1, (gsize)(end - start - 1));
  }
  while (is_word (*r->at))
    r->at++;
  return r->at > start ? g_strndup (start, (gsize)(r->at - start)) : NULL;
}

static gboolean
read_name (Reader *r, double *value)
{
  g_autofree char *first = read_word (r);
  g_autofree char *name = g_strdup (first);
  if (!first)
    return fail (r, "the quote ' is not closed");
  if (*r->at == '.') {
    r->at++;
    g_autofree char *second = read_word (r);
    if (!second)
      return fail (r, "a parameter's name is missing behind \"%s.\"", first);
    g_free (name);
    name = g_strdup_printf ("%s.%s", first, second);
  } else if (is_function (first) && take (r, "(")) {
    return read_call (r, first, value);
  }
  if (r->lookup)
    return r->lookup (r->data, name, value, r->error);
  *value = 1;
  return TRUE;
}

static gboolean
read_atom (Reader *r, double *value)
{
  skip_spaces (r);
  if (take (r, "(")) {
    if (!read_expression (r, value))
      return FALSE;
    return take (r, ")") || fail (r, "\")\" is missing");
  }
  if (g_ascii_isdigit (*r->at) || *r->at == '.') {
    char *end;
    *value = g_ascii_strtod (r->at, &end);
    if (end == r->at)
      return fail (r, "\".\" is no number");
    r->at = end;
    return TRUE;
  }
  if (is_word (*r->at) || *r->at == '\'')
    return read_name (r, value);
  if (*r->at == '\0')
    return fail (r, "the expression ends too early");
  const char *next = g_utf8_next_char (r->at);
  return fail (r, "\"%.*s\" does not belong here", (int)(next - r->at), r->at);
}

/* --- operations ------------------------------------------------------------------------------- */

/* -2^2 is -(2^2), and 2^3^2 is 2^(3^2), as in mathematics. */
static gboolean
read_factor (Reader *r, double *value)
{
  double power;
  gboolean good;
  if (++r->depth > DEEPEST)
    return fail (r, "the expression is too deep");
  if (take (r, "-")) {
    good = read_factor (r, value);
    *value = -*value;
  } else {
    good = read_atom (r, value);
    if (good && (take (r, "^") || take (r, "**"))) {
      good = read_factor (r, &power);
      *value = pow (*value, power);
    }
  }
  r->depth--;
  return good;
}

static gboolean
read_term (Reader *r, double *value)
{
  double next;
  if (!read_factor (r, value))
    return FALSE;
  for (;;) {
    char sign = take (r, "//") ? 'd' : take (r, "*") ? '*' : take (r, "/") ? '/' : 0;
    if (!sign && take (r, "%"))
      sign = '%';
    if (!sign)
      return TRUE;
    if (!read_factor (r, &next))
      return FALSE;
    if (sign != '*' && next == 0 && r->lookup)
      return fail (r, "it divides by zero");
    if (sign == '*')
      *value *= next;
    else if (sign == '/')
      *value /= next;
    else
      *value = sign == 'd' ? floor (*value / next) : *value - next * floor (*value / next);
  }
}

static gboolean
read_expression (Reader *r, double *value)
{
  double next;
  gboolean plus;
  if (++r->depth > DEEPEST)
    return fail (r, "the expression is too deep");
  if (!read_term (r, value))
    return FALSE;
  while ((plus = take (r, "+")) || take (r, "-")) {
    if (!read_term (r, &next))
      return FALSE;
    *value += plus ? next : -next;
  }
  r->depth--;
  return TRUE;
}

gboolean
telar_expression_evaluate (const char *text, TelarExpressionLookup lookup, gpointer data,
                           double *result, GError **error)
{
  Reader r = { text, text, lookup, data, 0, error };
  *result = 0;
  if (strlen (text) > LONGEST)
    return fail (&r, "the expression is longer than %d letters", LONGEST);
  if (!g_utf8_validate (text, -1, NULL))
    return fail (&r, "the expression is no UTF-8 text");
  if (!read_expression (&r, result))
    return FALSE;
  skip_spaces (&r);
  if (*r.at)
    return fail (&r, "\"%s\" does not belong here", r.at);
  return !lookup || isfinite (*result) || fail (&r, "the result is not a finite number");
}

/* --- parameters ------------------------------------------------------------------------------- */

gboolean
telar_param_takes_expression (const TelarParam *param)
{
  return param->kind == TELAR_PARAM_INT || param->kind == TELAR_PARAM_REAL ||
         param->kind == TELAR_PARAM_INTS;
}

/* Lists have one expression for each number; commas within parentheses belong to functions. */
static GPtrArray *
split (const TelarParam *param, const char *text)
{
  GPtrArray *parts = g_ptr_array_new_with_free_func (g_free);
  guint depth = 0;
  const char *start = text, *at = text;
  for (; param->kind == TELAR_PARAM_INTS && *at; at++) {
    depth += *at == '(';
    depth -= *at == ')' && depth > 0;
    if (*at != ',' || depth > 0)
      continue;
    g_ptr_array_add (parts, g_strndup (start, (gsize)(at - start)));
    start = at + 1;
  }
  g_ptr_array_add (parts, g_strdup (start));
  return parts;
}

gboolean
telar_param_value_from_expression (const TelarParam *param, const char *text,
                                   TelarParamValue *value, GError **error)
{
  g_autoptr (GPtrArray) parts = split (param, text);
  for (guint i = 0; i < parts->len; i++) {
    g_autoptr (GError) problem = NULL;
    double unused;
    if (!telar_expression_evaluate (parts->pdata[i], NULL, NULL, &unused, &problem))
      return telar_param_refuse (param, error, "\"%s\": %s", text, problem->message);
  }
  if (!telar_param_value_from_text (param, param->fallback, value, error))
    return FALSE;
  value->expression = g_strdup (text);
  return TRUE;
}

static gboolean
to_integer (const TelarParam *param, double number, gint64 *integer, GError **error)
{
  char given[TELAR_REAL_TEXT];
  if (fabs (number - rint (number)) > 1e-9 * fmax (1, fabs (number)) || fabs (number) > 1e15)
    return telar_param_refuse (param, error,
                               "must be a whole number, not %s; // divides and rounds down",
                               telar_real_to_text (number, given));
  *integer = (gint64)rint (number);
  return TRUE;
}

static gboolean
work_out (const TelarParam *param, const char *text, TelarExpressionLookup lookup, gpointer data,
          TelarParamValue *value, GError **error)
{
  g_autoptr (GPtrArray) parts = split (param, text);
  TelarParamValue read = { .kind = param->kind };
  if (parts->len > TELAR_PARAM_MAX_ITEMS)
    return telar_param_refuse (param, error, "must have at most %d numbers", TELAR_PARAM_MAX_ITEMS);
  for (guint i = 0; i < parts->len; i++) {
    g_autoptr (GError) problem = NULL;
    double number;
    gint64 integer = 0;
    if (!telar_expression_evaluate (parts->pdata[i], lookup, data, &number, &problem))
      return telar_param_refuse (param, error, "= %s: %s", text, problem->message);
    if (param->kind != TELAR_PARAM_REAL && !to_integer (param, number, &integer, error))
      return FALSE;
    if (param->kind == TELAR_PARAM_REAL)
      read.real = number;
    else if (param->kind == TELAR_PARAM_INT)
      read.integer = integer;
    else
      read.ints.items[read.ints.n++] = integer;
  }
  return telar_param_accept (param, &read, value, error);
}

gboolean
telar_param_value_resolve (const TelarParam *param, TelarParamValue *value,
                           TelarExpressionLookup lookup, gpointer data, GError **error)
{
  g_autoptr (GError) problem = NULL;
  TelarParamValue worked;
  if (!value->expression)
    return TRUE;
  g_clear_pointer (&value->fault, g_free);
  if (!work_out (param, value->expression, lookup, data, &worked, &problem)) {
    value->fault = g_strdup (problem->message);
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  worked.expression = value->expression;
  *value = worked;
  return TRUE;
}
