/* Names of the statistics of nodes. */
#include "engine/node-stat.h"
#include <string.h>

static const char *const names[TELAR_N_NODE_STATS] = {
  [TELAR_NODE_SIGNAL] = "signal",
  [TELAR_NODE_GRADIENT] = "grad_norm",
  [TELAR_NODE_DEAD] = "dead",
  [TELAR_NODE_TIME] = "time",
};

const char *
telar_node_stat_name (TelarNodeStat stat)
{
  return names[stat];
}

char *
telar_node_stat_tag (const char *node, TelarNodeStat stat)
{
  return g_strconcat (TELAR_NODE_STAT_PREFIX, node, "/", names[stat], NULL);
}

gboolean
telar_node_stat_parse (const char *tag, char **node, TelarNodeStat *stat)
{
  const char *slash = strrchr (tag, '/'), *path = tag + strlen (TELAR_NODE_STAT_PREFIX);
  if (!g_str_has_prefix (tag, TELAR_NODE_STAT_PREFIX) || slash <= path)
    return FALSE;
  for (guint i = 0; i < TELAR_N_NODE_STATS; i++)
    if (strcmp (slash + 1, names[i]) == 0) {
      *node = g_strndup (path, (gsize)(slash - path));
      *stat = (TelarNodeStat)i;
      return TRUE;
    }
  return FALSE;
}
