/* A run as one JSON file, all of it: what `telar runs export --to json` writes and import takes in
 * again.
 *
 *   {"format": "telar-run", "version": 1,
 *    "run": {as `telar runs show --json` has it}, "graph": the project's text or null,
 *    "curves": [{"tag": "loss", "points": [[step, wall time in seconds, value], …]}, …],
 *    "events": [{"step", "time", "kind", "text"}, …],
 *    "figures": [{"name", "step", "values"}, …]}
 *
 * A value that JSON has no number for is a text: "nan", "inf", "-inf". A point that repeats a step
 * replaces the one before it. */
#pragma once

#include "insight/bulk.h"

G_BEGIN_DECLS

gboolean telar_run_write_json (TelarStore *store, const TelarRunRow *row, const char *path,
                               GError **error);

/* The run of a file, called @name, or as it was, with a number behind it when that is taken.
 * Returns its name, which the caller frees; NULL with an error that names file and, of text that is
 * no JSON, the line. */
char *telar_run_read_json (TelarStore *store, const char *path, const char *name,
                           TelarBulkSummary *summary, GError **error);

G_END_DECLS
