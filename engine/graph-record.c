/* The document as a set of records. Undo, journal and diff are made of these alone: what the
 * document holds is exactly what its records say. */
#include "engine/bookmark-private.h"
#include "engine/graph-private.h"
#include "engine/text.h"
#include <string.h>

/* --- paths ------------------------------------------------------------------------------------ */

/* The part behind "kind/", or NULL when @path is of another kind. */
static const char *
behind (const char *path, const char *kind)
{
  gsize length = strlen (kind);
  return strncmp (path, kind, length) == 0 && path[length] == '/' ? path + length + 1 : NULL;
}

/* The drawing of "NAME/kind/…", with what comes behind its name; a path of NAME alone has no such
 * part. NULL when there is no such group. */
static TelarGraph *
split_group (const TelarGraph *graph, const char *path, char **name, const char **rest)
{
  const char *slash = strchr (path, '/');
  *name = slash ? g_strndup (path, (gsize)(slash - path)) : g_strdup (path);
  *rest = slash ? slash + 1 : NULL;
  return telar_graph_find_group (graph, *name);
}

/* Whether the record is one of those that drawings have. */
static gboolean
is_of_drawing (const char *path)
{
  return behind (path, "nodes") || behind (path, "edges") || behind (path, "layout") ||
         behind (path, "notes");
}

gboolean
telar_record_is_layout (const char *path)
{
  const char *within = behind (path, "groups");
  const char *slash = within ? strchr (within, '/') : NULL;
  const char *own = slash ? slash + 1 : path;
  return behind (own, "layout") || behind (own, "notes") || behind (path, "bookmarks");
}

/* "edges/TO:PORT.SLOT", with the slot always written. Caller frees. */
static char *
edge_path (const TelarGraph *graph, const TelarEdge *edge)
{
  const TelarNode *node = telar_graph_find_node (graph, edge->to);
  return g_strdup_printf ("edges/%s:%s.%u", edge->to, node->op->inputs[edge->to_port].name,
                          edge->to_slot);
}

/* The wire at "TO:PORT.SLOT", or NULL. */
static TelarEdge *
find_edge (const TelarGraph *graph, const char *place)
{
  return strchr (place, '.') ? telar_graph_edge_at (graph, place) : NULL;
}

static int
compare_strings (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

static void
add_drawing_paths (GPtrArray *paths, const char *before, const TelarGraph *graph)
{
  for (guint i = 0; i < graph->nodes->len; i++) {
    const TelarNode *node = graph->nodes->pdata[i];
    g_ptr_array_add (paths, g_strconcat (before, "nodes/", node->id, NULL));
    if (node->x != 0 || node->y != 0)
      g_ptr_array_add (paths, g_strconcat (before, "layout/", node->id, NULL));
  }
  for (guint i = 0; i < graph->edges->len; i++) {
    const TelarEdge *edge = graph->edges->pdata[i];
    g_autofree char *path = edge_path (graph, edge);
    g_ptr_array_add (paths, g_strconcat (before, path, NULL));
    if (edge->bends)
      g_ptr_array_add (paths, g_strconcat (before, "layout", strchr (path, '/'), NULL));
  }
  for (guint i = 0; i < graph->notes->len; i++)
    g_ptr_array_add (
        paths, g_strconcat (before, "notes/", ((TelarNote *)graph->notes->pdata[i])->id, NULL));
}

static void
add_group_paths (GPtrArray *paths, const TelarGraph *graph)
{
  for (guint i = 0; i < graph->groups->len; i++) {
    const TelarGroup *group = graph->groups->pdata[i];
    g_autofree char *before = g_strconcat ("groups/", group->name, "/", NULL);
    g_ptr_array_add (paths, g_strconcat ("groups/", group->name, NULL));
    add_drawing_paths (paths, before, group->drawing);
  }
}

char **
telar_graph_record_paths (const TelarGraph *graph)
{
  GPtrArray *paths = g_ptr_array_new ();
  add_drawing_paths (paths, "", graph);
  add_group_paths (paths, graph);
  for (const TelarParam *param = telar_param_set_table (graph->training); param->name; param++)
    if (!telar_param_set_is_default (graph->training, param->name))
      g_ptr_array_add (paths, g_strconcat ("training/", param->name, NULL));
  g_auto (GStrv) names = telar_graph_value_names (graph);
  for (char **name = names; *name; name++)
    g_ptr_array_add (paths, g_strconcat ("values/", *name, NULL));
  for (guint i = 0; i < graph->bookmarks->len; i++)
    g_ptr_array_add (paths,
                     g_strconcat ("bookmarks/",
                                  ((const TelarBookmark *)graph->bookmarks->pdata[i])->name, NULL));
  GHashTableIter iter;
  gpointer path;
  g_hash_table_iter_init (&iter, graph->data_hashes);
  while (g_hash_table_iter_next (&iter, &path, NULL))
    g_ptr_array_add (paths, g_strconcat ("data/", path, NULL));
  g_ptr_array_add (paths, g_strdup ("seed"));
  g_ptr_array_sort (paths, compare_strings);
  g_ptr_array_add (paths, NULL);
  return (char **)g_ptr_array_free (paths, FALSE);
}

/* --- get -------------------------------------------------------------------------------------- */

static char *
get_training (const TelarGraph *graph, const char *name)
{
  const TelarParamValue *value = telar_param_set_get (graph->training, name);
  if (!value || telar_param_set_is_default (graph->training, name))
    return NULL;
  json_auto_t *json = telar_param_value_to_json (value);
  return telar_json_to_text (json);
}

static char *
get_value (const TelarGraph *graph, const char *name)
{
  const TelarParamValue *value = telar_graph_value (graph, name);
  if (!value)
    return NULL;
  json_auto_t *json = telar_param_value_to_json (value);
  return telar_json_to_text (json);
}

static char *
get_hash (const TelarGraph *graph, const char *path)
{
  const char *hash = g_hash_table_lookup (graph->data_hashes, path);
  if (!hash)
    return NULL;
  json_auto_t *json = json_string (hash);
  return telar_json_to_text (json);
}

static char *
get_layout (const TelarGraph *graph, const char *place)
{
  const TelarEdge *edge = find_edge (graph, place);
  const TelarNode *node = strchr (place, ':') ? NULL : telar_graph_find_node (graph, place);
  if (edge)
    return telar_graph_bends_line (edge);
  return node ? telar_graph_layout_line (node) : NULL;
}

static char *
get_group (const TelarGraph *graph, const char *path)
{
  g_autofree char *name = NULL;
  const char *rest;
  const TelarGraph *drawing = split_group (graph, path, &name, &rest);
  if (!drawing)
    return NULL;
  if (!rest)
    return telar_graph_group_line (drawing);
  return is_of_drawing (rest) ? telar_graph_get_record (drawing, rest) : NULL;
}

char *
telar_graph_get_record (const TelarGraph *graph, const char *path)
{
  const char *rest;
  if ((rest = behind (path, "nodes"))) {
    const TelarNode *node = telar_graph_find_node (graph, rest);
    return node ? telar_graph_node_line (node) : NULL;
  }
  if ((rest = behind (path, "edges"))) {
    const TelarEdge *edge = find_edge (graph, rest);
    return edge ? telar_graph_edge_line (graph, edge) : NULL;
  }
  if ((rest = behind (path, "layout")))
    return get_layout (graph, rest);
  if ((rest = behind (path, "notes"))) {
    const TelarNote *note = telar_graph_find_note (graph, rest);
    return note ? telar_graph_note_line (note) : NULL;
  }
  if ((rest = behind (path, "groups")))
    return get_group (graph, rest);
  if ((rest = behind (path, "training")))
    return get_training (graph, rest);
  if ((rest = behind (path, "values")))
    return get_value (graph, rest);
  if ((rest = behind (path, "data")))
    return get_hash (graph, rest);
  if ((rest = behind (path, "bookmarks"))) {
    const TelarBookmark *bookmark = telar_graph_find_bookmark (graph, rest);
    return bookmark ? telar_graph_bookmark_line (bookmark) : NULL;
  }
  if (strcmp (path, "seed") == 0)
    return g_strdup_printf ("%" G_GUINT64_FORMAT, graph->seed);
  return NULL;
}

/* --- set -------------------------------------------------------------------------------------- */

static gboolean
set_node (TelarGraph *graph, const char *id, const json_t *json, GError **error)
{
  if (json)
    return telar_graph_put_node (graph, id, json, error);
  const TelarGraphEntry *entry = telar_graph_entry (graph, id);
  if (entry && entry->in->len + entry->out->len > 0) {
    telar_set_error (error, TELAR_ERROR_INVALID, id, "the node still has wires");
    return FALSE;
  }
  if (entry && telar_operator_is_group_end (entry->node.op) &&
      telar_group_port_is_wired (graph, id)) {
    telar_set_error (error, TELAR_ERROR_INVALID, id,
                     "the port that the node makes of the group still has wires");
    return FALSE;
  }
  if (entry)
    telar_graph_remove_node (graph, id);
  return TRUE;
}

static TelarWire
wire_of (const TelarGraph *graph, const TelarEdge *edge)
{
  return (TelarWire){ telar_graph_entry (graph, edge->from), telar_graph_entry (graph, edge->to),
                      edge->from_port, edge->to_port, edge->to_slot };
}

static gboolean
check_edge (const TelarGraph *graph, const TelarWire *wire, const char *place, GError **error)
{
  const char *port = wire->to->node.op->inputs[wire->to_port].name;
  g_autofree char *own = g_strdup_printf ("%s:%s.%u", wire->to->node.id, port, wire->to_slot);
  if (strcmp (own, place) != 0) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "the record edges/%s ends at %s", place,
                     own);
    return FALSE;
  }
  if (!telar_graph_check_wire (graph, wire, error))
    return FALSE;
  if (telar_graph_reaches (graph, wire->to, wire->from)) {
    telar_set_error (error, TELAR_ERROR_INVALID, wire->to->node.id,
                     "a wire from %s would close a cycle", wire->from->node.id);
    return FALSE;
  }
  return TRUE;
}

/* Other slots stay where they are, and so do its bends, for records are independent of each other.
 */
static gboolean
set_edge (TelarGraph *graph, const char *place, const json_t *json, GError **error)
{
  TelarWire wire;
  if (json && !telar_graph_read_edge (graph, json, &wire, error))
    return FALSE;
  TelarEdge *old = find_edge (graph, place);
  TelarWire kept;
  g_autoptr (GArray) bends = NULL;
  if (old) {
    kept = wire_of (graph, old);
    bends = g_steal_pointer (&old->bends);
    telar_graph_delete_edge (graph, old);
  }
  if (!json)
    return TRUE;
  gboolean good = check_edge (graph, &wire, place, error);
  if (good || old)
    telar_graph_insert_edge (graph, good ? &wire : &kept)->bends = g_steal_pointer (&bends);
  return good;
}

static gboolean
set_layout (TelarGraph *graph, const char *place, const json_t *json, GError **error)
{
  if (json)
    return telar_graph_put_layout (graph, place, json, error);
  TelarEdge *edge = find_edge (graph, place);
  TelarNode *node = strchr (place, ':') ? NULL : telar_graph_find_node (graph, place);
  if (edge)
    g_clear_pointer (&edge->bends, g_array_unref);
  if (node)
    node->x = node->y = 0;
  return TRUE;
}

static gboolean
set_note (TelarGraph *graph, const char *id, const json_t *json, GError **error)
{
  if (json)
    return telar_graph_put_note (graph, id, json, error);
  if (telar_graph_find_note (graph, id))
    telar_graph_remove_note (graph, id);
  return TRUE;
}

static gboolean
set_training (TelarGraph *graph, const char *name, const json_t *json, GError **error)
{
  if (json)
    return telar_graph_put_training (graph, name, json, error);
  if (telar_param_set_get (graph->training, name))
    telar_param_set_reset (graph->training, name);
  return TRUE;
}

static gboolean
set_named (TelarGraph *graph, const char *name, const json_t *json, GError **error)
{
  return json ? telar_graph_put_value (graph, name, json, error)
              : telar_graph_set_value (graph, name, NULL, error);
}

static gboolean
set_bookmark (TelarGraph *graph, const char *name, const json_t *json, GError **error)
{
  if (json)
    return telar_graph_put_bookmark (graph, name, json, error);
  telar_graph_remove_bookmark (graph, name);
  return TRUE;
}

static gboolean
set_hash (TelarGraph *graph, const char *path, const json_t *json, GError **error)
{
  if (json)
    return telar_graph_put_hash (graph, path, json, error);
  g_hash_table_remove (graph->data_hashes, path);
  return TRUE;
}

static gboolean
set_group_itself (TelarGraph *graph, TelarGraph *drawing, const char *name, const json_t *json,
                  GError **error)
{
  if (json && !json_is_object (json)) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "the group \"%s\" must be an object", name);
    return FALSE;
  }
  if (json)
    return telar_graph_put_group (graph, name, json_object_get (json, "title"), error);
  if (drawing && drawing->nodes->len > 0) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "the group \"%s\" still has nodes", name);
    return FALSE;
  }
  return !drawing || telar_graph_remove_group (graph, name, error);
}

static gboolean set_value (TelarGraph *graph, const char *path, const json_t *json, GError **error);

static gboolean
set_group (TelarGraph *graph, const char *path, const json_t *json, GError **error)
{
  g_autofree char *name = NULL;
  const char *rest;
  TelarGraph *drawing = split_group (graph, path, &name, &rest);
  if (!rest)
    return set_group_itself (graph, drawing, name, json, error);
  if (drawing && is_of_drawing (rest))
    return set_value (drawing, rest, json, error);
  if (!drawing && !json)
    return TRUE;
  telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                   drawing ? "\"groups/%s\" is no record of a project"
                           : "there is no group for the record \"groups/%s\"",
                   path);
  return FALSE;
}

static gboolean
set_seed (TelarGraph *graph, const json_t *json, GError **error)
{
  if (json)
    return telar_graph_put_seed (graph, json, error);
  graph->seed = 0;
  return TRUE;
}

static gboolean
set_value (TelarGraph *graph, const char *path, const json_t *json, GError **error)
{
  static const struct {
    const char *kind;
    gboolean (*set) (TelarGraph *graph, const char *rest, const json_t *json, GError **error);
  } kinds[] = {
    { "nodes", set_node },        { "edges", set_edge },   { "layout", set_layout },
    { "training", set_training }, { "values", set_named }, { "data", set_hash },
    { "groups", set_group },      { "notes", set_note },   { "bookmarks", set_bookmark },
  };
  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++) {
    const char *rest = behind (path, kinds[i].kind);
    if (rest)
      return kinds[i].set (graph, rest, json, error);
  }
  if (strcmp (path, "seed") == 0)
    return set_seed (graph, json, error);
  telar_set_error (error, TELAR_ERROR_INVALID, NULL, "\"%s\" is no record of a project", path);
  return FALSE;
}

gboolean
telar_graph_set_record (TelarGraph *graph, const char *path, const char *json, GError **error)
{
  json_error_t where;
  json_auto_t *value = NULL;
  if (json) {
    value = json_loads (json, JSON_REJECT_DUPLICATES | JSON_DECODE_ANY, &where);
    if (!value) {
      telar_set_error (error, TELAR_ERROR_INVALID, NULL, "the record %s is not JSON: %s", path,
                       where.text);
      return FALSE;
    }
  }
  return set_value (graph, path, value, error);
}
