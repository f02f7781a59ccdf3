/* Reads the sizes of convolutions and pools. */
#include "engine/devices/cpu/conv-shape.h"

CpuConvShape
cpu_conv_shape (const TelarInstr *instr, const TelarShape *x, const TelarShape *w,
                const TelarShape *y)
{
  guint n = x->rank - 2, missing = 3 - n;
  gboolean last = telar_instr_int (instr, TELAR_ATTR_LAYOUT, 0) != 0;
  guint channel = last ? x->rank - 1 : 1, first = last ? 1 : 2;
  CpuConvShape shape = {
    .n_spatial = n,
    .channels_last = last,
    .batch = x->dims[0],
    .in = x->dims[channel],
    .out = y->dims[channel],
    .groups = telar_instr_int (instr, TELAR_ATTR_GROUPS, 1),
  };

  for (guint s = 0; s < 3; s++) {
    gboolean used = s >= missing;
    guint i = used ? s - missing : 0;
    shape.x[s] = used ? x->dims[first + i] : 1;
    shape.y[s] = used ? y->dims[first + i] : 1;
    shape.kernel[s] = !used       ? 1
                      : w != NULL ? w->dims[2 + i]
                                  : telar_instr_item (instr, TELAR_ATTR_KERNEL, i, 1);
    shape.stride[s] = used ? telar_instr_item (instr, TELAR_ATTR_STRIDE, i, 1) : 1;
    shape.dilation[s] = used ? telar_instr_item (instr, TELAR_ATTR_DILATION, i, 1) : 1;
    shape.low[s] = used ? telar_instr_item (instr, TELAR_ATTR_PAD, i, 0) : 0;
    shape.high[s] = used ? telar_instr_item (instr, TELAR_ATTR_PAD, n + i, 0) : 0;
  }
  return shape;
}

CpuConvTypes
cpu_conv_types (const CpuSite *site)
{
  const TelarShape *in0 = &site->inputs[0].shape, *in1 = &site->inputs[1].shape;
  const TelarShape *out = &site->outputs[0].shape;

  if (site->instr->prim == TELAR_PRIM_CONV_INPUT_GRAD)
    return (CpuConvTypes){ out, in1, in0 };
  if (site->instr->prim == TELAR_PRIM_CONV_WEIGHT_GRAD)
    return (CpuConvTypes){ in0, out, in1 };
  return (CpuConvTypes){ in0, in1, out };
}

void
cpu_image_strides (const CpuConvShape *shape, gint64 channels, const gint64 size[3],
                   gint64 strides[5])
{
  gint64 step = shape->channels_last ? channels : 1;

  for (guint s = 3; s-- > 0;) {
    strides[2 + s] = step;
    step *= size[s];
  }
  strides[1] = shape->channels_last ? 1 : step;
  strides[0] = shape->channels_last ? step : step * channels;
}
