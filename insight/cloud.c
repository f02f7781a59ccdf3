/* What a cloud holds, where its points are seen, and what a pointer does to it. */
#include "insight/classes.h"
#include "insight/cloud-private.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#define FIRST_YAW   0.6
#define FIRST_PITCH 0.35
#define TURN        0.01 /* radians for each pixel */
#define LEAST_ZOOM  0.2
#define MOST_ZOOM   200.0
#define MOST_KINDS  1000
#define REACH       10.0 /* pixels around a point */

/* The middle of what is there at 0, the farthest coordinate at 1. */
static void
take_places (TelarCloud *cloud, const TelarCloudPoints *points)
{
  double most = 0;

  cloud->places = g_new0 (double, 3 * (gsize)points->n);
  for (guint axis = 0; axis < points->k; axis++) {
    double low = INFINITY, high = -INFINITY;

    for (guint i = 0; i < points->n; i++) {
      low = MIN (low, points->places[i * points->k + axis]);
      high = MAX (high, points->places[i * points->k + axis]);
    }
    for (guint i = 0; i < points->n; i++)
      cloud->places[3 * i + axis] = points->places[i * points->k + axis] - (low + high) / 2;
    most = MAX (most, (high - low) / 2);
  }
  for (gsize i = 0; most > 0 && i < 3 * (gsize)points->n; i++)
    cloud->places[i] /= most;
}

static int
compare_ints (gconstpointer a, gconstpointer b)
{
  int x = *(const int *)a, y = *(const int *)b;

  return (x > y) - (x < y);
}

static void
take_classes (TelarCloud *cloud, const int *classes)
{
  GArray *kinds = cloud->kinds = g_array_new (FALSE, FALSE, sizeof (int));
  guint n = 0;

  cloud->styles = g_new0 (guint, cloud->n);
  if (classes == NULL)
    return;
  cloud->classes = g_memdup2 (classes, cloud->n * sizeof (int));
  g_array_append_vals (kinds, classes, cloud->n);
  g_array_sort (kinds, compare_ints);
  for (guint i = 0; i < kinds->len; i++) {
    int class = g_array_index (kinds, int, i);

    if (n == 0 || g_array_index (kinds, int, n - 1) != class)
      g_array_index (kinds, int, n++) = class;
  }
  g_array_set_size (kinds, MIN (n, MOST_KINDS));
  for (guint i = 0; i < cloud->n; i++)
    if (!g_array_binary_search (kinds, &classes[i], compare_ints, &cloud->styles[i]))
      cloud->styles[i] = 0;
}

TelarCloud *
telar_cloud_new (const char *title, const TelarCloudPoints *points)
{
  TelarCloud *cloud = g_new0 (TelarCloud, 1);

  cloud->title = g_strdup (title);
  cloud->n = points->n;
  cloud->k = points->k;
  take_places (cloud, points);
  cloud->rows = g_new (gint64, points->n);
  for (guint i = 0; i < points->n; i++)
    cloud->rows[i] = points->rows != NULL ? points->rows[i] : i;
  take_classes (cloud, points->classes);
  cloud->names = g_strdupv (points->names);
  cloud->seen = g_new0 (double, 3 * (gsize)points->n);
  telar_cloud_reset (cloud);
  cloud->marked = -1;
  return cloud;
}

void
telar_cloud_free (TelarCloud *cloud)
{
  if (cloud == NULL)
    return;
  g_free (cloud->title);
  g_free (cloud->places);
  g_free (cloud->rows);
  g_free (cloud->classes);
  g_array_unref (cloud->kinds);
  g_free (cloud->styles);
  g_strfreev (cloud->names);
  g_free (cloud->found);
  g_free (cloud->seen);
  g_free (cloud);
}

const char *
telar_cloud_title (const TelarCloud *cloud)
{
  return cloud->title;
}

guint
telar_cloud_n_points (const TelarCloud *cloud)
{
  return cloud->n;
}

gboolean
telar_cloud_is_solid (const TelarCloud *cloud)
{
  return cloud->k > 2;
}

gint64
telar_cloud_row (const TelarCloud *cloud, guint point)
{
  return cloud->rows[point];
}

/* --- classes ----------------------------------------------------------------------------- */

char *
telar_cloud_class_name (const TelarCloud *cloud, int class)
{
  return telar_classes_name (cloud->names, class);
}

char *
telar_cloud_class (const TelarCloud *cloud, guint point)
{
  return cloud->classes != NULL ? telar_cloud_class_name (cloud, cloud->classes[point]) : NULL;
}

static gboolean
matches (const TelarCloud *cloud, guint point, const char *text)
{
  g_autofree char *class = telar_cloud_class (cloud, point);
  g_autofree char *row = g_strdup_printf ("%" G_GINT64_FORMAT, cloud->rows[point]);

  if (g_str_equal (row, text))
    return TRUE;
  g_autofree char *folded = class != NULL ? g_utf8_casefold (class, -1) : NULL;
  g_autofree char *wanted = g_utf8_casefold (text, -1);
  /* A number is a class of its own, "1" not a part of "10". */
  return folded != NULL &&
         (cloud->names != NULL ? strstr (folded, wanted) != NULL : g_str_equal (folded, wanted));
}

guint
telar_cloud_search (TelarCloud *cloud, const char *text)
{
  guint n = 0;

  g_clear_pointer (&cloud->found, g_free);
  if (text == NULL || *text == '\0')
    return 0;
  cloud->found = g_new (gboolean, cloud->n);
  for (guint i = 0; i < cloud->n; i++)
    n += (guint)(cloud->found[i] = matches (cloud, i, text));
  return n;
}

/* --- the pointer ------------------------------------------------------------------------- */

gboolean
telar_cloud_point_at (const TelarCloud *cloud, double x, double y, guint *point)
{
  double best = REACH * REACH;
  gboolean any = FALSE;

  for (guint i = 0; i < cloud->n; i++) {
    double dx = cloud->seen[3 * i] - x, dy = cloud->seen[3 * i + 1] - y, off = dx * dx + dy * dy;

    if (off > best || (cloud->found != NULL && !cloud->found[i]))
      continue;
    best = off;
    *point = i;
    any = TRUE;
  }
  return any;
}

void
telar_cloud_zoom (TelarCloud *cloud, double x, double y, double factor)
{
  double zoom = CLAMP (cloud->zoom * factor, LEAST_ZOOM, MOST_ZOOM), real = zoom / cloud->zoom;
  double from_x = x - cloud->left - cloud->width / 2, from_y = y - cloud->top - cloud->height / 2;

  /* What is under the pointer stays there. */
  cloud->dx = from_x - (from_x - cloud->dx) * real;
  cloud->dy = from_y - (from_y - cloud->dy) * real;
  cloud->zoom = zoom;
}

void
telar_cloud_move (TelarCloud *cloud, double dx, double dy)
{
  cloud->dx += dx;
  cloud->dy += dy;
}

void
telar_cloud_turn (TelarCloud *cloud, double dx, double dy)
{
  if (cloud->k < 3)
    return;
  cloud->yaw += TURN * dx;
  cloud->pitch = CLAMP (cloud->pitch + TURN * dy, -G_PI_2, G_PI_2);
}

void
telar_cloud_reset (TelarCloud *cloud)
{
  cloud->zoom = 1;
  cloud->dx = cloud->dy = 0;
  cloud->yaw = cloud->k > 2 ? FIRST_YAW : 0;
  cloud->pitch = cloud->k > 2 ? FIRST_PITCH : 0;
}

void
telar_cloud_mark (TelarCloud *cloud, int point)
{
  cloud->marked = point;
}
