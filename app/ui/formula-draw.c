/* Sizes and drawing of the boxes. Lengths follow the font: em is the height of its letters. */
#include "app/ui/formula-box.h"

#define SCRIPT 0.72 /* the size of indices and powers */
#define THIN   1.1  /* of the lines of fractions and roots */

static double
em (PangoContext *context, double scale)
{
  const PangoFontDescription *font = pango_context_get_font_description (context);

  return scale * 1.33 * pango_font_description_get_size (font) / PANGO_SCALE;
}

static PangoLayout *
make_layout (const TelarBox *box, PangoContext *context, double scale)
{
  PangoLayout *layout = pango_layout_new (context);
  g_autoptr (PangoAttrList) attributes = pango_attr_list_new ();

  pango_attr_list_insert (attributes, pango_attr_scale_new (scale));
  pango_attr_list_insert (attributes, pango_attr_family_new ("serif"));
  if (box->italic)
    pango_attr_list_insert (attributes, pango_attr_style_new (PANGO_STYLE_ITALIC));
  pango_layout_set_attributes (layout, attributes);
  pango_layout_set_text (layout, box->text, -1);
  return layout;
}

static TelarBoxSize
measure_text (const TelarBox *box, PangoContext *context, double scale)
{
  g_autoptr (PangoLayout) layout = make_layout (box, context, scale);
  PangoRectangle logical;
  double baseline = pango_layout_get_baseline (layout) / (double)PANGO_SCALE;

  pango_layout_get_extents (layout, NULL, &logical);
  /* Lines of text have more room around them than letters need. */
  return (TelarBoxSize){ logical.width / (double)PANGO_SCALE, 0.85 * baseline,
                         0.85 * (logical.height / (double)PANGO_SCALE - baseline) };
}

static TelarBoxSize
measure_row (const TelarBox *box, PangoContext *context, double scale)
{
  TelarBoxSize sum = { 0, 0, 0 };

  for (guint i = 0; i < box->parts->len; i++) {
    TelarBoxSize part = telar_box_measure (box->parts->pdata[i], context, scale);

    sum.width += part.width;
    sum.ascent = MAX (sum.ascent, part.ascent);
    sum.descent = MAX (sum.descent, part.descent);
  }
  return sum;
}

/* How far the line of a script lies from that of its base. */
static double
script_shift (const TelarBox *box, const TelarBoxSize *base, double unit)
{
  return box->below ? MAX (0.2 * unit, base->descent * 0.6)
                    : -MAX (0.42 * unit, base->ascent * 0.55);
}

TelarBoxSize
telar_box_measure (const TelarBox *box, PangoContext *context, double scale)
{
  double unit = em (context, scale), shift;
  TelarBoxSize a, b;

  switch (box->kind) {
  case TELAR_BOX_TEXT:
    return measure_text (box, context, scale);
  case TELAR_BOX_SPACE:
    return (TelarBoxSize){ 0.28 * unit, 0, 0 };
  case TELAR_BOX_ROW:
    return measure_row (box, context, scale);
  case TELAR_BOX_PAREN:
    a = measure_row (box, context, scale);
    return (TelarBoxSize){ a.width + 0.76 * unit, MAX (a.ascent, 0.75 * unit),
                           MAX (a.descent, 0.2 * unit) };
  case TELAR_BOX_FRACTION:
    a = telar_box_measure (box->parts->pdata[0], context, scale * 0.9);
    b = telar_box_measure (box->parts->pdata[1], context, scale * 0.9);
    return (TelarBoxSize){ MAX (a.width, b.width) + 0.4 * unit, a.ascent + a.descent + 0.42 * unit,
                           b.ascent + b.descent - 0.12 * unit };
  case TELAR_BOX_ROOT:
    a = telar_box_measure (box->parts->pdata[0], context, scale);
    return (TelarBoxSize){ a.width + 0.7 * unit, a.ascent + 0.14 * unit, a.descent };
  case TELAR_BOX_SCRIPTS:
    a = telar_box_measure (box->parts->pdata[0], context, scale);
    b = telar_box_measure (box->parts->pdata[1], context, scale * SCRIPT);
    shift = script_shift (box, &a, unit);
    return (TelarBoxSize){ a.width + b.width + 0.06 * unit, MAX (a.ascent, b.ascent - shift),
                           MAX (a.descent, b.descent + shift) };
  }
  return (TelarBoxSize){ 0, 0, 0 };
}

/* --- drawing ---------------------------------------------------------------------------------- */

static void
draw_text (const TelarBox *box, cairo_t *cr, PangoContext *context, double scale, double x,
           double y)
{
  g_autoptr (PangoLayout) layout = make_layout (box, context, scale);

  cairo_move_to (cr, x, y - pango_layout_get_baseline (layout) / (double)PANGO_SCALE);
  pango_cairo_show_layout (cr, layout);
}

static void
draw_row (const TelarBox *box, cairo_t *cr, PangoContext *context, double scale, double x, double y)
{
  for (guint i = 0; i < box->parts->len; i++) {
    const TelarBox *part = box->parts->pdata[i];

    telar_box_draw (part, cr, context, scale, x, y);
    x += telar_box_measure (part, context, scale).width;
  }
}

/* An arc as tall as what it holds. */
static void
draw_paren (cairo_t *cr, double x, double top, double bottom, double bend)
{
  cairo_move_to (cr, x, top);
  cairo_curve_to (cr, x - bend, top + (bottom - top) * 0.3, x - bend, top + (bottom - top) * 0.7, x,
                  bottom);
  cairo_stroke (cr);
}

static void
draw_parens (const TelarBox *box, cairo_t *cr, PangoContext *context, double scale, double x,
             double y)
{
  TelarBoxSize size = telar_box_measure (box, context, scale);
  double unit = em (context, scale), inset = 0.28 * unit;

  cairo_set_line_width (cr, THIN);
  draw_paren (cr, x + inset, y - size.ascent, y + size.descent, 0.26 * unit);
  draw_paren (cr, x + size.width - inset, y - size.ascent, y + size.descent, -0.26 * unit);
  draw_row (box, cr, context, scale, x + 0.38 * unit, y);
}

static void
draw_fraction (const TelarBox *box, cairo_t *cr, PangoContext *context, double scale, double x,
               double y)
{
  const TelarBox *above = box->parts->pdata[0], *below = box->parts->pdata[1];
  TelarBoxSize a = telar_box_measure (above, context, scale * 0.9);
  TelarBoxSize b = telar_box_measure (below, context, scale * 0.9);
  double unit = em (context, scale), width = telar_box_measure (box, context, scale).width;
  double bar = y - 0.28 * unit;

  telar_box_draw (above, cr, context, scale * 0.9, x + (width - a.width) / 2,
                  bar - a.descent - 0.1 * unit);
  telar_box_draw (below, cr, context, scale * 0.9, x + (width - b.width) / 2,
                  bar + b.ascent + 0.12 * unit);
  cairo_set_line_width (cr, THIN);
  cairo_move_to (cr, x + 0.1 * unit, bar);
  cairo_line_to (cr, x + width - 0.1 * unit, bar);
  cairo_stroke (cr);
}

static void
draw_root (const TelarBox *box, cairo_t *cr, PangoContext *context, double scale, double x,
           double y)
{
  TelarBox *inner = box->parts->pdata[0];
  TelarBoxSize size = telar_box_measure (inner, context, scale);
  double unit = em (context, scale), top = y - size.ascent - 0.06 * unit;

  cairo_set_line_width (cr, THIN);
  cairo_move_to (cr, x + 0.06 * unit, y - 0.26 * unit);
  cairo_line_to (cr, x + 0.2 * unit, y - 0.34 * unit);
  cairo_line_to (cr, x + 0.36 * unit, y + MIN (size.descent, 0.16 * unit));
  cairo_line_to (cr, x + 0.56 * unit, top);
  cairo_line_to (cr, x + 0.66 * unit + size.width, top);
  cairo_stroke (cr);
  telar_box_draw (inner, cr, context, scale, x + 0.6 * unit, y);
}

void
telar_box_draw (const TelarBox *box, cairo_t *cr, PangoContext *context, double scale, double x,
                double y)
{
  TelarBoxSize base;

  switch (box->kind) {
  case TELAR_BOX_TEXT:
    draw_text (box, cr, context, scale, x, y);
    break;
  case TELAR_BOX_SPACE:
    break;
  case TELAR_BOX_ROW:
    draw_row (box, cr, context, scale, x, y);
    break;
  case TELAR_BOX_PAREN:
    draw_parens (box, cr, context, scale, x, y);
    break;
  case TELAR_BOX_FRACTION:
    draw_fraction (box, cr, context, scale, x, y);
    break;
  case TELAR_BOX_ROOT:
    draw_root (box, cr, context, scale, x, y);
    break;
  case TELAR_BOX_SCRIPTS:
    base = telar_box_measure (box->parts->pdata[0], context, scale);
    telar_box_draw (box->parts->pdata[0], cr, context, scale, x, y);
    telar_box_draw (box->parts->pdata[1], cr, context, scale * SCRIPT, x + base.width,
                    y + script_shift (box, &base, em (context, scale)));
    break;
  }
}
