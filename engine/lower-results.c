/* The results of all nodes on their way into the program: their names, and the states they leave.
 */
#include "engine/lower-private.h"

/* What must not be told twice: results are named apart from losses and metrics, so that a model in
 * use names them as its evaluation does. */
static char *
name_key (const TelarPendingOutput *output)
{
  return g_strconcat (output->role == TELAR_OUTPUT_RESULT ? "result " : "", output->name, NULL);
}

/* A single loss is "loss"; several go by their nodes, beside their sum "loss" and the kernels'
 * "penalty". Caller frees. */
static char *
loss_name (const char *node, guint losses)
{
  static const char *const taken[] = { "loss", TELAR_LOSS_PENALTY, NULL };
  if (losses == 1)
    return g_strdup ("loss");
  return g_strv_contains (taken, node) ? g_strdup_printf ("%s.%s", node, node) : g_strdup (node);
}

/* Names the losses; how often each name occurs. */
static GHashTable *
name_losses (GArray *pending)
{
  guint losses = 0;
  GHashTable *uses = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; i < pending->len; i++)
    losses += g_array_index (pending, TelarPendingOutput, i).role == TELAR_OUTPUT_LOSS;
  for (guint i = 0; i < pending->len; i++) {
    TelarPendingOutput *output = &g_array_index (pending, TelarPendingOutput, i);
    if (output->role == TELAR_OUTPUT_LOSS && !output->name)
      output->name = loss_name (output->node, losses);
    char *key = name_key (output);
    guint times = GPOINTER_TO_UINT (g_hash_table_lookup (uses, key));
    g_hash_table_replace (uses, key, GUINT_TO_POINTER (times + 1));
  }
  return uses;
}

/* Equal names gain their nodes; a loss keeps its own. */
static void
name_outputs (GArray *pending)
{
  g_autoptr (GHashTable) uses = name_losses (pending);
  for (guint i = 0; i < pending->len; i++) {
    TelarPendingOutput *output = &g_array_index (pending, TelarPendingOutput, i);
    g_autofree char *key = name_key (output);
    if (output->role == TELAR_OUTPUT_LOSS || GPOINTER_TO_UINT (g_hash_table_lookup (uses, key)) < 2)
      continue;
    char *name = g_strdup_printf ("%s.%s", output->name, output->node);
    g_free (output->name);
    output->name = name;
  }
}

void
telar_lower_build_outputs (TelarBuilder *b, GArray *pending)
{
  name_outputs (pending);
  for (guint i = 0; i < pending->len; i++) {
    const TelarPendingOutput *output = &g_array_index (pending, TelarPendingOutput, i);
    if (output->role == TELAR_OUTPUT_METRIC)
      telar_build_metric (b, output->name, output->kind, output->value);
    else
      telar_build_output (b, output->role, output->name, output->value);
  }
}

void
telar_lower_build_updates (TelarBuilder *b, const GArray *updates)
{
  for (guint i = 0; i < updates->len; i++) {
    const TelarPendingUpdate *update = &g_array_index (updates, TelarPendingUpdate, i);
    telar_build_update (b, update->state, update->value);
  }
}
