/* What ai.onnx.ml does to columns before a model sees them: scaling, filling in, encoding, picking,
 * joining. */
#include "engine/emit.h"
#include "engine/exchange/onnx/ml.h"

#include <math.h>

/* Strings that may be picked. */
#define MOST_WORDS ((gsize)1 << 24)

/* The numbers of an attribute in @dtype, one for all columns or one for each; TELAR_NO_VALUE where
 * it is absent. */
static TelarValue
per_column (OnnxCall *call, const char *name, TelarDType dtype)
{
  TelarShape shape = onnx_call_type (call, 0).shape;
  g_autoptr (TelarTensor) numbers = onnx_ml_numbers (call, name);
  if (!numbers)
    return TELAR_NO_VALUE;
  gboolean one = shape.rank == 0 || telar_tensor_elements (numbers) == 1;
  TelarShape row = telar_shape (one ? 1 : shape.dims[shape.rank - 1]);
  return onnx_ml_table (call, numbers, name, dtype, &row);
}

static void
trace_scaler (OnnxCall *call)
{
  TelarDType dtype = onnx_call_type (call, 0).dtype == TELAR_F32 ? TELAR_F32 : TELAR_F64;
  TelarValue x = telar_build_cast (call->b, onnx_call_in (call, 0), dtype);
  TelarValue offset = per_column (call, "offset", dtype), scale = per_column (call, "scale", dtype);
  if (offset != TELAR_NO_VALUE)
    x = telar_build_binary (call->b, TELAR_PRIM_SUB, x, offset);
  if (scale != TELAR_NO_VALUE)
    x = telar_build_binary (call->b, TELAR_PRIM_MUL, x, scale);
  onnx_ml_give_floats (call, 0, x);
}

/* Rows of which nothing is left to divide by stay as they are. */
static void
trace_normalizer (OnnxCall *call)
{
  static const struct {
    const char *name;
    TelarReduceKind kind;
  } norms[] = { { "MAX", TELAR_REDUCE_MAX }, { "L1", TELAR_REDUCE_L1 }, { "L2", TELAR_REDUCE_L2 } };
  g_autofree char *name = onnx_call_attr_text (call, "norm", "MAX");
  gint64 n_features;
  TelarReduction over = { .axes = { 1 }, .n = 1, .keep = TRUE };
  TelarShape shape = onnx_call_type (call, 0).shape;
  TelarValue x = onnx_ml_rows (call, &n_features);
  TelarDType dtype = telar_builder_type (call->b, x)->dtype;
  for (guint i = 0; i < G_N_ELEMENTS (norms); i++)
    if (g_str_equal (name, norms[i].name)) {
      TelarValue norm = telar_emit_reduction (call->b, norms[i].kind, x, &over);
      TelarValue none = telar_build_binary (call->b, TELAR_PRIM_EQUAL, norm,
                                            telar_build_scalar (call->b, dtype, 0));
      norm = telar_build_select (call->b, none, telar_build_scalar (call->b, dtype, 1), norm);
      TelarValue y = telar_build_binary (call->b, TELAR_PRIM_DIV, x, norm);
      onnx_ml_give_floats (call, 0, telar_build_reshape (call->b, y, &shape));
      return;
    }
  onnx_call_fail (call, "Telar does not know the norm \"%s\"", name);
}

static void
trace_binarizer (OnnxCall *call)
{
  TelarValue x = onnx_call_in (call, 0);
  TelarDType dtype = telar_builder_type (call->b, x)->dtype;
  TelarDType wide = telar_dtype_is_float (dtype) ? dtype : TELAR_F64;
  TelarValue least = telar_build_scalar (call->b, wide, onnx_call_attr_real (call, "threshold", 0));
  TelarValue above =
      telar_build_binary (call->b, TELAR_PRIM_LESS, least, telar_build_cast (call->b, x, wide));
  onnx_call_out (call, 0, telar_build_cast (call->b, above, dtype));
}

static void
trace_imputer (OnnxCall *call)
{
  TelarValue x = onnx_call_in (call, 0);
  TelarDType dtype = telar_builder_type (call->b, x)->dtype;
  gboolean floats = telar_dtype_is_float (dtype);
  double gap = floats ? onnx_call_attr_real (call, "replaced_value_float", 0)
                      : (double)onnx_call_attr_int (call, "replaced_value_int64", 0);
  TelarValue fill =
      per_column (call, floats ? "imputed_value_floats" : "imputed_value_int64s", dtype);
  if (fill == TELAR_NO_VALUE) {
    onnx_call_fail (call, "it says nothing to fill in");
    return;
  }
  TelarValue missing = isnan (gap) ? telar_build_unary (call->b, TELAR_PRIM_ISNAN, x)
                                   : telar_build_binary (call->b, TELAR_PRIM_EQUAL, x,
                                                         telar_build_scalar (call->b, dtype, gap));
  onnx_call_out (call, 0, telar_build_select (call->b, missing, fill, x));
}

/* The columns that input 1 numbers. */
static TelarOnnxValue *
pick_words (OnnxCall *call, const TelarOnnxValue *x, const TelarTensor *places)
{
  TelarShape shape = x->type.shape;
  gsize n = telar_tensor_elements (places);
  gint64 columns = shape.rank > 0 ? shape.dims[shape.rank - 1] : 0;
  gsize rows = columns > 0 ? telar_shape_elements (&shape) / (gsize)columns : 0;
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  if (n > 0 && rows > MOST_WORDS / n) {
    onnx_call_fail (call, "it picks more strings than Telar holds");
    return NULL;
  }
  for (gsize row = 0; row < rows; row++)
    for (gsize i = 0; i < n; i++) {
      gint64 place = telar_element_get_bits (places->type.dtype, places->data, i);
      if (place < 0 || place >= columns) {
        onnx_call_fail (call, "there is no column %" G_GINT64_FORMAT " in %" G_GINT64_FORMAT, place,
                        columns);
        return NULL;
      }
      g_ptr_array_add (words, g_strdup (x->strings[row * (gsize)columns + (gsize)place]));
    }
  g_ptr_array_add (words, NULL);
  if (shape.rank < 2)
    shape = telar_shape (1, 0);
  shape.dims[shape.rank - 1] = (gint64)n;
  return telar_onnx_value_strings (&shape,
                                   (char **)g_ptr_array_free (g_steal_pointer (&words), FALSE));
}

static void
trace_extractor (OnnxCall *call)
{
  if (onnx_call_has (call, 0) && call->inputs[0]->kind == TELAR_ONNX_STRINGS) {
    const TelarTensor *places = onnx_call_numbers (call, 1);
    TelarOnnxValue *words = places ? pick_words (call, call->inputs[0], places) : NULL;
    if (words)
      onnx_call_give (call, 0, words);
    return;
  }
  TelarShape shape = onnx_call_type (call, 0).shape;
  TelarValue x = onnx_call_in (call, 0);
  const gint64 flat[] = { -1 }, one_row[] = { 1, -1 };
  if (shape.rank == 0 && !onnx_call_failed (call))
    onnx_call_fail (call, "a single number has no columns");
  if (shape.rank == 1)
    x = telar_emit_reshape (call->b, x, one_row, 2, FALSE);
  TelarValue places = telar_emit_reshape (call->b, onnx_call_in (call, 1), flat, 1, FALSE);
  if (!onnx_call_failed (call))
    onnx_call_out (call, 0, telar_emit_gather (call->b, x, places, MAX (shape.rank, 2) - 1));
}

/* Inputs [N, n_i] side by side. */
static void
trace_vectorizer (OnnxCall *call)
{
  g_autofree TelarValue *parts = g_new (TelarValue, call->n_inputs + 1);
  const gint64 *sizes = onnx_ml_ints (call, "inputdimensions", call->n_inputs);
  for (guint i = 0; sizes && i < call->n_inputs; i++) {
    TelarShape shape = onnx_call_type (call, i).shape;
    const gint64 rows[] = { shape.rank > 1 ? shape.dims[0] : 1, -1 };
    parts[i] = telar_emit_reshape (call->b, onnx_call_in (call, i), rows, 2, FALSE);
    parts[i] = telar_build_cast (call->b, parts[i], TELAR_F32);
    const TelarType *type = telar_builder_type (call->b, parts[i]);
    if (onnx_call_failed (call))
      return;
    if (type->shape.dims[1] != sizes[i]) {
      onnx_call_fail (call,
                      "input %u has %" G_GINT64_FORMAT " columns where it says %" G_GINT64_FORMAT,
                      i, type->shape.dims[1], sizes[i]);
      return;
    }
  }
  if (sizes)
    onnx_call_out (call, 0, telar_build_concat (call->b, parts, call->n_inputs, 1));
}

const OnnxOperator onnx_operators_ml_features[] = {
  { "ArrayFeatureExtractor", trace_extractor, .flags = ONNX_VALUES },
  { "Binarizer", trace_binarizer },
  { "FeatureVectorizer", trace_vectorizer },
  { "Imputer", trace_imputer },
  { "Normalizer", trace_normalizer },
  { "Scaler", trace_scaler },
  { NULL },
};
