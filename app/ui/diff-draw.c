/* The new document's cards and wires, and as ghosts what it no longer has. Places count for nothing
 * in what is told. */
#include "app/ui/diff-area-private.h"

#define GHOST 0.5  /* how much is left of what is gone */
#define SIGN  13.0 /* its radius */

static const GdkRGBA colours[] = {
  [TELAR_DIFF_ADDED] = { 0.15f, 0.63f, 0.41f, 1 },
  [TELAR_DIFF_REMOVED] = { 0.88f, 0.11f, 0.14f, 1 },
  [TELAR_DIFF_CHANGED] = { 0.90f, 0.60f, 0.04f, 1 },
  [TELAR_DIFF_RENAMED] = { 0.21f, 0.52f, 0.89f, 1 },
};

/* The difference that tells of a node of the drawing that is shown, or NULL; a change outdoes a new
 * name. */
static const TelarDifference *
difference_of (TelarDiffArea *self, const char *id, gboolean old, guint *index)
{
  const TelarDifference *found = NULL;

  for (guint i = 0; i < self->found->len; i++) {
    const TelarDifference *d = self->found->pdata[i];

    if (d->subject == TELAR_DIFF_NODE && g_strcmp0 (d->group, self->group) == 0 &&
        g_strcmp0 (old ? d->was : d->is, id) == 0 &&
        (!found || found->kind != TELAR_DIFF_CHANGED)) {
      found = d;
      *index = i;
    }
  }
  return found;
}

const TelarDifference *
telar_diff_area_told (TelarDiffArea *self, const TelarSceneNode *node, gboolean old, guint *index)
{
  const TelarDifference *d = difference_of (self, node->id, old, index);

  return old && d && d->kind != TELAR_DIFF_REMOVED ? NULL : d;
}

/* --- drawing ---------------------------------------------------------------------------------- */

typedef struct {
  TelarDiffArea *area;
  cairo_t *cr;
  TelarTheme theme;
  TelarDetail detail;
} Drawing;

/* The sign beside the colour: never by colour alone. */
static void
draw_sign (Drawing *d, TelarDiffKind kind, const GdkRGBA *colour, double x, double y)
{
  static const char *const signs[] = { "+", "−", "~", "→" };
  g_autoptr (PangoLayout) layout = pango_layout_new (d->area->context);
  PangoRectangle ink;

  pango_layout_set_text (layout, signs[kind], -1);
  pango_layout_get_pixel_extents (layout, &ink, NULL);
  cairo_new_path (d->cr);
  cairo_arc (d->cr, x, y, SIGN, 0, 2 * G_PI);
  telar_theme_set (d->cr, colour);
  cairo_fill (d->cr);
  telar_theme_set (d->cr, &d->theme.card);
  cairo_move_to (d->cr, x - ink.x - ink.width / 2.0, y - ink.y - ink.height / 2.0);
  pango_cairo_show_layout (d->cr, layout);
}

static void
draw_mark (Drawing *d, const graphene_size_t *size, TelarDiffKind kind)
{
  static const double dashes[] = { 8, 6 };
  GdkRGBA colour = d->theme.high_contrast ? telar_theme_mix (&colours[kind], &d->theme.text, 0.45f)
                                          : colours[kind];
  GdkRGBA fill = telar_theme_alpha (&colour, 0.14f);

  telar_rounded_path (d->cr, 0, 0, size->width, size->height, TELAR_CARD_RADIUS);
  telar_theme_set (d->cr, &fill);
  cairo_fill_preserve (d->cr);
  telar_theme_set (d->cr, &colour);
  cairo_set_line_width (d->cr, 4);
  cairo_set_dash (d->cr, dashes, kind == TELAR_DIFF_REMOVED ? 2 : 0, 0);
  cairo_stroke (d->cr);
  cairo_set_dash (d->cr, NULL, 0, 0);
  draw_sign (d, kind, &colour, size->width, 0);
}

static void
draw_card (Drawing *d, TelarSceneNode *node)
{
  const graphene_size_t *size = &telar_scene_node_rect (node)->size;

  if (d->detail == TELAR_DETAIL_BLOCK) {
    telar_rounded_path (d->cr, 0, 0, size->width, size->height, TELAR_CARD_RADIUS);
    telar_theme_set (d->cr, &d->theme.categories[node->op->category]);
    cairo_fill (d->cr);
  } else {
    cairo_new_path (d->cr); /* text begins where the last one ended */
    gsk_render_node_draw (telar_card_render (node, d->detail, &d->theme, d->area->context), d->cr);
  }
}

static void
draw_nodes (Drawing *d, const GPtrArray *nodes, gboolean old)
{
  for (guint i = 0; i < nodes->len; i++) {
    TelarSceneNode *node = nodes->pdata[i];
    const graphene_rect_t *rect = telar_scene_node_rect (node);
    guint index;
    const TelarDifference *told = telar_diff_area_told (d->area, node, old, &index);

    if (old && !told)
      continue;
    cairo_save (d->cr);
    cairo_translate (d->cr, rect->origin.x, rect->origin.y);
    if (old)
      cairo_push_group (d->cr);
    draw_card (d, node);
    if (old) {
      cairo_pop_group_to_source (d->cr);
      cairo_paint_with_alpha (d->cr, GHOST);
    }
    if (told)
      draw_mark (d, &rect->size, told->kind);
    cairo_restore (d->cr);
  }
}

static void
draw_wires (Drawing *d, const GPtrArray *edges, gboolean old)
{
  GdkRGBA colour = telar_theme_alpha (&d->theme.wire, old ? GHOST : 1);

  telar_theme_set (d->cr, &colour);
  cairo_set_line_width (d->cr, 2.2);
  for (guint i = 0; i < edges->len; i++) {
    telar_wire_path (d->cr, &((const TelarSceneEdge *)edges->pdata[i])->curve);
    cairo_stroke (d->cr);
  }
}

void
telar_diff_area_draw (TelarDiffArea *self, cairo_t *cr)
{
  graphene_rect_t area = telar_view_area (GTK_WIDGET (self), &self->view);
  g_autoptr (GPtrArray) old_nodes = g_ptr_array_new (), nodes = g_ptr_array_new ();
  g_autoptr (GPtrArray) old_edges = g_ptr_array_new (), edges = g_ptr_array_new ();
  Drawing d = { .area = self, .cr = cr };

  telar_theme_load (&d.theme);
  telar_scene_query (self->old, &area, old_nodes, old_edges);
  telar_scene_query (self->new, &area, nodes, edges);
  d.detail = telar_detail_for (self->view.zoom, nodes->len);
  telar_theme_set (cr, &d.theme.background);
  cairo_paint (cr);
  cairo_scale (cr, self->view.zoom, self->view.zoom);
  cairo_translate (cr, -self->view.x, -self->view.y);
  draw_wires (&d, old_edges, TRUE);
  draw_wires (&d, edges, FALSE);
  draw_nodes (&d, old_nodes, TRUE);
  draw_nodes (&d, nodes, FALSE);
}
