/* Rows of the run store as JSON: what `telar runs --json` prints and what the server answers. */
#pragma once

#include "insight/store.h"

#include <jansson.h>

G_BEGIN_DECLS

/* null for NULL. */
json_t *telar_json_text (const char *text);
/* Text that holds JSON, as JSON; null for NULL and for what is none. */
json_t *telar_json_parsed (const char *text);
/* null for what is not finite. */
json_t *telar_json_number (double value);
json_t *telar_json_numbers (const double *values, guint n);
/* @steps is of gint64. */
json_t *telar_json_steps (const GArray *steps);

/* Times in seconds since 1970, "ended" null while it runs; metrics and settings as objects. */
json_t *telar_run_row_to_json (const TelarRunRow *row);
json_t *telar_event_to_json (const TelarEventRow *event);
json_t *telar_figure_row_to_json (const TelarFigureRow *figure);

G_END_DECLS
