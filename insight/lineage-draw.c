/* The painter of a lineage: cards with a coloured edge, as nodes on the canvas have, and wires. */
#include "insight/lineage-private.h"

#include <math.h>

#define RADIUS  9.0
#define EDGE    5.0 /* the coloured one */
#define INDENT  14.0
#define LINE    18.0 /* between lines of a card */
#define DOT     3.5
#define DIM     0.66
#define HASH    19 /* characters: "sha256:" and the first twelve tell files apart by eye */
#define FONT    12.0
#define WARNING 1 /* in the palette: orange */

typedef struct {
  TelarLineageView *view;
  cairo_t *cr;
  TelarChartTheme theme; /* with the font that cards are laid out for */
} Painting;

/* Where the style of a kind stands in the palette. */
static guint
style_of (const TelarLineageNode *node)
{
  switch (node->kind) {
  case TELAR_LINEAGE_DATA:
    return 2;
  case TELAR_LINEAGE_ARTIFACT:
    return g_strcmp0 (node->detail, "weights") == 0 ? 4 : 3;
  case TELAR_LINEAGE_RUN:
  case TELAR_LINEAGE_GONE:
    break;
  }
  return 0;
}

static void
trace_card (cairo_t *cr, const TelarBox *card, double grow)
{
  double x = card->x - grow, y = card->y - grow, radius = RADIUS + grow;
  double right = x + card->width + 2 * grow, bottom = y + card->height + 2 * grow;

  cairo_new_path (cr);
  cairo_arc (cr, right - radius, y + radius, radius, -G_PI / 2, 0);
  cairo_arc (cr, right - radius, bottom - radius, radius, 0, G_PI / 2);
  cairo_arc (cr, x + radius, bottom - radius, radius, G_PI / 2, G_PI);
  cairo_arc (cr, x + radius, y + radius, radius, G_PI, 1.5 * G_PI);
  cairo_close_path (cr);
}

/* Shortened to the card; a hash in the middle would be no hash, so that it is cut before. */
static void
write_line (const Painting *p, const TelarBox *card, guint line, gboolean bold, const char *text)
{
  PangoLayout *layout = telar_chart_layout (p->cr, &p->theme, bold ? 1.04 : 0.9, bold, text);

  pango_layout_set_width (layout, (int)((card->width - INDENT - 10) * PANGO_SCALE));
  pango_layout_set_ellipsize (layout, bold ? PANGO_ELLIPSIZE_MIDDLE : PANGO_ELLIPSIZE_END);
  telar_draw_layout (p->cr, layout, card->x + INDENT, card->y + 15 + line * LINE, TELAR_TEXT_LEFT);
  g_object_unref (layout);
}

static gboolean
is_near (const TelarLineageView *view, const TelarLineageEdge *edge)
{
  return view->picked == (int)edge->from || view->picked == (int)edge->to;
}

static void
draw_wire (const Painting *p, const TelarLineageEdge *edge)
{
  const TelarLineageView *view = p->view;
  const TelarBox *from = &view->cards[edge->from], *to = &view->cards[edge->to];
  double x0 = from->x + from->width, y0 = from->y + from->height / 2;
  double x1 = to->x, y1 = to->y + to->height / 2, bend = MAX ((x1 - x0) / 2, 24);
  gboolean near = is_near (view, edge);
  TelarColor color = near ? p->theme.accent
                          : telar_palette_color (style_of (view->lineage->nodes->pdata[edge->from]),
                                                 p->theme.dark);

  telar_set_color (p->cr, color, near ? 1 : 0.6);
  cairo_set_line_width (p->cr, near ? 2.4 : 1.8);
  cairo_new_path (p->cr);
  cairo_move_to (p->cr, x0, y0);
  cairo_curve_to (p->cr, x0 + bend, y0, x1 - bend, y1, x1, y1);
  cairo_stroke (p->cr);
  for (int end = 0; end < 2; end++) {
    cairo_arc (p->cr, end == 0 ? x0 : x1, end == 0 ? y0 : y1, DOT, 0, 2 * G_PI);
    cairo_fill (p->cr);
  }
}

static void
fill_card (const Painting *p, const TelarLineageNode *node, const TelarBox *card)
{
  double shade = p->theme.dark ? 0.23 : 1;

  trace_card (p->cr, card, 0);
  cairo_save (p->cr);
  cairo_clip_preserve (p->cr);
  cairo_set_source_rgb (p->cr, shade, shade, p->theme.dark ? shade + 0.01 : shade);
  cairo_fill (p->cr);
  telar_set_color (p->cr, telar_palette_color (style_of (node), p->theme.dark),
                   node->kind == TELAR_LINEAGE_GONE ? 0.4 : 1);
  cairo_rectangle (p->cr, card->x, card->y, EDGE, card->height);
  cairo_fill (p->cr);
  cairo_restore (p->cr);
}

/* The run that was asked for has a thick edge, what is picked out one around it. */
static void
outline_card (const Painting *p, guint i, const TelarLineageNode *node, const TelarBox *card)
{
  const double dashes[] = { 5, 4 };

  trace_card (p->cr, card, 0);
  cairo_set_line_width (p->cr, node->asked ? 2.4 : 1);
  telar_set_color (p->cr, node->asked ? p->theme.accent : p->theme.text, node->asked ? 1 : 0.22);
  if (node->kind == TELAR_LINEAGE_GONE)
    cairo_set_dash (p->cr, dashes, 2, 0);
  cairo_stroke (p->cr);
  cairo_set_dash (p->cr, NULL, 0, 0);
  if (p->view->picked != (int)i)
    return;
  trace_card (p->cr, card, 3);
  cairo_set_line_width (p->cr, 1.6);
  telar_set_color (p->cr, p->theme.accent, 0.7);
  cairo_stroke (p->cr);
}

static void
draw_card (const Painting *p, guint i)
{
  const TelarLineageNode *node = p->view->lineage->nodes->pdata[i];
  const TelarBox *card = &p->view->cards[i];
  const char *warning = telar_lineage_view_warning (p->view, node);
  g_autofree char *line = telar_lineage_view_line (p->view, node);

  fill_card (p, node, card);
  outline_card (p, i, node, card);
  telar_set_color (p->cr, p->theme.text, node->kind == TELAR_LINEAGE_GONE ? DIM : 1);
  write_line (p, card, 0, TRUE, node->name);
  telar_set_color (p->cr, p->theme.text, DIM);
  write_line (p, card, 1, FALSE, line);
  if (warning != NULL) {
    g_autofree char *text = g_strconcat ("⚠ ", warning, NULL);
    telar_set_color (p->cr, telar_palette_color (WARNING, p->theme.dark), 1);
    write_line (p, card, 2, FALSE, text);
  } else if (node->sha256 != NULL) {
    g_autofree char *hash = g_strndup (node->sha256, HASH);
    write_line (p, card, 2, FALSE, hash);
  }
}

void
telar_lineage_view_draw (TelarLineageView *view, cairo_t *cr, double width, double height,
                         const TelarChartTheme *theme)
{
  Painting p = { view, cr, *theme };
  double natural_width, natural_height, fits = 1;

  telar_lineage_view_size (view, theme->font_size, &natural_width, &natural_height);
  if (natural_width > 0)
    fits = MIN (1, MIN (width / natural_width, height / natural_height));
  view->scale = fits * theme->font_size / FONT;
  view->left = MAX ((width - view->width * view->scale) / 2, 0);
  view->top = MAX ((height - view->height * view->scale) / 2, 0);
  p.theme.font_size = FONT;
  cairo_save (cr);
  telar_chart_draw_paper (cr, theme, width, height);
  cairo_translate (cr, view->left, view->top);
  cairo_scale (cr, view->scale, view->scale);
  for (guint i = 0; view->lineage != NULL && i < view->lineage->edges->len; i++) {
    const TelarLineageEdge *edge = &g_array_index (view->lineage->edges, TelarLineageEdge, i);
    if (telar_lineage_view_shows (view, edge))
      draw_wire (&p, edge);
  }
  for (guint i = 0; view->lineage != NULL && i < view->lineage->nodes->len; i++)
    draw_card (&p, i);
  cairo_restore (cr);
}
