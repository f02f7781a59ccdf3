/* Curves as CSV. */
#pragma once

#include "insight/bulk.h"

G_BEGIN_DECLS

/* "tag,step,wall_time,value", a line for each point. */
gboolean telar_run_write_csv (TelarStore *store, const TelarRunRow *row, const char *path,
                              GError **error);

/* Reads, by what the header says:
 *  - a line for each point: columns "tag" (or "metric", "name") and "value";
 *  - one curve, as TensorBoard's download has it: "Wall time,Step,Value"; it is called as the file;
 *  - a column for each curve, as CSVLogger of Keras and Lightning write it; cells may be empty.
 * The step stands in "step", else in "epoch", else lines are counted; seconds since 1970 in
 * "wall_time", "wall time", "timestamp" or "time". Returns the run's name, which the caller frees.
 */
char *telar_run_read_csv (TelarStore *store, const char *path, const char *name,
                          TelarBulkSummary *summary, GError **error);

G_END_DECLS
