/* Packed points: the form in which 4,096 of them stand in one blob.
 *
 * Little-endian: u32 layout version, u32 n, i64 first step, i64 stride, i64 first time; then the
 * steps, the times and the values, each column as a whole. Steps that are one stride apart, which
 * is what training makes, need no column; else each is a u32 or i64 distance from the first. Times
 * are u32 or i64 distances from the first (a clock may be set back). Values are f64, bit for bit. A
 * usual point takes 12 bytes. */
#include "insight/store-private.h"

#include <string.h>

#define LAYOUT 1

typedef struct {
  guint32 layout; /* LAYOUT | step width << 8 | time width << 16 */
  guint32 n;
  gint64 first_step, stride, first_time;
} Header;

static guint
distance_width (const TelarPoint *points, guint n, gsize field)
{
  gint64 first = G_STRUCT_MEMBER (gint64, &points[0], field);

  for (guint i = 1; i < n; i++) {
    gint64 distance = G_STRUCT_MEMBER (gint64, &points[i], field) - first;
    if (distance < 0 || distance > G_MAXUINT32)
      return 8;
  }
  return 4;
}

static gint64
common_stride (const TelarPoint *points, guint n)
{
  gint64 stride = n > 1 ? points[1].step - points[0].step : 1;

  for (guint i = 2; i < n; i++)
    if (points[i].step - points[i - 1].step != stride)
      return 0;
  return stride;
}

/* Writes the distances of a column at @at; returns where it ends. */
static guint8 *
pack_distances (guint8 *at, const TelarPoint *points, guint n, gsize field, guint width)
{
  gint64 first = G_STRUCT_MEMBER (gint64, &points[0], field);

  for (guint i = 0; i < n; i++, at += width) {
    guint64 distance =
        GUINT64_TO_LE ((guint64)(G_STRUCT_MEMBER (gint64, &points[i], field) - first));
    memcpy (at, &distance, width); /* low bytes come first */
  }
  return at;
}

GBytes *
telar_chunk_pack (const TelarPoint *points, guint n)
{
  gint64 stride = common_stride (points, n);
  guint step_width = stride != 0 ? 0 : distance_width (points, n, offsetof (TelarPoint, step));
  guint time_width = distance_width (points, n, offsetof (TelarPoint, time));
  Header header = {
    .layout = GUINT32_TO_LE (LAYOUT | step_width << 8 | time_width << 16),
    .n = GUINT32_TO_LE (n),
    .first_step = GINT64_TO_LE (points[0].step),
    .stride = GINT64_TO_LE (stride),
    .first_time = GINT64_TO_LE (points[0].time),
  };
  gsize size = sizeof header + (gsize)n * (8 + step_width + time_width);
  guint8 *bytes = g_malloc (size), *at = bytes + sizeof header;

  memcpy (bytes, &header, sizeof header);
  if (step_width != 0)
    at = pack_distances (at, points, n, offsetof (TelarPoint, step), step_width);
  at = pack_distances (at, points, n, offsetof (TelarPoint, time), time_width);
  for (guint i = 0; i < n; i++, at += 8) {
    guint64 bits;
    memcpy (&bits, &points[i].value, sizeof bits);
    bits = GUINT64_TO_LE (bits);
    memcpy (at, &bits, sizeof bits);
  }
  return g_bytes_new_take (bytes, size);
}

/* The entry @i of a column, its low @width bytes. */
static inline gint64
entry (const guint8 *column, guint width, guint i)
{
  guint64 bits = 0;

  memcpy (&bits, column + (gsize)i * width, width);
  return (gint64)GUINT64_FROM_LE (bits);
}

/* The entries are of 4 or 8 bytes: said to the compiler, reading one is one instruction. */
static inline gint64
distance (const guint8 *column, guint width, guint i)
{
  return width == 4 ? entry (column, 4, i) : entry (column, 8, i);
}

static gboolean
read_header (Header *header, const void *data, gsize size, guint *step_width, guint *time_width)
{
  if (size < sizeof *header)
    return FALSE;
  memcpy (header, data, sizeof *header);
  guint32 layout = GUINT32_FROM_LE (header->layout);
  header->n = GUINT32_FROM_LE (header->n);
  header->first_step = GINT64_FROM_LE (header->first_step);
  header->stride = GINT64_FROM_LE (header->stride);
  header->first_time = GINT64_FROM_LE (header->first_time);
  *step_width = layout >> 8 & 0xff;
  *time_width = layout >> 16 & 0xff;
  if ((layout & 0xff) != LAYOUT || (*step_width != 0 && *step_width != 4 && *step_width != 8) ||
      (*time_width != 4 && *time_width != 8))
    return FALSE;
  return header->n == (size - sizeof *header) / (8 + *step_width + *time_width) &&
         (size - sizeof *header) % (8 + *step_width + *time_width) == 0;
}

static inline gint64
step_at (const Header *header, const guint8 *steps, guint width, guint i)
{
  return header->first_step + (width == 0 ? header->stride * i : distance (steps, width, i));
}

gboolean
telar_chunk_unpack (const void *data, gsize size, gint64 after, GArray *points)
{
  Header header;
  guint step_width, time_width;

  if (!read_header (&header, data, size, &step_width, &time_width))
    return FALSE;

  const guint8 *steps = (const guint8 *)data + sizeof header;
  const guint8 *times = steps + (gsize)header.n * step_width;
  const guint8 *values = times + (gsize)header.n * time_width;
  guint first = 0, at = points->len;
  while (first < header.n && step_at (&header, steps, step_width, first) <= after)
    first++;
  if (first == header.n)
    return TRUE;
  g_array_set_size (points, at + header.n - first);
  TelarPoint *point = &g_array_index (points, TelarPoint, at);
  for (guint i = first; i < header.n; i++, point++) {
    gint64 bits = entry (values, 8, i);
    point->step = step_at (&header, steps, step_width, i);
    point->time = header.first_time + distance (times, time_width, i);
    memcpy (&point->value, &bits, sizeof bits);
  }
  return TRUE;
}
