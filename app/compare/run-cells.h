/* The cells of the run table: what shows a run in a column. */
#pragma once

#include "app/compare/run-item.h"

G_BEGIN_DECLS

/* A column of the table for @key that sorts itself. Caller has the reference. @star is called when
 * the star of a run is pressed. */
GtkColumnViewColumn *telar_run_column_new (const char *key,
                                           void (*star) (TelarRunItem *item, gpointer data),
                                           gpointer data);
const char *telar_run_column_key (GtkColumnViewColumn *column);

/* A mark in the colour that the charts give to @style; it is the widget's to draw. */
GtkWidget *telar_run_mark_new (void);
void telar_run_mark_set (GtkWidget *mark, int style);

G_END_DECLS
