/* What is in a cloud; for its painter and its text. */
#pragma once

#include "insight/cloud.h"

G_BEGIN_DECLS

struct TelarCloud {
  char *title;
  guint n, k;
  double *places; /* [n, 3], the middle at 0, all within 1 */
  gint64 *rows;
  int *classes;  /* NULL: none */
  GArray *kinds; /* of int: the classes that points have, ascending; of too many the first */
  guint *styles; /* of points: where in @kinds their class is; 0 beyond */
  char **names;
  gboolean *found; /* what a search stresses; NULL: no search */

  double zoom, dx, dy; /* pixels from the middle of the plot */
  double yaw, pitch;
  int marked;

  /* As last drawn. */
  double left, top, width, height; /* of the plot */
  double *seen;                    /* [n, 3]: x, y, depth from -1, behind, to 1 */
};

/* Caller frees. */
char *telar_cloud_class_name (const TelarCloud *cloud, int class);

G_END_DECLS
