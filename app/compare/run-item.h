/* A run as the Compare page shows it: its row, what was chosen for it, its metrics; and the columns
 * that can be made of these. */
#pragma once

#include "insight/axis.h"
#include "insight/choices.h"
#include "insight/store.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TELAR_TYPE_RUN_ITEM (telar_run_item_get_type ())
G_DECLARE_FINAL_TYPE (TelarRunItem, telar_run_item, TELAR, RUN_ITEM, GObject)

/* What is read of a run in the background. */
typedef struct {
  TelarRunRow *row;
  GHashTable *last, *best; /* metric to double *, owned */
  TelarChoices *choices;   /* NULL: as before */
} TelarRunReading;

void telar_run_reading_free (gpointer reading);

/* Takes what is in @reading. Signal "changed": something that is shown of it. */
TelarRunItem *telar_run_item_new (TelarRunReading *reading);
void telar_run_item_update (TelarRunItem *item, TelarRunReading *reading);

const TelarRunRow *telar_run_item_row (TelarRunItem *item);
gint64 telar_run_item_id (TelarRunItem *item);
const TelarChoices *telar_run_item_choices (TelarRunItem *item);
GHashTable *telar_run_item_metrics (TelarRunItem *item); /* names of those with a last value */

/* The colour that the charts give it; -1: it is in no chart. */
int telar_run_item_style (TelarRunItem *item);
void telar_run_item_set_style (TelarRunItem *item, int style);

/* --- columns
 * ------------------------------------------------------------------------------------
 */

/* A column has a key: "star", "name", "state", "note", "labels", "started", "duration", "epochs",
 * "parameters", "device", "project"; "choice:NAME" is what was chosen, "last:METRIC" and
 * "best:METRIC" are values of a metric. */

/* "Learning rate, best"; caller frees. */
char *telar_run_column_title (const char *key);
TelarUnit telar_run_column_unit (const char *key);
/* What stands in the cell; "" where there is nothing. Caller frees. */
char *telar_run_item_text (TelarRunItem *item, const char *key);
/* The same as a number; NaN where it is none. */
double telar_run_item_number (TelarRunItem *item, const char *key);
/* Numbers in their order, then words in theirs; what has nothing comes last. */
int telar_run_item_compare (TelarRunItem *a, TelarRunItem *b, const char *key);

G_END_DECLS
