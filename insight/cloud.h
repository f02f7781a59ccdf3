/* A cloud: points in two or three dimensions, coloured by their classes, drawn by the charts'
 * painter. It can be zoomed, moved and, in three dimensions, turned; what it shows is kept as text
 * in a run store. */
#pragma once

#include "insight/chart.h"

G_BEGIN_DECLS

typedef struct TelarCloud TelarCloud;

typedef struct {
  guint n, k;           /* points, coordinates of each: 2 or 3 */
  const double *places; /* [n, k] */
  const gint64 *rows;   /* [n], which sample each is; NULL: 0, 1, … */
  const int *classes;   /* [n]; NULL: none */
  char **names;         /* of the classes, NULL-terminated; NULL: they are numbers */
} TelarCloudPoints;

/* Copies all of @points. */
TelarCloud *telar_cloud_new (const char *title, const TelarCloudPoints *points);
void telar_cloud_free (TelarCloud *cloud);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarCloud, telar_cloud_free)

const char *telar_cloud_title (const TelarCloud *cloud);
guint telar_cloud_n_points (const TelarCloud *cloud);
gboolean telar_cloud_is_solid (const TelarCloud *cloud); /* three dimensions */
gint64 telar_cloud_row (const TelarCloud *cloud, guint point);
/* The name or number of a point's class. NULL without classes. Caller frees. */
char *telar_cloud_class (const TelarCloud *cloud, guint point);

/* Stresses the points whose class's name has @text in it, or whose row it is; NULL or "": none.
 * Returns how many. */
guint telar_cloud_search (TelarCloud *cloud, const char *text);

void telar_cloud_draw (TelarCloud *cloud, cairo_t *cr, double width, double height,
                       const TelarChartTheme *theme);

/* In the units of the last drawing. */
gboolean telar_cloud_point_at (const TelarCloud *cloud, double x, double y, guint *point);
void telar_cloud_zoom (TelarCloud *cloud, double x, double y, double factor);
void telar_cloud_move (TelarCloud *cloud, double dx, double dy);
void telar_cloud_turn (TelarCloud *cloud, double dx, double dy); /* of three dimensions */
void telar_cloud_reset (TelarCloud *cloud);
void telar_cloud_mark (TelarCloud *cloud, int point); /* drawn with a ring; -1: none */

/* JSON: {"title", "points": [[x, y, z], …], "rows": […], "classes": […], "names": […]}, numbers
 * with six digits. Caller frees. */
char *telar_cloud_to_text (const TelarCloud *cloud);
TelarCloud *telar_cloud_from_text (const char *text, GError **error);

G_END_DECLS
