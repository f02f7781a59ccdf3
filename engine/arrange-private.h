/* What the steps of arranging share: columns, then the order within them, then places. */
#pragma once

#include "engine/arrange.h"

#include <math.h>

G_BEGIN_DECLS

#define TELAR_ARRANGE_ROW_GAP  40.0 /* between the cards of a column */
#define TELAR_ARRANGE_FOLD_GAP 72.0 /* between rows of columns */

typedef struct {
  char *id;
  double height;
  double old_x, old_y;
  double x, y;
  guint column;
  guint order; /* within the column */
  /* Wires in and out: @n from the first on in the list of that name. */
  guint first_in, n_in, first_out, n_out;
} TelarArrangeItem;

typedef struct {
  guint from, to;      /* items */
  double from_y, to_y; /* of the ports, below the tops of the cards */
} TelarArrangeWire;

struct TelarArrangement {
  double width, step, grid; /* of a card; from column to column */
  gboolean placed;          /* the items have had places */
  GArray *items;            /* TelarArrangeItem in topological order */
  GArray *wires;            /* TelarArrangeWire by @to */
  GArray *out;              /* guint: the wires by @from */
  GPtrArray *columns;       /* GArray of guint: the items of each column, top to bottom */
  GArray *others;           /* graphene-free rectangles that must stay free, TelarArrangeRect */
  GArray *places;           /* TelarArranged */
  gint *permille;
  const gint *cancelled;
};

typedef struct {
  double x, y, width, height;
} TelarArrangeRect;

static inline TelarArrangeItem *
telar_arrange_item (const TelarArrangement *a, guint index)
{
  return &g_array_index (a->items, TelarArrangeItem, index);
}

/* The nth wire that ends at, or starts from, an item. */
static inline const TelarArrangeWire *
telar_arrange_wire (const TelarArrangement *a, const TelarArrangeItem *item, gboolean in, guint n)
{
  guint index = in ? item->first_in + n : g_array_index (a->out, guint, item->first_out + n);
  return &g_array_index (a->wires, TelarArrangeWire, index);
}

static inline GArray *
telar_arrange_column (const TelarArrangement *a, guint column)
{
  return a->columns->pdata[column];
}

/* Where a person has put it; without, it is new. */
static inline gboolean
telar_arrange_had_place (const TelarArrangeItem *item)
{
  return item->old_x != 0 || item->old_y != 0;
}

/* Of its cards and the gaps between them. */
static inline double
telar_arrange_column_height (const TelarArrangement *a, guint column)
{
  const GArray *items = telar_arrange_column (a, column);
  double height = -TELAR_ARRANGE_ROW_GAP;
  for (guint k = 0; k < items->len; k++)
    height +=
        telar_arrange_item (a, g_array_index (items, guint, k))->height + TELAR_ARRANGE_ROW_GAP;
  return height;
}

static inline double
telar_arrange_snap (const TelarArrangement *a, double value)
{
  return round (value / a->grid + 1e-6) * a->grid;
}

/* Tells how much is done; FALSE when it is to end. */
gboolean telar_arrange_go_on (const TelarArrangement *a, guint permille);

/* arrange-order.c: fills the columns and orders them so that few wires cross. FALSE: cancelled. */
gboolean telar_arrange_order (TelarArrangement *a);
/* arrange-place.c: folds the columns into rows and gives all items places. FALSE: cancelled. */
gboolean telar_arrange_place (TelarArrangement *a);
/* arrange-align.c: gives the items of the columns from @start to before @end heights at which wires
 * run straight; the topmost is at 0. */
void telar_arrange_align (TelarArrangement *a, guint start, guint end);

G_END_DECLS
