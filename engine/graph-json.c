/* Nodes, wires, positions and settings as JSON, one line each: what the project file and the
 * records of undo and journal have in common. */
#include "engine/graph-private.h"
#include "engine/text.h"
#include <math.h>
#include <string.h>

/* --- writing ---------------------------------------------------------------------------------- */

static json_t *
params_to_json (const TelarParamSet *params)
{
  json_t *object = json_object ();
  for (const TelarParam *param = telar_param_set_table (params); param->name; param++)
    if (!telar_param_set_is_default (params, param->name)) {
      const TelarParamValue *value = telar_param_set_get (params, param->name);
      json_object_set_new (object, param->name, telar_param_value_to_json (value));
    }
  return object;
}

static void
put_params (json_t *object, const char *key, const TelarParamSet *params)
{
  json_auto_t *json = params_to_json (params);
  if (json_object_size (json) > 0)
    json_object_set (object, key, json);
}

char *
telar_graph_node_line (const TelarNode *node)
{
  json_auto_t *object = json_object ();
  json_object_set_new (object, "id", json_string (node->id));
  json_object_set_new (object, "op", json_string (node->op->name));
  put_params (object, "params", node->params);
  put_params (object, "learning", node->learning);
  if (node->title)
    json_object_set_new (object, "title", json_string (node->title));
  return telar_json_to_text (object);
}

char *
telar_graph_edge_line (const TelarGraph *graph, const TelarEdge *edge)
{
  g_autofree char *from = telar_graph_edge_from (graph, edge);
  g_autofree char *to = telar_graph_edge_to (graph, edge);
  return g_strdup_printf ("{\"from\":\"%s\",\"to\":\"%s\"}", from, to);
}

char *
telar_graph_layout_line (const TelarNode *node)
{
  char x[TELAR_REAL_TEXT], y[TELAR_REAL_TEXT];
  if (node->x == 0 && node->y == 0)
    return NULL;
  return g_strdup_printf ("[%s,%s]", telar_real_to_text (node->x, x),
                          telar_real_to_text (node->y, y));
}

char *
telar_graph_bends_line (const TelarEdge *edge)
{
  char x[TELAR_REAL_TEXT], y[TELAR_REAL_TEXT];
  if (!edge->bends)
    return NULL;
  GString *line = g_string_new ("[");
  for (guint i = 0; i < edge->bends->len; i++) {
    const TelarBend *at = &g_array_index (edge->bends, TelarBend, i);
    g_string_append_printf (line, "%s[%s,%s]", i ? "," : "", telar_real_to_text (at->x, x),
                            telar_real_to_text (at->y, y));
  }
  return g_string_free (g_string_append_c (line, ']'), FALSE);
}

char *
telar_graph_note_line (const TelarNote *note)
{
  char x[TELAR_REAL_TEXT], y[TELAR_REAL_TEXT], width[TELAR_REAL_TEXT], height[TELAR_REAL_TEXT];
  json_auto_t *quoted = json_string (note->text);
  g_autofree char *text = telar_json_to_text (quoted);
  return g_strdup_printf ("{\"kind\":\"%s\",\"text\":%s,\"colour\":\"%s\",\"place\":[%s,%s,%s,%s]}",
                          note->frame ? "frame" : "note", text, telar_colour_names[note->colour],
                          telar_real_to_text (note->x, x), telar_real_to_text (note->y, y),
                          telar_real_to_text (note->width, width),
                          telar_real_to_text (note->height, height));
}

char *
telar_graph_group_line (const TelarGraph *drawing)
{
  json_auto_t *object = json_object ();
  if (drawing->group->title)
    json_object_set_new (object, "title", json_string (drawing->group->title));
  return telar_json_to_text (object);
}

/* --- reading ---------------------------------------------------------------------------------- */

G_GNUC_PRINTF (3, 4)
static gboolean
refuse (GError **error, const char *node, const char *format, ...)
{
  va_list args;
  va_start (args, format);
  g_autofree char *text = g_strdup_vprintf (format, args);
  va_end (args);
  telar_set_error (error, TELAR_ERROR_INVALID, node, "%s", text);
  return FALSE;
}

/* That @json is an object with no members but those of @known. */
static gboolean
check_members (const json_t *json, const char *what, const char *node, const char *const *known,
               GError **error)
{
  const char *key;
  json_t *value;
  if (!json_is_object (json))
    return refuse (error, node, "%s must be an object", what);
  json_object_foreach ((json_t *)json, key, value)
  {
    if (!g_strv_contains (known, key))
      return refuse (error, node, "unknown key \"%s\" in %s", key, what);
  }
  return TRUE;
}

/* The member @what of @node. */
static gboolean
read_params (TelarParamSet *params, const json_t *node, const char *what, GError **error)
{
  const json_t *json = json_object_get (node, what);
  const char *key;
  json_t *value;
  if (!json)
    return TRUE;
  if (!json_is_object (json))
    return refuse (error, NULL, "\"%s\" must be an object", what);
  json_object_foreach ((json_t *)json, key, value)
  {
    if (!telar_param_set_put_json (params, key, value, error))
      return FALSE;
  }
  return TRUE;
}

/* The port of @ports that has the name, the kind and the repetition of @port, or -1. */
static int
same_port (const TelarPort *port, const TelarPort *ports)
{
  for (int i = 0; ports && ports[i].name; i++)
    if (strcmp (ports[i].name, port->name) == 0)
      return ports[i].kind == port->kind && ports[i].repeated == port->repeated ? i : -1;
  return -1;
}

/* Whether the node may become one of @op: it must have the ports that are wired. */
static gboolean
check_replacement (const TelarGraph *graph, const char *id, const TelarOperator *op, GError **error)
{
  const TelarGraphEntry *entry = telar_graph_entry (graph, id);
  gboolean fits = TRUE;
  for (guint i = 0; entry && i < entry->in->len; i++) {
    const TelarEdge *edge = entry->in->pdata[i];
    fits &= same_port (&entry->node.op->inputs[edge->to_port], op->inputs) >= 0;
  }
  for (guint i = 0; entry && i < entry->out->len; i++) {
    const TelarEdge *edge = entry->out->pdata[i];
    fits &= same_port (&entry->node.op->outputs[edge->from_port], op->outputs) >= 0;
  }
  return fits || refuse (error, id, "the node has wires and so remains a %s", entry->node.op->name);
}

/* Its wires go to the ports of the same names. */
static void
become (TelarGraph *graph, TelarGraphEntry *entry, const TelarOperator *op)
{
  for (guint i = 0; i < entry->in->len; i++) {
    TelarEdge *edge = entry->in->pdata[i];
    edge->to_port = (guint)same_port (&entry->node.op->inputs[edge->to_port], op->inputs);
  }
  for (guint i = 0; i < entry->out->len; i++) {
    TelarEdge *edge = entry->out->pdata[i];
    edge->from_port = (guint)same_port (&entry->node.op->outputs[edge->from_port], op->outputs);
  }
  entry->node.op = op;
  telar_graph_sort_edges (graph);
}

gboolean
telar_graph_put_node (TelarGraph *graph, const char *id, const json_t *json, GError **error)
{
  static const char *const known[] = { "id", "op", "params", "learning", "title", NULL };
  const char *given = json_string_value (json_object_get (json, "id"));
  if (!check_members (json, "a node", given, known, error))
    return FALSE;
  const char *name = json_string_value (json_object_get (json, "op"));
  const json_t *title = json_object_get (json, "title");
  if (!given || (id && strcmp (id, given) != 0))
    return refuse (error, id, "a node needs its \"id\"");
  if (!name)
    return refuse (error, given, "a node needs its operator, \"op\"");
  if (title && !json_is_string (title))
    return refuse (error, given, "\"title\" must be text");
  const TelarOperator *op = telar_graph_find_operator (graph, name);
  if (!op)
    return refuse (error, given, "unknown operator \"%s\"", name);
  if (!telar_graph_may_hold (graph, op, error)) {
    telar_error_set_node (error, given);
    return FALSE;
  }
  if (id && !check_replacement (graph, id, op, error))
    return FALSE;

  g_autoptr (TelarParamSet) params = telar_param_set_new (op->params);
  g_autoptr (TelarParamSet) learning = telar_param_set_new (telar_learning_params);
  if (!read_params (params, json, "params", error) ||
      !read_params (learning, json, "learning", error)) {
    telar_error_set_node (error, given);
    return FALSE;
  }
  TelarNode *node = id ? telar_graph_find_node (graph, id) : NULL;
  if (!node)
    node = telar_graph_add_node (graph, name, given, error);
  if (!node)
    return FALSE;
  telar_param_set_free (node->params);
  node->params = g_steal_pointer (&params);
  telar_param_set_free (node->learning);
  node->learning = g_steal_pointer (&learning);
  gboolean was_end = telar_operator_is_group_end (node->op);
  if (node->op != op)
    become (graph, telar_graph_entry (graph, given), op);
  if (was_end || telar_operator_is_group_end (op))
    telar_group_refresh (graph, NULL, NULL);
  g_free (node->title);
  node->title = g_strdup (json_string_value (title));
  return TRUE;
}

gboolean
telar_graph_read_edge (const TelarGraph *graph, const json_t *json, TelarWire *wire, GError **error)
{
  static const char *const known[] = { "from", "to", NULL };
  if (!check_members (json, "an edge", NULL, known, error))
    return FALSE;
  const char *from = json_string_value (json_object_get (json, "from"));
  const char *to = json_string_value (json_object_get (json, "to"));
  if (!from || !to)
    return refuse (error, NULL, "an edge needs \"from\" and \"to\", such as \"conv1:out\"");
  return telar_graph_resolve (graph, from, to, wire, error);
}

/* Exactly @n numbers. */
static gboolean
read_numbers (const json_t *json, double *numbers, gsize n)
{
  if (json_array_size (json) != n)
    return FALSE;
  for (gsize i = 0; i < n; i++) {
    if (!json_is_number (json_array_get (json, i)))
      return FALSE;
    numbers[i] = json_number_value (json_array_get (json, i));
  }
  return TRUE;
}

static gboolean
put_bends (TelarGraph *graph, const char *place, const json_t *json, GError **error)
{
  const TelarEdge *edge = telar_graph_edge_at (graph, place);
  TelarBend points[TELAR_MAX_BENDS];
  gsize n = json_array_size (json);
  if (!edge)
    return refuse (error, NULL, "the layout bends the wire at \"%s\", where none ends", place);
  if (n < 1 || n > TELAR_MAX_BENDS)
    return refuse (error, NULL, "the bends at \"%s\" must be 1 to %d places", place,
                   TELAR_MAX_BENDS);
  for (gsize i = 0; i < n; i++) {
    double at[2];
    if (!read_numbers (json_array_get (json, i), at, 2))
      return refuse (error, edge->to, "a bend must be two numbers, [x,y]");
    points[i] = (TelarBend){ at[0], at[1] };
  }
  telar_graph_set_bends (graph, edge->to, edge->to_port, edge->to_slot, points, (guint)n);
  return TRUE;
}

gboolean
telar_graph_put_layout (TelarGraph *graph, const char *place, const json_t *json, GError **error)
{
  double at[2];
  if (strchr (place, ':'))
    return put_bends (graph, place, json, error);
  TelarNode *node = telar_graph_find_node (graph, place);
  if (!node)
    return refuse (error, NULL, "the layout places \"%s\", which is no node", place);
  if (!read_numbers (json, at, 2))
    return refuse (error, place, "a position must be two numbers, [x,y]");
  node->x = at[0];
  node->y = at[1];
  return TRUE;
}

static int
find_colour (const json_t *json)
{
  const char *name = json_string_value (json);
  for (int i = 0; name && telar_colour_names[i]; i++)
    if (strcmp (telar_colour_names[i], name) == 0)
      return i;
  return -1;
}

gboolean
telar_graph_put_note (TelarGraph *graph, const char *id, const json_t *json, GError **error)
{
  static const char *const known[] = { "kind", "text", "colour", "place", NULL };
  if (!check_members (json, "a note", NULL, known, error))
    return FALSE;
  const char *kind = json_string_value (json_object_get (json, "kind"));
  const char *text = json_string_value (json_object_get (json, "text"));
  int colour = find_colour (json_object_get (json, "colour"));
  double place[4];
  if (!kind || (strcmp (kind, "frame") != 0 && strcmp (kind, "note") != 0))
    return refuse (error, NULL, "the \"kind\" of \"%s\" must be \"note\" or \"frame\"", id);
  if (!text)
    return refuse (error, NULL, "the note \"%s\" needs its \"text\"", id);
  if (colour < 0)
    return refuse (error, NULL, "the \"colour\" of the note \"%s\" is unknown", id);
  if (!read_numbers (json_object_get (json, "place"), place, 4) || place[2] <= 0 || place[3] <= 0)
    return refuse (error, NULL, "the \"place\" of the note \"%s\" must be [x,y,width,height]", id);
  TelarNote *note = telar_graph_find_note (graph, id);
  if (!note)
    note = telar_graph_add_note (graph, FALSE, id, error);
  if (!note)
    return FALSE;
  g_free (note->text);
  *note = (TelarNote){ note->id,        strcmp (kind, "frame") == 0,
                       g_strdup (text), (TelarColour)colour,
                       place[0],        place[1],
                       place[2],        place[3] };
  return TRUE;
}

gboolean
telar_graph_put_group (TelarGraph *graph, const char *name, const json_t *title, GError **error)
{
  if (title && !json_is_string (title))
    return refuse (error, NULL, "the \"title\" of the group \"%s\" must be text", name);
  TelarGraph *drawing = telar_graph_find_group (graph, name);
  if (!drawing)
    drawing = telar_graph_add_group (graph, name, error);
  if (drawing)
    telar_graph_set_group_title (drawing, json_string_value (title));
  return drawing != NULL;
}

gboolean
telar_graph_put_training (TelarGraph *graph, const char *name, const json_t *json, GError **error)
{
  return telar_param_set_put_json (graph->training, name, json, error);
}

gboolean
telar_graph_put_seed (TelarGraph *graph, const json_t *json, GError **error)
{
  if (!json_is_integer (json) || json_integer_value (json) < 0)
    return refuse (error, NULL, "\"seed\" must be a whole number from 0 to 2^63 - 1");
  graph->seed = (guint64)json_integer_value (json);
  return TRUE;
}

gboolean
telar_graph_put_hash (TelarGraph *graph, const char *path, const json_t *json, GError **error)
{
  const char *hash = json_string_value (json);
  if (!hash || !g_str_has_prefix (hash, "sha256:"))
    return refuse (error, NULL, "the hash of \"%s\" must be \"sha256:…\"", path);
  g_hash_table_insert (graph->data_hashes, g_strdup (path), g_strdup (hash));
  return TRUE;
}
