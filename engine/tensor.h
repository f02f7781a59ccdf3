/* A tensor: typed, row-major, contiguous, 64-byte aligned memory of the host, counted by reference.
 * The contents may be written while the writer holds the only reference. */
#pragma once

#include "engine/shape.h"

G_BEGIN_DECLS

#define TELAR_ALIGNMENT 64

typedef struct {
  TelarType type; /* concrete */
  void *data;
  gsize bytes;
  /*< private >*/
  grefcount refs;
  GDestroyNotify free_data;
  void *owner;
} TelarTensor;

/* Zero-filled. The shape must be concrete and come from a trusted place; where a file says the size
 * use telar_tensor_try_new, which checks overflow and the machine's memory first. */
TelarTensor *telar_tensor_new (TelarDType dtype, const TelarShape *shape);
TelarTensor *telar_tensor_try_new (TelarDType dtype, const TelarShape *shape, GError **error);

/* Wraps @data, which @free_data (@owner) releases with the last reference (NULL: never). */
TelarTensor *telar_tensor_wrap (TelarDType dtype, const TelarShape *shape, void *data,
                                GDestroyNotify free_data, void *owner);

TelarTensor *telar_tensor_ref (TelarTensor *tensor);
void telar_tensor_unref (TelarTensor *tensor);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarTensor, telar_tensor_unref)

/* A rank-0 tensor with that value. */
TelarTensor *telar_tensor_scalar (TelarDType dtype, double value);

TelarTensor *telar_tensor_copy (const TelarTensor *tensor);

/* Converted element by element, saturating; a new reference when the type is the same already. */
TelarTensor *telar_tensor_cast (TelarTensor *tensor, TelarDType dtype);

/* Element by its row-major index, as double. */
double telar_tensor_get (const TelarTensor *tensor, gsize index);
void telar_tensor_set (TelarTensor *tensor, gsize index, double value);
gsize telar_tensor_elements (const TelarTensor *tensor);

/* Same type, same bytes. */
gboolean telar_tensor_equal (const TelarTensor *a, const TelarTensor *b);

G_END_DECLS
