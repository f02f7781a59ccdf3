/* Reference kernels without inputs: constants, ranges, random numbers. */
#include "engine/devices/ref/ref.h"
#include "engine/random.h"

#include <string.h>

gboolean
ref_constant (const TelarCall *call, GError **error)
{
  const TelarTensor *value = telar_instr_attr (call->instr, TELAR_ATTR_VALUE)->tensor;

  memcpy (call->outputs[0].data, value->data, value->bytes);
  return TRUE;
}

gboolean
ref_fill (const TelarCall *call, GError **error)
{
  const TelarView *out = &call->outputs[0];
  double value = telar_instr_real (call->instr, TELAR_ATTR_FILL, 0);
  gsize n = ref_count (out);

  for (gsize i = 0; i < n; i++)
    telar_element_set (out->type.dtype, out->data, i, value);
  return TRUE;
}

gboolean
ref_iota (const TelarCall *call, GError **error)
{
  const TelarView *out = &call->outputs[0];
  guint axis = (guint)telar_instr_int (call->instr, TELAR_ATTR_AXIS, 0);
  gint64 index[TELAR_MAX_RANK];
  gsize n = ref_count (out);

  for (gsize i = 0; i < n; i++) {
    ref_unravel (&out->type.shape, i, index);
    telar_element_set (out->type.dtype, out->data, i, (double)index[axis]);
  }
  return TRUE;
}

static TelarRandom
stream_of (const TelarCall *call)
{
  return (TelarRandom){
    .seed = call->seed,
    .step = call->step,
    .stream = (guint32)telar_instr_int (call->instr, TELAR_ATTR_STREAM, 0),
  };
}

gboolean
ref_uniform (const TelarCall *call, GError **error)
{
  const TelarView *out = &call->outputs[0];
  TelarRandom random = stream_of (call);
  gsize n = ref_count (out);

  for (gsize i = 0; i < n; i++)
    telar_element_set (out->type.dtype, out->data, i, (double)telar_random_uniform (&random, i));
  return TRUE;
}

gboolean
ref_normal (const TelarCall *call, GError **error)
{
  const TelarView *out = &call->outputs[0];
  TelarRandom random = stream_of (call);
  gsize n = ref_count (out);

  for (gsize i = 0; i < n; i++)
    telar_element_set (out->type.dtype, out->data, i, (double)telar_random_normal (&random, i));
  return TRUE;
}
