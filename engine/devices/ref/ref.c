/* The reference device: the specification that every other device is tested against. */
#include "engine/devices/ref/ref.h"

#include <string.h>

/* INPUT and STATE have no kernel: the plan binds them. */
static const RefKernel kernels[TELAR_N_PRIMS] = {
  [TELAR_PRIM_CONSTANT] = ref_constant,
  [TELAR_PRIM_FILL] = ref_fill,
  [TELAR_PRIM_IOTA] = ref_iota,
  [TELAR_PRIM_UNIFORM] = ref_uniform,
  [TELAR_PRIM_NORMAL] = ref_normal,
  [TELAR_PRIM_RESHAPE] = ref_reshape,
  [TELAR_PRIM_TRANSPOSE] = ref_transpose,
  [TELAR_PRIM_BROADCAST] = ref_broadcast,
  [TELAR_PRIM_SLICE] = ref_slice,
  [TELAR_PRIM_PAD] = ref_pad,
  [TELAR_PRIM_CONCAT] = ref_concat,
  [TELAR_PRIM_REVERSE] = ref_reverse,
  [TELAR_PRIM_GATHER] = ref_gather,
  [TELAR_PRIM_SCATTER_ADD] = ref_scatter_add,
  [TELAR_PRIM_ONE_HOT] = ref_one_hot,
  [TELAR_PRIM_SUM] = ref_reduce,
  [TELAR_PRIM_MEAN] = ref_reduce,
  [TELAR_PRIM_MAX] = ref_reduce,
  [TELAR_PRIM_MIN] = ref_reduce,
  [TELAR_PRIM_PROD] = ref_reduce,
  [TELAR_PRIM_ARGMAX] = ref_arg_reduce,
  [TELAR_PRIM_ARGMIN] = ref_arg_reduce,
  [TELAR_PRIM_CUMSUM] = ref_cumsum,
  [TELAR_PRIM_ARGSORT] = ref_argsort,
  [TELAR_PRIM_COUNT] = ref_element_count,
  [TELAR_PRIM_MATMUL] = ref_matmul,
  [TELAR_PRIM_CONV] = ref_conv,
  [TELAR_PRIM_CONV_INPUT_GRAD] = ref_conv,
  [TELAR_PRIM_CONV_WEIGHT_GRAD] = ref_conv,
  [TELAR_PRIM_MAX_POOL] = ref_max_pool,
  [TELAR_PRIM_MAX_POOL_GRAD] = ref_max_pool_grad,
  [TELAR_PRIM_AVG_POOL] = ref_avg_pool,
  [TELAR_PRIM_AVG_POOL_GRAD] = ref_avg_pool_grad,
  [TELAR_PRIM_SOFTMAX] = ref_softmax,
  [TELAR_PRIM_LOG_SOFTMAX] = ref_softmax,
  [TELAR_PRIM_BATCH_NORM] = ref_batch_norm,
  [TELAR_PRIM_BATCH_NORM_TRAIN] = ref_batch_norm_train,
  [TELAR_PRIM_BATCH_NORM_GRAD] = ref_batch_norm_grad,
  [TELAR_PRIM_LAYER_NORM] = ref_layer_norm,
  [TELAR_PRIM_LAYER_NORM_GRAD] = ref_layer_norm_grad,
  [TELAR_PRIM_LSTM] = ref_lstm,
  [TELAR_PRIM_LSTM_GRAD] = ref_lstm_grad,
  [TELAR_PRIM_GRU] = ref_gru,
  [TELAR_PRIM_GRU_GRAD] = ref_gru_grad,
  [TELAR_PRIM_SGD] = ref_sgd,
  [TELAR_PRIM_ADAM] = ref_adam,
  [TELAR_PRIM_FUSED] = ref_fused,
};

static RefKernel
find_kernel (TelarPrim prim)
{
  if (telar_prim_info (prim)->flags & TELAR_PRIM_ELEMENTWISE)
    return ref_elementwise;
  return kernels[prim];
}

gsize
ref_count (const TelarView *view)
{
  return telar_shape_elements (&view->type.shape);
}

double *
ref_load (const TelarView *view)
{
  gsize n = ref_count (view);
  double *values = g_new (double, n + 1);

  for (gsize i = 0; i < n; i++)
    values[i] = telar_element_get (view->type.dtype, view->data, i);
  return values;
}

void
ref_store (const TelarView *view, const double *values)
{
  gsize n = ref_count (view);

  for (gsize i = 0; i < n; i++)
    telar_element_set (view->type.dtype, view->data, i, values[i]);
}

void
ref_unravel (const TelarShape *shape, gsize flat, gint64 index[TELAR_MAX_RANK])
{
  for (guint axis = shape->rank; axis-- > 0;) {
    index[axis] = (gint64)(flat % (gsize)shape->dims[axis]);
    flat /= (gsize)shape->dims[axis];
  }
}

gsize
ref_ravel (const TelarShape *shape, const gint64 index[TELAR_MAX_RANK])
{
  gsize flat = 0;

  for (guint axis = 0; axis < shape->rank; axis++)
    flat = flat * (gsize)shape->dims[axis] + (gsize)index[axis];
  return flat;
}

gsize
ref_broadcast_flat (const TelarShape *whole, const gint64 index[TELAR_MAX_RANK],
                    const TelarShape *shape)
{
  guint skipped = whole->rank - shape->rank;
  gsize flat = 0;

  for (guint axis = 0; axis < shape->rank; axis++) {
    gint64 i = shape->dims[axis] == 1 ? 0 : index[axis + skipped];
    flat = flat * (gsize)shape->dims[axis] + (gsize)i;
  }
  return flat;
}

RefGrid
ref_grid (const TelarShape *shape, gboolean channels_last)
{
  RefGrid grid = { .n_spatial = shape->rank - 2, .batch = shape->dims[0] };
  gint64 strides[TELAR_MAX_RANK];
  guint channel_axis = channels_last ? shape->rank - 1 : 1;
  guint first = channels_last ? 1 : 2;

  telar_shape_strides (shape, strides);
  grid.channels = shape->dims[channel_axis];
  grid.batch_stride = strides[0];
  grid.channel_stride = strides[channel_axis];
  for (guint s = 0; s < grid.n_spatial; s++) {
    grid.size[s] = shape->dims[first + s];
    grid.stride[s] = strides[first + s];
  }
  for (guint s = grid.n_spatial; s < 3; s++)
    grid.size[s] = 1;
  return grid;
}

static gboolean
ref_supports (const TelarDevice *device, const TelarProgram *program, const TelarInstr *instr,
              const TelarType *inputs, const TelarType *outputs)
{
  return find_kernel (instr->prim) != NULL;
}

static gboolean
ref_run (TelarDevice *device, const TelarCall *call, GError **error)
{
  return find_kernel (call->instr->prim) (call, error);
}

static char *
ref_describe (const TelarDevice *device)
{
  return g_strdup ("reference kernels in double precision, 1 thread");
}

static void
ref_free (TelarDevice *device)
{
  g_free (device);
}

static const TelarDeviceClass ref_class = {
  .name = "ref",
  .free = ref_free,
  .describe = ref_describe,
  .supports = ref_supports,
  .run = ref_run,
};

const TelarDeviceClass *
telar_device_ref_class (void)
{
  return &ref_class;
}

TelarDevice *
telar_device_ref_new (void)
{
  TelarDevice *device = g_new0 (TelarDevice, 1);

  device->klass = &ref_class;
  device->threads = 1;
  return device;
}
