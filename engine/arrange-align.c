/* Heights at which wires run straight: each column in turn comes as near to what its wires ask for
 * as its order and the gaps allow. That is a least-squares problem over a chain of inequalities,
 * which pooling adjacent violators solves exactly in linear time; Barlow et al.: "Statistical
 * inference under order restrictions", 1972. */
#include "engine/arrange-private.h"

#define PASSES 8

/* Some cards of a column that touch: they move as one. */
typedef struct {
  double weight, mean; /* of where they want to start, less what lies above them */
  guint n;
} Pool;

/* A wire between two that have no other is to be straight before all others. */
static double
weight_of (const TelarArrangement *a, const TelarArrangeWire *wire)
{
  gboolean from = telar_arrange_item (a, wire->from)->n_out == 1;
  gboolean to = telar_arrange_item (a, wire->to)->n_in == 1;
  return from && to ? 8 : from || to ? 2 : 1;
}

/* Where the item's wires within the row want it; its weight 0 when it has none. */
static double
wanted (const TelarArrangement *a, const TelarArrangeItem *item, guint start, guint end,
        gboolean in, gboolean out, double *weight)
{
  double sum = 0;
  *weight = 0;
  for (guint n = 0; n < item->n_in + item->n_out; n++) {
    gboolean incoming = n < item->n_in;
    if (!(incoming ? in : out))
      continue;
    const TelarArrangeWire *wire =
        telar_arrange_wire (a, item, incoming, incoming ? n : n - item->n_in);
    const TelarArrangeItem *other = telar_arrange_item (a, incoming ? wire->from : wire->to);
    if (other->column < start || other->column >= end)
      continue;
    double slope = incoming ? wire->from_y - wire->to_y : wire->to_y - wire->from_y;
    double heft = weight_of (a, wire);
    sum += heft * (other->y + slope);
    *weight += heft;
  }
  return *weight > 0 ? sum / *weight : item->y;
}

static void
align_column (TelarArrangement *a, guint column, guint start, guint end, gboolean in, gboolean out,
              GArray *pools)
{
  const GArray *items = telar_arrange_column (a, column);
  double above = 0;
  g_array_set_size (pools, 0);
  for (guint k = 0; k < items->len; k++) {
    const TelarArrangeItem *item = telar_arrange_item (a, g_array_index (items, guint, k));
    Pool pool = { 0, 0, 1 };
    pool.mean = wanted (a, item, start, end, in, out, &pool.weight) - above;
    pool.weight = MAX (pool.weight, 0.1);
    above += item->height + TELAR_ARRANGE_ROW_GAP;
    while (pools->len > 0) {
      const Pool *last = &g_array_index (pools, Pool, pools->len - 1);
      if (last->mean <= pool.mean)
        break;
      double weight = last->weight + pool.weight;
      pool.mean = (last->mean * last->weight + pool.mean * pool.weight) / weight;
      pool.weight = weight;
      pool.n += last->n;
      g_array_set_size (pools, pools->len - 1);
    }
    g_array_append_val (pools, pool);
  }
  above = 0;
  for (guint p = 0, k = 0; p < pools->len; p++) {
    const Pool *pool = &g_array_index (pools, Pool, p);
    for (guint n = 0; n < pool->n; n++, k++) {
      TelarArrangeItem *item = telar_arrange_item (a, g_array_index (items, guint, k));
      item->y = pool->mean + above;
      above += item->height + TELAR_ARRANGE_ROW_GAP;
    }
  }
}

/* Each column about the middle line. */
static void
stack (TelarArrangement *a, guint column)
{
  const GArray *items = telar_arrange_column (a, column);
  double y = -telar_arrange_column_height (a, column) / 2;
  for (guint k = 0; k < items->len; k++) {
    TelarArrangeItem *item = telar_arrange_item (a, g_array_index (items, guint, k));
    item->y = y;
    y += item->height + TELAR_ARRANGE_ROW_GAP;
  }
}

void
telar_arrange_align (TelarArrangement *a, guint start, guint end)
{
  g_autoptr (GArray) pools = g_array_new (FALSE, FALSE, sizeof (Pool));
  double top = G_MAXDOUBLE;
  for (guint i = start; i < end; i++)
    stack (a, i);
  for (guint pass = 0; pass < PASSES; pass++) {
    gboolean last = pass + 2 >= PASSES, right = pass % 2 == 0;
    for (guint i = start; i < end; i++)
      align_column (a, right ? i : end - 1 - (i - start), start, end, right || last, !right || last,
                    pools);
  }
  for (guint i = start; i < end; i++) {
    const GArray *items = telar_arrange_column (a, i);
    if (items->len > 0)
      top = MIN (top, telar_arrange_item (a, g_array_index (items, guint, 0))->y);
  }
  for (guint i = start; i < end; i++) {
    const GArray *items = telar_arrange_column (a, i);
    for (guint k = 0; k < items->len; k++) {
      TelarArrangeItem *item = telar_arrange_item (a, g_array_index (items, guint, k));
      item->y = telar_arrange_snap (a, item->y - top);
    }
  }
}
