/* A profile that was recorded (engine/profile.h), read and drawn: a timeline with a row for each
 * node, and the memory in use below it. */
#pragma once

#include "engine/error.h"
#include "insight/chart.h"

G_BEGIN_DECLS

typedef struct {
  guint node;
  char *kernel;       /* "conv" */
  double start, time; /* ns */
  double flops, bytes, live;
} TelarTimelineSpan;

/* All of a node's kernels together. */
typedef struct {
  char *name; /* "" for what the compiler made */
  double time, flops, bytes;
  guint kernels;
  double reached; /* the part of what the roofline allows, 0 to 1; NaN when unknown */
} TelarTimelineNode;

typedef struct {
  GArray *spans; /* TelarTimelineSpan, by start */
  GArray *nodes; /* TelarTimelineNode, in the order of the first kernel */
  double time;   /* ns, of all kernels */
  double step_time, arena, states, peak_flops, peak_bytes;
  gint64 rows;
} TelarTimeline;

/* NULL with an error where the text is no profile. */
TelarTimeline *telar_timeline_parse (const char *json, GError **error);
void telar_timeline_free (TelarTimeline *timeline);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (TelarTimeline, telar_timeline_free)

/* The height that all rows need. */
double telar_timeline_height (const TelarTimeline *timeline, const TelarChartTheme *theme);
/* @memory_name: a heading, in the language of the caller. */
void telar_timeline_draw (const TelarTimeline *timeline, const char *memory_name, cairo_t *cr,
                          double width, double height, const TelarChartTheme *theme);
/* The kernel at a position of the last drawing of that size; NULL: none. */
const TelarTimelineSpan *telar_timeline_pick (const TelarTimeline *timeline, double x, double y,
                                              double width, const TelarChartTheme *theme);

G_END_DECLS
