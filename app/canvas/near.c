/* The canvas near at hand: wires in the colours of what they carry, cards from the pixels that are
 * kept of each, shapes on the wires that are long enough to carry them. */
#include "app/canvas/picture.h"

#include <math.h>

/* What drawing cards anew may take of a frame, in microseconds. */
#define FRAME_BUDGET 3000
/* The zoom rests when it has not changed for so long: then cards become sharp again. */
#define REST 120000
/* What changes by more than this, as a logarithm, leaps and does not move. */
#define LEAP 0.3
/* The shortest wire that carries its shape, in units of the widget. */
#define CARRIES 150

/* --- wires ------------------------------------------------------------------------------------ */

static void
draw_bends (TelarPicture *picture, const TelarSceneEdge *edge, guint32 colour)
{
  float radius = 3.6f * picture->zoom;

  for (guint i = 0; i < edge->n_bends; i++) {
    graphene_point_t bend = GRAPHENE_POINT_INIT (edge->bends[i].x, edge->bends[i].y);
    graphene_point_t at = telar_picture_point (picture, &bend);
    TelarRasterRect dot = { at.x - radius, at.y - radius, 2 * radius, 2 * radius };

    telar_raster_fill (&picture->raster, &dot, radius, colour);
  }
}

static void
draw_wires (TelarCanvas *self, TelarPicture *picture, const GPtrArray *edges)
{
  guint32 accent = telar_raster_colour (&self->theme.accent);
  guint32 kinds[G_N_ELEMENTS (self->theme.kinds)];

  for (guint i = 0; i < G_N_ELEMENTS (kinds); i++)
    kinds[i] = telar_raster_colour (&self->theme.kinds[i]);
  for (guint i = 0; i < edges->len; i++) {
    const TelarSceneEdge *edge = edges->pdata[i];
    float thickness = MAX ((edge->selected ? 3.5f : 2.2f) * picture->zoom, (float)picture->device);

    guint32 colour = edge->selected ? accent : kinds[edge->kind];

    if (telar_canvas_hides_wire (self, edge))
      continue;
    telar_picture_wire (picture, &edge->curve, thickness, colour);
    draw_bends (picture, edge, colour);
  }
}

static void
draw_wire_shapes (TelarCanvas *self, TelarPicture *picture, const GPtrArray *edges)
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
    middle = telar_picture_point (picture, &middle);
    pill = telar_pills_get (self->pills, context, &self->theme, picture->device, shape, chosen);
    telar_raster_blit (&picture->raster, pill,
                       (int)roundf (middle.x) - cairo_image_surface_get_width (pill) / 2,
                       (int)roundf (middle.y) - cairo_image_surface_get_height (pill) / 2);
  }
}

/* --- cards ------------------------------------------------------------------------------------ */

static void
draw_halo (TelarCanvas *self, TelarPicture *picture, const TelarSceneNode *node)
{
  TelarRasterRect rect = telar_picture_rect (picture, telar_scene_node_rect (node));
  float unit = (float)picture->device, spread = MAX (3 * unit, 3 * picture->zoom);
  float radius = TELAR_CARD_RADIUS * picture->zoom + spread;
  GdkRGBA glow = telar_theme_mix (&self->theme.background, &self->theme.accent, 0.25f);
  gboolean focus =
      node == self->current &&
      gtk_widget_has_visible_focus (node->proxy ? GTK_WIDGET (node->proxy) : GTK_WIDGET (self));

  rect = (TelarRasterRect){ rect.x - spread, rect.y - spread, rect.width + 2 * spread,
                            rect.height + 2 * spread };
  if (focus) {
    TelarRasterRect ring = telar_raster_grown (&rect, 5 * unit);
    TelarRasterRect inner = telar_raster_grown (&rect, 3 * unit);

    telar_raster_fill (&picture->raster, &ring, radius + 5 * unit,
                       telar_raster_colour (&self->theme.text));
    telar_raster_fill (&picture->raster, &inner, radius + 3 * unit,
                       telar_raster_colour (&self->theme.background));
  }
  if (node->marked && !node->selected) {
    TelarRasterRect ring = telar_raster_grown (&rect, 2 * unit);

    telar_raster_fill (&picture->raster, &ring, radius + 2 * unit,
                       telar_raster_colour (&self->theme.warning));
    telar_raster_fill (&picture->raster, &rect, radius,
                       telar_raster_colour (&self->theme.background));
  }
  if (node->selected) {
    TelarRasterRect outer = telar_raster_grown (&rect, 3 * unit);

    telar_raster_fill (&picture->raster, &outer, radius + 3 * unit, telar_raster_colour (&glow));
    telar_raster_fill (&picture->raster, &rect, radius, telar_raster_colour (&self->theme.accent));
  }
}

/* A card whose pixels were made for another zoom. */
static void
stretch_card (TelarPicture *picture, const TelarSceneNode *node, float x, float y, float margin)
{
  float zoom = picture->zoom / (float)node->pixels_scale;
  cairo_t *cr = cairo_create (picture->surface);

  cairo_translate (cr, x - margin, y - margin);
  cairo_scale (cr, zoom, zoom);
  cairo_set_source_surface (cr, node->pixels, 0, 0);
  cairo_pattern_set_filter (cairo_get_source (cr), CAIRO_FILTER_BILINEAR);
  cairo_paint (cr);
  cairo_destroy (cr);
}

/* While the zoom moves, cards are stretched; when it rests they are drawn anew, those that there is
 * no time for in the next frame. FALSE: it is not sharp yet. */
static gboolean
draw_card (TelarCanvas *self, TelarPicture *picture, TelarSceneNode *node, TelarDetail detail,
           gboolean stale)
{
  PangoContext *context = telar_canvas_card_context (self);
  const graphene_rect_t *rect = telar_scene_node_rect (node);
  graphene_point_t at = telar_picture_point (picture, &rect->origin);
  float margin = TELAR_CARD_MARGIN * picture->zoom;
  cairo_surface_t *pixels =
      telar_card_pixels (node, detail, &self->theme, context, (double)picture->zoom, stale);

  if (node->selected || node->marked || node == self->current)
    draw_halo (self, picture, node);
  if (node->pixels_scale == (double)picture->zoom) {
    telar_raster_blit (&picture->raster, pixels, (int)roundf (at.x - margin),
                       (int)roundf (at.y - margin));
    return TRUE;
  }
  stretch_card (picture, node, at.x, at.y, margin);
  return FALSE;
}

static gboolean
draw_again (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  gtk_widget_queue_draw (widget);
  return G_SOURCE_REMOVE;
}

static void
draw_cards (TelarCanvas *self, TelarPicture *picture, const GPtrArray *nodes, TelarDetail detail)
{
  gint64 now = g_get_monotonic_time (), deadline = now + FRAME_BUDGET;
  gboolean sharp = TRUE, moving;

  if (self->view.zoom != self->drawn_zoom)
    self->zoomed = fabs (log (self->view.zoom / self->drawn_zoom)) < LEAP ? now : 0;
  self->drawn_zoom = self->view.zoom;
  moving = now - self->zoomed < REST;

  /* What is selected or held lies above the rest. */
  for (gboolean selected = FALSE; selected <= TRUE; selected++) {
    for (guint i = 0; i < nodes->len; i++) {
      TelarSceneNode *node = nodes->pdata[i];

      if (node->selected == selected)
        sharp &=
            draw_card (self, picture, node, detail, moving || g_get_monotonic_time () > deadline);
    }
  }
  if (!sharp)
    gtk_widget_add_tick_callback (GTK_WIDGET (self), draw_again, NULL, NULL);
}

void
telar_canvas_draw_near (TelarCanvas *self, TelarPicture *picture, const GPtrArray *nodes,
                        const GPtrArray *edges, TelarDetail detail)
{
  draw_wires (self, picture, edges);
  if (detail == TELAR_DETAIL_FULL)
    draw_wire_shapes (self, picture, edges);
  telar_picture_notes (self, picture, FALSE);
  draw_cards (self, picture, nodes, detail);
}
