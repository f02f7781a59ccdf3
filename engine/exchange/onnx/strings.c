/* Strings: normalised, counted as n-grams, read as numbers and written as such. All on the host,
 * for no device computes with strings. */
#include "engine/exchange/onnx/operators.h"
#include "engine/exchange/onnx/read.h"

#include <math.h>
#include <string.h>

/* --- StringNormalizer ------------------------------------------------------------------------- */

static char *
change_case (const char *text, const char *action)
{
  return g_str_equal (action, "LOWER")   ? g_utf8_strdown (text, -1)
         : g_str_equal (action, "UPPER") ? g_utf8_strup (text, -1)
                                         : g_strdup (text);
}

/* Whether @text is one of the attribute's words, in its own case or in none. */
static gboolean
is_stop_word (const Onnx__AttributeProto *words, const char *text, gboolean with_case)
{
  for (gsize i = 0; words && i < words->n_strings; i++) {
    g_autofree char *word = onnx_text_copy (&words->strings[i]);
    g_autofree char *a = with_case ? g_strdup (word) : g_utf8_casefold (word, -1);
    g_autofree char *b = with_case ? g_strdup (text) : g_utf8_casefold (text, -1);
    if (g_str_equal (a, b))
      return TRUE;
  }
  return FALSE;
}

static gboolean
are_utf8 (OnnxCall *call, const TelarOnnxValue *value)
{
  for (char **text = value->strings; *text; text++)
    if (!g_utf8_validate (*text, -1, NULL)) {
      onnx_call_fail (call, "a string is not UTF-8");
      return FALSE;
    }
  return TRUE;
}

/* One row, [C] or [1, C]; where nothing is left, one empty string. */
static void
trace_normalize (OnnxCall *call)
{
  const TelarOnnxValue *in = onnx_call_strings (call, 0);
  const Onnx__AttributeProto *words = onnx_call_attr (call, "stopwords");
  gboolean with_case = onnx_call_attr_int (call, "is_case_sensitive", 0) != 0;
  g_autofree char *action = onnx_call_attr_text (call, "case_change_action", "NONE");
  if (!in || !are_utf8 (call, in))
    return;
  if (in->type.shape.rank < 1 || in->type.shape.rank > 2 ||
      (in->type.shape.rank == 2 && in->type.shape.dims[0] != 1)) {
    onnx_call_fail (call, "the strings must be [C] or [1, C]");
    return;
  }
  g_autoptr (GPtrArray) left = g_ptr_array_new ();
  for (char **text = in->strings; *text; text++)
    if (!is_stop_word (words, *text, with_case))
      g_ptr_array_add (left, change_case (*text, action));
  if (left->len == 0)
    g_ptr_array_add (left, g_strdup (""));
  TelarShape shape = in->type.shape;
  shape.dims[shape.rank - 1] = left->len;
  g_ptr_array_add (left, NULL);
  onnx_call_give (call, 0,
                  telar_onnx_value_strings (
                      &shape, (char **)g_ptr_array_free (g_steal_pointer (&left), FALSE)));
}

/* --- TfIdfVectorizer -------------------------------------------------------------------------- */

typedef struct {
  const Onnx__AttributeProto *pool_numbers, *pool_strings, *starts, *indexes, *weights;
  gint64 least, most, skips; /* lengths of the n-grams, and the most that a step may skip */
  gint64 n_outputs;
  char *mode;
} Vectorizer;

static gsize
pool_size (const Vectorizer *v)
{
  return v->pool_strings   ? v->pool_strings->n_strings
         : v->pool_numbers ? v->pool_numbers->n_ints
                           : 0;
}

static gboolean
read_vectorizer (OnnxCall *call, Vectorizer *v)
{
  v->pool_strings = onnx_call_attr (call, "pool_strings");
  v->pool_numbers = onnx_call_attr (call, "pool_int64s");
  v->starts = onnx_call_attr (call, "ngram_counts");
  v->indexes = onnx_call_attr (call, "ngram_indexes");
  v->weights = onnx_call_attr (call, "weights");
  v->least = onnx_call_attr_int (call, "min_gram_length", 1);
  v->most = onnx_call_attr_int (call, "max_gram_length", 1);
  v->skips = onnx_call_attr_int (call, "max_skip_count", 0);
  v->mode = onnx_call_attr_text (call, "mode", "TF");
  gboolean good = v->starts && v->indexes && v->least >= 1 && v->most >= v->least &&
                  v->most <= (gint64)v->starts->n_ints && v->skips >= 0 && v->skips <= G_MAXINT32;
  for (gsize i = 0; good && i < v->starts->n_ints; i++)
    good = v->starts->ints[i] >= 0 && v->starts->ints[i] <= (gint64)pool_size (v) &&
           (i == 0 || v->starts->ints[i] >= v->starts->ints[i - 1]);
  for (gsize i = 0; good && i < v->indexes->n_ints; i++) {
    good = v->indexes->ints[i] >= 0 && v->indexes->ints[i] < (1 << 24);
    v->n_outputs = MAX (v->n_outputs, v->indexes->ints[i] + 1);
  }
  if (good && v->weights)
    good = v->weights->n_floats == v->indexes->n_ints;
  if (!good)
    onnx_call_fail (call, "its n-grams do not fit each other");
  return good;
}

/* Whether number @item of the pool is the word @at of the input. */
static gboolean
is_word (const Vectorizer *v, gsize item, const TelarOnnxValue *in, gsize at)
{
  if (!v->pool_strings)
    return in->tensor && (gint64)telar_tensor_get (in->tensor, at) == v->pool_numbers->ints[item];
  const ProtobufCBinaryData *word = &v->pool_strings->strings[item];
  return in->strings && strlen (in->strings[at]) == word->len &&
         (word->len == 0 || memcmp (in->strings[at], word->data, word->len) == 0);
}

/* How often the @length words of the pool at @item stand in the row, each @step after the one
 * before. */
static guint
count_gram (const Vectorizer *v, gsize item, gint64 length, gint64 step, const TelarOnnxValue *in,
            gsize row, gint64 words)
{
  guint count = 0;
  for (gint64 first = 0; first + (length - 1) * step < words; first++) {
    gboolean same = TRUE;
    for (gint64 i = 0; same && i < length; i++)
      same = is_word (v, item + (gsize)i, in, row + (gsize)(first + i * step));
    count += same;
  }
  return count;
}

static void
count_row (const Vectorizer *v, const TelarOnnxValue *in, gsize row, gint64 words, float *out)
{
  gsize gram = 0;
  for (gint64 length = 1; length <= (gint64)v->starts->n_ints; length++) {
    gsize from = (gsize)v->starts->ints[length - 1];
    gsize to = length < (gint64)v->starts->n_ints ? (gsize)v->starts->ints[length] : pool_size (v);
    for (gsize item = from; item + (gsize)length <= to; item += (gsize)length, gram++) {
      if (gram >= v->indexes->n_ints || length < v->least || length > v->most)
        continue;
      guint count = 0;
      /* a single word has no steps to skip in; steps beyond the row cannot match */
      gint64 most = length == 1 ? 0 : MIN (v->skips, words);
      for (gint64 skip = 0; skip <= most; skip++)
        count += count_gram (v, item, length, skip + 1, in, row, words);
      float weight = v->weights ? v->weights->floats[gram] : 1;
      gboolean frequency = !g_str_equal (v->mode, "IDF");
      gboolean weighted = !g_str_equal (v->mode, "TF");
      out[v->indexes->ints[gram]] +=
          (frequency ? (float)count : (float)(count > 0)) * (weighted ? weight : 1);
    }
  }
}

static void
vectorize (OnnxCall *call, const Vectorizer *v)
{
  TelarOnnxValue *in = call->inputs[0];
  if (in->kind == TELAR_ONNX_TENSOR && !onnx_call_numbers (call, 0))
    return;
  TelarShape shape = in->type.shape;
  gboolean fits = in->kind == (v->pool_strings ? TELAR_ONNX_STRINGS : TELAR_ONNX_TENSOR);
  if (!fits || shape.rank < 1 || shape.rank > 2) {
    onnx_call_fail (call, "the words must be [C] or [N, C], of the pool's kind");
    return;
  }
  gint64 rows = shape.rank == 2 ? shape.dims[0] : 1, words = shape.dims[shape.rank - 1];
  TelarShape result =
      shape.rank == 2 ? telar_shape (rows, v->n_outputs) : telar_shape (v->n_outputs);
  g_autoptr (TelarTensor) y = telar_tensor_try_new (TELAR_F32, &result, &call->error);
  for (gint64 row = 0; y && row < rows; row++)
    count_row (v, in, (gsize)(row * words), words, (float *)y->data + row * v->n_outputs);
  if (y)
    onnx_call_give_numbers (call, 0, g_steal_pointer (&y));
}

static void
trace_vectorize (OnnxCall *call)
{
  Vectorizer v = { .n_outputs = 0 };
  if (!onnx_call_has (call, 0))
    onnx_call_fail (call, "its input is missing");
  else if (read_vectorizer (call, &v))
    vectorize (call, &v);
  g_free (v.mode);
}

/* --- numbers as strings and back -------------------------------------------------------------- */

/* As NumPy writes a float: the shortest text that gives the number back. */
static char *
write_number (TelarDType dtype, double number)
{
  char text[G_ASCII_DTOSTR_BUF_SIZE];
  if (isnan (number))
    return g_strdup ("NaN");
  if (isinf (number))
    return g_strdup (number < 0 ? "-INF" : "INF");
  if (!telar_dtype_is_float (dtype))
    return g_strdup_printf ("%.0f", number);
  for (int digits = 1; digits <= 17; digits++) {
    char format[8];
    g_snprintf (format, sizeof format, "%%.%dg", digits);
    g_ascii_formatd (text, sizeof text, format, number);
    double back = g_ascii_strtod (text, NULL);
    if (dtype == TELAR_F64 ? back == number : (float)back == (float)number)
      break;
  }
  return g_strdup (text);
}

static void
write_strings (OnnxCall *call)
{
  const TelarTensor *x = onnx_call_numbers (call, 0);
  if (!x)
    return;
  gsize n = telar_tensor_elements (x);
  char **strings = g_new0 (char *, n + 1);
  for (gsize i = 0; i < n; i++)
    strings[i] = write_number (x->type.dtype, telar_tensor_get (x, i));
  onnx_call_give (call, 0, telar_onnx_value_strings (&x->type.shape, strings));
}

static void
read_strings (OnnxCall *call, TelarDType to)
{
  const TelarOnnxValue *in = onnx_call_strings (call, 0);
  g_autoptr (TelarTensor) y = in ? telar_tensor_try_new (to, &in->type.shape, &call->error) : NULL;
  for (gsize i = 0; y && i < telar_tensor_elements (y); i++) {
    char *end;
    double number = g_ascii_strtod (in->strings[i], &end);
    if (end == in->strings[i] || *end) {
      onnx_call_fail (call, "\"%s\" is no number", in->strings[i]);
      return;
    }
    telar_tensor_set (y, i, number);
  }
  if (y)
    onnx_call_give_numbers (call, 0, g_steal_pointer (&y));
}

void
onnx_cast_strings (OnnxCall *call, gboolean to_strings, TelarDType to)
{
  if (call->inputs[0]->kind != TELAR_ONNX_STRINGS)
    write_strings (call);
  else if (to_strings)
    onnx_call_give (call, 0, telar_onnx_value_ref (call->inputs[0]));
  else
    read_strings (call, to);
}

const OnnxOperator onnx_operators_strings[] = {
  { "StringNormalizer", trace_normalize, .flags = ONNX_VALUES },
  { "TfIdfVectorizer", trace_vectorize, .flags = ONNX_VALUES },
  { NULL },
};
