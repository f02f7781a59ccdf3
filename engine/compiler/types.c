/* Which primitive has which type rule and which attributes, and the checks that all rules share.
 * A message says what does not fit with both sides of it: it is what a user reads on the canvas. */
#include "engine/compiler/types.h"

#include <math.h>

#define K(KEY) ((guint64)1 << TELAR_ATTR_##KEY)

typedef struct {
  TelarTypeRule rule;
  guint64 required, optional;
} Entry;

#define CONV_OPTIONAL (K (PAD) | K (DILATION) | K (GROUPS) | K (LAYOUT))
#define POOL_OPTIONAL (K (PAD) | K (LAYOUT))

/* clang-format off */
static const Entry entries[TELAR_N_PRIMS] = {
  [TELAR_PRIM_INPUT]            = { telar_type_input, K (NAME) | K (DTYPE) | K (SHAPE), 0 },
  [TELAR_PRIM_STATE]            = { NULL, K (NAME), 0 },
  [TELAR_PRIM_CONSTANT]         = { telar_type_constant, K (VALUE), 0 },
  [TELAR_PRIM_FILL]             = { telar_type_input, K (DTYPE) | K (SHAPE), K (FILL) },
  [TELAR_PRIM_IOTA]             = { telar_type_iota, K (DTYPE) | K (SHAPE) | K (AXIS), 0 },
  [TELAR_PRIM_UNIFORM]          = { telar_type_random, K (SHAPE) | K (STREAM), K (DTYPE) },
  [TELAR_PRIM_NORMAL]           = { telar_type_random, K (SHAPE) | K (STREAM), K (DTYPE) },

  [TELAR_PRIM_NEG]              = { telar_type_unary_number, 0, 0 },
  [TELAR_PRIM_ABS]              = { telar_type_unary_number, 0, 0 },
  [TELAR_PRIM_SIGN]             = { telar_type_unary_number, 0, 0 },
  [TELAR_PRIM_EXP]              = { telar_type_unary_float, 0, 0 },
  [TELAR_PRIM_LOG]              = { telar_type_unary_float, 0, 0 },
  [TELAR_PRIM_LOG1P]            = { telar_type_unary_float, 0, 0 },
  [TELAR_PRIM_SQRT]             = { telar_type_unary_float, 0, 0 },
  [TELAR_PRIM_RSQRT]            = { telar_type_unary_float, 0, 0 },
  [TELAR_PRIM_RECIPROCAL]       = { telar_type_unary_float, 0, 0 },
  [TELAR_PRIM_SIN]              = { telar_type_unary_float, 0, 0 },
  [TELAR_PRIM_COS]              = { telar_type_unary_float, 0, 0 },
  [TELAR_PRIM_ATAN]             = { telar_type_unary_float, 0, 0 },
  [TELAR_PRIM_TANH]             = { telar_type_unary_float, 0, 0 },
  [TELAR_PRIM_SIGMOID]          = { telar_type_unary_float, 0, 0 },
  [TELAR_PRIM_SOFTPLUS]         = { telar_type_unary_float, 0, 0 },
  [TELAR_PRIM_ERF]              = { telar_type_unary_float, 0, 0 },
  [TELAR_PRIM_FLOOR]            = { telar_type_unary_float, 0, 0 },
  [TELAR_PRIM_CEIL]             = { telar_type_unary_float, 0, 0 },
  [TELAR_PRIM_ROUND]            = { telar_type_unary_float, 0, 0 },
  [TELAR_PRIM_RELU]             = { telar_type_unary_number, 0, 0 },
  [TELAR_PRIM_NOT]              = { telar_type_not, 0, 0 },
  [TELAR_PRIM_BIT_NOT]          = { telar_type_bits, 0, 0 },
  [TELAR_PRIM_ISNAN]            = { telar_type_isnan, 0, 0 },
  [TELAR_PRIM_STOP]             = { telar_type_stop, 0, 0 },
  [TELAR_PRIM_CAST]             = { telar_type_cast, K (DTYPE), 0 },

  [TELAR_PRIM_ADD]              = { telar_type_binary, 0, 0 },
  [TELAR_PRIM_SUB]              = { telar_type_binary, 0, 0 },
  [TELAR_PRIM_MUL]              = { telar_type_binary, 0, 0 },
  [TELAR_PRIM_DIV]              = { telar_type_binary, 0, 0 },
  [TELAR_PRIM_POW]              = { telar_type_binary, 0, 0 },
  [TELAR_PRIM_MAXIMUM]          = { telar_type_binary, 0, 0 },
  [TELAR_PRIM_MINIMUM]          = { telar_type_binary, 0, 0 },
  [TELAR_PRIM_MOD]              = { telar_type_binary, 0, 0 },
  [TELAR_PRIM_EQUAL]            = { telar_type_equal_rule, 0, 0 },
  [TELAR_PRIM_LESS]             = { telar_type_compare, 0, 0 },
  [TELAR_PRIM_LESS_EQUAL]       = { telar_type_compare, 0, 0 },
  [TELAR_PRIM_AND]              = { telar_type_logic, 0, 0 },
  [TELAR_PRIM_OR]               = { telar_type_logic, 0, 0 },
  [TELAR_PRIM_BIT_AND]          = { telar_type_bits, 0, 0 },
  [TELAR_PRIM_BIT_OR]           = { telar_type_bits, 0, 0 },
  [TELAR_PRIM_BIT_XOR]          = { telar_type_bits, 0, 0 },
  [TELAR_PRIM_SHIFT_LEFT]       = { telar_type_bits, 0, 0 },
  [TELAR_PRIM_SHIFT_RIGHT]      = { telar_type_bits, 0, 0 },
  [TELAR_PRIM_SELECT]           = { telar_type_select, 0, 0 },

  [TELAR_PRIM_RESHAPE]          = { telar_type_reshape, K (SHAPE), 0 },
  [TELAR_PRIM_TRANSPOSE]        = { telar_type_transpose, K (PERM), 0 },
  [TELAR_PRIM_BROADCAST]        = { telar_type_broadcast, K (SHAPE), 0 },
  [TELAR_PRIM_SLICE]            = { telar_type_slice, K (START) | K (LIMIT) | K (STRIDE), 0 },
  [TELAR_PRIM_PAD]              = { telar_type_pad, K (LOW) | K (HIGH), K (INTERIOR) | K (FILL) },
  [TELAR_PRIM_CONCAT]           = { telar_type_concat, K (AXIS), 0 },
  [TELAR_PRIM_REVERSE]          = { telar_type_reverse, K (AXES), 0 },
  [TELAR_PRIM_GATHER]           = { telar_type_gather, K (AXIS), 0 },
  [TELAR_PRIM_SCATTER_ADD]      = { telar_type_scatter_add, K (AXIS) | K (SIZE), 0 },
  [TELAR_PRIM_ONE_HOT]          = { telar_type_one_hot, K (SIZE) | K (DTYPE), 0 },

  [TELAR_PRIM_SUM]              = { telar_type_reduce, K (AXES), K (KEEP) },
  [TELAR_PRIM_MEAN]             = { telar_type_reduce, K (AXES), K (KEEP) },
  [TELAR_PRIM_MAX]              = { telar_type_reduce_most, K (AXES), K (KEEP) },
  [TELAR_PRIM_MIN]              = { telar_type_reduce_most, K (AXES), K (KEEP) },
  [TELAR_PRIM_PROD]             = { telar_type_reduce, K (AXES), K (KEEP) },
  [TELAR_PRIM_ARGMAX]           = { telar_type_arg, K (AXIS), K (KEEP) },
  [TELAR_PRIM_ARGMIN]           = { telar_type_arg, K (AXIS), K (KEEP) },
  [TELAR_PRIM_CUMSUM]           = { telar_type_cumsum, K (AXIS), K (EXCLUSIVE) | K (REVERSE) },
  [TELAR_PRIM_ARGSORT]          = { telar_type_argsort, K (AXIS), K (REVERSE) },
  [TELAR_PRIM_COUNT]            = { telar_type_count, K (AXES), 0 },

  [TELAR_PRIM_MATMUL]           = { telar_type_matmul, 0, K (TRANS_A) | K (TRANS_B) | K (ACTIVATION) },
  [TELAR_PRIM_CONV]             = { telar_type_conv, K (STRIDE), CONV_OPTIONAL | K (ACTIVATION) },
  [TELAR_PRIM_CONV_INPUT_GRAD]  = { telar_type_conv_input_grad, K (STRIDE) | K (SHAPE), CONV_OPTIONAL },
  [TELAR_PRIM_CONV_WEIGHT_GRAD] = { telar_type_conv_weight_grad, K (STRIDE) | K (SHAPE), CONV_OPTIONAL },
  [TELAR_PRIM_MAX_POOL]         = { telar_type_pool, K (KERNEL) | K (STRIDE), POOL_OPTIONAL | K (DILATION) },
  [TELAR_PRIM_MAX_POOL_GRAD]    = { telar_type_max_pool_grad, K (KERNEL) | K (STRIDE), POOL_OPTIONAL | K (DILATION) },
  [TELAR_PRIM_AVG_POOL]         = { telar_type_pool, K (KERNEL) | K (STRIDE), POOL_OPTIONAL | K (COUNT_PAD) },
  [TELAR_PRIM_AVG_POOL_GRAD]    = { telar_type_avg_pool_grad, K (KERNEL) | K (STRIDE) | K (SHAPE), POOL_OPTIONAL | K (COUNT_PAD) },

  [TELAR_PRIM_SOFTMAX]          = { telar_type_softmax, K (AXIS), 0 },
  [TELAR_PRIM_LOG_SOFTMAX]      = { telar_type_softmax, K (AXIS), 0 },
  [TELAR_PRIM_BATCH_NORM]       = { telar_type_batch_norm, K (EPSILON), K (LAYOUT) },
  [TELAR_PRIM_BATCH_NORM_TRAIN] = { telar_type_batch_norm_train, K (EPSILON), K (LAYOUT) },
  [TELAR_PRIM_BATCH_NORM_GRAD]  = { telar_type_batch_norm_grad, K (EPSILON), K (LAYOUT) },
  [TELAR_PRIM_LAYER_NORM]       = { telar_type_layer_norm, K (AXIS) | K (EPSILON), 0 },
  [TELAR_PRIM_LAYER_NORM_GRAD]  = { telar_type_layer_norm_grad, K (AXIS), 0 },

  [TELAR_PRIM_LSTM]             = { telar_type_lstm, 0, K (REVERSE) },
  [TELAR_PRIM_LSTM_GRAD]        = { telar_type_lstm_grad, 0, K (REVERSE) },
  [TELAR_PRIM_GRU]              = { telar_type_gru, 0, K (REVERSE) },
  [TELAR_PRIM_GRU_GRAD]         = { telar_type_gru_grad, 0, K (REVERSE) },

  [TELAR_PRIM_SGD]              = { telar_type_sgd, 0, K (MOMENTUM) | K (NESTEROV) | K (WEIGHT_DECAY) },
  [TELAR_PRIM_ADAM]             = { telar_type_adam, K (BETA1) | K (BETA2) | K (EPSILON), K (WEIGHT_DECAY) | K (DECOUPLED) },
  [TELAR_PRIM_FUSED]            = { telar_type_fused, 0, 0 },
};

/* clang-format on */

/* --- checks that the rules share ------------------------------------------------------------ */

gboolean
telar_type_fail (const TelarTypeCall *call, const char *format, ...)
{
  g_autofree char *message = NULL;
  va_list args;

  va_start (args, format);
  message = g_strdup_vprintf (format, args);
  va_end (args);
  telar_set_error (call->error, TELAR_ERROR_INVALID, NULL, "%s: %s",
                   telar_prim_info (call->instr.prim)->name, message);
  return FALSE;
}

char *
telar_type_words (const TelarShape *shape)
{
  return shape->rank == 0 ? g_strdup ("a scalar") : telar_shape_to_string (shape);
}

char *
telar_type_dim_words (gint64 dim)
{
  TelarShape shape = telar_shape (dim);

  return telar_shape_to_string (&shape);
}

gboolean
telar_type_is_number (TelarDType dtype)
{
  return telar_dtype_is_float (dtype) || telar_dtype_is_integer (dtype);
}

static gboolean
want_dtype (const TelarTypeCall *call, guint i, gboolean fits, const char *what)
{
  if (fits)
    return TRUE;
  if (call->n_in == 1)
    return telar_type_fail (call, "needs %s, not %s", what, telar_dtype_name (call->in[i].dtype));
  return telar_type_fail (call, "input %u must be %s, not %s", i + 1, what,
                          telar_dtype_name (call->in[i].dtype));
}

gboolean
telar_type_want_float (const TelarTypeCall *call, guint i)
{
  return want_dtype (call, i, telar_dtype_is_float (call->in[i].dtype), "floating-point numbers");
}

gboolean
telar_type_want_number (const TelarTypeCall *call, guint i)
{
  return want_dtype (call, i, telar_type_is_number (call->in[i].dtype), "numbers");
}

gboolean
telar_type_want_indices (const TelarTypeCall *call, guint i)
{
  TelarDType dtype = call->in[i].dtype;

  return want_dtype (call, i, dtype == TELAR_I32 || dtype == TELAR_I64, "indices (i32 or i64)");
}

gboolean
telar_type_want_same (const TelarTypeCall *call, guint i, guint j)
{
  g_autofree char *a = NULL, *b = NULL;

  if (telar_type_equal (&call->in[i], &call->in[j]))
    return TRUE;
  a = telar_type_to_string (&call->in[i]);
  b = telar_type_to_string (&call->in[j]);
  return telar_type_fail (call, "input %u must be %s as input %u is, not %s", i + 1, b, j + 1, a);
}

gboolean
telar_type_want_shape (const TelarTypeCall *call, guint i, const TelarShape *shape,
                       const char *what)
{
  TelarType want = { call->in[0].dtype, *shape };
  g_autofree char *a = NULL, *b = NULL;

  if (telar_type_equal (&call->in[i], &want))
    return TRUE;
  a = telar_type_to_string (&call->in[i]);
  b = telar_type_to_string (&want);
  return telar_type_fail (call, "the %s must be %s, not %s", what, b, a);
}

gboolean
telar_type_axis (const TelarTypeCall *call, guint *axis)
{
  *axis = (guint)telar_instr_int (&call->instr, TELAR_ATTR_AXIS, 0);
  if (*axis < call->in[0].shape.rank)
    return TRUE;
  return telar_type_fail (call, "there is no axis %u in a tensor of %u axes", *axis,
                          call->in[0].shape.rank);
}

gboolean
telar_type_want_items (const TelarTypeCall *call, TelarAttrKey key, guint n, gint64 least)
{
  const TelarAttr *attr = telar_instr_attr (&call->instr, key);

  if (!attr)
    return TRUE;
  if (attr->n != n)
    return telar_type_fail (call, "%s needs %u numbers, not %u", telar_attr_name (key), n, attr->n);
  for (guint i = 0; i < n; i++)
    if (attr->ints[i] < least)
      return telar_type_fail (call, "%s must be at least %" G_GINT64_FORMAT, telar_attr_name (key),
                              least);
  return TRUE;
}

/* --- attributes ----------------------------------------------------------------------------- */

static gboolean
integer_in_range (TelarAttrKey key, gint64 v)
{
  switch (key) {
  case TELAR_ATTR_DTYPE:
    return v >= 0 && v < TELAR_N_DTYPES;
  case TELAR_ATTR_SHAPE:
  case TELAR_ATTR_SIZE:
    return v >= -TELAR_MAX_DIM && v <= TELAR_MAX_DIM;
  case TELAR_ATTR_START:
    return v >= 0 && v <= TELAR_MAX_DIM;
  case TELAR_ATTR_LIMIT:
    return v >= -1 && v <= TELAR_MAX_DIM;
  case TELAR_ATTR_STREAM:
    return v >= 0 && v <= G_MAXUINT32;
  case TELAR_ATTR_AXIS:
  case TELAR_ATTR_AXES:
  case TELAR_ATTR_PERM:
    return v >= 0 && v < TELAR_MAX_RANK;
  case TELAR_ATTR_KEEP:
  case TELAR_ATTR_LAYOUT:
  case TELAR_ATTR_TRANS_A:
  case TELAR_ATTR_TRANS_B:
  case TELAR_ATTR_COUNT_PAD:
  case TELAR_ATTR_EXCLUSIVE:
  case TELAR_ATTR_REVERSE:
  case TELAR_ATTR_NESTEROV:
  case TELAR_ATTR_DECOUPLED:
    return v == 0 || v == 1;
  default:
    return v >= 0 && v <= TELAR_MAX_SETTING;
  }
}

/* Epilogues: what maps one number to one number of the same type. */
static gboolean
is_activation (gint64 prim)
{
  if (prim == TELAR_PRIM_NONE)
    return TRUE;
  return prim >= TELAR_PRIM_NEG && prim <= TELAR_PRIM_RELU;
}

static gboolean
check_attr (const TelarTypeCall *call, const TelarAttr *attr)
{
  const char *name = telar_attr_name (attr->key);

  switch (telar_attr_kind (attr->key)) {
  case TELAR_ATTR_KIND_INT:
  case TELAR_ATTR_KIND_DTYPE:
    if (!integer_in_range (attr->key, attr->integer))
      return telar_type_fail (call, "%s cannot be %" G_GINT64_FORMAT, name, attr->integer);
    break;
  case TELAR_ATTR_KIND_PRIM:
    if (!is_activation (attr->integer))
      return telar_type_fail (call, "%s must be a function of one number", name);
    break;
  case TELAR_ATTR_KIND_INTS:
    if (attr->n > 2 * TELAR_MAX_RANK)
      return telar_type_fail (call, "%s has more than %d numbers", name, 2 * TELAR_MAX_RANK);
    for (guint i = 0; i < attr->n; i++)
      if (!integer_in_range (attr->key, attr->ints[i]))
        return telar_type_fail (call, "%s cannot be %" G_GINT64_FORMAT, name, attr->ints[i]);
    break;
  case TELAR_ATTR_KIND_REAL:
    if (attr->key != TELAR_ATTR_FILL && !isfinite (attr->real))
      return telar_type_fail (call, "%s must be a finite number", name);
    break;
  case TELAR_ATTR_KIND_STRING:
    if (!attr->string)
      return telar_type_fail (call, "%s is missing", name);
    break;
  case TELAR_ATTR_KIND_TENSOR:
    if (!attr->tensor)
      return telar_type_fail (call, "%s is missing", name);
    break;
  }
  if (attr->key == TELAR_ATTR_SHAPE && attr->n > TELAR_MAX_RANK)
    return telar_type_fail (call, "a tensor has at most %d axes", TELAR_MAX_RANK);
  return TRUE;
}

static gboolean
check_attrs (const TelarTypeCall *call, const Entry *entry)
{
  guint64 seen = 0;

  for (guint i = 0; i < call->instr.n_attrs; i++) {
    const TelarAttr *attr = &call->instr.attrs[i];
    guint64 bit = (guint64)1 << attr->key;

    if (!((entry->required | entry->optional) & bit))
      return telar_type_fail (call, "knows no attribute \"%s\"", telar_attr_name (attr->key));
    if (seen & bit)
      return telar_type_fail (call, "has the attribute \"%s\" twice", telar_attr_name (attr->key));
    if (!check_attr (call, attr))
      return FALSE;
    seen |= bit;
  }
  for (guint key = 0; key < TELAR_N_ATTRS; key++)
    if ((entry->required & ~seen) >> key & 1)
      return telar_type_fail (call, "needs the attribute \"%s\"", telar_attr_name (key));
  return TRUE;
}

/* --- the whole check ------------------------------------------------------------------------ */

static gboolean
check_arity (const TelarTypeCall *call)
{
  const TelarPrimInfo *info = telar_prim_info (call->instr.prim);

  if (call->n_in >= info->least_inputs && call->n_in <= info->most_inputs)
    return TRUE;
  if (info->least_inputs == info->most_inputs)
    return telar_type_fail (call, "takes %u input%s, not %u", info->least_inputs,
                            info->least_inputs == 1 ? "" : "s", call->n_in);
  return telar_type_fail (call, "takes %u to %u inputs, not %u", info->least_inputs,
                          info->most_inputs, call->n_in);
}

static gboolean
check_result (const TelarTypeCall *call, const TelarShape *shape)
{
  gint64 count;
  g_autofree char *text = NULL;

  for (guint i = 0; i < shape->rank; i++)
    if (shape->dims[i] > TELAR_MAX_DIM || shape->dims[i] < -TELAR_MAX_DIM)
      return telar_type_fail (call, "an axis of the result is too large");
  if (telar_shape_count (shape, &count))
    return TRUE;
  text = telar_shape_to_string (shape);
  return telar_type_fail (call, "the result %s is too large or has the batch in two axes", text);
}

gboolean
telar_infer (TelarPrim prim, const TelarType *inputs, guint n_inputs, const TelarAttr *attrs,
             guint n_attrs, const TelarProgram *body, TelarType *outputs, guint *n_outputs,
             GError **error)
{
  TelarTypeCall call = { .instr = { .prim = prim,
                                    .n_inputs = n_inputs,
                                    .n_attrs = n_attrs,
                                    .attrs = attrs,
                                    .body = body },
                         .in = inputs,
                         .n_in = n_inputs,
                         .out = outputs,
                         .n_out = 1,
                         .error = error };
  const Entry *entry;

  g_return_val_if_fail (prim < TELAR_N_PRIMS, FALSE);
  entry = &entries[prim];
  if (!entry->rule)
    return telar_type_fail (&call, "its type stands in the program");
  if ((prim == TELAR_PRIM_FUSED) != (body != NULL))
    return telar_type_fail (&call, body ? "takes no body" : "needs a body");
  if (!check_arity (&call) || !check_attrs (&call, entry) || !entry->rule (&call))
    return FALSE;
  for (guint i = 0; i < call.n_out; i++)
    if (!check_result (&call, &outputs[i].shape))
      return FALSE;
  *n_outputs = call.n_out;
  return TRUE;
}
