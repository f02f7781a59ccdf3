/* The canvas from far away: blocks in their colours and thin wires, so simple that ten thousand of
 * them fit into a frame. */
#include "app/canvas/picture.h"

/* Below this zoom wires are straight lines. */
#define CURVES_FROM 0.2
#define MARK        2.5f /* pixels around what is selected or wrong */

typedef struct {
  guint32 wire, accent, error, mark;
  guint32 categories[TELAR_N_CATEGORIES];
} Colours;

static Colours
load_colours (const TelarTheme *theme)
{
  Colours colours = { .wire = telar_raster_colour (&theme->wire),
                      .accent = telar_raster_colour (&theme->accent),
                      .error = telar_raster_colour (&theme->error),
                      .mark = telar_raster_colour (&theme->warning) };

  for (guint i = 0; i < TELAR_N_CATEGORIES; i++) {
    GdkRGBA colour = telar_theme_mix (&theme->card, &theme->categories[i], 0.55f);

    colours.categories[i] = telar_raster_colour (&colour);
  }
  return colours;
}

static void
draw_wire (TelarPicture *picture, const TelarSceneEdge *edge, const Colours *colours,
           gboolean curve)
{
  const graphene_point_t *points = edge->curve.points;
  guint32 colour = edge->selected ? colours->accent : colours->wire;
  graphene_point_t start = telar_picture_point (picture, &points[0]);
  graphene_point_t end = telar_picture_point (picture, &points[3 * edge->curve.n_segments]);

  if (curve)
    telar_picture_wire (picture, &edge->curve, (float)picture->device, colour);
  else
    telar_raster_line (&picture->raster, start.x, start.y, end.x, end.y, (float)picture->device,
                       colour);
}

static void
draw_block (TelarPicture *picture, const TelarSceneNode *node, const Colours *colours, float radius)
{
  TelarRasterRect block = telar_picture_rect (picture, telar_scene_node_rect (node));

  telar_raster_fill (&picture->raster, &block, radius, colours->categories[node->op->category]);
  if (node->selected || node->marked || node->badge == TELAR_BADGE_ERROR)
    telar_raster_frame (&picture->raster, &block, MARK * (float)picture->device,
                        node->selected ? colours->accent
                        : node->marked ? colours->mark
                                       : colours->error);
}

void
telar_canvas_draw_far (TelarCanvas *self, TelarPicture *picture, const GPtrArray *nodes,
                       const GPtrArray *edges)
{
  Colours colours = load_colours (&self->theme);
  gboolean curves = self->view.zoom >= CURVES_FROM;
  float radius = curves ? TELAR_CARD_RADIUS * picture->zoom : 0;

  for (guint i = 0; i < edges->len; i++)
    draw_wire (picture, edges->pdata[i], &colours, curves);
  for (guint i = 0; i < nodes->len; i++)
    draw_block (picture, nodes->pdata[i], &colours, radius);
}
