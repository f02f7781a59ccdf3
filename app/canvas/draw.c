/* Drawing the canvas: the picture of ground, wires and cards, and what the pointer is doing on top
 * as nodes of GTK's. */
#include "app/canvas/tiles.h"

#include <math.h>

/* What drawing cards anew may take of a frame, in microseconds. */
#define FRAME_BUDGET 3000
/* The zoom rests when it has not changed for so long: then cards become sharp again. */
#define REST 120000
/* What changes by more than this, as a logarithm, leaps and does not move. */
#define LEAP 0.3

/* --- what the pointer does -------------------------------------------------------------------- */

static void
grow_port (TelarCanvas *self, cairo_t *cr, const TelarSceneNode *node, gboolean output, guint port,
           double radius)
{
  graphene_point_t centre = telar_scene_port (node, output, port);
  graphene_point_t at = telar_canvas_to_widget (self, centre.x, centre.y);
  const TelarPort *ports = output ? node->op->outputs : node->op->inputs;
  GdkRGBA halo = telar_theme_alpha (&self->theme.kinds[ports[port].kind], 0.3f);

  cairo_new_path (cr);
  cairo_arc (cr, at.x, at.y, radius + 5, 0, 2 * G_PI);
  telar_theme_set (cr, &halo);
  cairo_fill (cr);
  telar_port_draw (cr, &self->theme, &ports[port], at.x, at.y, radius);
}

/* Ports that fit the wire being drawn grow as it comes near. */
static void
draw_fitting_ports (TelarCanvas *self, cairo_t *cr)
{
  const float near = 140;
  float zoom = (float)self->view.zoom;
  graphene_point_t at = telar_canvas_from_widget (self, self->pointer.x, self->pointer.y);
  graphene_rect_t area =
      GRAPHENE_RECT_INIT (at.x - near / zoom, at.y - near / zoom, 2 * near / zoom, 2 * near / zoom);
  g_autoptr (GPtrArray) nodes = g_ptr_array_new ();

  telar_scene_query (self->scene, &area, nodes, NULL);
  for (guint i = 0; i < nodes->len; i++) {
    TelarSceneNode *node = nodes->pdata[i];
    guint n = self->wiring.output ? node->n_inputs : node->n_outputs;

    for (guint port = 0; port < n; port++) {
      graphene_point_t centre = telar_scene_port (node, !self->wiring.output, port);
      float distance = hypotf (centre.x - at.x, centre.y - at.y) * zoom;

      if (distance < near && telar_canvas_wiring_fits (self, node, port))
        grow_port (self, cr, node, !self->wiring.output, port, 5 + 4 * (1 - distance / near));
    }
  }
}

static void
draw_new_wire (TelarCanvas *self, GtkSnapshot *snapshot, const graphene_rect_t *all)
{
  TelarWiring *wiring = &self->wiring;
  graphene_point_t start = telar_scene_port (wiring->node, wiring->output, wiring->port);
  graphene_point_t end = self->pointer;
  const TelarPort *ports = wiring->output ? wiring->node->op->outputs : wiring->node->op->inputs;
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, all);
  TelarCurve curve;

  draw_fitting_ports (self, cr);
  start = telar_canvas_to_widget (self, start.x, start.y);
  if (wiring->target.kind != TELAR_HIT_NOTHING && !wiring->refusal) {
    end = telar_scene_port (wiring->target.node, !wiring->output, wiring->target.port);
    end = telar_canvas_to_widget (self, end.x, end.y);
  }
  telar_curve_between (wiring->output ? &start : &end, wiring->output ? &end : &start, NULL,
                       &curve);
  cairo_new_path (cr);
  telar_wire_path (cr, &curve);
  telar_theme_set (cr, wiring->refusal ? &self->theme.error
                                       : &self->theme.kinds[ports[wiring->port].kind]);
  cairo_set_line_width (cr, 3);
  cairo_set_line_cap (cr, CAIRO_LINE_CAP_ROUND);
  if (wiring->refusal)
    cairo_set_dash (cr, (const double[]){ 7, 6 }, 2, 0);
  cairo_stroke (cr);
  cairo_destroy (cr);
  telar_canvas_draw_wire_tag (self, snapshot);
}

static void
draw_rubber (TelarCanvas *self, GtkSnapshot *snapshot)
{
  graphene_rect_t area;
  GskRoundedRect round;
  GdkRGBA line = self->theme.accent, fill = telar_theme_alpha (&line, 0.14f);

  graphene_rect_init (
      &area, MIN (self->drag_start.x, self->drag_now.x), MIN (self->drag_start.y, self->drag_now.y),
      fabsf (self->drag_now.x - self->drag_start.x), fabsf (self->drag_now.y - self->drag_start.y));
  gsk_rounded_rect_init_from_rect (&round, &area, 4);
  gtk_snapshot_append_color (snapshot, &fill, &area);
  gtk_snapshot_append_border (snapshot, &round, (float[]){ 1, 1, 1, 1 },
                              (GdkRGBA[]){ line, line, line, line });
}

/* Where the operator that is dragged from the palette will come to lie. */
static void
draw_drop (TelarCanvas *self, GtkSnapshot *snapshot)
{
  graphene_point_t at = telar_canvas_from_widget (self, self->pointer.x, self->pointer.y);
  float zoom = (float)self->view.zoom;
  graphene_point_t corner =
      telar_canvas_to_widget (self, telar_canvas_snap (at.x - TELAR_CARD_WIDTH / 2),
                              telar_canvas_snap (at.y - TELAR_CARD_HEIGHT / 2));
  graphene_rect_t bounds =
      GRAPHENE_RECT_INIT (corner.x, corner.y, TELAR_CARD_WIDTH * zoom, TELAR_CARD_HEIGHT * zoom);
  GdkRGBA colour = self->theme.categories[self->dropping->category];
  GdkRGBA fill = telar_theme_alpha (&colour, 0.15f);
  GskRoundedRect round;

  gsk_rounded_rect_init_from_rect (&round, &bounds, TELAR_CARD_RADIUS * zoom);
  gtk_snapshot_push_rounded_clip (snapshot, &round);
  gtk_snapshot_append_color (snapshot, &fill, &bounds);
  gtk_snapshot_pop (snapshot);
  gtk_snapshot_append_border (snapshot, &round, (float[]){ 2, 2, 2, 2 },
                              (GdkRGBA[]){ colour, colour, colour, colour });
}

static void
draw_hover (TelarCanvas *self, GtkSnapshot *snapshot)
{
  double radius = MAX (4.5, 6.5 * self->view.zoom), reach = radius + 6;
  gboolean output = self->hover.kind == TELAR_HIT_OUTPUT;
  graphene_point_t at;
  cairo_t *cr;

  if (!output && self->hover.kind != TELAR_HIT_INPUT)
    return;
  at = telar_scene_port (self->hover.node, output, self->hover.port);
  at = telar_canvas_to_widget (self, at.x, at.y);
  cr = gtk_snapshot_append_cairo (snapshot,
                                  &GRAPHENE_RECT_INIT (at.x - (float)reach, at.y - (float)reach,
                                                       2 * (float)reach, 2 * (float)reach));
  grow_port (self, cr, self->hover.node, output, self->hover.port, radius);
  cairo_destroy (cr);
}

/* --- the picture ------------------------------------------------------------------------------ */

typedef struct {
  TelarCanvas *canvas;
  TelarDetail detail;
} Frame;

static gboolean
draw_sheet (TelarSheet *sheet, gpointer data)
{
  const Frame *frame = data;
  TelarCanvas *self = frame->canvas;
  gboolean far = frame->detail == TELAR_DETAIL_BLOCK;
  graphene_rect_t cards = telar_sheet_area (sheet, TELAR_HALO_REACH);
  graphene_rect_t wires = telar_sheet_area (sheet, far ? 0 : TELAR_SHAPE_REACH);
  g_autoptr (GPtrArray) nodes = g_ptr_array_new (), edges = g_ptr_array_new ();

  telar_sheet_ground (sheet, &self->theme);
  telar_sheet_notes (sheet, self, TRUE);
  telar_scene_query (self->scene, &cards, nodes, NULL);
  telar_scene_query (self->scene, &wires, NULL, edges);
  if (!far)
    return telar_canvas_draw_near (self, sheet, nodes, edges, frame->detail);
  telar_canvas_draw_far (self, sheet, nodes, edges);
  telar_sheet_notes (sheet, self, FALSE);
  return TRUE;
}

static gboolean
zoom_moves (TelarCanvas *self)
{
  TelarDrawn *drawn = &self->drawn;
  gint64 now = g_get_monotonic_time ();

  if (self->view.zoom != drawn->zoom)
    drawn->zoomed = fabs (log (self->view.zoom / drawn->zoom)) < LEAP ? now : 0;
  drawn->zoom = self->view.zoom;
  return now - drawn->zoomed < REST;
}

static gboolean
draw_again (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  gtk_widget_queue_draw (widget);
  return G_SOURCE_REMOVE;
}

static void
draw_picture (TelarCanvas *self, GtkSnapshot *snapshot, guint n_visible)
{
  Frame frame = { self, telar_detail_for (self->view.zoom, n_visible) };
  TelarTilesView view = { .x = self->view.x,
                          .y = self->view.y,
                          .zoom = self->view.zoom,
                          .width = gtk_widget_get_width (GTK_WIDGET (self)),
                          .height = gtk_widget_get_height (GTK_WIDGET (self)),
                          .device = gtk_widget_get_scale_factor (GTK_WIDGET (self)),
                          .deadline = g_get_monotonic_time () + FRAME_BUDGET,
                          .draw = draw_sheet,
                          .data = &frame };
  gboolean done;

  if (zoom_moves (self)) {
    done = telar_tiles_show_whole (self->tiles, &view, snapshot);
  } else {
    telar_canvas_update_tiles (self, frame.detail);
    done = telar_tiles_show (self->tiles, &view, snapshot);
  }
  if (!done)
    gtk_widget_add_tick_callback (GTK_WIDGET (self), draw_again, NULL, NULL);
}

void
telar_canvas_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  TelarCanvas *self = TELAR_CANVAS (widget);
  graphene_rect_t visible = telar_canvas_visible (self);
  graphene_rect_t all = GRAPHENE_RECT_INIT (0, 0, (float)gtk_widget_get_width (widget),
                                            (float)gtk_widget_get_height (widget));
  g_autoptr (GPtrArray) nodes = g_ptr_array_new ();

  /* Elsewhere the detail is the same however many there are. */
  if (self->costs || self->heats || telar_detail_for (self->view.zoom, 0) == TELAR_DETAIL_BRIEF)
    telar_scene_query (self->scene, &visible, nodes, NULL);
  draw_picture (self, snapshot, nodes->len);
  telar_canvas_draw_costs (self, snapshot, nodes);
  telar_canvas_draw_heats (self, snapshot, nodes);
  telar_canvas_draw_probes (self, snapshot);
  if (self->drag == TELAR_DRAG_WIRE)
    draw_new_wire (self, snapshot, &all);
  else if (self->drag == TELAR_DRAG_RUBBER)
    draw_rubber (self, snapshot);
  else
    draw_hover (self, snapshot);
  if (self->dropping)
    draw_drop (self, snapshot);
  telar_canvas_snapshot_focus (self, snapshot, &all);
  telar_canvas_snapshot_overlay (self, snapshot, &all);
  if (self->note_editor)
    gtk_widget_snapshot_child (widget, self->note_editor, snapshot);
}
