/* What each node costs in a training step, over its card: where most of the work is done is tinted
 * most. */
#include "app/canvas/canvas-private.h"

#include "app/ui/format.h"

#include <math.h>

#define READABLE 0.5 /* the zoom from which on numbers are written */

/* "1.2 k · 780 MFLOP · 3.6 MB": parameters, work, results. Caller frees. */
static char *
describe (TelarCanvas *self, const TelarSceneNode *node, const TelarPartCost *cost)
{
  gint64 parameters = telar_analysis_parameters (self->analysis, node->id);
  g_autofree char *count = telar_format_count ((double)MAX (parameters, 0));
  g_autofree char *flops = telar_format_flops (cost->flops);
  g_autofree char *bytes = telar_format_bytes ((double)cost->activation_bytes);

  if (parameters > 0)
    return g_strdup_printf ("%s  ·  %s  ·  %s", count, flops, bytes);
  return g_strdup_printf ("%s  ·  %s", flops, bytes);
}

/* The share of the step's work as a tint of the card; its root, so that small ones are seen. */
static void
tint (TelarCanvas *self, GtkSnapshot *snapshot, const TelarSceneNode *node, float share)
{
  GdkRGBA colour = telar_theme_alpha (&self->theme.error, 0.5f * sqrtf (share));

  telar_canvas_tint (self, snapshot, node, &colour);
}

static void
write_cost (TelarCanvas *self, GtkSnapshot *snapshot, const TelarSceneNode *node,
            const TelarPartCost *cost)
{
  const graphene_rect_t *rect = telar_scene_node_rect (node);
  graphene_point_t at = telar_canvas_to_widget (self, rect->origin.x + rect->size.width / 2,
                                                rect->origin.y + rect->size.height);
  g_autofree char *text = describe (self, node, cost);

  telar_pill_snapshot (snapshot, gtk_widget_get_pango_context (GTK_WIDGET (self)), text, at.x,
                       at.y + 13, &self->theme.card, &self->theme.text);
}

void
telar_canvas_draw_costs (TelarCanvas *self, GtkSnapshot *snapshot, const GPtrArray *nodes)
{
  const TelarStepCost *step = self->analysis ? telar_analysis_cost (self->analysis) : NULL;

  if (!self->costs || !step)
    return;
  for (guint i = 0; i < nodes->len; i++) {
    const TelarSceneNode *node = nodes->pdata[i];
    const TelarPartCost *cost = telar_analysis_node_cost (self->analysis, node->id);

    if (!cost)
      continue;
    if (step->flops > 0)
      tint (self, snapshot, node, (float)(cost->flops / step->flops));
    if (self->view.zoom >= READABLE)
      write_cost (self, snapshot, node, cost);
  }
}

void
telar_canvas_set_costs (TelarCanvas *self, gboolean show)
{
  self->costs = show;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

gboolean
telar_canvas_shows_costs (TelarCanvas *self)
{
  return self->costs;
}
