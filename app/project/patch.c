/* Patches: sets of changed records. A patch has no order of its own; applying it chooses one that
 * the graph accepts at every step, which makes merging and undoing simple. */
#include "app/project/patch.h"

#include <string.h>

struct TelarPatch {
  GPtrArray *changes; /* sorted by path */
};

static void
change_free (gpointer data)
{
  TelarChange *change = data;

  g_free (change->path);
  g_free (change->before);
  g_free (change->after);
  g_free (change);
}

TelarPatch *
telar_patch_new (void)
{
  TelarPatch *patch = g_new0 (TelarPatch, 1);

  patch->changes = g_ptr_array_new_with_free_func (change_free);
  return patch;
}

void
telar_patch_free (TelarPatch *patch)
{
  if (!patch)
    return;
  g_ptr_array_unref (patch->changes);
  g_free (patch);
}

const GPtrArray *
telar_patch_changes (const TelarPatch *patch)
{
  return patch->changes;
}

/* The place of @path, or where it would go. */
static gboolean
find (const TelarPatch *patch, const char *path, guint *index)
{
  guint low = 0, high = patch->changes->len;

  while (low < high) {
    guint middle = (low + high) / 2;
    const TelarChange *change = patch->changes->pdata[middle];
    int order = strcmp (path, change->path);

    if (order == 0) {
      *index = middle;
      return TRUE;
    }
    if (order < 0)
      high = middle;
    else
      low = middle + 1;
  }
  *index = low;
  return FALSE;
}

static void
insert (TelarPatch *patch, guint index, const char *path, const char *before, const char *after)
{
  TelarChange *change = g_new (TelarChange, 1);

  *change = (TelarChange){ g_strdup (path), g_strdup (before), g_strdup (after) };
  g_ptr_array_insert (patch->changes, (int)index, change);
}

/* The path of a drawing's own record in the document. Caller frees. */
static char *
whole_path (const TelarGraph *graph, const char *path)
{
  const char *group = telar_graph_group_name (graph);

  return group ? g_strdup_printf ("groups/%s/%s", group, path) : g_strdup (path);
}

static void
note_before (TelarPatch *patch, const TelarGraph *graph, const char *path, gboolean is_new)
{
  g_autofree char *whole = whole_path (graph, path);
  g_autofree char *before = NULL;
  guint index;

  if (find (patch, whole, &index))
    return;
  before = is_new ? NULL : telar_graph_get_record (graph, path);
  insert (patch, index, whole, before, NULL);
}

/* The bends of a wire come and go with it. */
static void
touch (TelarPatch *patch, const TelarGraph *graph, const char *path, gboolean is_new)
{
  note_before (patch, graph, path, is_new);
  if (g_str_has_prefix (path, "edges/")) {
    g_autofree char *bends = g_strconcat ("layout", strchr (path, '/'), NULL);

    note_before (patch, graph, bends, is_new);
  }
}

void
telar_patch_touch (TelarPatch *patch, const TelarGraph *graph, const char *path)
{
  touch (patch, graph, path, FALSE);
}

void
telar_patch_touchf (TelarPatch *patch, const TelarGraph *graph, const char *format, ...)
{
  g_autofree char *path = NULL;
  va_list args;

  va_start (args, format);
  path = g_strdup_vprintf (format, args);
  va_end (args);
  telar_patch_touch (patch, graph, path);
}

void
telar_patch_touch_new (TelarPatch *patch, const TelarGraph *graph, const char *format, ...)
{
  g_autofree char *path = NULL;
  va_list args;

  va_start (args, format);
  path = g_strdup_vprintf (format, args);
  va_end (args);
  touch (patch, graph, path, TRUE);
}

void
telar_patch_touch_group (TelarPatch *patch, const TelarGraph *drawing)
{
  const GPtrArray *nodes = telar_graph_nodes (drawing), *notes = telar_graph_notes (drawing);
  g_autofree char *path = g_strdup_printf ("groups/%s", telar_graph_group_name (drawing));
  g_autofree char *before = telar_graph_get_record (drawing, path);
  guint index;

  if (!find (patch, path, &index))
    insert (patch, index, path, before, NULL);
  for (guint i = 0; i < nodes->len; i++)
    telar_patch_touch_node (patch, drawing, ((const TelarNode *)nodes->pdata[i])->id);
  for (guint i = 0; i < notes->len; i++)
    telar_patch_touchf (patch, drawing, "notes/%s", ((const TelarNote *)notes->pdata[i])->id);
}

void
telar_patch_touch_node (TelarPatch *patch, const TelarGraph *graph, const char *id)
{
  const GPtrArray *edges = telar_graph_edges (graph);

  telar_patch_touchf (patch, graph, "nodes/%s", id);
  telar_patch_touchf (patch, graph, "layout/%s", id);
  for (guint i = 0; i < edges->len; i++) {
    const TelarEdge *edge = edges->pdata[i];

    if (g_str_equal (edge->from, id) || g_str_equal (edge->to, id)) {
      const TelarNode *to = telar_graph_find_node (graph, edge->to);

      telar_patch_touchf (patch, graph, "edges/%s:%s.%u", edge->to,
                          to->op->inputs[edge->to_port].name, edge->to_slot);
    }
  }
}

void
telar_patch_finish (TelarPatch *patch, const TelarGraph *graph)
{
  for (guint i = patch->changes->len; i-- > 0;) {
    TelarChange *change = patch->changes->pdata[i];

    g_free (change->after);
    change->after = telar_graph_get_record (graph, change->path);
    if (g_strcmp0 (change->before, change->after) == 0)
      g_ptr_array_remove_index (patch->changes, i);
  }
}

/* --- applying ----------------------------------------------------------------------------------*/

/* What drawings have: "groups/NAME/nodes/ID" as "nodes/ID". */
static const char *
own_path (const char *path)
{
  const char *slash;

  if (!g_str_has_prefix (path, "groups/"))
    return path;
  slash = strchr (path + strlen ("groups/"), '/');
  return slash ? slash + 1 : path;
}

static gboolean
is_edge (const char *path)
{
  return g_str_has_prefix (own_path (path), "edges/");
}

static gboolean
is_node (const char *path)
{
  return g_str_has_prefix (own_path (path), "nodes/");
}

static gboolean
is_layout (const char *path)
{
  return g_str_has_prefix (own_path (path), "layout/");
}

static gboolean
is_group (const char *path)
{
  return g_str_has_prefix (own_path (path), "groups/");
}

/* Orders "edges/TO:PORT.SLOT" by slot, so that repeated inputs fill from 0 and empty from the end.
 */
static int
compare_slots (gconstpointer a, gconstpointer b)
{
  const TelarChange *const *x = a, *const *y = b;
  const char *dot_x = strrchr ((*x)->path, '.'), *dot_y = strrchr ((*y)->path, '.');
  guint64 slot_x = dot_x ? g_ascii_strtoull (dot_x + 1, NULL, 10) : 0;
  guint64 slot_y = dot_y ? g_ascii_strtoull (dot_y + 1, NULL, 10) : 0;

  if (slot_x != slot_y)
    return slot_x < slot_y ? -1 : 1;
  return strcmp ((*x)->path, (*y)->path);
}

static const char *
target (const TelarChange *change, TelarPatchDirection direction)
{
  return direction == TELAR_PATCH_FORWARD ? change->after : change->before;
}

/* "layout/…" of "edges/…". Caller frees. */
static char *
bends_path (const char *path)
{
  const char *own = own_path (path);

  return g_strdup_printf ("%.*slayout%s", (int)(own - path), path, strchr (own, '/'));
}

/* Puts what a wire bends at into @bends, path by path, where the patch says nothing of it. */
static gboolean
remove_edges (const TelarPatch *patch, GPtrArray *edges, TelarGraph *graph, GHashTable *bends,
              GError **error)
{
  for (guint i = edges->len; i-- > 0;) {
    const TelarChange *change = edges->pdata[i];
    g_autofree char *present = telar_graph_get_record (graph, change->path);
    g_autofree char *path = bends_path (change->path);
    char *bent = present ? telar_graph_get_record (graph, path) : NULL;
    guint index;

    if (bent && find (patch, path, &index))
      g_clear_pointer (&bent, g_free);
    if (bent)
      g_hash_table_insert (bends, g_steal_pointer (&path), bent);
    if (present && !telar_graph_set_record (graph, change->path, NULL, error))
      return FALSE;
  }
  return TRUE;
}

/* A wire that came back bends as before. */
static gboolean
put_edge (const TelarChange *change, const char *json, TelarGraph *graph, GHashTable *bends,
          GError **error)
{
  g_autofree char *path = bends_path (change->path);
  const char *bent = g_hash_table_lookup (bends, path);

  return telar_graph_set_record (graph, change->path, json, error) &&
         (!bent || telar_graph_set_record (graph, path, bent, error));
}

typedef gboolean (*Matches) (const char *path);

/* Sets those of the records that match: @present: to what they are to be, else only those that are
 * to be nothing. */
static gboolean
set_all (const TelarPatch *patch, TelarGraph *graph, TelarPatchDirection direction, Matches matches,
         gboolean present, GError **error)
{
  for (guint i = 0; i < patch->changes->len; i++) {
    const TelarChange *change = patch->changes->pdata[i];
    const char *json = target (change, direction);

    if (matches (change->path) && (json != NULL) == present &&
        !telar_graph_set_record (graph, change->path, json, error))
      return FALSE;
  }
  return TRUE;
}

static gboolean
is_setting (const char *path)
{
  return !is_edge (path) && !is_node (path) && !is_group (path) && !is_layout (path);
}

/* Wires go first and come last; groups come before the nodes that are of them and go after. Places
 * and bends follow what they are of. */
gboolean
telar_patch_apply (const TelarPatch *patch, TelarGraph *graph, TelarPatchDirection direction,
                   GError **error)
{
  g_autoptr (GPtrArray) edges = g_ptr_array_new ();
  g_autoptr (GHashTable) bends = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  for (guint i = 0; i < patch->changes->len; i++) {
    TelarChange *change = patch->changes->pdata[i];

    if (is_edge (change->path))
      g_ptr_array_add (edges, change);
  }
  g_ptr_array_sort (edges, compare_slots);
  if (!remove_edges (patch, edges, graph, bends, error) ||
      !set_all (patch, graph, direction, is_node, FALSE, error) ||
      !set_all (patch, graph, direction, is_group, FALSE, error) ||
      !set_all (patch, graph, direction, is_group, TRUE, error) ||
      !set_all (patch, graph, direction, is_node, TRUE, error) ||
      !set_all (patch, graph, direction, is_setting, FALSE, error) ||
      !set_all (patch, graph, direction, is_setting, TRUE, error))
    return FALSE;
  for (guint i = 0; i < edges->len; i++) {
    const TelarChange *change = edges->pdata[i];
    const char *json = target (change, direction);

    if (json && !put_edge (change, json, graph, bends, error))
      return FALSE;
  }
  return set_all (patch, graph, direction, is_layout, FALSE, error) &&
         set_all (patch, graph, direction, is_layout, TRUE, error);
}

void
telar_patch_merge (TelarPatch *patch, const TelarPatch *later)
{
  for (guint i = 0; i < later->changes->len; i++) {
    const TelarChange *next = later->changes->pdata[i];
    guint index;

    if (find (patch, next->path, &index)) {
      TelarChange *change = patch->changes->pdata[index];

      g_free (change->after);
      change->after = g_strdup (next->after);
      if (g_strcmp0 (change->before, change->after) == 0)
        g_ptr_array_remove_index (patch->changes, index);
    } else {
      insert (patch, index, next->path, next->before, next->after);
    }
  }
}

void
telar_patch_invert (TelarPatch *patch)
{
  for (guint i = 0; i < patch->changes->len; i++) {
    TelarChange *change = patch->changes->pdata[i];
    char *before = change->before;

    change->before = change->after;
    change->after = before;
  }
}

/* --- the difference --------------------------------------------------------------------------- */

/* Wires of a node that becomes another operator are taken off and put back, so that none is asked
 * to fit both. */
static void
touch_wires_of_changed (TelarPatch *patch, const TelarGraph *before, const TelarGraph *after)
{
  const GPtrArray *nodes = telar_graph_nodes (before);

  for (guint i = 0; i < nodes->len; i++) {
    const TelarNode *node = nodes->pdata[i], *other = telar_graph_find_node (after, node->id);

    if (other && !g_str_equal (node->op->name, other->op->name))
      telar_patch_touch_node (patch, before, node->id);
  }
}

TelarPatch *
telar_patch_between (const TelarGraph *before, const TelarGraph *after)
{
  const TelarGraph *const sides[] = { before, after };
  TelarPatch *patch = telar_patch_new ();

  for (guint side = 0; side < G_N_ELEMENTS (sides); side++) {
    g_auto (GStrv) paths = telar_graph_record_paths (sides[side]);

    for (guint i = 0; paths[i]; i++) {
      g_autofree char *old = telar_graph_get_record (before, paths[i]);
      g_autofree char *new = telar_graph_get_record (after, paths[i]);
      guint index;

      if (g_strcmp0 (old, new) != 0 && !find (patch, paths[i], &index))
        insert (patch, index, paths[i], old, new);
    }
  }
  for (guint i = 0; telar_graph_nth_drawing (before, i); i++) {
    const TelarGraph *drawing = telar_graph_nth_drawing (before, i);
    const char *name = telar_graph_group_name (drawing);
    const TelarGraph *other = name ? telar_graph_find_group (after, name) : after;

    if (other)
      touch_wires_of_changed (patch, drawing, other);
  }
  for (guint i = 0; i < patch->changes->len; i++) {
    TelarChange *change = patch->changes->pdata[i];

    g_free (change->after);
    change->after = telar_graph_get_record (after, change->path);
  }
  return patch;
}

/* --- JSON ------------------------------------------------------------------------------------- */

static json_t *
json_text (const char *text)
{
  return text ? json_string (text) : json_null ();
}

json_t *
telar_patch_to_json (const TelarPatch *patch)
{
  json_t *list = json_array ();

  for (guint i = 0; i < patch->changes->len; i++) {
    const TelarChange *change = patch->changes->pdata[i];

    json_array_append_new (list, json_pack ("[s, o, o]", change->path, json_text (change->before),
                                            json_text (change->after)));
  }
  return list;
}

TelarPatch *
telar_patch_from_json (const json_t *json, GError **error)
{
  g_autoptr (TelarPatch) patch = telar_patch_new ();

  if (!json_is_array (json)) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "an edit must be a list of changes");
    return NULL;
  }
  for (gsize i = 0; i < json_array_size (json); i++) {
    const json_t *item = json_array_get (json, i);
    const json_t *before = json_array_get (item, 1), *after = json_array_get (item, 2);
    const char *path = json_string_value (json_array_get (item, 0));
    guint index;

    if (!path || !before || !after || find (patch, path, &index)) {
      telar_set_error (error, TELAR_ERROR_INVALID, NULL, "change %" G_GSIZE_FORMAT " is malformed",
                       i);
      return NULL;
    }
    insert (patch, index, path, json_string_value (before), json_string_value (after));
  }
  return g_steal_pointer (&patch);
}
