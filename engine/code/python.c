/* Python's spelling of numbers, lists and names. */
#include "engine/code/private.h"

#include <math.h>
#include <string.h>

/* The shortest that reads back as the same number, with a point or an exponent in it. */
char *
code_python_real (double value)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];

  if (isnan (value) || isinf (value))
    return g_strdup (isnan (value) ? "float(\"nan\")"
                     : value > 0   ? "float(\"inf\")"
                                   : "-float(\"inf\")");
  for (int digits = 15; digits <= 17; digits++) {
    g_autofree char *format = g_strdup_printf ("%%.%dg", digits);
    g_ascii_formatd (text, sizeof text, format, value);
    if (g_ascii_strtod (text, NULL) == value)
      break;
  }
  return strpbrk (text, ".e") ? g_strdup (text) : g_strconcat (text, ".0", NULL);
}

char *
code_python_tuple (const gint64 *items, guint n)
{
  GString *text = g_string_new ("(");

  for (guint i = 0; i < n; i++)
    g_string_append_printf (text, "%s%" G_GINT64_FORMAT, i ? ", " : "", items[i]);
  return g_string_free (g_string_append (text, n == 1 ? ",)" : ")"), FALSE);
}

gboolean
code_ints_are (const gint64 *items, guint n, gint64 value)
{
  for (guint i = 0; i < n; i++)
    if (items[i] != value)
      return FALSE;
  return TRUE;
}

char *
code_python_ints (const gint64 *items, guint n)
{
  return code_ints_are (items, n, items[0]) ? g_strdup_printf ("%" G_GINT64_FORMAT, items[0])
                                            : code_python_tuple (items, n);
}

char *
code_python_value (const TelarParamValue *value)
{
  switch (value->kind) {
  case TELAR_PARAM_INT:
    return g_strdup_printf ("%" G_GINT64_FORMAT, value->integer);
  case TELAR_PARAM_REAL:
    return code_python_real (value->real);
  case TELAR_PARAM_BOOL:
    return g_strdup (value->boolean ? "True" : "False");
  case TELAR_PARAM_INTS:
    return value->ints.n == 1 ? g_strdup_printf ("%" G_GINT64_FORMAT, value->ints.items[0])
                              : code_python_tuple (value->ints.items, value->ints.n);
  default: {
    g_autofree char *text = telar_param_value_to_text (value);
    return g_strdup_printf ("\"%s\"", text);
  }
  }
}

const char *
code_dtype (TelarDType dtype)
{
  static const char *const names[] = {
    [TELAR_F16] = "float16", [TELAR_BF16] = "bfloat16", [TELAR_F32] = "float32",
    [TELAR_F64] = "float64", [TELAR_I8] = "int8",       [TELAR_U8] = "uint8",
    [TELAR_I16] = "int16",   [TELAR_U16] = "uint16",    [TELAR_I32] = "int32",
    [TELAR_U32] = "uint32",  [TELAR_I64] = "int64",     [TELAR_U64] = "uint64",
    [TELAR_BOOL] = "bool",
  };

  return names[dtype];
}

/* Python's keywords, and what a module of PyTorch or a layer of Keras is called by already. */
static const char *const taken[] = {
  "False",    "None",     "True",       "and",       "as",           "assert",
  "async",    "await",    "break",      "class",     "continue",     "def",
  "del",      "elif",     "else",       "except",    "finally",      "for",
  "from",     "global",   "if",         "import",    "in",           "is",
  "lambda",   "nonlocal", "not",        "or",        "pass",         "raise",
  "return",   "try",      "while",      "with",      "yield",        "self",
  "F",        "nn",       "torch",      "keras",     "layers",       "ops",
  "np",       "math",     "forward",    "training",  "train",        "eval",
  "to",       "type",     "float",      "half",      "double",       "bfloat16",
  "cpu",      "cuda",     "apply",      "modules",   "parameters",   "buffers",
  "children", "compile",  "state_dict", "zero_grad", "share_memory", "requires_grad_",
  NULL,
};

char *
code_python_name (const char *text)
{
  GString *name = g_string_new (NULL);

  for (const char *c = text; *c; c++)
    g_string_append_c (name, g_ascii_isalnum (*c) ? *c : '_');
  if (!name->len || g_ascii_isdigit (name->str[0]))
    g_string_prepend_c (name, '_');
  if (g_strv_contains (taken, name->str))
    g_string_append_c (name, '_');
  return g_string_free (name, FALSE);
}

char *
code_python_class (const char *text)
{
  GString *name = g_string_new (NULL);
  gboolean start = TRUE;

  for (const char *c = text; *c; c++) {
    if (g_ascii_isalnum (*c))
      g_string_append_c (name, start ? g_ascii_toupper (*c) : *c);
    start = !g_ascii_isalnum (*c);
  }
  if (!name->len || g_ascii_isdigit (name->str[0]))
    g_string_prepend (name, "Model");
  return g_string_free (name, FALSE);
}
