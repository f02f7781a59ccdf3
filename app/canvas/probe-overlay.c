/* What a run has on its wires, on a small card below the middle of each wire that is probed: the
 * histogram, its ends, and a line of numbers. */
#include "app/canvas/canvas-private.h"

#include <glib/gi18n.h>
#include <math.h>

#define READABLE 0.35 /* the zoom of a card; below it a dot says that there is one */

#define BARS  46.0f  /* high */
#define LEAST 180.0f /* wide; more where the line of numbers is */
#define MOST  320.0f
#define PAD   9.0f
#define BELOW 16.0f /* the wire */
#define DOT   4.5f

void
telar_wire_probe_free (gpointer data)
{
  TelarWireProbe *probe = data;

  g_free (probe->node);
  g_free (probe->bars);
  g_free (probe->low);
  g_free (probe->high);
  g_free (probe->facts);
  g_free (probe);
}

static gboolean
is_on (const TelarWireProbe *probe, const TelarSceneEdge *edge)
{
  return edge->from_port == probe->port && g_str_equal (edge->from->id, probe->node);
}

const char *
telar_canvas_probe_facts (TelarCanvas *self, const TelarSceneEdge *edge)
{
  for (guint i = 0; self->probes && i < self->probes->len; i++) {
    const TelarWireProbe *probe = self->probes->pdata[i];
    if (is_on (probe, edge))
      return probe->facts;
  }
  return NULL;
}

/* Of several wires with the same numbers the card hangs at the selected one, or else the first. */
static const TelarSceneEdge *
find_edge (TelarCanvas *self, const TelarWireProbe *probe)
{
  const TelarSceneNode *node = telar_scene_find (self->scene, probe->node);

  if (self->selected_edge && is_on (probe, self->selected_edge))
    return self->selected_edge;
  for (guint i = 0; node && i < node->edges->len; i++)
    if (is_on (probe, node->edges->pdata[i]))
      return node->edges->pdata[i];
  return NULL;
}

/* --- drawing ---------------------------------------------------------------------------------- */

static PangoLayout *
make_layout (TelarCanvas *self, const char *text)
{
  PangoLayout *layout = gtk_widget_create_pango_layout (GTK_WIDGET (self), NULL);
  g_autofree char *markup = g_markup_printf_escaped ("<small>%s</small>", text);

  pango_layout_set_markup (layout, markup, -1);
  return layout;
}

static void
write_text (GtkSnapshot *snapshot, PangoLayout *layout, PangoAlignment alignment,
            const graphene_rect_t *line, const GdkRGBA *ink)
{
  pango_layout_set_ellipsize (layout, PANGO_ELLIPSIZE_END);
  pango_layout_set_width (layout, (int)(line->size.width * PANGO_SCALE));
  pango_layout_set_alignment (layout, alignment);
  gtk_snapshot_save (snapshot);
  gtk_snapshot_translate (snapshot, &line->origin);
  gtk_snapshot_append_layout (snapshot, layout, ink);
  gtk_snapshot_restore (snapshot);
}

static void
draw_bars (TelarCanvas *self, cairo_t *cr, const TelarWireProbe *probe,
           const graphene_rect_t *place)
{
  double step = (double)place->size.width / MAX (probe->n_bars, 1u);
  double bottom = (double)place->origin.y + BARS;

  telar_theme_set (cr, probe->bad ? &self->theme.error : &self->theme.accent);
  for (guint i = 0; i < probe->n_bars; i++) {
    double high = BARS * (double)CLAMP (probe->bars[i], 0, 1);
    /* What is there at all is seen. */
    high = probe->bars[i] > 0 ? MAX (high, 1) : 0;
    cairo_rectangle (cr, place->origin.x + i * step, bottom - high, step, high);
  }
  cairo_fill (cr);
  telar_theme_set (cr, &self->theme.border);
  cairo_rectangle (cr, place->origin.x, bottom, place->size.width, 1);
  cairo_fill (cr);
}

static void
draw_plate (TelarCanvas *self, cairo_t *cr, const graphene_rect_t *box)
{
  telar_rounded_path (cr, box->origin.x + 0.5, box->origin.y + 0.5, box->size.width - 1,
                      box->size.height - 1, 9);
  telar_theme_set (cr, &self->theme.card);
  cairo_fill_preserve (cr);
  telar_theme_set (cr, &self->theme.border);
  cairo_set_line_width (cr, self->theme.high_contrast ? 2 : 1);
  cairo_stroke (cr);
}

/* From the wire to the card. */
static void
draw_dot (TelarCanvas *self, cairo_t *cr, const graphene_point_t *at, gboolean card)
{
  telar_theme_set (cr, &self->theme.accent);
  cairo_arc (cr, at->x, at->y, DOT, 0, 2 * G_PI);
  cairo_fill (cr);
  if (card)
    cairo_rectangle (cr, at->x - 0.75, at->y, 1.5, BELOW);
  cairo_fill (cr);
}

static void
draw_card (TelarCanvas *self, GtkSnapshot *snapshot, const TelarWireProbe *probe,
           const graphene_point_t *at)
{
  gboolean bars = probe->n_bars > 0;
  g_autoptr (PangoLayout) facts = make_layout (self, probe->facts);
  int wide, high;

  pango_layout_get_pixel_size (facts, &wide, &high);
  float width = CLAMP ((float)wide + 2 * PAD, LEAST, MOST), row = (float)high;
  float height = row + 2 * PAD + (bars ? BARS + row + 5 : 0);
  graphene_rect_t box =
      GRAPHENE_RECT_INIT (roundf (at->x - width / 2), roundf (at->y + BELOW), width, height);
  graphene_rect_t all = GRAPHENE_RECT_INIT (box.origin.x, at->y - DOT - 1, width,
                                            box.origin.y + height - at->y + DOT + 2);
  graphene_rect_t line =
      GRAPHENE_RECT_INIT (box.origin.x + PAD, box.origin.y + PAD, width - 2 * PAD, row);
  cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &all);

  draw_dot (self, cr, at, TRUE);
  draw_plate (self, cr, &box);
  if (bars)
    draw_bars (self, cr, probe, &line);
  cairo_destroy (cr);
  if (bars) {
    g_autoptr (PangoLayout) from = make_layout (self, probe->low);
    g_autoptr (PangoLayout) to = make_layout (self, probe->high);
    line.origin.y += BARS + 3;
    write_text (snapshot, from, PANGO_ALIGN_LEFT, &line, &self->theme.dim);
    write_text (snapshot, to, PANGO_ALIGN_RIGHT, &line, &self->theme.dim);
    line.origin.y += row + 2;
  }
  write_text (snapshot, facts, PANGO_ALIGN_CENTER, &line,
              probe->bad ? &self->theme.error : &self->theme.text);
}

void
telar_canvas_draw_probes (TelarCanvas *self, GtkSnapshot *snapshot)
{
  for (guint i = 0; self->probes && i < self->probes->len; i++) {
    const TelarWireProbe *probe = self->probes->pdata[i];
    const TelarSceneEdge *edge = find_edge (self, probe);
    if (!edge)
      continue;
    graphene_point_t middle = telar_curve_middle (&edge->curve);
    graphene_point_t at = telar_canvas_to_widget (self, middle.x, middle.y);
    if (self->view.zoom >= READABLE) {
      draw_card (self, snapshot, probe, &at);
      continue;
    }
    graphene_rect_t place = GRAPHENE_RECT_INIT (at.x - 6, at.y - 6, 12, 12);
    cairo_t *cr = gtk_snapshot_append_cairo (snapshot, &place);
    draw_dot (self, cr, &at, FALSE);
    cairo_destroy (cr);
  }
}

/* --- asking ----------------------------------------------------------------------------------- */

void
telar_canvas_probe (TelarCanvas *self)
{
  const TelarSceneEdge *edge = self->selected_edge;

  if (edge)
    g_signal_emit_by_name (self, "probe", edge->from->id, edge->from_port);
  else
    g_signal_emit_by_name (self, "message", _ ("Select a wire to probe it"));
}

void
telar_canvas_set_probes (TelarCanvas *self, GPtrArray *probes)
{
  g_return_if_fail (TELAR_IS_CANVAS (self));
  if (!probes && !self->probes)
    return;
  g_clear_pointer (&self->probes, g_ptr_array_unref);
  self->probes = probes ? g_ptr_array_ref (probes) : NULL;
  gtk_widget_queue_draw (GTK_WIDGET (self));
}

const GPtrArray *
telar_canvas_probes (TelarCanvas *self)
{
  g_return_val_if_fail (TELAR_IS_CANVAS (self), NULL);
  return self->probes;
}
