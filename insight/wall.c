/* Wall times of other programs, bit for bit.
 *
 * The store keeps whole microseconds; others keep seconds as f64, which is finer. Beside a chunk
 * stand, as varints, the distances between the bits of the wall time and those of its microseconds
 * as seconds: for the times of our days a byte each. */
#include "insight/store-private.h"

#include <math.h>
#include <string.h>

#define MOST_MICROSECONDS 9e18 /* fits into 64 bits */

gint64
telar_wall_to_time (double wall)
{
  double time = wall * G_USEC_PER_SEC;

  return fabs (time) < MOST_MICROSECONDS ? llround (time) : 0; /* NaN too is 0 */
}

static guint64
bits_of (double value)
{
  guint64 bits;

  memcpy (&bits, &value, sizeof bits);
  return bits;
}

static guint64
bits_of_time (gint64 time)
{
  return bits_of ((double)time / G_USEC_PER_SEC);
}

guint
telar_wall_pack (guint8 *bytes, gint64 time, double wall)
{
  guint64 distance = bits_of (wall) - bits_of_time (time);
  guint64 rest = distance << 1 ^ (distance >> 63 ? ~(guint64)0 : 0); /* small when near to 0 */
  guint n = 0;

  for (; rest > 0x7f; rest >>= 7)
    bytes[n++] = (guint8)(rest | 0x80);
  bytes[n++] = (guint8)rest;
  return n;
}

gboolean
telar_wall_unpack (const guint8 **at, const guint8 *end, gint64 time, double *wall)
{
  guint64 rest = 0, distance, bits;

  for (guint shift = 0;; shift += 7) {
    if (shift > 63 || *at == end)
      return FALSE;
    guint8 byte = *(*at)++;
    rest |= (guint64)(byte & 0x7f) << shift;
    if (byte < 0x80)
      break;
  }
  distance = rest >> 1 ^ (rest & 1 ? ~(guint64)0 : 0);
  bits = bits_of_time (time) + distance;
  memcpy (wall, &bits, sizeof bits);
  return TRUE;
}
