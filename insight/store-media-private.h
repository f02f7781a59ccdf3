/* What the kinds of media share in the store: series, and items as a text with bytes at a step. */
#pragma once

#include "insight/store-media.h"
#include "insight/store-private.h"

G_BEGIN_DECLS

typedef struct {
  gint64 step, time;
  guint place;
  const char *text; /* or NULL */
  GBytes *data;     /* or NULL */
} TelarItem;

/* Puts an item into the series, which is made where there is none, in place of one of that step and
 * place. @keep_all: the series is not thinned. */
typedef struct {
  gint64 run;
  TelarMediaKind kind;
  const char *name;
  gboolean keep_all;
} TelarSeriesRef;

gboolean telar_store_put_item (TelarStore *store, const TelarSeriesRef *series,
                               const TelarItem *item, GError **error);
/* The id of the series; 0: there is none. With @make it is made. */
gboolean telar_store_find_series (TelarStore *store, const TelarSeriesRef *series, gboolean make,
                                  gint64 *id, GError **error);

/* Makes a row of an item; NULL when it is damaged. What the item points at is the store's. */
typedef gpointer (*TelarItemFunc) (const TelarItem *item);
/* GPtrArray of what @make made, by step and place. */
GPtrArray *telar_store_read_span (TelarStore *store, TelarMediaKind kind, const TelarSpan *span,
                                  TelarItemFunc make, GDestroyNotify free_row, GError **error);
/* Those of the last step that is not beyond @step. */
GPtrArray *telar_store_read_step (TelarStore *store, const TelarSeriesRef *series, gint64 step,
                                  TelarItemFunc make, GDestroyNotify free_row, GError **error);
/* The first column of all rows of @statement, which may be NULL; GArray of gint64, owned. */
GArray *telar_store_read_steps (TelarStore *store, sqlite3_stmt *statement, GError **error);

/* Sets @error to "NAME: WHAT is larger than LIMIT UNIT"; returns FALSE. */
gboolean telar_store_too_large (const char *name, const char *what, gsize limit, GError **error);

/* Removes the items of @run beyond @step. Samples of the system stay: that time has passed. */
gboolean telar_store_truncate_media (TelarStore *store, gint64 run, gint64 step, GError **error);

G_END_DECLS
