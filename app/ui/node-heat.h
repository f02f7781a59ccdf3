/* What a run recorded of its nodes, as the canvas shows it. */
#pragma once

#include "app/canvas/canvas.h"
#include "engine/node-stat.h"
#include "insight/store.h"

G_BEGIN_DECLS

/* "Gradient norm", in the language of the person. */
const char *telar_node_stat_title (TelarNodeStat stat);
/* "12 %", "0.4 ms"; caller frees. */
char *telar_node_stat_text (TelarNodeStat stat, double value);

/* What is shown, and the least and greatest value in it. */
typedef struct {
  gint64 run;
  TelarNodeStat stat;
  const char *place; /* of the drawing, as telar_document_place has it */
  gint64 step;       /* the newest value that is not after it counts */
} TelarHeatQuery;

typedef struct {
  GHashTable *heats; /* id in the drawing -> TelarHeat *; owned */
  double low, high;  /* NaN without a value */
} TelarHeatMap;

void telar_heat_map_clear (TelarHeatMap *map);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (TelarHeatMap, telar_heat_map_clear)

/* A group has the greatest value of what is in it, and the sum of the times. Reads no more than the
 * latest points before the step. */
gboolean telar_heat_map_read (TelarStore *store, const TelarHeatQuery *query, TelarHeatMap *map,
                              GError **error);

G_END_DECLS
