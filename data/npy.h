/* NumPy's files: .npy holds one array, .npz several by name (a ZIP of .npy).
 * Format: numpy.lib.format, versions 1 to 3. */
#pragma once

#include "engine/error.h"
#include "engine/tensor.h"

G_BEGIN_DECLS

/* Little- or big-endian, C or Fortran order; types without a counterpart here (complex, text,
 * objects) are refused. */
TelarTensor *telar_npy_read (const char *path, GError **error);
/* Arrays by name (without ".npy"): char * -> TelarTensor *, owned. */
GHashTable *telar_npz_read (const char *path, GError **error);

/* float16 as such, bfloat16 as float32. Written beside and renamed. */
gboolean telar_npy_write (const char *path, TelarTensor *tensor, GError **error);
gboolean telar_npz_write (const char *path, GHashTable *tensors, GError **error);

G_END_DECLS
