/* Tensors of the host: aligned memory counted by reference, and what may be done to any of them
 * whatever their element type. Kernels work on TelarView, not here. */
#include "engine/tensor.h"
#include "engine/error.h"
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static TelarTensor *
make (TelarDType dtype, const TelarShape *shape, void *data, GDestroyNotify free_data, void *owner)
{
  TelarTensor *tensor = g_new0 (TelarTensor, 1);
  tensor->type = (TelarType){ dtype, *shape };
  tensor->data = data;
  tensor->bytes = telar_shape_elements (shape) * telar_dtype_size (dtype);
  g_ref_count_init (&tensor->refs);
  tensor->free_data = free_data;
  tensor->owner = owner;
  return tensor;
}

/* An empty tensor still has an address of its own. */
static void *
allocate (gsize bytes)
{
  void *data = NULL;
  gsize rounded = (MAX (bytes, 1) + TELAR_ALIGNMENT - 1) & ~(gsize)(TELAR_ALIGNMENT - 1);
  if (posix_memalign (&data, TELAR_ALIGNMENT, rounded) != 0)
    return NULL;
  return memset (data, 0, rounded);
}

TelarTensor *
telar_tensor_new (TelarDType dtype, const TelarShape *shape)
{
  g_return_val_if_fail (telar_shape_is_concrete (shape), NULL);
  gsize bytes = telar_shape_elements (shape) * telar_dtype_size (dtype);
  void *data = allocate (bytes);
  if (!data) /* as g_malloc does */
    g_error ("failed to allocate %" G_GSIZE_FORMAT " bytes for a tensor", bytes);
  return make (dtype, shape, data, free, data);
}

/* Half of the address space bounds what the machine reports when sysconf knows nothing. */
static gsize
machine_memory (void)
{
  long pages = sysconf (_SC_PHYS_PAGES), size = sysconf (_SC_PAGESIZE);
  if (pages <= 0 || size <= 0)
    return G_MAXSIZE / 2;
  return (gsize)pages * (gsize)size;
}

TelarTensor *
telar_tensor_try_new (TelarDType dtype, const TelarShape *shape, GError **error)
{
  TelarType type = { dtype, *shape };
  gint64 count;
  gsize bytes;
  if (!telar_shape_is_concrete (shape) || !telar_shape_count (shape, &count) ||
      __builtin_mul_overflow ((gsize)count, telar_dtype_size (dtype), &bytes) ||
      bytes > machine_memory ()) {
    g_autofree char *text = telar_type_to_string (&type);
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "a tensor %s does not fit into this machine's memory", text);
    return NULL;
  }
  void *data = allocate (bytes);
  if (!data) {
    g_autofree char *text = telar_type_to_string (&type);
    telar_set_error (error, TELAR_ERROR_FAILED, NULL, "no memory is left for a tensor %s", text);
    return NULL;
  }
  return make (dtype, shape, data, free, data);
}

TelarTensor *
telar_tensor_wrap (TelarDType dtype, const TelarShape *shape, void *data, GDestroyNotify free_data,
                   void *owner)
{
  g_return_val_if_fail (telar_shape_is_concrete (shape), NULL);
  return make (dtype, shape, data, free_data, owner);
}

TelarTensor *
telar_tensor_ref (TelarTensor *tensor)
{
  g_ref_count_inc (&tensor->refs);
  return tensor;
}

void
telar_tensor_unref (TelarTensor *tensor)
{
  if (!g_ref_count_dec (&tensor->refs))
    return;
  if (tensor->free_data)
    tensor->free_data (tensor->owner);
  g_free (tensor);
}

TelarTensor *
telar_tensor_scalar (TelarDType dtype, double value)
{
  TelarShape shape = telar_shape_scalar ();
  TelarTensor *tensor = telar_tensor_new (dtype, &shape);
  telar_tensor_set (tensor, 0, value);
  return tensor;
}

TelarTensor *
telar_tensor_copy (const TelarTensor *tensor)
{
  TelarTensor *copy = telar_tensor_new (tensor->type.dtype, &tensor->type.shape);
  memcpy (copy->data, tensor->data, tensor->bytes);
  return copy;
}

/* i64 and u64 pass double only up to 2^53; between each other they keep every bit. */
static void
cast_wide (const TelarTensor *from, TelarTensor *to)
{
  for (gsize i = 0; i < telar_tensor_elements (from); i++) {
    gint64 value = ((const gint64 *)from->data)[i];
    ((gint64 *)to->data)[i] = value < 0 ? (to->type.dtype == TELAR_U64 ? 0 : G_MAXINT64) : value;
  }
}

TelarTensor *
telar_tensor_cast (TelarTensor *tensor, TelarDType dtype)
{
  TelarDType from = tensor->type.dtype;
  if (from == dtype)
    return telar_tensor_ref (tensor);
  TelarTensor *result = telar_tensor_new (dtype, &tensor->type.shape);
  gsize n = telar_tensor_elements (tensor);
  if ((from == TELAR_I64 && dtype == TELAR_U64) || (from == TELAR_U64 && dtype == TELAR_I64)) {
    cast_wide (tensor, result);
    return result;
  }
  for (gsize i = 0; i < n; i++)
    telar_element_set (dtype, result->data, i, telar_element_get (from, tensor->data, i));
  return result;
}

double
telar_tensor_get (const TelarTensor *tensor, gsize index)
{
  return telar_element_get (tensor->type.dtype, tensor->data, index);
}

void
telar_tensor_set (TelarTensor *tensor, gsize index, double value)
{
  telar_element_set (tensor->type.dtype, tensor->data, index, value);
}

gsize
telar_tensor_elements (const TelarTensor *tensor)
{
  return telar_shape_elements (&tensor->type.shape);
}

gboolean
telar_tensor_equal (const TelarTensor *a, const TelarTensor *b)
{
  return telar_type_equal (&a->type, &b->type) && memcmp (a->data, b->data, a->bytes) == 0;
}
