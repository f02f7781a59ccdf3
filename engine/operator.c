/* The operator registry: every family's table, found by name and listed by category. Filled once at
 * start-up, read only afterwards. */
#include "engine/operator.h"
#include "engine/i18n.h"
#include <string.h>

static GHashTable *by_name; /* name -> const TelarOperator * */
static GPtrArray *all;      /* sorted by category, then as registered */

const char *
telar_category_label (TelarCategory category)
{
  static const char *const labels[TELAR_N_CATEGORIES] = {
    [TELAR_CATEGORY_DATA] = N_ ("Data"),          [TELAR_CATEGORY_LAYER] = N_ ("Layers"),
    [TELAR_CATEGORY_SHAPE] = N_ ("Shape"),        [TELAR_CATEGORY_ACTIVATION] = N_ ("Activations"),
    [TELAR_CATEGORY_NORM] = N_ ("Normalisation"), [TELAR_CATEGORY_MATH] = N_ ("Arithmetic"),
    [TELAR_CATEGORY_GROUP] = N_ ("Groups"),       [TELAR_CATEGORY_LOSS] = N_ ("Losses"),
    [TELAR_CATEGORY_METRIC] = N_ ("Metrics"),     [TELAR_CATEGORY_CLASSICAL] = N_ ("Classical"),
    [TELAR_CATEGORY_OUTPUT] = N_ ("Outputs"),
  };
  return labels[category];
}

static void
make_registry (void)
{
  if (all)
    return;
  by_name = g_hash_table_new (g_str_hash, g_str_equal);
  all = g_ptr_array_new ();
}

static void
add (const TelarOperator *op)
{
  if (!g_hash_table_insert (by_name, (gpointer)op->name, (gpointer)op))
    g_error ("two operators are called \"%s\"", op->name);
  guint place = all->len;
  while (place > 0 && ((const TelarOperator *)all->pdata[place - 1])->category > op->category)
    place--;
  g_ptr_array_insert (all, (gint)place, (gpointer)op);
}

void
telar_operators_register (const TelarOperator *const *operators)
{
  make_registry ();
  for (; *operators; operators++)
    add (*operators);
}

const TelarOperator *
telar_operator_find (const char *name)
{
  make_registry ();
  return g_hash_table_lookup (by_name, name);
}

const GPtrArray *
telar_operators_all (void)
{
  make_registry ();
  return all;
}

static guint
count (const TelarPort *ports)
{
  guint n = 0;
  while (ports && ports[n].name)
    n++;
  return n;
}

static int
find (const TelarPort *ports, const char *name)
{
  for (int i = 0; ports && ports[i].name; i++)
    if (strcmp (ports[i].name, name) == 0)
      return i;
  return -1;
}

guint
telar_operator_n_inputs (const TelarOperator *op)
{
  return count (op->inputs);
}

guint
telar_operator_n_outputs (const TelarOperator *op)
{
  return count (op->outputs);
}

int
telar_operator_find_input (const TelarOperator *op, const char *port)
{
  return find (op->inputs, port);
}

int
telar_operator_find_output (const TelarOperator *op, const char *port)
{
  return find (op->outputs, port);
}

gboolean
telar_operator_is_fed (const TelarOperator *op)
{
  return op->lower == NULL;
}
