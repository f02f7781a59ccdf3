/* Curves that are whole at a step: the abscissas, then the ordinates, as little-endian doubles. */
#include "insight/store-media-private.h"

#include <math.h>
#include <string.h>

void
telar_curve_free (TelarCurve *curve)
{
  if (curve == NULL)
    return;
  g_free (curve->x);
  g_free (curve->y);
  g_free (curve->counts);
  g_free (curve);
}

static void
free_curve (gpointer curve)
{
  telar_curve_free (curve);
}

static void
swap_reals (guint64 *to, const void *from, guint n)
{
  memcpy (to, from, n * sizeof *to);
  for (guint i = 0; i < n; i++)
    to[i] = GUINT64_TO_LE (to[i]);
}

#define N_COUNTS 4 /* columns that follow where counts are known */

/* An item's text says what is known besides: "counts", "area=0.93", both with a blank, or none. */
static const char counts_mark[] = "counts", area_mark[] = "area=";

static char *
make_mark (const TelarCurve *curve)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  if (!isfinite (curve->area))
    return curve->counts != NULL ? g_strdup (counts_mark) : NULL;
  g_ascii_dtostr (number, sizeof number, curve->area);
  return g_strconcat (curve->counts != NULL ? counts_mark : "", curve->counts != NULL ? " " : "",
                      area_mark, number, NULL);
}

static double
read_area (const char *text)
{
  const char *mark = text != NULL ? strstr (text, area_mark) : NULL;

  return mark != NULL ? g_ascii_strtod (mark + strlen (area_mark), NULL) : NAN;
}

gboolean
telar_store_put_curve (TelarStore *store, gint64 run, const char *name, const TelarCurve *curve,
                       GError **error)
{
  TelarSeriesRef series = { run, TELAR_MEDIA_CURVE, name, FALSE };
  gsize n = curve->n, columns = curve->counts != NULL ? 2 + N_COUNTS : 2;

  if (n > TELAR_CURVE_MOST_POINTS)
    return telar_store_too_large (name, "the curve has too many points", TELAR_CURVE_MOST_POINTS,
                                  error);
  guint64 *bits = g_new (guint64, columns * n + 1);
  swap_reals (bits, curve->x, curve->n);
  swap_reals (bits + n, curve->y, curve->n);
  if (curve->counts != NULL)
    swap_reals (bits + 2 * n, curve->counts, N_COUNTS * curve->n);
  g_autoptr (GBytes) data = g_bytes_new_take (bits, columns * n * sizeof *bits);
  g_autofree char *mark = make_mark (curve);
  TelarItem item = { curve->step, curve->time, 0, mark, data };
  return telar_store_put_item (store, &series, &item, error);
}

static double *
copy_reals (const guint8 *bytes, guint n)
{
  double *values = g_new (double, (gsize)n + 1);

  if (n > 0)
    swap_reals ((guint64 *)(void *)values, bytes, n);
  return values;
}

static gpointer
make_curve (const TelarItem *item)
{
  gsize size = 0;
  static const guint8 none[1];
  const guint8 *bytes = item->data != NULL ? g_bytes_get_data (item->data, &size) : NULL;
  gboolean counts = item->text != NULL && g_str_has_prefix (item->text, counts_mark);
  gsize row = (counts ? 2 + N_COUNTS : 2) * sizeof (double), n = size / row;

  if (n > TELAR_CURVE_MOST_POINTS || size % row != 0)
    return NULL;
  if (bytes == NULL)
    bytes = none; /* of no points */
  TelarCurve *curve = g_new0 (TelarCurve, 1);
  curve->step = item->step;
  curve->time = item->time;
  curve->area = read_area (item->text);
  curve->n = (guint)n;
  curve->x = copy_reals (bytes, curve->n);
  curve->y = copy_reals (bytes + n * sizeof (double), curve->n);
  if (counts)
    curve->counts = copy_reals (bytes + 2 * n * sizeof (double), N_COUNTS * curve->n);
  return curve;
}

GPtrArray *
telar_store_curves (TelarStore *store, const TelarSpan *span, GError **error)
{
  return telar_store_read_span (store, TELAR_MEDIA_CURVE, span, make_curve, free_curve, error);
}

gboolean
telar_store_curve_at (TelarStore *store, gint64 run, const char *name, gint64 step,
                      TelarCurve **curve, GError **error)
{
  TelarSeriesRef series = { .run = run, .kind = TELAR_MEDIA_CURVE, .name = name };
  g_autoptr (GPtrArray) curves =
      telar_store_read_step (store, &series, step, make_curve, free_curve, error);

  *curve = NULL;
  if (curves != NULL && curves->len > 0)
    *curve = g_ptr_array_steal_index (curves, curves->len - 1);
  return curves != NULL;
}
