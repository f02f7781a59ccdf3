/* Histograms as bytes: one byte for the form, the sums, zeros and NaN where they were counted, the
 * bins. Numbers are little-endian
 * doubles; whole numbers have seven bits in a byte, the lowest first, the highest bit set on all
 * but the last. */
#include "insight/histogram.h"

#include <math.h>
#include <string.h>

enum { FORM_ANY = 1, FORM_EVEN = 2, COUNTED = 4 };

#define WHOLE_LIMIT 9007199254740992.0 /* 2^53 */

/* --- writing ----------------------------------------------------------------------------- */

static void
put_real (GByteArray *bytes, double value)
{
  guint64 bits;

  memcpy (&bits, &value, sizeof bits);
  bits = GUINT64_TO_LE (bits);
  g_byte_array_append (bytes, (const guint8 *)&bits, sizeof bits);
}

static void
put_whole (GByteArray *bytes, guint64 value)
{
  while (value >= 0x80) {
    guint8 byte = (guint8)(value | 0x80);
    g_byte_array_append (bytes, &byte, 1);
    value >>= 7;
  }
  guint8 last = (guint8)value;
  g_byte_array_append (bytes, &last, 1);
}

static double
edge_at (double low, double high, guint i, guint n)
{
  double part = (double)i / n;

  return low * (1 - part) + high * part;
}

/* Whether the ends and whole counts say it all. */
static gboolean
is_even (const TelarHistogram *histogram)
{
  guint n = histogram->n_bins;

  for (guint i = 0; i <= n; i++)
    if (histogram->edges[i] != edge_at (histogram->edges[0], histogram->edges[n], i, n))
      return FALSE;
  for (guint i = 0; i < n; i++) {
    double count = histogram->counts[i];
    if (!(count >= 0 && count < WHOLE_LIMIT && count == floor (count)))
      return FALSE;
  }
  return n > 0;
}

GBytes *
telar_histogram_pack (const TelarHistogram *histogram)
{
  GByteArray *bytes = g_byte_array_new ();
  guint8 form = is_even (histogram) ? FORM_EVEN : FORM_ANY;
  guint8 counted = isnan (histogram->zeros) ? 0 : COUNTED, first = form | counted;
  guint n = histogram->n_bins;
  const double sums[] = { histogram->n,   histogram->others, histogram->min,
                          histogram->max, histogram->sum,    histogram->squares };

  g_byte_array_append (bytes, &first, 1);
  for (guint i = 0; i < G_N_ELEMENTS (sums); i++)
    put_real (bytes, sums[i]);
  if (counted) {
    put_whole (bytes, (guint64)histogram->zeros);
    put_whole (bytes, (guint64)histogram->nans);
  }
  put_whole (bytes, n);
  for (guint i = 0; i <= n; i += form == FORM_EVEN ? n : 1)
    put_real (bytes, histogram->edges[i]);
  for (guint i = 0; i < n; i++)
    if (form == FORM_EVEN)
      put_whole (bytes, (guint64)histogram->counts[i]);
    else
      put_real (bytes, histogram->counts[i]);
  return g_byte_array_free_to_bytes (bytes);
}

/* --- reading ----------------------------------------------------------------------------- */

typedef struct {
  const guint8 *at, *end;
  gboolean broken;
} Reader;

static double
get_real (Reader *reader)
{
  guint64 bits;
  double value;

  if (reader->end - reader->at < (gssize)sizeof bits) {
    reader->broken = TRUE;
    return 0;
  }
  memcpy (&bits, reader->at, sizeof bits);
  reader->at += sizeof bits;
  bits = GUINT64_FROM_LE (bits);
  memcpy (&value, &bits, sizeof value);
  return value;
}

static guint64
get_whole (Reader *reader)
{
  guint64 value = 0;

  for (guint shift = 0; shift < 63; shift += 7) {
    if (reader->at == reader->end)
      break;
    guint8 byte = *reader->at++;
    value |= (guint64)(byte & 0x7f) << shift;
    if (byte < 0x80)
      return value;
  }
  reader->broken = TRUE;
  return 0;
}

static void
read_bins (Reader *reader, TelarHistogram *histogram, gboolean even)
{
  guint n = histogram->n_bins;

  if (even) {
    double low = get_real (reader), high = get_real (reader);
    for (guint i = 0; i <= n; i++)
      histogram->edges[i] = edge_at (low, high, i, n);
  } else {
    for (guint i = 0; i <= n; i++)
      histogram->edges[i] = get_real (reader);
  }
  for (guint i = 0; i < n; i++)
    histogram->counts[i] = even ? (double)get_whole (reader) : get_real (reader);
  for (guint i = 0; i < n; i++)
    if (!(histogram->edges[i + 1] >= histogram->edges[i]) || !(histogram->counts[i] >= 0))
      reader->broken = TRUE;
}

TelarHistogram *
telar_histogram_unpack (const void *data, gsize size)
{
  Reader reader = { data, (const guint8 *)data + size, size == 0 };
  guint8 first = reader.broken ? 0 : *reader.at++, form = first & ~COUNTED;
  double sums[6], zeros = NAN, nans = NAN;

  for (guint i = 0; i < G_N_ELEMENTS (sums); i++)
    sums[i] = get_real (&reader);
  if (first & COUNTED) {
    zeros = (double)get_whole (&reader);
    nans = (double)get_whole (&reader);
  }
  guint64 n = get_whole (&reader);
  if (reader.broken || (form != FORM_ANY && form != FORM_EVEN) || n < 1 ||
      n > TELAR_HISTOGRAM_MOST_BINS)
    return NULL;
  g_autoptr (TelarHistogram) histogram = telar_histogram_new ((guint)n);
  histogram->n = sums[0];
  histogram->others = sums[1];
  histogram->min = sums[2];
  histogram->max = sums[3];
  histogram->sum = sums[4];
  histogram->squares = sums[5];
  histogram->zeros = zeros;
  histogram->nans = nans;
  read_bins (&reader, histogram, form == FORM_EVEN);
  return reader.broken || reader.at != reader.end ? NULL : g_steal_pointer (&histogram);
}
