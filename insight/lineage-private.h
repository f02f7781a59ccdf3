/* What lineage-layout.c (where cards lie, what they say) and lineage-draw.c (the painter) share. */
#pragma once

#include "insight/chart-private.h"
#include "insight/lineage-draw.h"

G_BEGIN_DECLS

struct TelarLineageView {
  TelarLineageWords words; /* owned */
  TelarLineage *lineage;   /* NULL: nothing */
  TelarBox *cards;         /* of each node, for a font of 12 pixels */
  double width, height;    /* the same: of all */
  double scale, left, top; /* as last drawn */
  int picked;
};

/* Lays the cards out. */
void telar_lineage_view_place (TelarLineageView *view);
/* The second line of a card and what there is to warn of, NULL: nothing. Caller frees the first. */
char *telar_lineage_view_line (const TelarLineageView *view, const TelarLineageNode *node);
const char *telar_lineage_view_warning (const TelarLineageView *view, const TelarLineageNode *node);
const char *telar_lineage_view_kind (const TelarLineageView *view, const TelarLineageNode *node);
/* A file that comes into a fork comes into its parent too: that wire is enough. */
gboolean telar_lineage_view_shows (const TelarLineageView *view, const TelarLineageEdge *edge);

G_END_DECLS
