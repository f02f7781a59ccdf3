/* Reading the *.telar file, without mercy: what is not understood is an error with its line. */
#include "engine/bookmark-private.h"
#include "engine/graph-private.h"
#include "engine/json-place.h"
#include <string.h>

/* --- reading ---------------------------------------------------------------------------------- */

typedef struct {
  TelarGraph *graph; /* the drawing that is being read */
  const char *text;
  gsize length;
  const char *name; /* for messages */
  gsize group;      /* which member of "groups" the drawing is; G_MAXSIZE: the main one */
} Reader;

/* Adds to @error where in the file it is. */
static gboolean
place_error (const Reader *reader, const char *key, gsize index, GError **error)
{
  gboolean in_group = reader->group != G_MAXSIZE;
  guint line = telar_json_line (reader->text, reader->length, in_group ? "groups" : key,
                                in_group ? reader->group : index);
  if (error && *error) {
    char *placed = line > 0
                       ? g_strdup_printf ("%s (%s, line %u)", (*error)->message, reader->name, line)
                       : g_strdup_printf ("%s (%s)", (*error)->message, reader->name);
    g_free ((*error)->message);
    (*error)->message = placed;
  }
  return FALSE;
}

static gboolean
fail (const Reader *reader, const char *key, const char *message, GError **error)
{
  telar_set_error (error, TELAR_ERROR_INVALID, NULL, "\"%s\" %s", key, message);
  return place_error (reader, key, G_MAXSIZE, error);
}

static gboolean
read_version (Reader *reader, const json_t *json, GError **error)
{
  if (json_is_integer (json) && json_integer_value (json) == TELAR_GRAPH_FORMAT)
    return TRUE;
  if (!json_is_integer (json))
    return fail (reader, "telar", "must be the number of the format", error);
  telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                   "format %" JSON_INTEGER_FORMAT " is unknown; this Telar reads format %d",
                   json_integer_value (json), TELAR_GRAPH_FORMAT);
  return place_error (reader, "telar", G_MAXSIZE, error);
}

static gboolean
read_engine (Reader *reader, const json_t *json, GError **error)
{
  return json_is_string (json) || fail (reader, "engine", "must be text", error);
}

static gboolean
read_seed (Reader *reader, const json_t *json, GError **error)
{
  return telar_graph_put_seed (reader->graph, json, error) ||
         place_error (reader, "seed", G_MAXSIZE, error);
}

typedef gboolean (*PutMember) (TelarGraph *graph, const char *key, const json_t *json,
                               GError **error);

static gboolean
read_members (Reader *reader, const char *key, const json_t *json, PutMember put, GError **error)
{
  const char *member;
  json_t *value;
  gsize index = 0;
  if (!json_is_object (json))
    return fail (reader, key, "must be an object", error);
  json_object_foreach ((json_t *)json, member, value)
  {
    if (!put (reader->graph, member, value, error))
      return place_error (reader, key, index, error);
    index++;
  }
  return TRUE;
}

static gboolean
read_training (Reader *reader, const json_t *json, GError **error)
{
  return read_members (reader, "training", json, telar_graph_put_training, error);
}

static gboolean
read_values (Reader *reader, const json_t *json, GError **error)
{
  return read_members (reader, "values", json, telar_graph_put_value, error);
}

static gboolean
read_data (Reader *reader, const json_t *json, GError **error)
{
  return read_members (reader, "data", json, telar_graph_put_hash, error);
}

static gboolean
read_bookmarks (Reader *reader, const json_t *json, GError **error)
{
  return read_members (reader, "bookmarks", json, telar_graph_put_bookmark, error);
}

static gboolean
read_layout (Reader *reader, const json_t *json, GError **error)
{
  return read_members (reader, "layout", json, telar_graph_put_layout, error);
}

static gboolean
read_notes (Reader *reader, const json_t *json, GError **error)
{
  return read_members (reader, "notes", json, telar_graph_put_note, error);
}

static gboolean
read_nodes (Reader *reader, const json_t *json, GError **error)
{
  if (!json_is_array (json))
    return fail (reader, "nodes", "must be a list", error);
  for (gsize i = 0; i < json_array_size (json); i++)
    if (!telar_graph_put_node (reader->graph, NULL, json_array_get (json, i), error))
      return place_error (reader, "nodes", i, error);
  return TRUE;
}

/* Slots 0, 1, … without a gap. */
static gboolean
check_slots (Reader *reader, GError **error)
{
  const GPtrArray *edges = reader->graph->edges;
  for (guint i = 0; i < edges->len; i++) {
    const TelarEdge *edge = edges->pdata[i];
    if (edge->to_slot == 0 ||
        telar_graph_incoming (reader->graph, edge->to, edge->to_port, edge->to_slot - 1))
      continue;
    g_autofree char *end = telar_graph_edge_to (reader->graph, edge);
    telar_set_error (error, TELAR_ERROR_INVALID, edge->to, "%s is wired, but not the slot before",
                     end);
    return place_error (reader, "edges", G_MAXSIZE, error);
  }
  return TRUE;
}

static gboolean
read_edge (Reader *reader, const json_t *json, GError **error)
{
  TelarWire wire;
  if (!telar_graph_read_edge (reader->graph, json, &wire, error))
    return FALSE;
  if (wire.to_slot == G_MAXUINT) {
    telar_set_error (error, TELAR_ERROR_INVALID, wire.to->node.id,
                     "the input takes many wires; write which, as in \"%s:%s.0\"", wire.to->node.id,
                     wire.to->node.op->inputs[wire.to_port].name);
    return FALSE;
  }
  if (!telar_graph_check_wire (reader->graph, &wire, error))
    return FALSE;
  telar_graph_insert_edge (reader->graph, &wire);
  return TRUE;
}

static gboolean
read_edges (Reader *reader, const json_t *json, GError **error)
{
  if (!json_is_array (json))
    return fail (reader, "edges", "must be a list", error);
  for (gsize i = 0; i < json_array_size (json); i++)
    if (!read_edge (reader, json_array_get (json, i), error))
      return place_error (reader, "edges", i, error);
  if (!telar_graph_check_acyclic (reader->graph, error))
    return place_error (reader, "edges", G_MAXSIZE, error);
  return check_slots (reader, error);
}

typedef gboolean (*ReadSection) (Reader *reader, const json_t *json, GError **error);

/* --- groups ----------------------------------------------------------------------------------- */

static gboolean
make_group (Reader *reader, const char *name, const json_t *json, GError **error)
{
  static const char *const known[] = { "title", "nodes", "edges", "layout", "notes", NULL };
  const char *key;
  json_t *value;
  if (!json_is_object (json))
    return fail (reader, name, "must be an object", error);
  json_object_foreach ((json_t *)json, key, value)
  {
    if (!g_strv_contains (known, key))
      return fail (reader, key, "is an unknown key", error);
  }
  return telar_graph_put_group (reader->graph, name, json_object_get (json, "title"), error) ||
         place_error (reader, name, G_MAXSIZE, error);
}

/* The section @key of all groups. */
static gboolean
read_in_groups (Reader *reader, const json_t *json, const char *key, ReadSection read,
                GError **error)
{
  const char *name;
  json_t *value;
  Reader inner = *reader;
  inner.group = 0;
  json_object_foreach ((json_t *)json, name, value)
  {
    const json_t *section = json_object_get (value, key);
    inner.graph = telar_graph_find_group (reader->graph, name);
    if (section && !read (&inner, section, error))
      return FALSE;
    inner.group++;
  }
  return TRUE;
}

/* First all names, for groups may stand in each other; then all nodes, which make their ports. */
static gboolean
read_groups (Reader *reader, const json_t *json, GError **error)
{
  const char *name;
  json_t *value;
  Reader inner = *reader;
  if (!json_is_object (json))
    return fail (reader, "groups", "must be an object", error);
  inner.group = 0;
  json_object_foreach ((json_t *)json, name, value)
  {
    if (!make_group (&inner, name, value, error))
      return FALSE;
    inner.group++;
  }
  return read_in_groups (reader, json, "nodes", read_nodes, error) &&
         read_in_groups (reader, json, "edges", read_edges, error) &&
         read_in_groups (reader, json, "layout", read_layout, error) &&
         read_in_groups (reader, json, "notes", read_notes, error);
}

/* --- the document ----------------------------------------------------------------------------- */

/* In the order in which they are read, whatever their order in the file. */
static const struct {
  const char *key;
  ReadSection read;
} sections[] = {
  { "telar", read_version }, { "engine", read_engine },     { "seed", read_seed },
  { "values", read_values }, { "training", read_training }, { "data", read_data },
  { "groups", read_groups }, { "nodes", read_nodes },       { "edges", read_edges },
  { "layout", read_layout }, { "notes", read_notes },       { "bookmarks", read_bookmarks },
};

static gboolean
read_document (Reader *reader, const json_t *json, GError **error)
{
  const char *key;
  json_t *value;
  if (!json_object_get (json, "telar")) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "%s is no Telar project: the key \"telar\" is missing", reader->name);
    return FALSE;
  }
  /* The version first: a later format may well have other keys. */
  if (!read_version (reader, json_object_get (json, "telar"), error))
    return FALSE;
  json_object_foreach ((json_t *)json, key, value)
  {
    gboolean known = FALSE;
    for (guint i = 0; i < G_N_ELEMENTS (sections); i++)
      known |= strcmp (sections[i].key, key) == 0;
    if (!known)
      return fail (reader, key, "is an unknown key", error);
  }
  for (guint i = 0; i < G_N_ELEMENTS (sections); i++) {
    const json_t *section = json_object_get (json, sections[i].key);
    if (section && !sections[i].read (reader, section, error))
      return FALSE;
  }
  return TRUE;
}

TelarGraph *
telar_graph_from_text (const char *text, gsize length, const char *name, GError **error)
{
  json_error_t where;
  json_auto_t *json = json_loadb (text, length, JSON_REJECT_DUPLICATES, &where);
  if (!json) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s, line %d, column %d: %s", name,
                     where.line, where.column, where.text);
    return NULL;
  }
  g_autoptr (TelarGraph) graph = telar_graph_new ();
  Reader reader = { graph, text, length, name, G_MAXSIZE };
  if (!read_document (&reader, json, error))
    return NULL;
  telar_graph_evaluate (graph);
  return g_steal_pointer (&graph);
}

void
telar_graph_set_folder_of (TelarGraph *graph, const char *path)
{
  g_autofree char *full = g_canonicalize_filename (path, NULL);
  g_autofree char *folder = g_path_get_dirname (full);
  telar_graph_set_folder (graph, folder);
}

TelarGraph *
telar_graph_load (const char *path, GError **error)
{
  g_autofree char *text = NULL;
  gsize length;
  g_autoptr (GError) problem = NULL;
  if (!g_file_get_contents (path, &text, &length, &problem)) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "cannot read the project: %s",
                     problem->message);
    return NULL;
  }
  TelarGraph *graph = telar_graph_from_text (text, length, path, error);
  if (graph)
    telar_graph_set_folder_of (graph, path);
  return graph;
}
