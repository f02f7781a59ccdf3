/* IDX, the format of the MNIST files (plain or gzip).
 *
 * Layout (Y. LeCun, "The MNIST database of handwritten digits"): two zero bytes, a type byte, the
 * number of dimensions, each dimension as 32 bits, then the values, all big-endian. */
#pragma once

#include "engine/error.h"
#include "engine/tensor.h"

G_BEGIN_DECLS

/* Types: 0x08 u8, 0x09 i8, 0x0B 16 bits (read as i32), 0x0C i32, 0x0D f32, 0x0E f64. What the
 * header claims is checked against what the file can hold before anything is allocated; a file that
 * ends early or goes on too long is an error that says how many bytes it has and should have. */
TelarTensor *telar_idx_read (const char *path, GError **error);

G_END_DECLS
