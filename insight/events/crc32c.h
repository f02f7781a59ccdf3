/* CRC-32C (Castagnoli, polynomial 0x1edc6f41 reflected), as iSCSI (RFC 3720, appendix B.4) has it.
 */
#pragma once

#include <glib.h>

G_BEGIN_DECLS

/* By the processor's own instruction where it has one. */
guint32 telar_crc32c (const void *data, gsize size);
/* The same without such instructions. */
guint32 telar_crc32c_portable (const void *data, gsize size);

/* As TFRecord files keep it: rotated and shifted, so that a checksum over bytes that hold checksums
 * still says something (tensorflow/core/lib/hash/crc32c.h). */
static inline guint32
telar_crc32c_mask (guint32 crc)
{
  return ((crc >> 15) | (crc << 17)) + 0xa282ead8u;
}

G_END_DECLS
