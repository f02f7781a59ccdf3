/* Two documents beside each other: drawing by drawing, node by node, parameter by parameter. */
#include "engine/diff.h"

#include "engine/diff-match.h"
#include "engine/text.h"
#include <string.h>

const char *
telar_diff_kind_name (TelarDiffKind kind)
{
  static const char *const names[] = { "added", "removed", "changed", "renamed" };
  return names[kind];
}

const char *
telar_diff_subject_name (TelarDiffSubject subject)
{
  static const char *const names[] = { "setting", "data", "group", "node", "wire" };
  return names[subject];
}

static void
difference_free (gpointer data)
{
  TelarDifference *d = data;

  g_free (d->group);
  g_free (d->was);
  g_free (d->is);
  g_free (d->what);
  g_free (d->before);
  g_free (d->after);
  g_free (d);
}

typedef struct {
  const char *group;
  const TelarGraph *before, *after;
  GPtrArray *found;
} Diff;

/* Copies all that is given; each may be NULL. */
static void
add (const Diff *diff, TelarDifference found)
{
  TelarDifference *d = g_new0 (TelarDifference, 1);

  *d = (TelarDifference){ .kind = found.kind,
                          .subject = found.subject,
                          .group = g_strdup (diff->group),
                          .was = g_strdup (found.was),
                          .is = g_strdup (found.is),
                          .what = g_strdup (found.what),
                          .before = g_strdup (found.before),
                          .after = g_strdup (found.after) };
  g_ptr_array_add (diff->found, d);
}

/* --- nodes ------------------------------------------------------------------------------------ */

static void
append_params (GString *text, const TelarParamSet *params)
{
  for (const TelarParam *p = params ? telar_param_set_table (params) : NULL; p && p->name; p++) {
    if (telar_param_set_is_default (params, p->name))
      continue;
    g_autofree char *value = telar_param_value_to_text (telar_param_set_get (params, p->name));
    g_string_append_printf (text, " %s=%s", p->name, value);
  }
}

/* "conv2d filters=12 kernel=3x3". Caller frees. */
static char *
describe_node (const TelarNode *node)
{
  GString *text = g_string_new (node->op->name);

  append_params (text, node->params);
  append_params (text, node->learning);
  return g_string_free (text, FALSE);
}

static void
change (const Diff *diff, const TelarNode *old, const TelarNode *new, const char *what,
        const char *before, const char *after)
{
  add (diff, (TelarDifference){ .kind = TELAR_DIFF_CHANGED,
                                .subject = TELAR_DIFF_NODE,
                                .was = old->id,
                                .is = new->id,
                                .what = (char *)what,
                                .before = (char *)before,
                                .after = (char *)after });
}

static void
compare_params (const Diff *diff, const TelarNode *old, const TelarNode *new,
                const TelarParamSet *before, const TelarParamSet *after)
{
  for (const TelarParam *p = before ? telar_param_set_table (before) : NULL; p && p->name; p++) {
    const TelarParamValue *from = telar_param_set_get (before, p->name);
    const TelarParamValue *to = telar_param_set_get (after, p->name);

    if (telar_param_value_equal (from, to))
      continue;
    g_autofree char *was = telar_param_value_to_text (from), *is = telar_param_value_to_text (to);
    change (diff, old, new, p->name, was, is);
  }
}

static void
compare_nodes (const Diff *diff, const TelarNode *old, const TelarNode *new)
{
  if (!g_str_equal (old->id, new->id))
    add (diff, (TelarDifference){ .kind = TELAR_DIFF_RENAMED,
                                  .subject = TELAR_DIFF_NODE,
                                  .was = old->id,
                                  .is = new->id });
  if (g_strcmp0 (old->title, new->title) != 0)
    change (diff, old, new, "title", old->title, new->title);
  if (g_str_equal (old->op->name, new->op->name)) {
    compare_params (diff, old, new, old->params, new->params);
    compare_params (diff, old, new, old->learning, new->learning);
    return;
  }
  g_autofree char *was = describe_node (old), *is = describe_node (new);
  change (diff, old, new, "op", was, is);
}

static void
add_node (const Diff *diff, TelarDiffKind kind, const TelarNode *node)
{
  g_autofree char *text = describe_node (node);
  gboolean added = kind == TELAR_DIFF_ADDED;

  add (diff, (TelarDifference){ .kind = kind,
                                .subject = TELAR_DIFF_NODE,
                                .was = added ? NULL : node->id,
                                .is = added ? node->id : NULL,
                                .before = added ? NULL : text,
                                .after = added ? text : NULL });
}

/* --- drawings --------------------------------------------------------------------------------- */

/* The wires of @graph that @others lacks. */
static void
add_wires (const Diff *diff, TelarDiffKind kind, const TelarGraph *graph, GHashTable *names,
           GHashTable *others)
{
  const GPtrArray *edges = telar_graph_edges (graph);

  for (guint i = 0; i < edges->len; i++) {
    g_autofree char *text = telar_diff_wire_text (graph, edges->pdata[i], names);
    g_autofree char *own = telar_diff_wire_text (graph, edges->pdata[i], NULL);
    gboolean added = kind == TELAR_DIFF_ADDED;

    if (!g_hash_table_contains (others, text))
      add (diff, (TelarDifference){ .kind = kind,
                                    .subject = TELAR_DIFF_WIRE,
                                    .was = added ? NULL : own,
                                    .is = added ? own : NULL });
  }
}

static GHashTable *
wire_texts (const TelarGraph *graph, GHashTable *names)
{
  GHashTable *texts = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  const GPtrArray *edges = telar_graph_edges (graph);

  for (guint i = 0; i < edges->len; i++)
    g_hash_table_add (texts, telar_diff_wire_text (graph, edges->pdata[i], names));
  return texts;
}

static void
compare_drawings (const Diff *diff)
{
  g_autoptr (GHashTable) match = telar_diff_match (diff->before, diff->after);
  g_autoptr (GHashTable) back = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) old_wires = wire_texts (diff->before, match);
  g_autoptr (GHashTable) new_wires = wire_texts (diff->after, NULL);
  const GPtrArray *old = telar_graph_nodes (diff->before), *new = telar_graph_nodes (diff->after);
  GHashTableIter iter;
  gpointer was, is;

  g_hash_table_iter_init (&iter, match);
  while (g_hash_table_iter_next (&iter, &was, &is))
    g_hash_table_insert (back, is, was);
  for (guint i = 0; i < old->len; i++) {
    const TelarNode *node = old->pdata[i];
    const char *id = g_hash_table_lookup (match, node->id);

    if (id)
      compare_nodes (diff, node, telar_graph_find_node (diff->after, id));
    else
      add_node (diff, TELAR_DIFF_REMOVED, node);
  }
  for (guint i = 0; i < new->len; i++)
    if (!g_hash_table_contains (back, ((const TelarNode *)new->pdata[i])->id))
      add_node (diff, TELAR_DIFF_ADDED, new->pdata[i]);
  add_wires (diff, TELAR_DIFF_REMOVED, diff->before, match, new_wires);
  add_wires (diff, TELAR_DIFF_ADDED, diff->after, NULL, old_wires);
}

/* A group that only one of the documents has is told as a whole. */
static void
compare_groups (GPtrArray *found, const TelarGraph *before, const TelarGraph *after)
{
  const GPtrArray *old = telar_graph_groups (before), *new = telar_graph_groups (after);

  for (guint i = 0; i < old->len; i++) {
    const TelarGraph *drawing = old->pdata[i];
    char *name = (char *)telar_graph_group_name (drawing);
    const TelarGraph *other = telar_graph_find_group (after, name);
    const Diff diff = { name, drawing, other, found };

    if (!other) {
      add (&diff, (TelarDifference){
                      .kind = TELAR_DIFF_REMOVED, .subject = TELAR_DIFF_GROUP, .was = name });
      continue;
    }
    if (g_strcmp0 (telar_graph_group_title (drawing), telar_graph_group_title (other)) != 0)
      add (&diff, (TelarDifference){ .kind = TELAR_DIFF_CHANGED,
                                     .subject = TELAR_DIFF_GROUP,
                                     .was = name,
                                     .is = name,
                                     .what = (char *)"title",
                                     .before = (char *)telar_graph_group_title (drawing),
                                     .after = (char *)telar_graph_group_title (other) });
    compare_drawings (&diff);
  }
  for (guint i = 0; i < new->len; i++) {
    char *name = (char *)telar_graph_group_name (new->pdata[i]);
    const Diff diff = { name, NULL, NULL, found };

    if (!telar_graph_find_group (before, name))
      add (&diff,
           (TelarDifference){ .kind = TELAR_DIFF_ADDED, .subject = TELAR_DIFF_GROUP, .is = name });
  }
}

/* --- settings and data ------------------------------------------------------------------------ */

/* A record that is not of a drawing; the same path in both. */
static void
compare_records (const Diff *diff, TelarDiffSubject subject, const char *path, const char *name)
{
  g_autofree char *before = telar_graph_get_record (diff->before, path);
  g_autofree char *after = telar_graph_get_record (diff->after, path);

  if (g_strcmp0 (before, after) != 0)
    add (diff, (TelarDifference){ .kind = !before  ? TELAR_DIFF_ADDED
                                          : !after ? TELAR_DIFF_REMOVED
                                                   : TELAR_DIFF_CHANGED,
                                  .subject = subject,
                                  .was = before ? (char *)name : NULL,
                                  .is = after ? (char *)name : NULL,
                                  .before = before,
                                  .after = after });
}

/* Named values are told as --set calls them. */
static void
compare_values (const Diff *diff)
{
  g_auto (GStrv) old = telar_graph_value_names (diff->before);
  g_auto (GStrv) new = telar_graph_value_names (diff->after);

  for (char **name = old; *name; name++) {
    g_autofree char *path = g_strconcat ("values/", *name, NULL);
    g_autofree char *told = g_strconcat ("values.", *name, NULL);
    compare_records (diff, TELAR_DIFF_SETTING, path, told);
  }
  for (char **name = new; *name; name++) {
    g_autofree char *path = g_strconcat ("values/", *name, NULL);
    g_autofree char *told = g_strconcat ("values.", *name, NULL);
    if (!telar_graph_value (diff->before, *name))
      compare_records (diff, TELAR_DIFF_SETTING, path, told);
  }
}

static void
compare_settings (const Diff *diff)
{
  const TelarParamSet *old = telar_graph_training ((TelarGraph *)diff->before);
  const TelarParamSet *new = telar_graph_training ((TelarGraph *)diff->after);

  for (const TelarParam *p = telar_param_set_table (old); p->name; p++) {
    const TelarParamValue *from = telar_param_set_get (old, p->name);
    const TelarParamValue *to = telar_param_set_get (new, p->name);

    if (telar_param_value_equal (from, to))
      continue;
    g_autofree char *was = telar_param_value_to_text (from), *is = telar_param_value_to_text (to);
    add (diff, (TelarDifference){ .kind = TELAR_DIFF_CHANGED,
                                  .subject = TELAR_DIFF_SETTING,
                                  .was = (char *)p->name,
                                  .is = (char *)p->name,
                                  .before = was,
                                  .after = is });
  }
  compare_records (diff, TELAR_DIFF_SETTING, "seed", "seed");
  compare_values (diff);
}

static void
compare_data (const Diff *diff)
{
  g_autoptr (GHashTable) files = g_hash_table_new (g_str_hash, g_str_equal);
  const TelarGraph *both[] = { diff->before, diff->after };

  for (guint i = 0; i < G_N_ELEMENTS (both); i++) {
    GHashTableIter iter;
    gpointer file;

    g_hash_table_iter_init (&iter, telar_graph_data_hashes ((TelarGraph *)both[i]));
    while (g_hash_table_iter_next (&iter, &file, NULL))
      g_hash_table_add (files, file);
  }
  g_autoptr (GList) sorted =
      g_list_sort (g_hash_table_get_keys (files), (GCompareFunc)(void *)strcmp);
  for (const GList *l = sorted; l; l = l->next) {
    g_autofree char *path = g_strconcat ("data/", l->data, NULL);
    compare_records (diff, TELAR_DIFF_DATA, path, l->data);
  }
}

/* --- all -------------------------------------------------------------------------------------- */

GPtrArray *
telar_graph_diff (const TelarGraph *before, const TelarGraph *after)
{
  GPtrArray *found = g_ptr_array_new_with_free_func (difference_free);
  const Diff main = { NULL, before, after, found };

  compare_settings (&main);
  compare_data (&main);
  compare_drawings (&main);
  compare_groups (found, before, after);
  return found;
}
