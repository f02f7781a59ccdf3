/* The canvas from far away: blocks in their colours and thin wires, so simple that ten thousand of
 * them fit into a frame. */
#include "app/canvas/sheet.h"

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
draw_wire (TelarSheet *sheet, const TelarSceneEdge *edge, const Colours *colours, gboolean curve)
{
  const graphene_point_t *points = edge->curve.points;
  guint32 colour = edge->selected ? colours->accent : colours->wire;
  graphene_point_t start = telar_sheet_point (sheet, &points[0]);
  graphene_point_t end = telar_sheet_point (sheet, &points[3 * edge->curve.n_segments]);

  if (curve)
    telar_sheet_wire (sheet, &edge->curve, (float)sheet->device, colour);
  else
    telar_raster_line (&sheet->raster, start.x, start.y, end.x, end.y, (float)sheet->device,
                       colour);
}

static void
draw_block (TelarSheet *sheet, const TelarSceneNode *node, const Colours *colours, float radius)
{
  TelarRasterRect block = telar_sheet_rect (sheet, telar_scene_node_rect (node));

  telar_raster_fill (&sheet->raster, &block, radius, colours->categories[node->op->category]);
  if (node->selected || node->marked || node->badge == TELAR_BADGE_ERROR)
    telar_raster_frame (&sheet->raster, &block, MARK * (float)sheet->device,
                        node->selected ? colours->accent
                        : node->marked ? colours->mark
                                       : colours->error);
}

void
telar_canvas_draw_far (TelarCanvas *self, TelarSheet *sheet, const GPtrArray *nodes,
                       const GPtrArray *edges)
{
  Colours colours = load_colours (&self->theme);
  gboolean curves = self->view.zoom >= CURVES_FROM;
  float radius = curves ? TELAR_CARD_RADIUS * sheet->zoom : 0;

  for (guint i = 0; i < edges->len; i++)
    draw_wire (sheet, edges->pdata[i], &colours, curves);
  for (guint i = 0; i < nodes->len; i++)
    draw_block (sheet, nodes->pdata[i], &colours, radius);
}
