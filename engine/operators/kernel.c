/* The kernels of dense layers and convolutions, as they are or normalised: how long or how strong
 * each is learns apart from where it points. */
#include "engine/operators/helpers.h"

#include <math.h>

/* --- weight normalisation --------------------------------------------------------------------- */

/* The square that @init's numbers have on average (engine/ir.h has the distributions). */
static double
mean_square (const TelarInit *init)
{
  double in = (double)MAX (init->fan_in, 1), out = (double)MAX (init->fan_out, 1);

  switch (init->kind) {
  case TELAR_INIT_HE_UNIFORM:
  case TELAR_INIT_HE_NORMAL:
    return 2 / in;
  case TELAR_INIT_GLOROT_UNIFORM:
  case TELAR_INIT_GLOROT_NORMAL:
    return 2 / (in + out);
  case TELAR_INIT_LECUN_UNIFORM:
    return 1 / in;
  case TELAR_INIT_UNIFORM:
    return init->scale * init->scale / 3;
  default: /* the normal distribution, or one number */
    return init->scale * init->scale;
  }
}

/* One number for each place along @axis, shaped so that it broadcasts over @shape. */
static TelarValue
along (TelarLowering *l, TelarValue x, const TelarShape *shape, guint axis)
{
  TelarShape wide = *shape;

  for (guint i = 0; i < wide.rank; i++)
    if (i != axis)
      wide.dims[i] = 1;
  return telar_build_reshape (l->b, x, &wide);
}

/* g · v / |v| for the part of each output. The lengths begin as those of the first weights are on
 * average. */
static TelarValue
normalise_lengths (TelarLowering *l, const char *role, TelarValue v, const TelarInit *init,
                   guint axis)
{
  TelarShape shape = telar_lower_type (l, v).shape, outputs = telar_shape (shape.dims[axis]);
  g_autofree char *name = g_strconcat (role, "_length", NULL);
  gint64 others[TELAR_MAX_RANK];
  double part = 1;
  guint n = 0;
  TelarValue length, square;

  for (guint i = 0; i < shape.rank; i++)
    if (i != axis) {
      part *= (double)shape.dims[i];
      others[n++] = i;
    }
  length = telar_lower_parameter (l, name, &outputs,
                                  telar_init_constant (sqrt (part * mean_square (init))), TRUE);
  square = telar_build_reduce (l->b, TELAR_PRIM_SUM,
                               telar_build_binary (l->b, TELAR_PRIM_MUL, v, v), others, n, TRUE);
  square = telar_build_unary (l->b, TELAR_PRIM_SQRT, square);
  length = telar_build_binary (l->b, TELAR_PRIM_DIV, along (l, length, &shape, axis), square);
  return telar_build_binary (l->b, TELAR_PRIM_MUL, v, length);
}

/* --- spectral normalisation ------------------------------------------------------------------- */

/* A column at length 1, without a gradient. */
static TelarValue
direction (TelarLowering *l, TelarValue x)
{
  TelarValue length =
      telar_build_unary (l->b, TELAR_PRIM_SQRT,
                         telar_build_reduce_all (l->b, TELAR_PRIM_SUM,
                                                 telar_build_binary (l->b, TELAR_PRIM_MUL, x, x)));

  length = telar_build_binary_scalar (l->b, TELAR_PRIM_MAXIMUM, length, 1e-12);
  return telar_build_unary (l->b, TELAR_PRIM_STOP,
                            telar_build_binary (l->b, TELAR_PRIM_DIV, x, length));
}

/* The kernel as a matrix with a row for each place along @axis. */
static TelarValue
as_matrix (TelarLowering *l, TelarValue w, guint axis)
{
  TelarShape shape = telar_lower_type (l, w).shape, matrix = telar_shape (shape.dims[axis], 1);
  gint64 perm[TELAR_MAX_RANK] = { axis };

  for (guint i = 0, n = 1; i < shape.rank; i++)
    if (i != axis) {
      perm[n++] = i;
      matrix.dims[1] *= shape.dims[i];
    }
  if (axis > 0)
    w = telar_build_transpose (l->b, w, perm);
  return telar_build_reshape (l->b, w, &matrix);
}

/* w / σ, σ the largest singular value, as uᵀ w v with directions that power iteration makes better
 * by a step in each step of training: u = w v, v = wᵀ u. Where nothing is trained, σ = |w v|. */
static TelarValue
normalise_spectrum (TelarLowering *l, const char *role, TelarValue w, guint axis)
{
  TelarValue matrix = as_matrix (l, w, axis), v, u, strength;
  TelarShape column = telar_shape (telar_lower_type (l, matrix).shape.dims[1], 1);
  TelarShape flat = telar_shape (column.dims[0]);
  g_autofree char *name = g_strconcat (role, "_direction", NULL);

  v = telar_lower_buffer (l, name, &flat, (TelarInit){ .kind = TELAR_INIT_NORMAL, .scale = 1 },
                          TELAR_NO_VALUE);
  v = direction (l, telar_build_reshape (l->b, v, &column));
  u = direction (l, telar_build_matmul (l->b, matrix, v, FALSE, FALSE));
  if (l->training) {
    v = direction (l, telar_build_matmul (l->b, matrix, u, TRUE, FALSE));
    telar_lower_update (l, name, telar_build_reshape (l->b, v, &flat));
  }
  strength = telar_build_binary (l->b, TELAR_PRIM_MUL, u,
                                 telar_build_matmul (l->b, matrix, v, FALSE, FALSE));
  strength = telar_build_reduce_all (l->b, TELAR_PRIM_SUM, strength);
  return telar_build_binary (l->b, TELAR_PRIM_DIV, w, strength);
}

/* --- kernels ---------------------------------------------------------------------------------- */

const char *const telar_kernel_norm_choices[] = { "none", "weight", "spectral", NULL };

TelarValue
telar_lower_kernel (TelarLowering *l, const char *role, const TelarShape *shape, TelarInit init,
                    guint axis)
{
  const TelarParamValue *norm = telar_param_set_get (l->node->params, "normalise_weights");
  TelarValue kernel = telar_lower_parameter (l, role, shape, init, TRUE);

  if (norm && kernel != TELAR_NO_VALUE && g_str_equal (norm->text, "weight"))
    return normalise_lengths (l, role, kernel, &init, axis);
  if (norm && kernel != TELAR_NO_VALUE && g_str_equal (norm->text, "spectral"))
    return normalise_spectrum (l, role, kernel, axis);
  return kernel;
}
