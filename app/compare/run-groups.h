/* Which runs belong together in a chart, and how each group is called. */
#pragma once

#include "app/compare/run-item.h"

G_BEGIN_DECLS

typedef struct {
  char *label;
  guint style;
  GPtrArray *items; /* TelarRunItem, references */
} TelarRunGroup;

/* @by: NULL or "": each run alone; "recipe": those that differ in their seed at most;
 * "choice:NAME": those with the same value; "name:EXPRESSION": those whose names give the same
 * first group of a regular expression, or the same match where it has none. In the order of their
 * first run; GPtrArray of TelarRunGroup *, owned. NULL where the expression is none. */
GPtrArray *telar_run_groups_new (const GPtrArray *items, const char *by, GError **error);

G_END_DECLS
