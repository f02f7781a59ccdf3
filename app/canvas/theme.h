/* Colours of the canvas in light, dark and high contrast, and the glyphs of the categories, which
 * palette, inspector and canvas share. */
#pragma once

#include "engine/graph.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

typedef struct {
  gboolean dark, high_contrast;
  GdkRGBA background, dot, card, border, shadow, text, dim, wire, accent, guide, error, warning;
  GdkRGBA categories[TELAR_N_CATEGORIES];
  GdkRGBA kinds[TELAR_PORT_METRICS + 1];
  GdkRGBA notes[TELAR_N_COLOURS];
} TelarTheme;

/* Text reaches WCAG's 4.5:1 on ground and card in each of them, wires 3:1; with high contrast text
 * reaches 7:1, and wires, outlines and signs 4.5:1. */
void telar_theme_make (TelarTheme *theme, gboolean dark, gboolean high_contrast);
/* As the desktop asks for now. */
void telar_theme_load (TelarTheme *theme);

GdkRGBA telar_theme_mix (const GdkRGBA *a, const GdkRGBA *b, float amount);
GdkRGBA telar_theme_alpha (const GdkRGBA *colour, float alpha);
void telar_theme_set (cairo_t *cr, const GdkRGBA *colour);

/* The glyph of a category, stroked in the current colour in a square of @size at (@x, @y). */
void telar_glyph_draw (cairo_t *cr, TelarCategory category, double x, double y, double size);
/* A port's sign: each kind has a form of its own, an optional one is hollow. */
void telar_port_draw (cairo_t *cr, const TelarTheme *theme, const TelarPort *port, double x,
                      double y, double radius);
/* A path with rounded corners. */
void telar_rounded_path (cairo_t *cr, double x, double y, double width, double height,
                         double radius);

/* A small widget: the category's glyph on a tinted tile. */
#define TELAR_TYPE_TILE (telar_tile_get_type ())
G_DECLARE_FINAL_TYPE (TelarTile, telar_tile, TELAR, TILE, GtkWidget)
GtkWidget *telar_tile_new (TelarCategory category, int size);
void telar_tile_set_category (TelarTile *self, TelarCategory category);

G_END_DECLS
