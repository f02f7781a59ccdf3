/* telar runs lineage: where a run comes from and what became of it, as a tree. */
#include "app/cli/runs.h"
#include "insight/lineage.h"

#include <stdio.h>
#include <string.h>

static const char *const kind_names[] = { [TELAR_LINEAGE_DATA] = "data",
                                          [TELAR_LINEAGE_RUN] = "run",
                                          [TELAR_LINEAGE_GONE] = "deleted run",
                                          [TELAR_LINEAGE_ARTIFACT] = "artifact" };

static json_t *
node_to_json (const TelarLineageNode *node)
{
  json_t *json = json_pack ("{s:s, s:s}", "kind", kind_names[node->kind], "name", node->name);

  if (node->detail[0] != '\0')
    json_object_set_new (json, "detail", json_string (node->detail));
  if (node->sha256 != NULL) {
    json_object_set_new (json, "hash", json_string (node->sha256));
    json_object_set_new (json, "bytes", json_integer (node->bytes));
  }
  if (node->step >= 0)
    json_object_set_new (json, "step", json_integer (node->step));
  return json;
}

static void
print_json (const TelarLineage *lineage)
{
  json_t *nodes = json_array (), *edges = json_array ();

  for (guint i = 0; i < lineage->nodes->len; i++)
    json_array_append_new (nodes, node_to_json (lineage->nodes->pdata[i]));
  for (guint i = 0; i < lineage->edges->len; i++) {
    const TelarLineageEdge *edge = &g_array_index (lineage->edges, TelarLineageEdge, i);
    json_array_append_new (edges, json_pack ("[i, i]", (int)edge->from, (int)edge->to));
  }
  telar_print_json_document (json_pack ("{s:o, s:o}", "nodes", nodes, "edges", edges));
}

/* The first digits are enough to tell files apart by eye. */
static void
print_hash (const TelarLineageNode *node)
{
  g_autofree char *size = g_format_size ((guint64)node->bytes);

  printf ("  %.19s  %s", node->sha256, size);
}

static void
print_node (const TelarLineageNode *node)
{
  printf ("%s", node->name);
  if (node->kind == TELAR_LINEAGE_GONE)
    printf ("  deleted");
  else if (node->detail[0] != '\0')
    printf ("  %s", node->detail);
  if (node->sha256 != NULL)
    print_hash (node);
  if (node->step >= 0)
    printf (node->kind == TELAR_LINEAGE_ARTIFACT ? "  step %" G_GINT64_FORMAT
                                                 : "  forked at step %" G_GINT64_FORMAT,
            node->step);
  printf ("%s\n", node->asked ? "  (this run)" : "");
}

static void
print_data_of (const TelarLineage *lineage, guint node, guint indent)
{
  for (guint i = 0; i < lineage->edges->len; i++) {
    const TelarLineageEdge *edge = &g_array_index (lineage->edges, TelarLineageEdge, i);
    const TelarLineageNode *from = lineage->nodes->pdata[edge->from];
    if (edge->to != node || from->kind != TELAR_LINEAGE_DATA)
      continue;
    printf ("%*sdata: %s", (int)(2 * indent), "", from->name);
    print_hash (from);
    putchar ('\n');
  }
}

/* Nodes stand in the order of the tree, each behind what it comes from. */
static void
print_tree (const TelarLineage *lineage)
{
  for (guint i = 0; i < lineage->nodes->len; i++) {
    const TelarLineageNode *node = lineage->nodes->pdata[i];
    if (node->kind == TELAR_LINEAGE_DATA)
      continue;
    printf ("%*s", (int)(2 * (node->depth - 1)), "");
    print_node (node);
    if (node->kind == TELAR_LINEAGE_RUN)
      print_data_of (lineage, i, node->depth);
  }
}

gboolean
telar_runs_lineage (const TelarCommand *command, TelarStore *store, GError **error)
{
  g_autoptr (TelarLineage) lineage =
      telar_lineage_read (store, telar_command_argument (command, 1), error);

  if (lineage == NULL)
    return FALSE;
  if (telar_command_has (command, "json"))
    print_json (lineage);
  else
    print_tree (lineage);
  return TRUE;
}
