/* The groups that copied nodes are of go with them as records. Where the other document has the
 * same group it is used again; else the group comes along, under a name that is free. */
#include "app/project/edits-private.h"
#include "app/project/relocate.h"

#include <string.h>

/* --- copying ---------------------------------------------------------------------------------- */

static void
add_groups (GHashTable *found, const TelarGraph *drawing)
{
  const GPtrArray *nodes = telar_graph_nodes (drawing);

  for (guint i = 0; i < nodes->len; i++) {
    const TelarGraph *inner = telar_operator_drawing (((const TelarNode *)nodes->pdata[i])->op);

    if (inner && g_hash_table_add (found, (gpointer)telar_graph_group_name (inner)))
      add_groups (found, inner);
  }
}

/* "NAME" of "groups/NAME" and "groups/NAME/…"; NULL of other records. Caller frees. */
static char *
group_of (const char *path)
{
  const char *name = path + strlen ("groups/");

  return g_str_has_prefix (path, "groups/") ? g_strndup (name, strcspn (name, "/")) : NULL;
}

json_t *
telar_edit_copy_groups (TelarDocument *document, const char *const *ids)
{
  const TelarGraph *graph = telar_document_graph (document);
  const TelarGraph *drawing = telar_document_drawing (document);
  g_autoptr (GHashTable) found = g_hash_table_new (g_str_hash, g_str_equal);
  g_auto (GStrv) paths = NULL;
  json_t *records = json_object ();

  for (guint i = 0; ids[i]; i++) {
    const TelarGraph *inner = telar_operator_drawing (telar_graph_find_node (drawing, ids[i])->op);

    if (inner && g_hash_table_add (found, (gpointer)telar_graph_group_name (inner)))
      add_groups (found, inner);
  }
  if (g_hash_table_size (found) == 0)
    return records;
  paths = telar_graph_record_paths (graph);
  for (guint i = 0; paths[i]; i++) {
    g_autofree char *name = group_of (paths[i]);
    g_autofree char *record = name && g_hash_table_contains (found, name)
                                  ? telar_graph_get_record (graph, paths[i])
                                  : NULL;

    if (record)
      json_object_set_new (records, paths[i], json_string (record));
  }
  return records;
}

/* --- pasting ---------------------------------------------------------------------------------- */

typedef struct {
  TelarDocument *document;
  TelarGraph *graph;     /* the main drawing */
  const json_t *records; /* path -> line, as copied */
  GHashTable *names;     /* of the groups there -> here */
} Arrival;

/* "group:NAME" of the node's line, without the prefix; NULL of others. Caller frees. */
static char *
group_of_node (const char *record)
{
  json_t *node = json_loads (record, 0, NULL);
  const char *op = json_string_value (json_object_get (node, "op"));
  char *name = op && g_str_has_prefix (op, TELAR_GROUP_PREFIX)
                   ? g_strdup (op + strlen (TELAR_GROUP_PREFIX))
                   : NULL;

  json_decref (node);
  return name;
}

static guint
count_records (const TelarGraph *graph, const char *name)
{
  g_auto (GStrv) paths = telar_graph_record_paths (graph);
  guint n = 0;

  for (guint i = 0; paths[i]; i++) {
    g_autofree char *group = group_of (paths[i]);

    n += g_strcmp0 (group, name) == 0;
  }
  return n;
}

/* Whether the document has the group as it was copied, save for groups within. */
static gboolean
is_here (const Arrival *a, const char *name)
{
  const char *path;
  json_t *value;
  guint n = 0;

  if (!telar_graph_find_group (a->graph, name))
    return FALSE;
  json_object_foreach ((json_t *)a->records, path, value)
  {
    g_autofree char *group = group_of (path);
    g_autofree char *record = NULL;

    if (g_strcmp0 (group, name) != 0)
      continue;
    record = telar_graph_get_record (a->graph, path);
    if (g_strcmp0 (record, json_string_value (value)) != 0)
      return FALSE;
    n++;
  }
  return n == count_records (a->graph, name);
}

static char *
free_name (const Arrival *a, const char *name)
{
  g_autoptr (GHashTable) taken = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTableIter iter;
  gpointer here;

  g_hash_table_iter_init (&iter, a->names);
  while (g_hash_table_iter_next (&iter, NULL, &here))
    g_hash_table_add (taken, here);
  for (guint number = 1;; number++) {
    char *free = number > 1 ? g_strdup_printf ("%s_%u", name, number) : g_strdup (name);

    if (!telar_graph_find_group (a->graph, free) && !g_hash_table_contains (taken, free))
      return free;
    g_free (free);
  }
}

/* Whether a group within @name has got another name here, so that @name is another one, too. */
static gboolean
holds_renamed (const Arrival *a, const char *name)
{
  const char *path;
  json_t *value;

  json_object_foreach ((json_t *)a->records, path, value)
  {
    g_autofree char *group = group_of (path);
    g_autofree char *inner = g_strcmp0 (group, name) == 0 && strstr (path, "/nodes/")
                                 ? group_of_node (json_string_value (value))
                                 : NULL;

    if (inner && g_strcmp0 (g_hash_table_lookup (a->names, inner), inner) != 0)
      return TRUE;
  }
  return FALSE;
}

/* First those that are the same here keep their names, then those around renamed ones lose them. */
static void
name_groups (Arrival *a)
{
  const char *path;
  json_t *value;
  gboolean again = TRUE;

  json_object_foreach ((json_t *)a->records, path, value)
  {
    g_autofree char *name = group_of (path);

    if (name && !g_hash_table_contains (a->names, name))
      g_hash_table_insert (a->names, g_strdup (name),
                           is_here (a, name) ? g_strdup (name) : free_name (a, name));
  }
  while (again) {
    GHashTableIter iter;
    gpointer name, here;

    again = FALSE;
    g_hash_table_iter_init (&iter, a->names);
    while (!again && g_hash_table_iter_next (&iter, &name, &here))
      if (g_str_equal (name, here) && telar_graph_find_group (a->graph, name) &&
          holds_renamed (a, name)) {
        g_hash_table_iter_replace (&iter, free_name (a, name));
        again = TRUE;
      }
  }
}

static gboolean
is_used_again (const Arrival *a, const char *name)
{
  return g_strcmp0 (g_hash_table_lookup (a->names, name), name) == 0 &&
         telar_graph_find_group (a->graph, name);
}

/* The line of a node whose operator is a group that has another name here. Caller frees. */
static char *
rename_operator (const Arrival *a, const char *record)
{
  json_t *node = json_loads (record, 0, NULL);
  g_autofree char *name = group_of_node (record);
  const char *here = name ? g_hash_table_lookup (a->names, name) : NULL;
  g_autofree char *op = here ? g_strconcat (TELAR_GROUP_PREFIX, here, NULL) : NULL;
  char *text, *line;

  if (!op) {
    json_decref (node);
    return g_strdup (record);
  }
  json_object_set_new (node, "op", json_string (op));
  text = json_dumps (node, JSON_COMPACT);
  line = g_strdup (text);
  free (text);
  json_decref (node);
  return line;
}

/* What comes along, as changes from nothing, under the names that the groups have here. */
static TelarPatch *
changes_of (const Arrival *a, const char *from, GError **error)
{
  json_t *list = json_array (), *value;
  TelarPatch *patch;
  const char *path, *to = telar_graph_folder (a->graph);

  json_object_foreach ((json_t *)a->records, path, value)
  {
    g_autofree char *name = group_of (path);
    const char *record = json_string_value (value), *rest;
    g_autofree char *here = NULL, *line = NULL;

    if (!name || !record || is_used_again (a, name))
      continue;
    rest = path + strlen ("groups/") + strlen (name);
    here = g_strconcat ("groups/", (const char *)g_hash_table_lookup (a->names, name), rest, NULL);
    line = g_str_has_prefix (rest, "/nodes/") ? rename_operator (a, record) : g_strdup (record);
    json_array_append_new (list, json_pack ("[s, n, s]", here, line));
  }
  patch = telar_patch_from_json (list, error);
  json_decref (list);
  if (patch && from && to && g_path_is_absolute (from))
    telar_relocate_patch (patch, from, to);
  return patch;
}

gboolean
telar_edit_paste_groups (TelarDocument *document, const json_t *root, GHashTable *names,
                         GError **error)
{
  Arrival a = { document, (TelarGraph *)telar_document_graph (document),
                json_object_get (root, "groups"), names };
  g_autoptr (TelarPatch) patch = NULL;
  const GPtrArray *changes;

  if (!json_is_object (a.records))
    return TRUE;
  name_groups (&a);
  patch = changes_of (&a, json_string_value (json_object_get (root, "folder")), error);
  if (!patch)
    return FALSE;
  changes = telar_patch_changes (patch);
  for (guint i = 0; i < changes->len; i++)
    telar_patch_touch_new (telar_document_patch (document), a.graph, "%s",
                           ((const TelarChange *)changes->pdata[i])->path);
  return telar_patch_apply (patch, a.graph, TELAR_PATCH_FORWARD, error);
}
