/* Reading profiles. */
#include "insight/timeline.h"

#include <jansson.h>
#include <math.h>

#define MOST_KERNELS 200000

static void
clear_span (gpointer span)
{
  g_free (((TelarTimelineSpan *)span)->kernel);
}

static void
clear_node (gpointer node)
{
  g_free (((TelarTimelineNode *)node)->name);
}

void
telar_timeline_free (TelarTimeline *timeline)
{
  if (timeline == NULL)
    return;
  g_array_unref (timeline->spans);
  g_array_unref (timeline->nodes);
  g_free (timeline);
}

/* --- reading ----------------------------------------------------------------------------- */

static void
read_nodes (TelarTimeline *timeline, const json_t *names)
{
  for (size_t i = 0; i < json_array_size (names); i++) {
    const char *name = json_string_value (json_array_get (names, i));
    TelarTimelineNode node = { .name = g_strdup (name != NULL ? name : "") };
    g_array_append_val (timeline->nodes, node);
  }
}

static gboolean
read_span (TelarTimeline *timeline, json_t *list)
{
  json_int_t node, start, time;
  const char *kernel;
  double flops, bytes, live;

  if (json_unpack (list, "[I, s, I, I, F, F, F]", &node, &kernel, &start, &time, &flops, &bytes,
                   &live) != 0 ||
      node < 0 || node >= timeline->nodes->len || time < 0 || start < 0)
    return FALSE;
  TelarTimelineSpan span = {
    (guint)node, g_strdup (kernel), (double)start, (double)time, flops, bytes, live
  };
  TelarTimelineNode *sum = &g_array_index (timeline->nodes, TelarTimelineNode, (guint)node);
  g_array_append_val (timeline->spans, span);
  sum->time += span.time;
  sum->flops += flops;
  sum->bytes += bytes;
  sum->kernels++;
  timeline->time = MAX (timeline->time, span.start + span.time);
  return TRUE;
}

/* Operations a second beside what intensity and peaks allow; bytes a second where there are no
 * operations. */
static double
part_reached (const TelarTimeline *timeline, const TelarTimelineNode *node)
{
  double seconds = node->time * 1e-9;

  if (!(seconds > 0) || !(timeline->peak_flops > 0) || !(timeline->peak_bytes > 0) ||
      !(node->bytes > 0))
    return NAN;
  if (!(node->flops > 0))
    return node->bytes / seconds / timeline->peak_bytes;
  double allowed = MIN (timeline->peak_flops, node->flops / node->bytes * timeline->peak_bytes);
  return node->flops / seconds / allowed;
}

static gboolean
read_profile (TelarTimeline *timeline, const json_t *json)
{
  const json_t *list = json_object_get (json, "instructions");

  timeline->step_time = json_number_value (json_object_get (json, "step_ns"));
  timeline->arena = json_number_value (json_object_get (json, "arena"));
  timeline->states = json_number_value (json_object_get (json, "states"));
  timeline->peak_flops = json_number_value (json_object_get (json, "peak_flops"));
  timeline->peak_bytes = json_number_value (json_object_get (json, "peak_bytes"));
  timeline->rows = json_integer_value (json_object_get (json, "rows"));
  read_nodes (timeline, json_object_get (json, "nodes"));
  if (!json_is_array (list) || json_array_size (list) > MOST_KERNELS)
    return FALSE;
  for (size_t i = 0; i < json_array_size (list); i++)
    if (!read_span (timeline, json_array_get (list, i)))
      return FALSE;
  for (guint i = 0; i < timeline->nodes->len; i++) {
    TelarTimelineNode *node = &g_array_index (timeline->nodes, TelarTimelineNode, i);
    node->reached = part_reached (timeline, node);
  }
  return TRUE;
}

TelarTimeline *
telar_timeline_parse (const char *text, GError **error)
{
  json_t *json = json_loads (text, 0, NULL);
  g_autoptr (TelarTimeline) timeline = g_new0 (TelarTimeline, 1);

  timeline->spans = g_array_new (FALSE, FALSE, sizeof (TelarTimelineSpan));
  timeline->nodes = g_array_new (FALSE, FALSE, sizeof (TelarTimelineNode));
  g_array_set_clear_func (timeline->spans, clear_span);
  g_array_set_clear_func (timeline->nodes, clear_node);
  gboolean good = json_is_object (json) && read_profile (timeline, json);
  json_decref (json);
  if (good)
    return g_steal_pointer (&timeline);
  telar_set_error (error, TELAR_ERROR_INVALID, NULL, "the profile is damaged");
  return NULL;
}
