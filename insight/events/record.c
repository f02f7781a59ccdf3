/* Reading and writing TFRecord framing. A file is read through a buffer that holds at least one
 * record; its size never exceeds what is left of the file. */
#include "insight/events/record.h"
#include "insight/events/crc32c.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define HEAD   12
#define FOOT   4
#define BUFFER ((gsize)1 << 20)

struct TelarRecords {
  int fd;
  char *path;
  guint8 *buffer;
  gsize capacity, from, to; /* what is in the buffer and not yet given */
  gint64 size;              /* of the file when it was opened */
  gint64 offset;            /* in the file, of buffer[from] */
  gint64 record;            /* in the file, of the record given last */
};

TelarRecords *
telar_records_open (const char *path, GError **error)
{
  struct stat status;
  g_autoptr (TelarRecords) records = g_new0 (TelarRecords, 1);

  records->path = g_strdup (path);
  records->fd = open (path, O_RDONLY | O_CLOEXEC);
  if (records->fd < 0 || fstat (records->fd, &status) != 0) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s: %s", path, g_strerror (errno));
    return NULL;
  }
  if (!S_ISREG (status.st_mode)) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s: not a file", path);
    return NULL;
  }
  records->size = status.st_size;
  records->capacity = BUFFER;
  records->buffer = g_malloc (BUFFER);
  return g_steal_pointer (&records);
}

void
telar_records_close (TelarRecords *records)
{
  if (records == NULL)
    return;
  if (records->fd >= 0)
    close (records->fd);
  g_free (records->buffer);
  g_free (records->path);
  g_free (records);
}

gsize
telar_records_left_over (const TelarRecords *records)
{
  return (gsize)(records->size - records->offset);
}

gint64
telar_records_offset (const TelarRecords *records)
{
  return records->record;
}

gint64
telar_records_size (const TelarRecords *records)
{
  return records->size;
}

/* Makes room for @size bytes from buffer[from] on. */
static void
make_room (TelarRecords *records, gsize size)
{
  memmove (records->buffer, records->buffer + records->from, records->to - records->from);
  records->to -= records->from;
  records->from = 0;
  if (size > records->capacity) {
    records->capacity = size;
    records->buffer = g_realloc (records->buffer, size);
  }
}

/* Sees to it that @size bytes, which the file had when it was opened, are in the buffer. */
static gboolean
fill (TelarRecords *records, gsize size, GError **error)
{
  if (records->to - records->from >= size)
    return TRUE;
  make_room (records, size);
  while (records->to < size) {
    ssize_t n = read (records->fd, records->buffer + records->to, records->capacity - records->to);
    if (n < 0 && errno == EINTR)
      continue;
    if (n <= 0) {
      telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s: %s", records->path,
                       n < 0 ? g_strerror (errno) : "the file became shorter while it was read");
      return FALSE;
    }
    records->to += (gsize)n;
  }
  return TRUE;
}

static guint64
number_at (const guint8 *bytes, gsize width)
{
  guint64 value = 0;

  memcpy (&value, bytes, width);
  return GUINT64_FROM_LE (value);
}

static gboolean
check_sum (const guint8 *bytes, gsize size)
{
  return telar_crc32c_mask (telar_crc32c (bytes, size)) == (guint32)number_at (bytes + size, 4);
}

static gboolean
damaged (const TelarRecords *records, const char *what, GError **error)
{
  telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                   "%s: the record at byte %" G_GINT64_FORMAT " is damaged (%s)%s", records->path,
                   records->offset, what,
                   records->offset == 0 ? "; this does not look like an event file" : "");
  return FALSE;
}

gboolean
telar_records_next (TelarRecords *records, const guint8 **bytes, gsize *size, GError **error)
{
  guint64 left = (guint64)(records->size - records->offset);

  if (left < HEAD || !fill (records, HEAD, error))
    return FALSE;
  const guint8 *head = records->buffer + records->from;
  if (!check_sum (head, 8))
    return damaged (records, "checksum of its length", error);
  guint64 length = number_at (head, 8);
  if (length > left - HEAD || left - HEAD - length < FOOT)
    return FALSE;
  if (length > G_MAXUINT32)
    return damaged (records, "larger than 4 GB", error);
  if (!fill (records, HEAD + (gsize)length + FOOT, error))
    return FALSE;
  *bytes = records->buffer + records->from + HEAD;
  *size = (gsize)length;
  if (!check_sum (*bytes, *size))
    return damaged (records, "checksum of its contents", error);
  records->record = records->offset;
  records->from += HEAD + *size + FOOT;
  records->offset += (gint64)(HEAD + *size + FOOT);
  return TRUE;
}

void
telar_record_write (FILE *file, const guint8 *bytes, gsize size)
{
  guint64 length = GUINT64_TO_LE ((guint64)size);
  guint32 head = GUINT32_TO_LE (telar_crc32c_mask (telar_crc32c (&length, sizeof length)));
  guint32 foot = GUINT32_TO_LE (telar_crc32c_mask (telar_crc32c (bytes, size)));

  fwrite (&length, sizeof length, 1, file);
  fwrite (&head, sizeof head, 1, file);
  fwrite (bytes, 1, size, file);
  fwrite (&foot, sizeof foot, 1, file);
}
