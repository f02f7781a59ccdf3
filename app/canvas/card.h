/* Drawings of one card and one wire, cached in the scene until something about them changes. */
#pragma once

#include "app/canvas/scene.h"
#include "app/canvas/theme.h"

G_BEGIN_DECLS

/* How much is drawn, by zoom. */
typedef enum {
  TELAR_DETAIL_FULL,  /* everything */
  TELAR_DETAIL_BRIEF, /* a large title; only while few nodes are in view */
  TELAR_DETAIL_BLOCK, /* coloured blocks in one picture */
} TelarDetail;

TelarDetail telar_detail_for (double zoom, guint n_visible);

/* The card at the origin, in canvas units; borrowed from @node. @context gives the font. */
GskRenderNode *telar_card_render (TelarSceneNode *node, TelarDetail detail, const TelarTheme *theme,
                                  PangoContext *context);
/* How far a card's drawing reaches over its edges. */
#define TELAR_CARD_MARGIN 10
/* The same in pixels, @scale of them for a canvas unit, from (-TELAR_CARD_MARGIN,
 * -TELAR_CARD_MARGIN) on; borrowed. With @stale what was drawn at another scale will do. */
cairo_surface_t *telar_card_pixels (TelarSceneNode *node, TelarDetail detail,
                                    const TelarTheme *theme, PangoContext *context, double scale,
                                    gboolean stale);
/* Strokes a curve as wires are drawn. */
void telar_wire_path (cairo_t *cr, const TelarCurve *curve);
/* A text on a pill, centred at (@x, @y) on the screen. */
void telar_pill_snapshot (GtkSnapshot *snapshot, PangoContext *context, const char *text, float x,
                          float y, const GdkRGBA *ground, const GdkRGBA *ink);

G_END_DECLS
