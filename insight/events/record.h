/* TFRecord framing: u64 length, u32 masked CRC-32C of the length, the bytes, u32 masked CRC-32C of
 * the bytes; little-endian (tensorflow/core/lib/io/record_writer.h). */
#pragma once

#include "engine/error.h"

#include <stdio.h>

G_BEGIN_DECLS

typedef struct TelarRecords TelarRecords;

TelarRecords *telar_records_open (const char *path, GError **error);
void telar_records_close (TelarRecords *records);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarRecords, telar_records_close)

/* The next record, borrowed until the next call; its checksums are right. FALSE at the end or, with
 * @error (which names file and byte), where the file is damaged. A last record that is not whole,
 * as a writer leaves it that is still at work or was killed, is the end. */
gboolean telar_records_next (TelarRecords *records, const guint8 **bytes, gsize *size,
                             GError **error);
/* The bytes of such a last record. */
gsize telar_records_left_over (const TelarRecords *records);
/* Where the last record began, for errors about what is in it. */
gint64 telar_records_offset (const TelarRecords *records);
gint64 telar_records_size (const TelarRecords *records); /* of the file */

/* Appends one record to @file, whose ferror says what came of it. */
void telar_record_write (FILE *file, const guint8 *bytes, gsize size);

G_END_DECLS
