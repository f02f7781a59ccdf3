/* Convolutions through oneDNN. Images that lie channels last are taken as they are, which is as
 * fast as oneDNN's own blocked layouts and needs no reorders; those that lie channels first are
 * reordered into whatever fits best. Weights are always reordered: they are small. */
#include "engine/devices/cpu/conv-shape.h"
#include "engine/devices/cpu/onednn.h"

#include <string.h>

/* Positions of the result that oneDNN adds up in one float32, at most, unless one image has more: a
 * sum loses digits with the square root of its terms, and behind a batch norm, where it is small
 * and its terms are not, it has few to lose. */
#define MOST_POSITIONS ((gint64)1024)

/* Which of oneDNN's arguments and queries stand for the three tensors. */
typedef struct {
  dnnl_prop_kind_t kind;
  int x, w, y;
  dnnl_query_t query_x, query_w, query_y;
} Direction;

static const Direction forward = {
  dnnl_forward_training, DNNL_ARG_SRC,          DNNL_ARG_WEIGHTS,  DNNL_ARG_DST,
  dnnl_query_src_md,     dnnl_query_weights_md, dnnl_query_dst_md,
};
static const Direction backward_data = {
  dnnl_backward_data,     DNNL_ARG_DIFF_SRC,     DNNL_ARG_WEIGHTS,       DNNL_ARG_DIFF_DST,
  dnnl_query_diff_src_md, dnnl_query_weights_md, dnnl_query_diff_dst_md,
};
static const Direction backward_weights = {
  dnnl_backward_weights,  DNNL_ARG_SRC,      DNNL_ARG_DIFF_WEIGHTS,
  DNNL_ARG_DIFF_DST,      dnnl_query_src_md, dnnl_query_diff_weights_md,
  dnnl_query_diff_dst_md,
};

/* The three tensors as they lie in memory, and the bias. */
typedef struct {
  CpuConvShape shape;
  gboolean biased;
  const Direction *direction;
  gint64 images; /* of one run; the gradient of the weights is summed over several */
  dnnl_memory_desc_t x, w, y, bias;
} Conv;

static void
describe_image (dnnl_memory_desc_t *desc, const CpuConvShape *shape, gint64 images, gint64 channels,
                const gint64 size[3], gboolean as_it_lies)
{
  gint64 all_strides[5], dims[5] = { images, channels }, strides[5];
  guint n = shape->n_spatial;

  cpu_image_strides (shape, channels, size, all_strides);
  strides[0] = all_strides[0], strides[1] = all_strides[1];
  for (guint s = 0; s < n; s++) {
    dims[2 + s] = size[3 - n + s];
    strides[2 + s] = all_strides[5 - n + s];
  }
  cpu_dnnl_desc (desc, n + 2, dims, as_it_lies ? strides : NULL);
}

static void
describe_weights (dnnl_memory_desc_t *desc, const CpuConvShape *shape, gboolean as_it_lies)
{
  gint64 dims[6], strides[6], step = 1;
  guint rank = 0;

  if (shape->groups > 1)
    dims[rank++] = shape->groups;
  dims[rank++] = shape->out / shape->groups;
  dims[rank++] = shape->in / shape->groups;
  for (guint s = 3 - shape->n_spatial; s < 3; s++)
    dims[rank++] = shape->kernel[s];
  for (guint i = rank; i-- > 0;) {
    strides[i] = step;
    step *= dims[i];
  }
  cpu_dnnl_desc (desc, rank, dims, as_it_lies ? strides : NULL);
}

static gint64
images_at_once (const CpuConvShape *shape)
{
  gint64 positions = shape->y[0] * shape->y[1] * shape->y[2];
  gint64 images = CLAMP (MOST_POSITIONS / positions, 1, shape->batch);

  while (shape->batch % images != 0)
    images--;
  return images;
}

static void
conv_init (Conv *c, const CpuSite *site)
{
  CpuConvTypes types = cpu_conv_types (site);

  c->shape = cpu_conv_shape (site->instr, types.x, types.w, types.y);
  c->biased = site->instr->prim == TELAR_PRIM_CONV && site->instr->n_inputs > 2;
  c->direction = site->instr->prim == TELAR_PRIM_CONV              ? &forward
                 : site->instr->prim == TELAR_PRIM_CONV_INPUT_GRAD ? &backward_data
                                                                   : &backward_weights;
  c->images = c->direction == &backward_weights ? images_at_once (&c->shape) : c->shape.batch;
  describe_image (&c->x, &c->shape, c->shape.batch, c->shape.in, c->shape.x, TRUE);
  describe_image (&c->y, &c->shape, c->shape.batch, c->shape.out, c->shape.y, TRUE);
  describe_weights (&c->w, &c->shape, TRUE);
  cpu_dnnl_desc (&c->bias, 1, &c->shape.out, &(gint64){ 1 });
}

/* Strides, dilations and pads as oneDNN wants them. */
typedef struct {
  dnnl_dims_t stride, dilation, low, high;
} Window;

static Window
window_of (const CpuConvShape *shape)
{
  Window window;

  for (guint s = 0; s < shape->n_spatial; s++) {
    guint axis = 3 - shape->n_spatial + s;
    window.stride[s] = shape->stride[axis];
    window.dilation[s] = shape->dilation[axis] - 1;
    window.low[s] = shape->low[axis];
    window.high[s] = shape->high[axis];
  }
  return window;
}

static dnnl_status_t
init_op (dnnl_convolution_desc_t *op, const Conv *c, dnnl_prop_kind_t kind,
         const dnnl_memory_desc_t *x, const dnnl_memory_desc_t *y)
{
  Window v = window_of (&c->shape);
  dnnl_memory_desc_t w;

  describe_weights (&w, &c->shape, FALSE);
  if (kind == dnnl_backward_data)
    return dnnl_dilated_convolution_backward_data_desc_init (op, dnnl_convolution_direct, x, &w, y,
                                                             v.stride, v.dilation, v.low, v.high);
  if (kind == dnnl_backward_weights)
    return dnnl_dilated_convolution_backward_weights_desc_init (
        op, dnnl_convolution_direct, x, &w, NULL, y, v.stride, v.dilation, v.low, v.high);
  return dnnl_dilated_convolution_forward_desc_init (op, kind, dnnl_convolution_direct, x, &w,
                                                     c->biased ? &c->bias : NULL, y, v.stride,
                                                     v.dilation, v.low, v.high);
}

/* A description with the images as they lie or as oneDNN likes them; a gradient needs the forward
 * one as a hint. */
static dnnl_primitive_desc_t
describe (CpuDnnl *program, const Conv *c, gboolean as_they_lie)
{
  dnnl_memory_desc_t x, y;
  dnnl_convolution_desc_t op;

  describe_image (&x, &c->shape, c->images, c->shape.in, c->shape.x, as_they_lie);
  describe_image (&y, &c->shape, c->images, c->shape.out, c->shape.y, as_they_lie);
  cpu_dnnl_check (program, init_op (&op, c, dnnl_forward_training, &x, &y));
  dnnl_primitive_desc_t desc = cpu_dnnl_describe (program, &op, NULL);
  if (c->direction->kind == dnnl_forward_training || desc == NULL)
    return desc;
  cpu_dnnl_check (program, init_op (&op, c, c->direction->kind, &x, &y));
  dnnl_primitive_desc_t gradient = cpu_dnnl_describe (program, &op, desc);
  dnnl_primitive_desc_destroy (desc);
  return gradient;
}

/* oneDNN's reference loops are hundreds of times slower than its kernels. */
static gboolean
is_slow (const_dnnl_primitive_desc_t desc)
{
  const char *text = NULL;

  dnnl_primitive_desc_query (desc, dnnl_query_impl_info_str, 0, &text);
  return text != NULL && g_str_has_prefix (text, "ref");
}

/* The layout that is expected to be best, unless it leaves oneDNN without a fast kernel. */
static dnnl_primitive_desc_t
choose (CpuDnnl *program, const Conv *c)
{
  gboolean first = c->shape.channels_last;
  dnnl_primitive_desc_t desc = describe (program, c, first);

  if (desc == NULL || !is_slow (desc))
    return desc;
  dnnl_primitive_desc_t other = describe (program, c, !first);
  if (other != NULL && is_slow (other)) {
    dnnl_primitive_desc_destroy (other);
    return desc;
  }
  dnnl_primitive_desc_destroy (desc);
  return other;
}

/* The layout that the primitive wants for an operand; for images, over the whole batch. */
static dnnl_memory_desc_t
wanted_for (const Conv *c, const_dnnl_primitive_desc_t desc, dnnl_query_t query)
{
  dnnl_memory_desc_t wanted = *cpu_dnnl_wanted (desc, query);

  if (query != c->direction->query_w)
    wanted.dims[0] = wanted.padded_dims[0] = c->shape.batch;
  return wanted;
}

/* Whether image follows image in the layout, so that a window over some of them can move. */
static gboolean
has_batch_outermost (const dnnl_memory_desc_t *desc)
{
  const dnnl_blocking_desc_t *blocks = &desc->format_desc.blocking;

  for (int i = 0; i < blocks->inner_nblks; i++)
    if (blocks->inner_idxs[i] == 0)
      return FALSE;
  return (gsize)(desc->dims[0] * blocks->strides[0]) * sizeof (float) ==
         dnnl_memory_desc_get_size (desc);
}

static gboolean
can_move (const Conv *c, const_dnnl_primitive_desc_t desc)
{
  return has_batch_outermost (cpu_dnnl_wanted (desc, c->direction->query_x)) &&
         has_batch_outermost (cpu_dnnl_wanted (desc, c->direction->query_y));
}

/* The gradient of the weights, some images at a time. */
static void
add_pieces (CpuDnnl *program, const Conv *c, dnnl_primitive_desc_t desc, CpuDnnlMemory x,
            CpuDnnlMemory w, CpuDnnlMemory y)
{
  const Direction *d = c->direction;
  CpuDnnlMemory partial = cpu_dnnl_scratch (program, cpu_dnnl_wanted (desc, d->query_w));
  CpuDnnlArgument arguments[] = {
    { d->x, cpu_dnnl_piece (program, x, cpu_dnnl_wanted (desc, d->query_x)) },
    { d->w, partial },
    { d->y, cpu_dnnl_piece (program, y, cpu_dnnl_wanted (desc, d->query_y)) },
  };

  cpu_dnnl_add_pieces (program, desc, arguments, 3, (guint)(c->shape.batch / c->images), partial,
                       w);
}

/* Reorders what the primitive reads, makes room for what it writes. */
static CpuDnnlMemory
bind (CpuDnnl *program, CpuDnnlMemory memory, dnnl_memory_desc_t wanted, gboolean written)
{
  return written ? cpu_dnnl_target (program, memory, &wanted)
                 : cpu_dnnl_as (program, memory, &wanted);
}

static void
add_conv (CpuDnnl *program, const Conv *c, dnnl_primitive_desc_t desc)
{
  const Direction *d = c->direction;
  gboolean to_x = d == &backward_data, to_w = d == &backward_weights, to_y = d == &forward;
  CpuDnnlMemory x = to_x ? cpu_dnnl_output (program, 0, &c->x) : cpu_dnnl_input (program, 0, &c->x);
  CpuDnnlMemory w = to_w ? cpu_dnnl_output (program, 0, &c->w) : cpu_dnnl_input (program, 1, &c->w);
  CpuDnnlMemory y =
      to_y ? cpu_dnnl_output (program, 0, &c->y) : cpu_dnnl_input (program, to_x ? 0 : 1, &c->y);
  CpuDnnlMemory own_x = bind (program, x, wanted_for (c, desc, d->query_x), to_x);
  CpuDnnlMemory own_w = bind (program, w, wanted_for (c, desc, d->query_w), to_w);
  CpuDnnlMemory own_y = bind (program, y, wanted_for (c, desc, d->query_y), to_y);
  CpuDnnlArgument arguments[4] = { { d->x, own_x }, { d->w, own_w }, { d->y, own_y } };

  if (c->biased)
    arguments[3] = (CpuDnnlArgument){ DNNL_ARG_BIAS, cpu_dnnl_input (program, 2, &c->bias) };
  if (c->images < c->shape.batch)
    add_pieces (program, c, desc, own_x, own_w, own_y);
  else
    cpu_dnnl_add (program, desc, arguments, c->biased ? 4 : 3);
  cpu_dnnl_store (program, to_x ? own_x : to_w ? own_w : own_y, to_x ? x : to_w ? w : y);
}

static gboolean
supports (const CpuSite *site)
{
  CpuConvTypes types = cpu_conv_types (site);
  CpuConvShape shape = cpu_conv_shape (site->instr, types.x, types.w, types.y);
  CpuEpilogue epilogue;

  for (guint s = 0; s < 3; s++)
    if (shape.low[s] < 0 || shape.high[s] < 0)
      return FALSE;
  return cpu_all_types (site, TELAR_F32) && telar_shape_elements (types.x) > 0 &&
         telar_shape_elements (types.w) > 0 && telar_shape_elements (types.y) > 0 &&
         cpu_epilogue_init (&epilogue, site, FALSE);
}

static gboolean
prepare (const CpuSite *site, TelarPrepared *prepared, GError **error)
{
  CpuDnnl *program = cpu_dnnl_new (site);
  Conv c;

  conv_init (&c, site);
  dnnl_primitive_desc_t desc = choose (program, &c);
  if (desc != NULL && c.images < c.shape.batch && !can_move (&c, desc)) {
    dnnl_primitive_desc_destroy (desc);
    c.images = c.shape.batch;
    desc = choose (program, &c);
  }
  if (desc != NULL) {
    add_conv (program, &c, desc);
    dnnl_primitive_desc_destroy (desc);
  }
  cpu_epilogue_init (cpu_dnnl_epilogue (program), site, FALSE);
  return cpu_dnnl_finish (program, prepared, error);
}

static const CpuKernel conv_kernels[] = {
  { TELAR_PRIM_CONV, "onednn conv", supports, prepare, cpu_dnnl_run },
  { TELAR_PRIM_CONV_INPUT_GRAD, "onednn conv", supports, prepare, cpu_dnnl_run },
  { TELAR_PRIM_CONV_WEIGHT_GRAD, "onednn conv", supports, prepare, cpu_dnnl_run },
};

CPU_FAMILY (conv);
