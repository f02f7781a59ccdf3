/* Tables of ai.onnx.ml: labels for numbers and back, one column for each category, and the names of
 * scores. Strings are looked up on the host. */
#include "engine/emit.h"
#include "engine/exchange/onnx/ml.h"
#include "engine/exchange/onnx/read.h"

#include <math.h>
#include <string.h>

/* --- looking up ------------------------------------------------------------------------------- */

/* Keys and values, each numbers or strings; what stands behind the last value is for all that is no
 * key. */
typedef struct {
  TelarTensor *keys, *values; /* [n]; [n + 1] */
  char **key_words, **value_words;
} Mapping;

static void
mapping_clear (Mapping *m)
{
  g_clear_pointer (&m->keys, telar_tensor_unref);
  g_clear_pointer (&m->values, telar_tensor_unref);
  g_clear_pointer (&m->key_words, g_strfreev);
  g_clear_pointer (&m->value_words, g_strfreev);
}

/* i64, in the shape of @x: where each of its numbers stands among @keys, or their count. A number
 * that is none (NaN) equals one. */
static TelarValue
find_numbers (TelarBuilder *b, TelarValue x, TelarValue keys)
{
  TelarType type = *telar_builder_type (b, x);
  guint last = type.shape.rank;
  TelarValue each = telar_emit_unsqueeze (b, x, &last, 1);
  TelarValue same = telar_build_binary (b, TELAR_PRIM_EQUAL, each, keys);
  if (telar_dtype_is_float (type.dtype))
    same = telar_build_binary (b, TELAR_PRIM_OR, same,
                               telar_build_binary (b, TELAR_PRIM_AND,
                                                   telar_build_unary (b, TELAR_PRIM_ISNAN, each),
                                                   telar_build_unary (b, TELAR_PRIM_ISNAN, keys)));
  TelarType end = { TELAR_F32, telar_shape_with (&type.shape, last, 1) };
  TelarValue found = telar_build_concat (
      b, (TelarValue[]){ telar_build_cast (b, same, TELAR_F32), telar_build_fill (b, &end, 1) }, 2,
      last);
  return telar_emit_arg (b, TELAR_PRIM_ARGMAX, found, last, FALSE, FALSE);
}

/* The same for strings: i64, known. */
static TelarTensor *
find_words (OnnxCall *call, const TelarOnnxValue *x, char **keys)
{
  g_autoptr (GHashTable) places = g_hash_table_new (g_str_hash, g_str_equal);
  guint n = g_strv_length (keys);
  for (guint i = n; i > 0; i--) /* of equal keys the first counts */
    g_hash_table_insert (places, keys[i - 1], GUINT_TO_POINTER (i));
  TelarTensor *found = telar_tensor_try_new (TELAR_I64, &x->type.shape, &call->error);
  gsize elements = found ? telar_tensor_elements (found) : 0;
  for (gsize i = 0; i < elements; i++) {
    guint place = GPOINTER_TO_UINT (g_hash_table_lookup (places, x->strings[i]));
    ((gint64 *)found->data)[i] = place > 0 ? place - 1 : n;
  }
  return found;
}

/* Where input 0 stands among @keys or @words. */
static TelarValue
find_keys (OnnxCall *call, const TelarTensor *keys, char **words)
{
  const TelarOnnxValue *x = onnx_call_has (call, 0) ? call->inputs[0] : NULL;
  if (x && x->kind == TELAR_ONNX_STRINGS && words) {
    g_autoptr (TelarTensor) found = find_words (call, x, words);
    g_autoptr (TelarOnnxValue) value = found ? telar_onnx_value_tensor (found, FALSE) : NULL;
    return value ? onnx_trace_emit (call->trace, value) : TELAR_NO_VALUE;
  }
  if (x && x->kind == TELAR_ONNX_STRINGS) {
    onnx_call_fail (call, "its keys are numbers where strings are given");
    return TELAR_NO_VALUE;
  }
  TelarType type = onnx_call_type (call, 0);
  if (!onnx_call_failed (call) && (!keys || keys->type.dtype != type.dtype)) {
    onnx_call_fail (call, "its keys are %s where %s is given",
                    keys ? telar_dtype_name (keys->type.dtype) : "strings",
                    telar_dtype_name (type.dtype));
    return TELAR_NO_VALUE;
  }
  return find_numbers (call->b, onnx_call_in (call, 0), onnx_ml_put (call, (TelarTensor *)keys));
}

static void
give_words (OnnxCall *call, char **words, TelarValue places)
{
  OnnxMlClasses classes = { .words = words, .n = g_strv_length (words) };
  onnx_ml_give_classes (call, &classes, places);
}

static void
give_mapped (OnnxCall *call, const Mapping *m)
{
  TelarValue places = find_keys (call, m->keys, m->key_words);
  if (onnx_call_failed (call))
    return;
  if (m->value_words)
    give_words (call, m->value_words, places);
  else
    onnx_call_out (call, 0, telar_emit_gather (call->b, onnx_ml_put (call, m->values), places, 0));
}

/* --- LabelEncoder, CategoryMapper ------------------------------------------------------------- */

/* The first of the attributes @names that holds numbers. */
static TelarTensor *
first_numbers (OnnxCall *call, const char *const *names)
{
  TelarTensor *numbers = NULL;
  for (; *names && !numbers; names++)
    numbers = onnx_ml_numbers (call, *names);
  return numbers;
}

static char **
first_words (OnnxCall *call, const char *const *names)
{
  char **words = NULL;
  for (; *names && !words; names++)
    words = onnx_ml_words (call, *names);
  return words;
}

/* @words with one more. */
static char **
and_word (char **words, const char *word)
{
  guint n = g_strv_length (words);
  char **more = g_renew (char *, words, n + 2);
  more[n] = g_strdup (word);
  more[n + 1] = NULL;
  return more;
}

/* @numbers with one more. */
static TelarTensor *
and_number (const TelarTensor *numbers, const TelarTensor *last)
{
  gsize n = telar_tensor_elements (numbers), size = telar_dtype_size (numbers->type.dtype);
  TelarShape shape = telar_shape ((gint64)n + 1);
  TelarTensor *more = telar_tensor_new (numbers->type.dtype, &shape);
  if (n > 0)
    memcpy (more->data, numbers->data, n * size);
  memcpy ((char *)more->data + n * size, last->data, size);
  return more;
}

/* What a number that is no key becomes, in the type of the values. */
static TelarTensor *
read_default (OnnxCall *call, TelarDType dtype)
{
  g_autoptr (TelarTensor) given = onnx_ml_numbers (call, "default_tensor");
  if (given && telar_tensor_elements (given) > 0)
    return telar_tensor_cast (given, dtype);
  return telar_tensor_scalar (dtype, telar_dtype_is_float (dtype)
                                         ? onnx_call_attr_real (call, "default_float", -0.0)
                                         : (double)onnx_call_attr_int (call, "default_int64", -1));
}

static char *
read_default_word (OnnxCall *call)
{
  g_auto (GStrv) words = onnx_ml_words (call, "default_tensor");
  return words && words[0] ? g_strdup (words[0])
                           : onnx_call_attr_text (call, "default_string", "_Unused");
}

/* Ends the values of @m with the one for all else. FALSE and an error where keys and values are not
 * as many. */
static gboolean
complete_mapping (OnnxCall *call, Mapping *m)
{
  gsize keys = m->key_words ? g_strv_length (m->key_words)
               : m->keys    ? telar_tensor_elements (m->keys)
                            : 0;
  gsize values = m->value_words ? g_strv_length (m->value_words)
                 : m->values    ? telar_tensor_elements (m->values)
                                : 0;
  if (onnx_call_failed (call))
    return FALSE;
  if (keys != values || keys == 0) {
    onnx_call_fail (call, "%zu keys do not fit %zu values", keys, values);
    return FALSE;
  }
  if (m->value_words) {
    g_autofree char *word = read_default_word (call);
    m->value_words = and_word (m->value_words, word);
    return TRUE;
  }
  g_autoptr (TelarTensor) last = read_default (call, m->values->type.dtype);
  g_autoptr (TelarTensor) values_before = m->values;
  m->values = and_number (values_before, last);
  return TRUE;
}

/* 0, 1, … */
static TelarTensor *
places_of (char **words)
{
  TelarShape shape = telar_shape (g_strv_length (words));
  TelarTensor *places = telar_tensor_new (TELAR_I64, &shape);
  for (gint64 i = 0; i < shape.dims[0]; i++)
    ((gint64 *)places->data)[i] = i;
  return places;
}

/* Strings to the numbers @numbers, or back: as the input asks. */
static Mapping
two_ways (OnnxCall *call, char **words, TelarTensor *numbers)
{
  gboolean from_words = onnx_call_has (call, 0) && call->inputs[0]->kind == TELAR_ONNX_STRINGS;
  return from_words ? (Mapping){ .key_words = words, .values = numbers }
                    : (Mapping){ .keys = numbers, .value_words = words };
}

/* Before version 2 a list of strings, that are numbered. */
static void
trace_label_encoder (OnnxCall *call)
{
  static const char *const keys[] = { "keys_floats", "keys_int64s", "keys_tensor", NULL };
  static const char *const key_words[] = { "keys_strings", "keys_tensor", NULL };
  static const char *const values[] = { "values_floats", "values_int64s", "values_tensor", NULL };
  static const char *const value_words[] = { "values_strings", "values_tensor", NULL };
  char **classes = onnx_ml_words (call, "classes_strings");
  Mapping m = classes ? two_ways (call, classes, places_of (classes))
                      : (Mapping){ first_numbers (call, keys), first_numbers (call, values),
                                   first_words (call, key_words), first_words (call, value_words) };
  if (complete_mapping (call, &m))
    give_mapped (call, &m);
  mapping_clear (&m);
}

static void
trace_category_mapper (OnnxCall *call)
{
  Mapping m =
      two_ways (call, onnx_ml_words (call, "cats_strings"), onnx_ml_numbers (call, "cats_int64s"));
  if (complete_mapping (call, &m))
    give_mapped (call, &m);
  mapping_clear (&m);
}

/* --- OneHotEncoder ---------------------------------------------------------------------------- */

/* Unless zeros may stand for them, categories that are not listed are an error: their numbers must
 * be known for that. */
static gboolean
are_listed (OnnxCall *call, TelarOnnxValue *places, gint64 n)
{
  if (onnx_call_attr_int (call, "zeros", 1))
    return TRUE;
  const TelarTensor *known = onnx_call_settle (call, places);
  gsize elements = known ? telar_tensor_elements (known) : 0;
  for (gsize i = 0; i < elements; i++)
    if (((const gint64 *)known->data)[i] == n) {
      onnx_call_fail (call, "element %zu of its input is none of its categories", i);
      return FALSE;
    }
  return known != NULL;
}

static void
trace_one_hot (OnnxCall *call)
{
  g_autoptr (TelarTensor) numbers = onnx_ml_numbers (call, "cats_int64s");
  g_auto (GStrv) words = onnx_ml_words (call, "cats_strings");
  gint64 n = words ? g_strv_length (words) : numbers ? (gint64)telar_tensor_elements (numbers) : 0;
  TelarValue places;
  if (words)
    places = find_keys (call, NULL, words);
  else if (numbers)
    places = find_numbers (call->b, telar_build_cast (call->b, onnx_call_in (call, 0), TELAR_I64),
                           onnx_ml_put (call, numbers));
  else {
    onnx_call_fail (call, "it lists no categories");
    return;
  }
  if (onnx_call_failed (call))
    return;
  guint rank = telar_builder_type (call->b, places)->shape.rank;
  g_autoptr (TelarOnnxValue) kept = onnx_call_wrap (call, places);
  if (are_listed (call, kept, n))
    onnx_ml_give_floats (
        call, 0, telar_emit_one_hot (call->b, onnx_trace_emit (call->trace, kept), n, rank));
}

/* --- ZipMap ----------------------------------------------------------------------------------- */

/* A map from label to score for each row says what the columns of a tensor say: [N, classes]. */
static void
trace_zip_map (OnnxCall *call)
{
  OnnxMlClasses classes;
  TelarShape shape = onnx_call_type (call, 0).shape;
  if (onnx_call_failed (call) ||
      !onnx_ml_classes_read (call, "classlabels_int64s", "classlabels_strings", &classes))
    return;
  if (shape.rank == 0 || shape.dims[shape.rank - 1] != classes.n)
    onnx_call_fail (call, "it names %u columns, and there are not as many", classes.n);
  else
    onnx_call_give (call, 0, telar_onnx_value_ref (call->inputs[0]));
  onnx_ml_classes_clear (&classes);
}

const OnnxOperator onnx_operators_ml_labels[] = {
  { "CategoryMapper", trace_category_mapper, .flags = ONNX_VALUES },
  { "LabelEncoder", trace_label_encoder, .flags = ONNX_VALUES },
  { "OneHotEncoder", trace_one_hot, .flags = ONNX_VALUES },
  { "ZipMap", trace_zip_map, .flags = ONNX_VALUES },
  { NULL },
};
