/* Colours, marks and text of a chart. */
#include "insight/chart-private.h"

#include <math.h>

/* --- colours ----------------------------------------------------------------------------- */

/* After Okabe and Ito, "Color Universal Design" (2008): told apart with each common kind of colour
 * blindness. Darker on white and lighter on black than the originals, for contrast. */
/* clang-format off */
static const guint32 light_palette[] = { 0x0067b0, 0xc9510c, 0x00805f, 0xa8477f, 0x9a6a00, 0x2a8fc4 };
static const guint32 dark_palette[]  = { 0x62b0ee, 0xf68d4f, 0x35c79c, 0xe59ac6, 0xe8b83f, 0x9bdcf7 };
/* clang-format on */

static TelarColor
color_of (guint32 rgb, double alpha)
{
  return (TelarColor){ (rgb >> 16 & 0xff) / 255.0, (rgb >> 8 & 0xff) / 255.0, (rgb & 0xff) / 255.0,
                       alpha };
}

TelarColor
telar_palette_color (guint style, gboolean dark)
{
  guint i = style % G_N_ELEMENTS (light_palette);

  return color_of (dark ? dark_palette[i] : light_palette[i], 1);
}

void
telar_chart_theme_init (TelarChartTheme *theme, gboolean dark)
{
  *theme = (TelarChartTheme){
    .dark = dark,
    .background = color_of (dark ? 0x1e1e1e : 0xffffff, 1),
    .text = color_of (dark ? 0xffffff : 0x1e1e1e, 1),
    .accent = color_of (dark ? 0x78aeed : 0x1c71d8, 1),
    .font = "Cantarell, Sans",
    .font_size = 11,
  };
}

TelarColor
telar_ramp_color (double part, gboolean dark)
{
  TelarColor low = telar_palette_color (0, dark), high = telar_palette_color (1, dark);
  TelarColor middle = { 0.62, 0.62, 0.62, 1 };
  TelarColor from = part < 0.5 ? low : middle, to = part < 0.5 ? middle : high;
  double t = part < 0.5 ? 2 * part : 2 * part - 1;

  return (TelarColor){ from.red + t * (to.red - from.red), from.green + t * (to.green - from.green),
                       from.blue + t * (to.blue - from.blue), 1 };
}

void
telar_set_color (cairo_t *cr, TelarColor color, double alpha)
{
  cairo_set_source_rgba (cr, color.red, color.green, color.blue, color.alpha * alpha);
}

void
telar_chart_draw_paper (cairo_t *cr, const TelarChartTheme *theme, double width, double height)
{
  if (theme->background.alpha <= 0)
    return;
  telar_set_color (cr, theme->background, 1);
  cairo_rectangle (cr, 0, 0, width, height);
  cairo_fill (cr);
}

/* --- marks ------------------------------------------------------------------------------- */

static void
polygon (cairo_t *cr, double x, double y, double radius, int corners, double turn)
{
  for (int i = 0; i < corners; i++) {
    double angle = turn + 2 * G_PI * i / corners;
    cairo_line_to (cr, x + radius * sin (angle), y - radius * cos (angle));
  }
  cairo_close_path (cr);
}

void
telar_draw_mark (cairo_t *cr, guint style, double x, double y, double radius)
{
  cairo_new_path (cr);
  switch (style % 4) {
  case 0:
    cairo_arc (cr, x, y, radius, 0, 2 * G_PI);
    break;
  case 1: /* the radii make the areas look equal */
    polygon (cr, x, y, radius * 1.25, 4, G_PI / 4);
    break;
  case 2:
    polygon (cr, x, y + radius * 0.2, radius * 1.35, 3, 0);
    break;
  default:
    polygon (cr, x, y, radius * 1.25, 4, 0);
    break;
  }
  cairo_fill (cr);
}

/* --- text -------------------------------------------------------------------------------- */

PangoLayout *
telar_chart_layout (cairo_t *cr, const TelarChartTheme *theme, double scale, gboolean bold,
                    const char *text)
{
  PangoLayout *layout = pango_cairo_create_layout (cr);
  PangoFontDescription *font = pango_font_description_from_string (theme->font);
  PangoAttrList *attributes = pango_attr_list_new ();

  pango_font_description_set_absolute_size (font, theme->font_size * scale * PANGO_SCALE);
  if (bold)
    pango_font_description_set_weight (font, PANGO_WEIGHT_BOLD);
  pango_layout_set_font_description (layout, font);
  pango_font_description_free (font);
  pango_attr_list_insert (attributes, pango_attr_font_features_new ("tnum=1"));
  pango_layout_set_attributes (layout, attributes);
  pango_attr_list_unref (attributes);
  pango_layout_set_text (layout, text, -1);
  return layout;
}

void
telar_layout_size (PangoLayout *layout, double *width, double *height)
{
  PangoRectangle logical;

  pango_layout_get_extents (layout, NULL, &logical);
  *width = (double)logical.width / PANGO_SCALE;
  *height = (double)logical.height / PANGO_SCALE;
}

double
telar_chart_text_width (cairo_t *cr, const TelarChartTheme *theme, double scale, gboolean bold,
                        const char *text)
{
  PangoLayout *layout = telar_chart_layout (cr, theme, scale, bold, text);
  double width, height;

  telar_layout_size (layout, &width, &height);
  g_object_unref (layout);
  return width;
}

double
telar_chart_line_height (cairo_t *cr, const TelarChartTheme *theme)
{
  PangoLayout *layout = telar_chart_layout (cr, theme, 1, FALSE, "0");
  double width, height;

  telar_layout_size (layout, &width, &height);
  g_object_unref (layout);
  return height;
}

void
telar_draw_layout (cairo_t *cr, PangoLayout *layout, double x, double y, TelarTextAlign align)
{
  double width, height;

  telar_layout_size (layout, &width, &height);
  if (align == TELAR_TEXT_MIDDLE)
    x -= width / 2;
  else if (align == TELAR_TEXT_RIGHT)
    x -= width;
  cairo_move_to (cr, round (x), round (y - height / 2));
  pango_cairo_show_layout (cr, layout);
}

void
telar_chart_write (cairo_t *cr, const TelarChartTheme *theme, const TelarLettering *lettering,
                   const char *text, double x, double y)
{
  PangoLayout *layout = telar_chart_layout (cr, theme, lettering->scale > 0 ? lettering->scale : 1,
                                            lettering->bold, text);

  if (lettering->alpha > 0)
    telar_set_color (cr, theme->text, lettering->alpha);
  telar_draw_layout (cr, layout, x, y, lettering->align);
  g_object_unref (layout);
}
