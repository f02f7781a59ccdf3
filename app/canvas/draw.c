/* Drawing the canvas: ground, wires, cards, and what the pointer is doing on top. Cards and wires
 * are cached render nodes that are moved and scaled one by one, so that dragging one damages only
 * its own place; far away everything becomes one drawing of blocks. */
#include "app/canvas/canvas-private.h"

#include <math.h>
#include <string.h>

/* Dots stand this far apart at least, in pixels. */
#define DOT_SPACING 14.0
/* What drawing cards anew may take of a frame, in microseconds. */
#define FRAME_BUDGET 6000

static void
draw_ground (TelarCanvas *self, GtkSnapshot *snapshot, float width, float height)
{
  graphene_rect_t all = GRAPHENE_RECT_INIT (0, 0, width, height);
  double step = TELAR_GRID;
  graphene_rect_t tile, dot;
  GskRoundedRect round;

  gtk_snapshot_append_color (snapshot, &self->theme.background, &all);
  while (step * self->view.zoom < DOT_SPACING)
    step *= 2;
  step *= self->view.zoom;
  tile = GRAPHENE_RECT_INIT ((float)-fmod (self->view.x * self->view.zoom + step / 2, step),
                             (float)-fmod (self->view.y * self->view.zoom + step / 2, step),
                             (float)step, (float)step);
  dot = GRAPHENE_RECT_INIT (tile.origin.x + (float)step / 2 - 0.75f,
                            tile.origin.y + (float)step / 2 - 0.75f, 1.5f, 1.5f);
  gtk_snapshot_push_repeat (snapshot, &all, &tile);
  gsk_rounded_rect_init_from_rect (&round, &dot, 0.75f);
  gtk_snapshot_push_rounded_clip (snapshot, &round);
  gtk_snapshot_append_color (snapshot, &self->theme.dot, &dot);
  gtk_snapshot_pop (snapshot);
  gtk_snapshot_pop (snapshot);
}

/* --- wires ------------------------------------------------------------------------------------ */

static void
draw_wires (TelarCanvas *self, GtkSnapshot *snapshot, const GPtrArray *edges)
{
  float zoom = (float)self->view.zoom;

  for (guint i = 0; i < edges->len; i++) {
    TelarSceneEdge *edge = edges->pdata[i];

    if (telar_canvas_hides_wire (self, edge))
      continue;
    gtk_snapshot_save (snapshot);
    gtk_snapshot_translate (
        snapshot, &GRAPHENE_POINT_INIT ((float)-self->view.x * zoom, (float)-self->view.y * zoom));
    gtk_snapshot_scale (snapshot, zoom, zoom);
    gtk_snapshot_append_node (snapshot, telar_wire_render (edge, &self->theme));
    gtk_snapshot_restore (snapshot);
  }
}

/* Shapes stand on wires that are long enough to carry them. */
static void
draw_wire_shapes (TelarCanvas *self, GtkSnapshot *snapshot, const GPtrArray *edges)
{
  PangoContext *context = gtk_widget_get_pango_context (GTK_WIDGET (self));
  const float shortest = 150;

  for (guint i = 0; i < edges->len; i++) {
    const TelarSceneEdge *edge = edges->pdata[i];
    const char *shape = edge->from->shapes ? edge->from->shapes[edge->from_port] : "";
    graphene_point_t middle = telar_curve_middle (&edge->curve), at;
    const graphene_point_t *start = &edge->curve.points[0];
    const graphene_point_t *end = &edge->curve.points[3 * edge->curve.n_segments];
    float length = fabsf (end->x - start->x);
    gboolean chosen = edge->selected || self->hover.edge == edge;

    if (!shape[0] || (!chosen && length * (float)self->view.zoom < shortest))
      continue;
    at = telar_canvas_to_widget (self, middle.x, middle.y);
    telar_pill_snapshot (snapshot, context, shape, at.x, at.y, &self->theme.background,
                         chosen ? &self->theme.text : &self->theme.dim);
  }
}

/* --- cards ------------------------------------------------------------------------------------ */

static void
draw_halo (TelarCanvas *self, GtkSnapshot *snapshot, const TelarSceneNode *node,
           const graphene_point_t *at)
{
  float zoom = (float)self->view.zoom, spread = MAX (3.0f, 3.0f * zoom);
  const graphene_size_t *size = &node->item.bounds.size;
  graphene_rect_t bounds =
      GRAPHENE_RECT_INIT (at->x - spread, at->y - spread, size->width * zoom + 2 * spread,
                          size->height * zoom + 2 * spread);
  GskRoundedRect round;
  GdkRGBA colour = self->theme.accent;
  gboolean focus =
      node == self->current &&
      gtk_widget_has_visible_focus (node->proxy ? GTK_WIDGET (node->proxy) : GTK_WIDGET (self));

  gsk_rounded_rect_init_from_rect (&round, &bounds, TELAR_CARD_RADIUS * zoom + spread);
  if (node->selected) {
    GdkRGBA glow = telar_theme_alpha (&colour, 0.25f);
    GskRoundedRect outer;

    gsk_rounded_rect_init_copy (&outer, &round);
    gsk_rounded_rect_shrink (&outer, -3, -3, -3, -3);
    gtk_snapshot_push_rounded_clip (snapshot, &outer);
    gtk_snapshot_append_color (snapshot, &glow, &outer.bounds);
    gtk_snapshot_pop (snapshot);
    gtk_snapshot_push_rounded_clip (snapshot, &round);
    gtk_snapshot_append_color (snapshot, &colour, &round.bounds);
    gtk_snapshot_pop (snapshot);
  }
  if (focus) {
    GskRoundedRect ring;
    GdkRGBA text = self->theme.text;

    gsk_rounded_rect_init_copy (&ring, &round);
    gsk_rounded_rect_shrink (&ring, -5, -5, -5, -5);
    gtk_snapshot_append_border (snapshot, &ring, (float[]){ 2, 2, 2, 2 },
                                (GdkRGBA[]){ text, text, text, text });
  }
}

static gboolean
draw_again (GtkWidget *widget, GdkFrameClock *clock, gpointer data)
{
  gtk_widget_queue_draw (widget);
  return G_SOURCE_REMOVE;
}

/* Cards are drawn into pixels once for a zoom. While the zoom moves there may be no time for all of
 * them in one frame: the others wait, stretched, for the next. */
static void
draw_card (TelarCanvas *self, GtkSnapshot *snapshot, TelarSceneNode *node, TelarDetail detail,
           gint64 deadline)
{
  PangoContext *context = telar_canvas_card_context (self);
  const graphene_rect_t *rect = telar_scene_node_rect (node);
  graphene_point_t at = telar_canvas_to_widget (self, rect->origin.x, rect->origin.y);
  int device = gtk_widget_get_scale_factor (GTK_WIDGET (self));
  float zoom = (float)self->view.zoom, margin = TELAR_CARD_MARGIN * zoom;
  double scale = self->view.zoom * device;
  gboolean late = g_get_monotonic_time () > deadline;
  GdkTexture *texture = telar_card_texture (node, detail, &self->theme, context, scale, late);
  graphene_rect_t place;

  if (node->selected || node == self->current)
    draw_halo (self, snapshot, node, &at);
  if (node->texture_scale == scale) {
    /* On whole pixels nothing is blurred. */
    place = GRAPHENE_RECT_INIT (roundf ((at.x - margin) * (float)device) / (float)device,
                                roundf ((at.y - margin) * (float)device) / (float)device,
                                (float)gdk_texture_get_width (texture) / (float)device,
                                (float)gdk_texture_get_height (texture) / (float)device);
  } else {
    place = GRAPHENE_RECT_INIT (at.x - margin, at.y - margin, rect->size.width * zoom + 2 * margin,
                                rect->size.height * zoom + 2 * margin);
    gtk_widget_add_tick_callback (GTK_WIDGET (self), draw_again, NULL, NULL);
  }
  gtk_snapshot_append_texture (snapshot, texture, &place);
}

static void
draw_cards (TelarCanvas *self, GtkSnapshot *snapshot, const GPtrArray *nodes, TelarDetail detail)
{
  gint64 deadline = g_get_monotonic_time () + FRAME_BUDGET;

  /* What is selected or held lies above the rest. */
  for (int selected = 0; selected < 2; selected++) {
    for (guint i = 0; i < nodes->len; i++) {
      TelarSceneNode *node = nodes->pdata[i];

      if (node->selected == selected)
        draw_card (self, snapshot, node, detail, deadline);
    }
  }
}

/* --- far away --------------------------------------------------------------------------------- */

static void
draw_far_wires (TelarCanvas *self, cairo_t *cr, const GPtrArray *edges, gboolean curves)
{
  cairo_new_path (cr);
  for (guint i = 0; i < edges->len; i++) {
    const TelarSceneEdge *edge = edges->pdata[i];

    if (curves) {
      telar_wire_path (cr, &edge->curve);
    } else {
      const graphene_point_t *start = &edge->curve.points[0];
      const graphene_point_t *end = &edge->curve.points[3 * edge->curve.n_segments];

      cairo_move_to (cr, start->x, start->y);
      cairo_line_to (cr, end->x, end->y);
    }
  }
  telar_theme_set (cr, &self->theme.wire);
  cairo_set_line_width (cr, 1.0 / self->view.zoom);
  cairo_stroke (cr);
}

/* All cards of one colour in one path. */
static void
draw_far_cards (TelarCanvas *self, cairo_t *cr, const GPtrArray *nodes, gboolean smooth)
{
  for (guint category = 0; category < TELAR_N_CATEGORIES; category++) {
    GdkRGBA colour = telar_theme_mix (&self->theme.card, &self->theme.categories[category], 0.55f);

    cairo_new_path (cr);
    for (guint i = 0; i < nodes->len; i++) {
      const TelarSceneNode *node = nodes->pdata[i];
      const graphene_rect_t *rect = telar_scene_node_rect (node);

      if (node->op->category != category)
        continue;
      if (smooth)
        telar_rounded_path (cr, rect->origin.x, rect->origin.y, rect->size.width, rect->size.height,
                            TELAR_CARD_RADIUS);
      else
        cairo_rectangle (cr, rect->origin.x, rect->origin.y, rect->size.width, rect->size.height);
    }
    telar_theme_set (cr, &colour);
    cairo_fill (cr);
  }
}

static void
draw_far_marks (TelarCanvas *self, cairo_t *cr, const GPtrArray *nodes)
{
  double width = 2.5 / self->view.zoom;

  for (guint i = 0; i < nodes->len; i++) {
    const TelarSceneNode *node = nodes->pdata[i];
    const graphene_rect_t *rect = telar_scene_node_rect (node);

    if (!node->selected && node->badge != TELAR_BADGE_ERROR)
      continue;
    cairo_rectangle (cr, rect->origin.x - width, rect->origin.y - width,
                     rect->size.width + 2 * width, rect->size.height + 2 * width);
    telar_theme_set (cr, node->selected ? &self->theme.accent : &self->theme.error);
    cairo_set_line_width (cr, width);
    cairo_stroke (cr);
  }
}

static void
draw_far (TelarCanvas *self, GtkSnapshot *snapshot, const graphene_rect_t *all,
          const GPtrArray *nodes, const GPtrArray *edges, TelarDetail detail)
{
  gboolean smooth = detail == TELAR_DETAIL_BLOCK;
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, all);

  if (!smooth)
    cairo_set_antialias (cr, CAIRO_ANTIALIAS_NONE);
  cairo_scale (cr, self->view.zoom, self->view.zoom);
  cairo_translate (cr, -self->view.x, -self->view.y);
  draw_far_wires (self, cr, edges, smooth);
  draw_far_cards (self, cr, nodes, smooth);
  draw_far_marks (self, cr, nodes);
  cairo_destroy (cr);
}

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
draw_hover (TelarCanvas *self, GtkSnapshot *snapshot, const graphene_rect_t *all)
{
  cairo_t *cr;

  if (self->hover.kind != TELAR_HIT_INPUT && self->hover.kind != TELAR_HIT_OUTPUT)
    return;
  cr = gtk_snapshot_append_cairo (snapshot, all);
  grow_port (self, cr, self->hover.node, self->hover.kind == TELAR_HIT_OUTPUT, self->hover.port,
             MAX (4.5, 6.5 * self->view.zoom));
  cairo_destroy (cr);
}

void
telar_canvas_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  TelarCanvas *self = TELAR_CANVAS (widget);
  float width = (float)gtk_widget_get_width (widget),
        height = (float)gtk_widget_get_height (widget);
  float zoom = (float)self->view.zoom;
  graphene_rect_t all = GRAPHENE_RECT_INIT (0, 0, width, height);
  graphene_rect_t visible =
      GRAPHENE_RECT_INIT ((float)self->view.x, (float)self->view.y, width / zoom, height / zoom);
  g_autoptr (GPtrArray) nodes = g_ptr_array_new (), edges = g_ptr_array_new ();
  TelarDetail detail;

  draw_ground (self, snapshot, width, height);
  telar_canvas_snapshot_notes (self, snapshot, TRUE);
  telar_scene_query (self->scene, &visible, nodes, edges);
  detail = telar_detail_for (self->view.zoom, nodes->len);
  if (detail == TELAR_DETAIL_FULL || detail == TELAR_DETAIL_BRIEF) {
    draw_wires (self, snapshot, edges);
    if (detail == TELAR_DETAIL_FULL)
      draw_wire_shapes (self, snapshot, edges);
    telar_canvas_snapshot_notes (self, snapshot, FALSE);
    draw_cards (self, snapshot, nodes, detail);
  } else {
    draw_far (self, snapshot, &all, nodes, edges, detail);
    telar_canvas_snapshot_notes (self, snapshot, FALSE);
  }
  telar_canvas_draw_costs (self, snapshot, nodes);
  if (self->drag == TELAR_DRAG_WIRE)
    draw_new_wire (self, snapshot, &all);
  else if (self->drag == TELAR_DRAG_RUBBER)
    draw_rubber (self, snapshot);
  else
    draw_hover (self, snapshot, &all);
  if (self->dropping)
    draw_drop (self, snapshot);
  telar_canvas_snapshot_overlay (self, snapshot, &all);
  if (self->note_editor)
    gtk_widget_snapshot_child (widget, self->note_editor, snapshot);
}
