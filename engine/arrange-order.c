/* Columns by longest path, and the order within each: the mean of the neighbours, a few sweeps of
 * the barycentre heuristic, the best of them kept. Crossings are counted as inversions; Barth et
 * al.: "Simple and efficient bilayer cross counting", 2002. */
#include "engine/arrange-private.h"

#define SWEEPS 6
/* A new order must save at least this share of the crossings, and this many, to replace the one
 * that a person knows. */
#define WORTH_SHARE 0.2
#define WORTH_COUNT 2
/* Of the whole work, in thousandths. */
#define PROGRESS 600

/* --- columns ---------------------------------------------------------------------------------- */

/* Each item one column after the last of what it needs. */
static void
assign_columns (TelarArrangement *a)
{
  for (guint i = 0; i < a->items->len; i++) {
    TelarArrangeItem *item = telar_arrange_item (a, i);
    item->column = 0;
    for (guint n = 0; n < item->n_in; n++) {
      const TelarArrangeWire *wire = telar_arrange_wire (a, item, TRUE, n);
      item->column = MAX (item->column, telar_arrange_item (a, wire->from)->column + 1);
    }
  }
}

/* What needs nothing itself, such as parameters and labels, stands before the first that needs it.
 */
static void
bring_sources_near (TelarArrangement *a)
{
  for (guint i = 0; i < a->items->len; i++) {
    TelarArrangeItem *item = telar_arrange_item (a, i);
    guint nearest = G_MAXUINT;
    for (guint n = 0; n < item->n_out && item->n_in == 0; n++) {
      const TelarArrangeWire *wire = telar_arrange_wire (a, item, FALSE, n);
      nearest = MIN (nearest, telar_arrange_item (a, wire->to)->column);
    }
    if (nearest != G_MAXUINT)
      item->column = nearest - 1;
  }
}

static void
add_to_column (TelarArrangement *a, guint index)
{
  TelarArrangeItem *item = telar_arrange_item (a, index);
  while (a->columns->len <= item->column)
    g_ptr_array_add (a->columns, g_array_new (FALSE, FALSE, sizeof (guint)));
  GArray *column = telar_arrange_column (a, item->column);
  item->order = column->len;
  g_array_append_val (column, index);
}

/* Depth first along the wires, so that what belongs together starts side by side. */
static void
fill_columns (TelarArrangement *a)
{
  g_autofree gboolean *seen = g_new0 (gboolean, a->items->len + 1);
  g_autoptr (GArray) stack = g_array_new (FALSE, FALSE, sizeof (guint));
  g_ptr_array_set_size (a->columns, 0);
  for (guint start = 0; start < a->items->len; start++) {
    if (telar_arrange_item (a, start)->n_in > 0)
      continue;
    g_array_append_val (stack, start);
    while (stack->len > 0) {
      guint index = g_array_index (stack, guint, stack->len - 1);
      const TelarArrangeItem *item = telar_arrange_item (a, index);
      g_array_set_size (stack, stack->len - 1);
      if (seen[index])
        continue;
      seen[index] = TRUE;
      add_to_column (a, index);
      for (guint n = item->n_out; n-- > 0;) {
        guint to = telar_arrange_wire (a, item, FALSE, n)->to;
        if (!seen[to])
          g_array_append_val (stack, to);
      }
    }
  }
}

/* --- crossings -------------------------------------------------------------------------------- */

/* Sorts and counts the pairs that were in the wrong order. */
static guint64
count_inversions (guint *values, guint *scratch, guint n)
{
  if (n < 2)
    return 0;
  guint half = n / 2, i = 0, j = half, k = 0;
  guint64 count = count_inversions (values, scratch, half);
  count += count_inversions (values + half, scratch, n - half);
  while (i < half && j < n) {
    if (values[j] < values[i]) {
      count += half - i;
      scratch[k++] = values[j++];
    } else {
      scratch[k++] = values[i++];
    }
  }
  while (i < half)
    scratch[k++] = values[i++];
  while (j < n)
    scratch[k++] = values[j++];
  memcpy (values, scratch, n * sizeof *values);
  return count;
}

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  guint x = *(const guint *)a, y = *(const guint *)b;
  return x < y ? -1 : x > y;
}

/* Of the wires from a column to the next. */
static guint64
count_gap (const TelarArrangement *a, guint column, GArray *ends, GArray *scratch)
{
  const GArray *items = telar_arrange_column (a, column);
  g_array_set_size (ends, 0);
  for (guint k = 0; k < items->len; k++) {
    const TelarArrangeItem *item = telar_arrange_item (a, g_array_index (items, guint, k));
    guint first = ends->len;
    for (guint n = 0; n < item->n_out; n++) {
      const TelarArrangeItem *to =
          telar_arrange_item (a, telar_arrange_wire (a, item, FALSE, n)->to);
      if (to->column == column + 1)
        g_array_append_val (ends, to->order);
    }
    if (ends->len > first)
      qsort (&g_array_index (ends, guint, first), ends->len - first, sizeof (guint),
             compare_numbers);
  }
  g_array_set_size (scratch, ends->len);
  return count_inversions ((guint *)(gpointer)ends->data, (guint *)(gpointer)scratch->data,
                           ends->len);
}

static guint64
count_crossings (const TelarArrangement *a)
{
  g_autoptr (GArray) ends = g_array_new (FALSE, FALSE, sizeof (guint));
  g_autoptr (GArray) scratch = g_array_new (FALSE, FALSE, sizeof (guint));
  guint64 count = 0;
  for (guint i = 0; i + 1 < a->columns->len; i++)
    count += count_gap (a, i, ends, scratch);
  return count;
}

/* --- ordering --------------------------------------------------------------------------------- */

typedef struct {
  guint item;
  double key;
} Keyed;

static int
by_key (gconstpointer a, gconstpointer b)
{
  const Keyed *x = a, *y = b;
  if (x->key != y->key)
    return x->key < y->key ? -1 : 1;
  return x->item < y->item ? -1 : x->item > y->item;
}

typedef double (*KeyOf) (const TelarArrangement *a, guint item, gboolean in);

static void
sort_column (TelarArrangement *a, guint index, KeyOf key_of, gboolean in, GArray *keyed)
{
  GArray *column = telar_arrange_column (a, index);
  g_array_set_size (keyed, column->len);
  for (guint k = 0; k < column->len; k++) {
    guint item = g_array_index (column, guint, k);
    g_array_index (keyed, Keyed, k) = (Keyed){ item, key_of (a, item, in) };
  }
  g_array_sort (keyed, by_key);
  for (guint k = 0; k < column->len; k++) {
    guint item = g_array_index (keyed, Keyed, k).item;
    g_array_index (column, guint, k) = item;
    telar_arrange_item (a, item)->order = k;
  }
}

static double
barycentre (const TelarArrangement *a, guint index, gboolean in)
{
  const TelarArrangeItem *item = telar_arrange_item (a, index);
  guint n = in ? item->n_in : item->n_out;
  double sum = 0;
  for (guint i = 0; i < n; i++) {
    const TelarArrangeWire *wire = telar_arrange_wire (a, item, in, i);
    sum += telar_arrange_item (a, in ? wire->from : wire->to)->order +
           1e-4 * (in ? wire->from_y : wire->to_y);
  }
  return n > 0 ? sum / n : item->order;
}

/* Where a person has put it; what is new goes to the middle of its neighbours. */
static double
old_height (const TelarArrangement *a, guint index, gboolean in)
{
  const TelarArrangeItem *item = telar_arrange_item (a, index);
  double sum = 0;
  guint n = item->n_in + item->n_out;
  if (telar_arrange_had_place (item) || n == 0)
    return item->old_y + item->height / 2;
  for (guint i = 0; i < n; i++) {
    gboolean incoming = i < item->n_in;
    const TelarArrangeWire *wire =
        telar_arrange_wire (a, item, incoming, incoming ? i : i - item->n_in);
    const TelarArrangeItem *other = telar_arrange_item (a, incoming ? wire->from : wire->to);
    sum += other->old_y + other->height / 2;
  }
  return sum / n;
}

static GArray *
remember (const TelarArrangement *a)
{
  GArray *orders = g_array_sized_new (FALSE, FALSE, sizeof (guint), a->items->len);
  for (guint i = 0; i < a->items->len; i++)
    g_array_append_val (orders, telar_arrange_item (a, i)->order);
  return orders;
}

static void
restore (TelarArrangement *a, const GArray *orders)
{
  for (guint i = 0; i < a->items->len; i++) {
    TelarArrangeItem *item = telar_arrange_item (a, i);
    item->order = g_array_index (orders, guint, i);
    g_array_index (telar_arrange_column (a, item->column), guint, item->order) = i;
  }
}

/* Sweeps to and fro; the order with the fewest crossings stays. FALSE: cancelled. */
static gboolean
sweep (TelarArrangement *a, guint64 *fewest)
{
  g_autoptr (GArray) keyed = g_array_new (FALSE, FALSE, sizeof (Keyed));
  g_autoptr (GArray) best = remember (a);
  *fewest = count_crossings (a);
  for (guint s = 0; s<SWEEPS && * fewest> 0; s++) {
    gboolean in = s % 2 == 0;
    for (guint i = 0; i < a->columns->len; i++) {
      sort_column (a, in ? i : a->columns->len - 1 - i, barycentre, in, keyed);
      if (i % 256 == 0 && !telar_arrange_go_on (a, PROGRESS * s / SWEEPS))
        return FALSE;
    }
    guint64 count = count_crossings (a);
    if (count < *fewest) {
      *fewest = count;
      g_array_unref (best);
      best = remember (a);
    }
  }
  restore (a, best);
  return TRUE;
}

gboolean
telar_arrange_order (TelarArrangement *a)
{
  g_autoptr (GArray) keyed = g_array_new (FALSE, FALSE, sizeof (Keyed));
  guint64 fewest, known;
  assign_columns (a);
  bring_sources_near (a);
  fill_columns (a);
  if (!sweep (a, &fewest))
    return FALSE;
  if (a->placed) {
    g_autoptr (GArray) fresh = remember (a);
    for (guint i = 0; i < a->columns->len; i++)
      sort_column (a, i, old_height, TRUE, keyed);
    known = count_crossings (a);
    if ((double)fewest < (double)known * (1 - WORTH_SHARE) - WORTH_COUNT)
      restore (a, fresh);
  }
  return telar_arrange_go_on (a, PROGRESS);
}
