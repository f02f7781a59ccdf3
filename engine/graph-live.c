/* Finding the parameters that are marked live. */
#include "engine/graph-live.h"

static void
add_live (GPtrArray *paths, const char *owner, const TelarParamSet *set)
{
  for (const TelarParam *param = telar_param_set_table (set); param && param->name; param++)
    if (param->live)
      g_ptr_array_add (paths, g_strdup_printf ("%s.%s", owner, param->name));
}

char **
telar_graph_live_settings (TelarGraph *graph)
{
  GPtrArray *paths = g_ptr_array_new ();
  const GPtrArray *nodes = telar_graph_nodes (graph);
  add_live (paths, "training", telar_graph_training (graph));
  for (guint i = 0; i < nodes->len; i++)
    add_live (paths, ((const TelarNode *)nodes->pdata[i])->id,
              ((const TelarNode *)nodes->pdata[i])->params);
  g_ptr_array_add (paths, NULL);
  return (char **)g_ptr_array_free (paths, FALSE);
}
