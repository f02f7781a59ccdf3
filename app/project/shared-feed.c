/* The rows of a project, read in a thread and counted: whoever plans or measures holds them. */
#include "app/project/shared-feed.h"

#include "data/data.h"

static void
clear (gpointer data)
{
  telar_feed_free (((TelarSharedFeed *)data)->feed);
}

TelarSharedFeed *
telar_shared_feed_ref (TelarSharedFeed *self)
{
  return self ? g_atomic_rc_box_acquire (self) : NULL;
}

void
telar_shared_feed_unref (TelarSharedFeed *self)
{
  if (self)
    g_atomic_rc_box_release_full (self, clear);
}

static void
unref (gpointer data)
{
  telar_shared_feed_unref (data);
}

/* What expressions come to, which other records decide. */
static void
append_numbers (GString *key, const TelarParamSet *params)
{
  for (const TelarParam *param = telar_param_set_table (params); param->name; param++) {
    TelarParamValue plain = *telar_param_set_get (params, param->name);
    g_autofree char *number = NULL;

    plain.expression = NULL;
    number = telar_param_value_to_text (&plain);
    g_string_append_printf (key, "%s %s\n", number, plain.fault ? plain.fault : "");
  }
}

char *
telar_shared_feed_key (const TelarGraph *graph)
{
  GString *key = g_string_new (NULL);
  const GPtrArray *nodes = telar_graph_nodes (graph), *edges = telar_graph_edges (graph);
  const char *folder = telar_graph_folder (graph);

  for (guint i = 0; i < nodes->len; i++) {
    const TelarNode *node = nodes->pdata[i];

    if (telar_operator_is_fed (node->op)) {
      g_autofree char *path = g_strdup_printf ("nodes/%s", node->id);
      g_autofree char *json = telar_graph_get_record (graph, path);

      g_string_append_printf (key, "%s\n", json);
      if (telar_param_set_has_expressions (node->params))
        append_numbers (key, node->params);
    }
  }
  if (key->len == 0)
    return g_string_free (key, FALSE);
  for (guint i = 0; i < edges->len; i++) {
    const TelarEdge *edge = edges->pdata[i];

    if (telar_operator_is_fed (telar_graph_find_node (graph, edge->to)->op))
      g_string_append_printf (key, "%s.%u>%s.%u\n", edge->from, edge->from_port, edge->to,
                              edge->to_port);
  }
  g_string_append_printf (key, "%" G_GUINT64_FORMAT "\n%s", telar_graph_seed (graph),
                          folder ? folder : "");
  return g_string_free (key, FALSE);
}

static void
read_in_thread (GTask *task, gpointer source, gpointer data, GCancellable *cancellable)
{
  GError *error = NULL;
  TelarFeed *feed = telar_data_open (data, &error);
  TelarSharedFeed *shared;

  if (!feed) {
    g_task_return_error (task, error);
    return;
  }
  shared = g_atomic_rc_box_new0 (TelarSharedFeed);
  shared->feed = feed;
  g_task_return_pointer (task, shared, unref);
}

void
telar_shared_feed_read (GObject *source, const TelarGraph *graph, GCancellable *cancellable,
                        GAsyncReadyCallback done, gpointer data)
{
  g_autoptr (GTask) task = g_task_new (source, cancellable, done, data);

  g_task_set_task_data (task, telar_graph_copy (graph), (GDestroyNotify)telar_graph_free);
  g_task_run_in_thread (task, read_in_thread);
}

TelarSharedFeed *
telar_shared_feed_read_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}
