/* The canvas near at hand: wires in the colours of what they carry, cards from the pixels that are
 * kept of each, shapes on the wires that are long enough to carry them. */
#include "app/canvas/sheet.h"

#include <math.h>

/* The shortest wire that carries its shape, in units of the widget. */
#define CARRIES 150

/* --- wires ------------------------------------------------------------------------------------ */

static void
draw_bends (TelarSheet *sheet, const TelarSceneEdge *edge, guint32 colour)
{
  float radius = 3.6f * sheet->zoom;

  for (guint i = 0; i < edge->n_bends; i++) {
    graphene_point_t bend = GRAPHENE_POINT_INIT (edge->bends[i].x, edge->bends[i].y);
    graphene_point_t at = telar_sheet_point (sheet, &bend);
    TelarRasterRect dot = { at.x - radius, at.y - radius, 2 * radius, 2 * radius };

    telar_raster_fill (&sheet->raster, &dot, radius, colour);
  }
}

static void
draw_wire_ring (TelarCanvas *self, TelarSheet *sheet, const TelarSceneEdge *edge, float thickness)
{
  float unit = (float)sheet->device;

  telar_sheet_wire (sheet, &edge->curve, thickness + 10 * unit,
                    telar_raster_colour (&self->theme.text));
  telar_sheet_wire (sheet, &edge->curve, thickness + 6 * unit,
                    telar_raster_colour (&self->theme.background));
}

/* Those that are selected above the others. */
static void
draw_wires (TelarCanvas *self, TelarSheet *sheet, const GPtrArray *edges)
{
  guint32 accent = telar_raster_colour (&self->theme.accent);
  guint32 kinds[G_N_ELEMENTS (self->theme.kinds)];

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    kinds[i] = telar_raster_colour (&self->theme.kinds[i]);
  for (gboolean selected = FALSE; selected <= TRUE; selected++) {
    for (guint i = 0; i < edges->len; i++) {
      const TelarSceneEdge *edge = edges->pdata[i];
      float thickness = MAX ((selected ? 3.5f : 2.2f) * sheet->zoom, (float)sheet->device);
      guint32 colour = selected ? accent : kinds[edge->kind];

      if (edge->selected != selected || telar_canvas_hides_wire (self, edge))
        continue;
      if (selected && edge == telar_canvas_ringed_wire (self))
        draw_wire_ring (self, sheet, edge, thickness);
      telar_sheet_wire (sheet, &edge->curve, thickness, colour);
      draw_bends (sheet, edge, colour);
    }
  }
}

static void
draw_wire_shapes (TelarCanvas *self, TelarSheet *sheet, const GPtrArray *edges)
{
  PangoContext *context = gtk_widget_get_pango_context (GTK_WIDGET (self));

  for (guint i = 0; i < edges->len; i++) {
    const TelarSceneEdge *edge = edges->pdata[i];
    const char *shape = edge->from->shapes ? edge->from->shapes[edge->from_port] : "";
    const graphene_point_t *points = edge->curve.points;
    float length = fabsf (points[3 * edge->curve.n_segments].x - points[0].x);
    gboolean chosen = edge->selected || self->hover.edge == edge;
    graphene_point_t middle;
    cairo_surface_t *pill;

    if (!shape[0] || (!chosen && length * (float)self->view.zoom < CARRIES))
      continue;
    middle = telar_curve_middle (&edge->curve);
    middle = telar_sheet_point (sheet, &middle);
    pill = telar_pills_get (self->pills, context, &self->theme, sheet->device, shape, chosen);
    telar_raster_blit (&sheet->raster, pill,
                       (int)roundf (middle.x) - cairo_image_surface_get_width (pill) / 2,
                       (int)roundf (middle.y) - cairo_image_surface_get_height (pill) / 2);
  }
}

/* --- cards ------------------------------------------------------------------------------------ */

static void
draw_halo (TelarCanvas *self, TelarSheet *sheet, const TelarSceneNode *node)
{
  TelarRasterRect rect = telar_sheet_rect (sheet, telar_scene_node_rect (node));
  float unit = (float)sheet->device, spread = MAX (3 * unit, 3 * sheet->zoom);
  float radius = TELAR_CARD_RADIUS * sheet->zoom + spread;
  GdkRGBA glow = telar_theme_mix (&self->theme.background, &self->theme.accent, 0.25f);

  rect = telar_raster_grown (&rect, spread);
  if (node == telar_canvas_ringed (self)) {
    TelarRasterRect ring = telar_raster_grown (&rect, 5 * unit);
    TelarRasterRect inner = telar_raster_grown (&rect, 3 * unit);

    telar_raster_fill (&sheet->raster, &ring, radius + 5 * unit,
                       telar_raster_colour (&self->theme.text));
    telar_raster_fill (&sheet->raster, &inner, radius + 3 * unit,
                       telar_raster_colour (&self->theme.background));
  }
  if (node->marked && !node->selected) {
    TelarRasterRect ring = telar_raster_grown (&rect, 2 * unit);

    telar_raster_fill (&sheet->raster, &ring, radius + 2 * unit,
                       telar_raster_colour (&self->theme.warning));
    telar_raster_fill (&sheet->raster, &rect, radius,
                       telar_raster_colour (&self->theme.background));
  }
  if (node->selected) {
    TelarRasterRect outer = telar_raster_grown (&rect, 3 * unit);

    telar_raster_fill (&sheet->raster, &outer, radius + 3 * unit, telar_raster_colour (&glow));
    telar_raster_fill (&sheet->raster, &rect, radius, telar_raster_colour (&self->theme.accent));
  }
}

/* A card whose pixels were made for another zoom: the nearest of them, for between them cairo
 * spends as long as on the rest of the card, and a moment later it is drawn anew. */
static void
stretch_card (TelarSheet *sheet, const TelarSceneNode *node, float x, float y, float margin)
{
  float zoom = sheet->zoom / (float)node->pixels_scale;
  cairo_t *cr = telar_raster_cairo (&sheet->raster);

  cairo_translate (cr, x - margin, y - margin);
  cairo_scale (cr, zoom, zoom);
  cairo_set_source_surface (cr, node->pixels, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_NEAREST);
  cairo_paint (cr);
  cairo_destroy (cr);
}

/* A card that there was no time for: its ground in the colour of its category. */
static void
draw_blank (TelarCanvas *self, TelarSheet *sheet, const TelarSceneNode *node)
{
  GdkRGBA colour =
      telar_theme_mix (&self->theme.card, &self->theme.categories[node->op->category], 0.1f);
  TelarRasterRect rect = telar_sheet_rect (sheet, telar_scene_node_rect (node));

  telar_raster_fill (&sheet->raster, &rect, TELAR_CARD_RADIUS * sheet->zoom,
                     telar_raster_colour (&colour));
}

/* While the zoom moves, cards are stretched; when it rests they are drawn anew, those that there is
 * no time for (@late) in another frame. FALSE: it is not sharp yet. */
static gboolean
draw_card (TelarCanvas *self, TelarSheet *sheet, TelarSceneNode *node, TelarDetail detail,
           gboolean late)
{
  PangoContext *context = telar_canvas_card_context (self);
  graphene_point_t at = telar_sheet_point (sheet, &telar_scene_node_rect (node)->origin);
  float margin = TELAR_CARD_MARGIN * sheet->zoom;
  cairo_surface_t *pixels;

  if (node->selected || node->marked || node == self->current)
    draw_halo (self, sheet, node);
  if (late && !node->pixels) {
    draw_blank (self, sheet, node);
    return FALSE;
  }
  pixels = telar_card_pixels (node, detail, &self->theme, context, (double)sheet->zoom,
                              late || sheet->moving);
  if (node->pixels_scale == (double)sheet->zoom) {
    telar_raster_blit (&sheet->raster, pixels, (int)roundf (at.x - margin),
                       (int)roundf (at.y - margin));
    return TRUE;
  }
  stretch_card (sheet, node, at.x, at.y, margin);
  return FALSE;
}

gboolean
telar_canvas_draw_near (TelarCanvas *self, TelarSheet *sheet, GPtrArray *nodes,
                        const GPtrArray *edges, TelarDetail detail)
{
  /* One card at least is drawn anew in each frame, however late it is. */
  gboolean sharp = TRUE, drawn = FALSE;

  draw_wires (self, sheet, edges);
  if (detail == TELAR_DETAIL_FULL)
    draw_wire_shapes (self, sheet, edges);
  telar_sheet_notes (sheet, self, FALSE);
  g_ptr_array_sort (nodes, telar_scene_by_height);
  for (guint i = nodes->len; i-- > 0;) {
    const TelarSceneNode *node = nodes->pdata[i];
    gboolean kept = node->pixels && node->pixels_scale == (double)sheet->zoom;
    gboolean late = drawn && g_get_monotonic_time () > sheet->deadline;

    sharp &= draw_card (self, sheet, nodes->pdata[i], detail, late);
    drawn = drawn || !kept;
  }
  return sharp;
}
