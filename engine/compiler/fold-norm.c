/* A batch norm behind a convolution or a matrix product: both are linear, so with s = scale /
 * √(variance + epsilon) the weights of each channel are multiplied with s, and the bias becomes
 * (bias - mean) · s + the norm's own (Jacob et al.: "Quantization and training of neural networks",
 * CVPR 2018, section 3.2).
 *
 * Requires: a verified program with constant weights (freeze). Preserves: values, up to rounding.
 * Leaves the old constants for dce. */
#include "engine/compiler.h"
#include "engine/ir-uses.h"

#include <math.h>

enum { NORM_X, NORM_SCALE, NORM_BIAS, NORM_MEAN, NORM_VARIANCE };

typedef struct {
  const TelarProgram *program;
  TelarBuilder *b;
  TelarValue *map;
  const guint *uses;
} Folder;

/* The tensor of f32 that @value always is, or NULL. */
static const TelarTensor *
constant_of (const Folder *f, TelarValue value)
{
  const TelarTensor *tensor = telar_program_constant (f->program, value);

  return tensor != NULL && tensor->type.dtype == TELAR_F32 ? tensor : NULL;
}

/* The product that @norm follows, when it can take the norm in. */
static const TelarInstr *
find_product (const Folder *f, const TelarInstr *norm)
{
  const TelarInstr *product = telar_program_maker (f->program, norm->inputs[NORM_X], NULL);
  gboolean plain = telar_instr_attr (product, TELAR_ATTR_ACTIVATION) == NULL &&
                   f->uses[norm->inputs[NORM_X]] == 1;

  for (guint i = NORM_SCALE; i <= NORM_VARIANCE; i++)
    plain = plain && constant_of (f, norm->inputs[i]) != NULL;
  if (!plain || (product->prim != TELAR_PRIM_CONV && product->prim != TELAR_PRIM_MATMUL))
    return NULL;
  if (constant_of (f, product->inputs[1]) == NULL ||
      (product->n_inputs > 2 && constant_of (f, product->inputs[2]) == NULL))
    return NULL;
  if (product->prim == TELAR_PRIM_CONV)
    return product;
  /* Channels are the columns of the weights only in [rows, channels]. */
  return telar_program_type (f->program, product->inputs[1])->shape.rank == 2 &&
                 telar_program_type (f->program, product->outputs[0])->shape.rank == 2
             ? product
             : NULL;
}

/* Which channel each number of the weights belongs to: i / inner % channels. */
static gsize
inner_of (const TelarInstr *product, const TelarShape *weights)
{
  if (product->prim == TELAR_PRIM_CONV)
    return telar_shape_elements (weights) / (gsize)MAX (weights->dims[0], 1);
  return telar_instr_int (product, TELAR_ATTR_TRANS_B, 0) != 0 ? (gsize)weights->dims[1] : 1;
}

static TelarTensor *
scale_weights (const TelarInstr *product, const TelarTensor *weights, const double *factors,
               gsize channels)
{
  TelarTensor *scaled = telar_tensor_new (TELAR_F32, &weights->type.shape);
  gsize inner = inner_of (product, &weights->type.shape);
  const float *from = weights->data;
  float *to = scaled->data;

  for (gsize i = 0; i < telar_tensor_elements (weights); i++)
    to[i] = (float)(from[i] * factors[i / inner % channels]);
  return scaled;
}

static void
fold (Folder *f, const TelarInstr *norm, const TelarInstr *product)
{
  const TelarTensor *scale = constant_of (f, norm->inputs[NORM_SCALE]);
  const float *shift = constant_of (f, norm->inputs[NORM_BIAS])->data;
  const float *mean = constant_of (f, norm->inputs[NORM_MEAN])->data;
  const float *variance = constant_of (f, norm->inputs[NORM_VARIANCE])->data;
  const float *own = product->n_inputs > 2 ? constant_of (f, product->inputs[2])->data : NULL;
  double epsilon = telar_instr_real (norm, TELAR_ATTR_EPSILON, 1e-5);
  gsize channels = telar_tensor_elements (scale);
  g_autofree double *factors = g_new (double, channels + 1);
  g_autoptr (TelarTensor) bias = telar_tensor_new (TELAR_F32, &scale->type.shape);

  for (gsize c = 0; c < channels; c++) {
    factors[c] = ((const float *)scale->data)[c] / sqrt (variance[c] + epsilon);
    ((float *)bias->data)[c] =
        (float)(((own != NULL ? own[c] : 0) - (double)mean[c]) * factors[c] + shift[c]);
  }
  g_autoptr (TelarTensor) weights =
      scale_weights (product, constant_of (f, product->inputs[1]), factors, MAX (channels, 1));
  telar_builder_set_origin (f->b, product->origin);
  TelarValue inputs[] = { f->map[product->inputs[0]], telar_build_constant (f->b, weights),
                          telar_build_constant (f->b, bias) };
  f->map[norm->outputs[0]] =
      telar_build (f->b, product->prim, inputs, 3, product->attrs, product->n_attrs);
}

TelarProgram *
telar_pass_fold_norm (const TelarProgram *program, GError **error)
{
  g_autoptr (TelarBuilder) b = telar_builder_new (telar_program_name (program));
  g_autofree TelarValue *map = g_new (TelarValue, telar_program_n_values (program) + 1);
  g_autofree guint *uses = telar_program_count_uses (program);
  Folder f = { program, b, map, uses };

  telar_copy_states (b, program, map);
  for (guint i = 0; i < telar_program_n_instrs (program); i++) {
    const TelarInstr *instr = telar_program_instr (program, i);
    const TelarInstr *product =
        instr->prim == TELAR_PRIM_BATCH_NORM ? find_product (&f, instr) : NULL;

    if (product != NULL)
      fold (&f, instr, product);
    else
      telar_copy_instr (b, program, instr, map);
  }
  telar_copy_results (b, program, map);
  return telar_builder_finish (b, error);
}
