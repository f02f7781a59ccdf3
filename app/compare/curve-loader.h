/* Curves of several runs, read in a thread of its own: at most so many columns of each as a picture
 * has pixels, every point where there are fewer. */
#pragma once

#include "insight/store.h"

#include <gio/gio.h>

G_BEGIN_DECLS

typedef struct {
  gint64 run;
  char *tag;
  GArray *points;         /* TelarPoint: all, or a column's mean at its last step */
  GArray *low, *high;     /* double: how far each column reaches; NULL where all points are there */
  TelarPoint first, last; /* the ends of what was asked for */
} TelarLoadedCurve;

typedef struct {
  const char *workspace;
  const GArray *runs; /* gint64 */
  const char *tags;   /* a regular expression; NULL: all */
  const char *along;  /* a tag that is read besides; NULL: none */
  guint most_tags;    /* of those that fit, in the order of their names */
  gint64 from, to;    /* steps */
} TelarCurveWish;

/* @callback is called in the thread that asks. */
void telar_curves_load (GObject *source, const TelarCurveWish *wish, GCancellable *cancellable,
                        GAsyncReadyCallback callback, gpointer data);
/* GPtrArray of TelarLoadedCurve *, owned; NULL on error. */
GPtrArray *telar_curves_load_finish (GAsyncResult *result, GError **error);

G_END_DECLS
