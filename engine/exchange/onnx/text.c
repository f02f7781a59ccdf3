/* Strings joined, split, compared and matched, on the host. */
#include "engine/exchange/onnx/operators.h"
#include "engine/exchange/onnx/read.h"

#include <string.h>

/* Pieces that splitting may leave. */
#define MOST_PIECES ((gsize)1 << 24)

/* --- pairs ------------------------------------------------------------------------------------ */

/* Which element of @from stands at place @i of @to, to which it broadcasts. */
static gsize
source_of (const TelarShape *from, const TelarShape *to, gsize i)
{
  gsize place = 0, step = 1;
  for (guint k = 1; k <= from->rank; k++) {
    gsize size = (gsize)from->dims[from->rank - k], along = (gsize)to->dims[to->rank - k];
    place += size == 1 ? 0 : i % along * step;
    step *= size;
    i /= along;
  }
  return place;
}

typedef struct {
  const TelarOnnxValue *x, *y;
  TelarShape shape; /* that both broadcast to */
  gsize n;
} Pair;

static gboolean
read_pair (OnnxCall *call, Pair *pair)
{
  gint64 count;
  pair->x = onnx_call_strings (call, 0);
  pair->y = onnx_call_strings (call, 1);
  if (!pair->x || !pair->y)
    return FALSE;
  if (!telar_shape_broadcast (&pair->x->type.shape, &pair->y->type.shape, &pair->shape) ||
      !telar_shape_count (&pair->shape, &count) || count > (gint64)MOST_PIECES) {
    onnx_call_fail (call, "the shapes do not fit each other");
    return FALSE;
  }
  pair->n = (gsize)count;
  return TRUE;
}

static const char *
first_of (const Pair *pair, gsize i)
{
  return pair->x->strings[source_of (&pair->x->type.shape, &pair->shape, i)];
}

static const char *
second_of (const Pair *pair, gsize i)
{
  return pair->y->strings[source_of (&pair->y->type.shape, &pair->shape, i)];
}

static void
trace_concat (OnnxCall *call)
{
  Pair pair;
  if (!read_pair (call, &pair))
    return;
  char **joined = g_new0 (char *, pair.n + 1);
  for (gsize i = 0; i < pair.n; i++)
    joined[i] = g_strconcat (first_of (&pair, i), second_of (&pair, i), NULL);
  onnx_call_give (call, 0, telar_onnx_value_strings (&pair.shape, joined));
}

void
onnx_equal_strings (OnnxCall *call)
{
  Pair pair;
  if (!read_pair (call, &pair))
    return;
  TelarTensor *same = telar_tensor_new (TELAR_BOOL, &pair.shape);
  for (gsize i = 0; i < pair.n; i++)
    ((guint8 *)same->data)[i] = g_str_equal (first_of (&pair, i), second_of (&pair, i));
  onnx_call_give_numbers (call, 0, same);
}

/* --- pieces ----------------------------------------------------------------------------------- */

/* Runs of white space separate; there is none at the beginning, and what is left after the last
 * split stays as it is. */
static GPtrArray *
split_at_spaces (const char *text, gint64 most)
{
  GPtrArray *pieces = g_ptr_array_new_with_free_func (g_free);
  while (TRUE) {
    while (g_ascii_isspace (*text))
      text++;
    if (!*text)
      return pieces;
    gsize length = 0;
    while (text[length] && !g_ascii_isspace (text[length]))
      length++;
    if ((gint64)pieces->len == most)
      length = strlen (text);
    g_ptr_array_add (pieces, g_strndup (text, length));
    text += length;
  }
}

static GPtrArray *
split_at (const char *text, const char *delimiter, gint64 most)
{
  GPtrArray *pieces = g_ptr_array_new_with_free_func (g_free);
  const char *next;
  while ((gint64)pieces->len != most && (next = strstr (text, delimiter))) {
    g_ptr_array_add (pieces, g_strndup (text, (gsize)(next - text)));
    text = next + strlen (delimiter);
  }
  g_ptr_array_add (pieces, g_strdup (text));
  return pieces;
}

/* @pieces, an array for each string, in a new last axis that is as long as the longest; shorter
 * ones end in empty strings. */
static void
give_pieces (OnnxCall *call, const TelarShape *shape, const GPtrArray *pieces)
{
  guint longest = 0;
  for (guint i = 0; i < pieces->len; i++)
    longest = MAX (longest, ((const GPtrArray *)pieces->pdata[i])->len);
  if (shape->rank == TELAR_MAX_RANK || pieces->len > MOST_PIECES / MAX (longest, 1)) {
    onnx_call_fail (call, "there are too many pieces");
    return;
  }
  TelarShape result = telar_shape_with (shape, shape->rank, longest);
  char **flat = g_new0 (char *, (gsize)pieces->len *longest + 1);
  for (guint i = 0; i < pieces->len; i++) {
    const GPtrArray *own = pieces->pdata[i];
    for (guint k = 0; k < longest; k++)
      flat[(gsize)i * longest + k] = g_strdup (k < own->len ? own->pdata[k] : "");
  }
  onnx_call_give (call, 0, telar_onnx_value_strings (&result, flat));
}

static void
trace_split (OnnxCall *call)
{
  const TelarOnnxValue *x = onnx_call_strings (call, 0);
  g_autofree char *delimiter = onnx_call_attr_text (call, "delimiter", "");
  gint64 most = onnx_call_attr_int (call, "maxsplit", -1);
  if (!x)
    return;
  g_autoptr (GPtrArray) pieces = g_ptr_array_new_with_free_func ((GDestroyNotify)g_ptr_array_unref);
  TelarTensor *counts = telar_tensor_new (TELAR_I64, &x->type.shape);
  for (gsize i = 0; i < telar_tensor_elements (counts); i++) {
    GPtrArray *own = *delimiter ? split_at (x->strings[i], delimiter, most)
                                : split_at_spaces (x->strings[i], most);
    g_ptr_array_add (pieces, own);
    ((gint64 *)counts->data)[i] = own->len;
  }
  give_pieces (call, &x->type.shape, pieces);
  onnx_call_give_numbers (call, 1, counts);
}

/* --- patterns --------------------------------------------------------------------------------- */

/* The whole string must match. PCRE gives up on patterns that would take too long. */
static void
trace_match (OnnxCall *call)
{
  const TelarOnnxValue *x = onnx_call_strings (call, 0);
  g_autofree char *pattern = onnx_call_attr_text (call, "pattern", "");
  g_autofree char *whole = g_strdup_printf ("\\A(?:%s)\\z", pattern);
  g_autoptr (GError) why = NULL;
  if (!x)
    return;
  g_autoptr (GRegex) regex = g_utf8_validate (pattern, -1, NULL)
                                 ? g_regex_new (whole, (GRegexCompileFlags)0, 0, &why)
                                 : NULL;
  if (!regex) {
    onnx_call_fail (call, "the pattern cannot be read: %s", why ? why->message : "it is not UTF-8");
    return;
  }
  g_autoptr (TelarTensor) matches = telar_tensor_new (TELAR_BOOL, &x->type.shape);
  for (gsize i = 0; i < telar_tensor_elements (matches) && !why; i++)
    ((guint8 *)matches->data)[i] =
        g_utf8_validate (x->strings[i], -1, NULL) &&
        g_regex_match_full (regex, x->strings[i], -1, 0, (GRegexMatchFlags)0, NULL, &why);
  if (why)
    onnx_call_fail (call, "a string cannot be matched: %s", why->message);
  else
    onnx_call_give_numbers (call, 0, g_steal_pointer (&matches));
}

const OnnxOperator onnx_operators_text[] = {
  { "RegexFullMatch", trace_match, .flags = ONNX_VALUES },
  { "StringConcat", trace_concat, .flags = ONNX_VALUES },
  { "StringSplit", trace_split, .flags = ONNX_VALUES },
  { NULL },
};
