/* Copying and pasting: nodes with their parameters, the wires among them with their bends, frames
 * and notes, and the groups that the nodes are of (edits-clipboard-groups.c), as JSON text that any
 * program can carry. */
#include "app/model/relocate.h"
#include "app/project/edits-private.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define CLIPBOARD_VERSION 1

static json_t *
params_to_json (const TelarParamSet *params)
{
  json_t *json = json_object ();

  for (const TelarParam *param = telar_param_set_table (params); param->name; param++) {
    if (!telar_param_set_is_default (params, param->name))
      json_object_set_new (json, param->name,
                           telar_param_value_to_json (telar_param_set_get (params, param->name)));
  }
  return json;
}

static json_t *
node_to_json (const TelarNode *node, double left, double top)
{
  return json_pack ("{s:s, s:s, s:s*, s:f, s:f, s:o, s:o}", "id", node->id, "op", node->op->name,
                    "title", node->title, "x", node->x - left, "y", node->y - top, "params",
                    params_to_json (node->params), "learning", params_to_json (node->learning));
}

static json_t *
bends_to_json (const TelarEdge *edge, double left, double top)
{
  json_t *list = json_array ();

  for (guint i = 0; edge->bends && i < edge->bends->len; i++) {
    const TelarBend *bend = &g_array_index (edge->bends, TelarBend, i);

    json_array_append_new (list, json_pack ("[f, f]", bend->x - left, bend->y - top));
  }
  return list;
}

static json_t *
edge_to_json (const TelarGraph *graph, const TelarEdge *edge, double left, double top)
{
  const TelarNode *from = telar_graph_find_node (graph, edge->from);
  const TelarNode *to = telar_graph_find_node (graph, edge->to);

  return json_pack ("[s, s, s, s, o]", edge->from, from->op->outputs[edge->from_port].name,
                    edge->to, to->op->inputs[edge->to_port].name, bends_to_json (edge, left, top));
}

static json_t *
note_to_json (const TelarNote *note, double left, double top)
{
  return json_pack ("{s:b, s:s, s:s, s:f, s:f, s:f, s:f}", "frame", note->frame, "text", note->text,
                    "colour", telar_colour_names[note->colour], "x", note->x - left, "y",
                    note->y - top, "width", note->width, "height", note->height);
}

static json_t *
edges_among (const TelarGraph *graph, const char *const *ids, double left, double top)
{
  const GPtrArray *all = telar_graph_edges (graph);
  json_t *edges = json_array ();

  for (guint i = 0; i < all->len; i++) {
    const TelarEdge *edge = all->pdata[i];

    if (g_strv_contains (ids, edge->from) && g_strv_contains (ids, edge->to))
      json_array_append_new (edges, edge_to_json (graph, edge, left, top));
  }
  return edges;
}

char *
telar_edit_copy_all (TelarDocument *document, const char *const *ids, const char *const *notes)
{
  const TelarGraph *graph = telar_document_drawing (document);
  json_t *nodes = json_array (), *written = json_array (), *root;
  double left = G_MAXDOUBLE, top = G_MAXDOUBLE;
  char *text, *copy;

  for (guint i = 0; ids[i]; i++) {
    const TelarNode *node = telar_graph_find_node (graph, ids[i]);

    left = MIN (left, node->x);
    top = MIN (top, node->y);
  }
  for (guint i = 0; notes[i]; i++) {
    const TelarNote *note = telar_graph_find_note (graph, notes[i]);

    left = MIN (left, note->x);
    top = MIN (top, note->y);
  }
  for (guint i = 0; ids[i]; i++)
    json_array_append_new (nodes, node_to_json (telar_graph_find_node (graph, ids[i]), left, top));
  for (guint i = 0; notes[i]; i++)
    json_array_append_new (written,
                           note_to_json (telar_graph_find_note (graph, notes[i]), left, top));
  root = json_pack ("{s:i, s:f, s:f, s:o, s:o, s:o, s:o, s:s*}", "telar-nodes", CLIPBOARD_VERSION,
                    "x", left, "y", top, "nodes", nodes, "edges",
                    edges_among (graph, ids, left, top), "notes", written, "groups",
                    telar_edit_copy_groups (document, ids), "folder", telar_graph_folder (graph));
  text = json_dumps (root, JSON_INDENT (1));
  copy = g_strdup (text);
  free (text);
  json_decref (root);
  return copy;
}

char *
telar_edit_copy (TelarDocument *document, const char *const *ids)
{
  return telar_edit_copy_all (document, ids, (const char *const[]){ NULL });
}

/* --- pasting ---------------------------------------------------------------------------------- */

typedef struct {
  TelarDocument *document;
  TelarGraph *graph;
  const json_t *root;
  double x, y;        /* where the top left comes to lie */
  GHashTable *names;  /* id of a node in the text -> id in the graph */
  GHashTable *groups; /* name of a group in the text -> name in the document */
  GPtrArray *notes;   /* new ids, owned */
} Pasting;

static gboolean
refuse (GError **error)
{
  telar_set_error (error, TELAR_ERROR_INVALID, NULL, _ ("the clipboard holds no nodes of Telar"));
  return FALSE;
}

static gboolean
number (const json_t *object, const char *key, double *value)
{
  *value = json_number_value (json_object_get (object, key));
  return isfinite (*value);
}

/* Files are named from the folder of the document that they were copied from. */
static json_t *
relocate (const Pasting *p, const TelarParam *param, json_t *value)
{
  const char *from = json_string_value (json_object_get (p->root, "folder"));
  const char *to = telar_graph_folder (telar_document_graph (p->document));
  const char *file = param->kind == TELAR_PARAM_FILE ? json_string_value (value) : NULL;
  g_autofree char *path =
      file && from && g_path_is_absolute (from) ? telar_relocate_path (file, from, to) : NULL;

  return path ? json_string (path) : json_incref (value);
}

static gboolean
paste_params (const Pasting *p, TelarParamSet *params, const json_t *members, GError **error)
{
  for (const TelarParam *param = telar_param_set_table (params); param->name; param++) {
    json_t *json = json_object_get (members, param->name), *here;
    TelarParamValue value = { 0 };
    gboolean ok;

    if (!json)
      continue;
    here = relocate (p, param, json);
    ok = telar_param_value_from_json (param, here, &value, error);
    json_decref (here);
    ok = ok && telar_param_set_put (params, param->name, &value, error);
    telar_param_value_clear (&value);
    if (!ok)
      return FALSE;
  }
  return TRUE;
}

/* The operator's name here; that of a group may be another one than where it was copied. */
static char *
operator_here (const Pasting *p, const char *op)
{
  const char *group = g_str_has_prefix (op, TELAR_GROUP_PREFIX)
                          ? g_hash_table_lookup (p->groups, op + strlen (TELAR_GROUP_PREFIX))
                          : NULL;

  return group ? g_strconcat (TELAR_GROUP_PREFIX, group, NULL) : g_strdup (op);
}

static gboolean
paste_node (Pasting *p, const json_t *json, GError **error)
{
  const char *id = json_string_value (json_object_get (json, "id"));
  const char *op = json_string_value (json_object_get (json, "op"));
  g_autofree char *here = op ? operator_here (p, op) : NULL;
  double dx, dy;
  TelarNode *node;

  if (!number (json, "x", &dx) || !number (json, "y", &dy) || !id || !op)
    return refuse (error);
  node = telar_edit_put_node (p->document, p->graph, here, p->x + dx, p->y + dy, error);
  if (!node)
    return FALSE;
  node->title = g_strdup (json_string_value (json_object_get (json, "title")));
  g_hash_table_insert (p->names, g_strdup (id), g_strdup (node->id));
  return paste_params (p, node->params, json_object_get (json, "params"), error) &&
         paste_params (p, node->learning, json_object_get (json, "learning"), error);
}

static gboolean
paste_bends (Pasting *p, const json_t *json, const char *to, guint port, GError **error)
{
  gsize n = json_array_size (json);
  TelarBend bends[TELAR_MAX_BENDS];
  guint slot = 0;

  if (n > TELAR_MAX_BENDS)
    return refuse (error);
  for (gsize i = 0; i < n; i++) {
    const json_t *at = json_array_get (json, i);

    bends[i] = (TelarBend){ p->x + json_number_value (json_array_get (at, 0)),
                            p->y + json_number_value (json_array_get (at, 1)) };
    if (!isfinite (bends[i].x) || !isfinite (bends[i].y))
      return refuse (error);
  }
  while (telar_graph_incoming (p->graph, to, port, slot + 1))
    slot++;
  telar_graph_set_bends (p->graph, to, port, slot, bends, (guint)n);
  return TRUE;
}

static gboolean
paste_edge (Pasting *p, const json_t *json, GError **error)
{
  const char *text[4], *from, *to;
  int from_port = -1, to_port = -1;

  for (guint i = 0; i < 4; i++) {
    text[i] = json_string_value (json_array_get (json, i));
    if (!text[i])
      text[i] = "";
  }
  from = g_hash_table_lookup (p->names, text[0]);
  to = g_hash_table_lookup (p->names, text[2]);
  if (from && to) {
    from_port = telar_operator_find_output (telar_graph_find_node (p->graph, from)->op, text[1]);
    to_port = telar_operator_find_input (telar_graph_find_node (p->graph, to)->op, text[3]);
  }
  if (from_port < 0 || to_port < 0)
    return refuse (error);
  return telar_edit_put_wire (p->document, p->graph, from, (guint)from_port, to, (guint)to_port,
                              error) &&
         paste_bends (p, json_array_get (json, 4), to, (guint)to_port, error);
}

static gboolean
paste_note (Pasting *p, const json_t *json, GError **error)
{
  const char *text = json_string_value (json_object_get (json, "text"));
  const char *colour = json_string_value (json_object_get (json, "colour"));
  TelarNote note = { .frame = json_is_true (json_object_get (json, "frame")),
                     .text = (char *)text };

  while (colour && note.colour < TELAR_N_COLOURS &&
         !g_str_equal (telar_colour_names[note.colour], colour))
    note.colour++;
  if (!text || !colour || note.colour == TELAR_N_COLOURS || !number (json, "x", &note.x) ||
      !number (json, "y", &note.y) || !number (json, "width", &note.width) ||
      !number (json, "height", &note.height) || note.width <= 0 || note.height <= 0)
    return refuse (error);
  g_ptr_array_add (p->notes,
                   g_strdup (telar_edit_copy_note (p->document, p->graph, &note, p->x, p->y)));
  return TRUE;
}

static gboolean
paste_each (Pasting *p, const char *key,
            gboolean (*paste) (Pasting *p, const json_t *json, GError **error), GError **error)
{
  const json_t *list = json_object_get (p->root, key);

  for (gsize i = 0; i < json_array_size (list); i++)
    if (!paste (p, json_array_get (list, i), error))
      return FALSE;
  return TRUE;
}

static char **
as_list (GPtrArray *ids)
{
  g_ptr_array_add (ids, NULL);
  return (char **)g_ptr_array_steal (ids, NULL);
}

static char **
new_ids (GHashTable *names)
{
  g_autoptr (GPtrArray) ids = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer id;

  g_hash_table_iter_init (&iter, names);
  while (g_hash_table_iter_next (&iter, NULL, &id))
    g_ptr_array_add (ids, g_strdup (id));
  return as_list (ids);
}

/* @at NULL: where it was, @offset to the right and down. */
static char **
paste_as (TelarDocument *document, const char *name, const char *text, const double *at,
          double offset, char ***notes, GError **error)
{
  g_autoptr (GHashTable) names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GHashTable) groups = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  g_autoptr (GPtrArray) written = g_ptr_array_new_with_free_func (g_free);
  json_t *root = json_loads (text, 0, NULL);
  Pasting p = { document, NULL, root, 0, 0, names, groups, written };
  gboolean ok;

  if (json_integer_value (json_object_get (root, "telar-nodes")) != CLIPBOARD_VERSION ||
      !number (root, "x", &p.x) || !number (root, "y", &p.y)) {
    json_decref (root);
    refuse (error);
    return NULL;
  }
  p.x = at ? at[0] : p.x + offset;
  p.y = at ? at[1] : p.y + offset;
  p.graph = telar_document_begin (document, name);
  ok = telar_edit_paste_groups (document, root, groups, error) &&
       paste_each (&p, "nodes", paste_node, error) && paste_each (&p, "edges", paste_edge, error) &&
       paste_each (&p, "notes", paste_note, error);
  json_decref (root);
  if (!ok) {
    telar_document_abort (document);
    return NULL;
  }
  telar_document_commit (document, NULL);
  if (notes)
    *notes = as_list (written);
  return new_ids (names);
}

char **
telar_edit_paste_all (TelarDocument *document, const char *text, double x, double y, char ***notes,
                      GError **error)
{
  return paste_as (document, _ ("Paste"), text, (const double[]){ x, y }, 0, notes, error);
}

char **
telar_edit_paste (TelarDocument *document, const char *text, double x, double y, GError **error)
{
  return telar_edit_paste_all (document, text, x, y, NULL, error);
}

char **
telar_edit_duplicate_all (TelarDocument *document, const char *const *ids, const char *const *notes,
                          double offset, char ***made_notes, GError **error)
{
  g_autofree char *text = telar_edit_copy_all (document, ids, notes);

  return paste_as (document, _ ("Duplicate"), text, NULL, offset, made_notes, error);
}

char **
telar_edit_duplicate (TelarDocument *document, const char *const *ids, double offset,
                      GError **error)
{
  return telar_edit_duplicate_all (document, ids, (const char *const[]){ NULL }, offset, NULL,
                                   error);
}
