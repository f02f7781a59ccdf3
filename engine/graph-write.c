/* Writing the *.telar file, for diffs and merges: sorted, one node and one wire per line, positions
 * in a block of their own. The same document always gives the same bytes. */
#include "engine/bookmark-private.h"
#include "engine/checkpoint.h"
#include "engine/graph-private.h"
#include "engine/text.h"
#include <string.h>

/* The lines of one block, between its brackets, separated by commas. */
typedef struct {
  GString *text;
  gboolean any;
} Block;

static Block
open_block (GString *text, const char *key, char bracket)
{
  if (text->str[text->len - 1] != '{')
    g_string_append_c (text, ',');
  g_string_append_printf (text, "\n\"%s\": %c", key, bracket);
  return (Block){ text, FALSE };
}

/* @key NULL for a list; takes @line. */
static void
add_line (Block *block, const char *key, char *line)
{
  g_string_append (block->text, block->any ? ",\n  " : "\n  ");
  block->any = TRUE;
  if (key) {
    json_auto_t *name = json_string (key);
    telar_json_append (block->text, name);
    g_string_append (block->text, ": ");
  }
  g_string_append (block->text, line);
  g_free (line);
}

static void
close_block (Block *block, char bracket)
{
  g_string_append_printf (block->text, "%s%c", block->any ? "\n" : "", bracket);
}

static void
write_training (GString *text, const TelarGraph *graph)
{
  Block block = open_block (text, "training", '{');
  for (const TelarParam *param = telar_param_set_table (graph->training); param->name; param++) {
    if (telar_param_set_is_default (graph->training, param->name))
      continue;
    json_auto_t *json =
        telar_param_value_to_json (telar_param_set_get (graph->training, param->name));
    add_line (&block, param->name, telar_json_to_text (json));
  }
  close_block (&block, '}');
}

static void
write_values (GString *text, const TelarGraph *graph)
{
  Block block = open_block (text, "values", '{');
  g_auto (GStrv) names = telar_graph_value_names (graph);
  for (char **name = names; *name; name++) {
    json_auto_t *json = telar_param_value_to_json (telar_graph_value (graph, *name));
    add_line (&block, *name, telar_json_to_text (json));
  }
  close_block (&block, '}');
}

static void
write_data (GString *text, const TelarGraph *graph)
{
  Block block = open_block (text, "data", '{');
  g_autoptr (GList) paths = g_hash_table_get_keys (graph->data_hashes);
  paths = g_list_sort (paths, (GCompareFunc)strcmp);
  for (const GList *path = paths; path; path = path->next) {
    json_auto_t *hash = json_string (g_hash_table_lookup (graph->data_hashes, path->data));
    add_line (&block, path->data, telar_json_to_text (hash));
  }
  close_block (&block, '}');
}

static void
write_layout (GString *text, const TelarGraph *graph)
{
  Block block = open_block (text, "layout", '{');
  for (guint i = 0; i < graph->nodes->len; i++) {
    const TelarNode *node = graph->nodes->pdata[i];
    char *line = telar_graph_layout_line (node);
    if (line)
      add_line (&block, node->id, line);
  }
  for (guint i = 0; i < graph->edges->len; i++) {
    const TelarEdge *edge = graph->edges->pdata[i];
    char *line = telar_graph_bends_line (edge);
    g_autofree char *place = line ? telar_graph_edge_to (graph, edge) : NULL;
    if (line)
      add_line (&block, place, line);
  }
  close_block (&block, '}');
}

static void
write_notes (GString *text, const TelarGraph *graph)
{
  Block block = open_block (text, "notes", '{');
  for (guint i = 0; i < graph->notes->len; i++) {
    const TelarNote *note = graph->notes->pdata[i];
    add_line (&block, note->id, telar_graph_note_line (note));
  }
  close_block (&block, '}');
}

static void
write_bookmarks (GString *text, const TelarGraph *graph)
{
  Block block = open_block (text, "bookmarks", '{');
  for (guint i = 0; i < graph->bookmarks->len; i++) {
    const TelarBookmark *bookmark = graph->bookmarks->pdata[i];
    add_line (&block, bookmark->name, telar_graph_bookmark_line (bookmark));
  }
  close_block (&block, '}');
}

static void
write_drawing (GString *text, const TelarGraph *graph)
{
  Block nodes = open_block (text, "nodes", '[');
  for (guint i = 0; i < graph->nodes->len; i++)
    add_line (&nodes, NULL, telar_graph_node_line (graph->nodes->pdata[i]));
  close_block (&nodes, ']');
  Block edges = open_block (text, "edges", '[');
  for (guint i = 0; i < graph->edges->len; i++)
    add_line (&edges, NULL, telar_graph_edge_line (graph, graph->edges->pdata[i]));
  close_block (&edges, ']');
  write_layout (text, graph);
  if (graph->notes->len > 0)
    write_notes (text, graph);
}

/* A group's members besides its title are those that the document has of the main drawing. */
static void
write_groups (GString *text, const TelarGraph *graph)
{
  Block groups = open_block (text, "groups", '{');
  for (guint i = 0; i < graph->groups->len; i++) {
    const TelarGroup *group = graph->groups->pdata[i];
    g_autofree char *line = telar_graph_group_line (group->drawing);
    GString *body = g_string_new (line);
    g_string_truncate (body, body->len - strlen ("}"));
    write_drawing (body, group->drawing);
    g_string_append_c (body, '}');
    add_line (&groups, group->name, g_string_free (body, FALSE));
  }
  close_block (&groups, '}');
}

char *
telar_graph_to_text (const TelarGraph *graph)
{
  GString *text = g_string_new (NULL);
  g_string_append_printf (text,
                          "{\n\"telar\": %d,\n\"engine\": \"%s\",\n\"seed\": %" G_GUINT64_FORMAT,
                          TELAR_GRAPH_FORMAT, TELAR_VERSION, graph->seed);
  if (g_hash_table_size (graph->values) > 0)
    write_values (text, graph);
  write_training (text, graph);
  write_data (text, graph);
  if (graph->groups->len > 0)
    write_groups (text, graph);
  write_drawing (text, graph);
  if (graph->bookmarks->len > 0)
    write_bookmarks (text, graph);
  g_string_append (text, "\n}\n");
  return g_string_free (text, FALSE);
}

gboolean
telar_graph_save (TelarGraph *graph, const char *path, GError **error)
{
  g_autofree char *text = telar_graph_to_text (graph);
  if (!telar_file_replace (path, text, strlen (text), error))
    return FALSE;
  telar_graph_set_folder_of (graph, path);
  return TRUE;
}
