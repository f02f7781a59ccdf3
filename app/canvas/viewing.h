/* How a drawing is looked at: which part of it, how large, and what wheel and fitting make of that.
 * The canvas and the view of differences share it. */
#pragma once

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TELAR_ZOOM_MIN 0.04
#define TELAR_ZOOM_MAX 3.0
/* Of a key or a button. */
#define TELAR_ZOOM_STEP 1.25
/* How far a notch of the wheel or a key goes, in pixels. */
#define TELAR_SCROLL_STEP 64.0
/* Around what is fitted, in pixels. */
#define TELAR_FIT_MARGIN 28.0

typedef struct {
  double x, y; /* canvas coordinates at the widget's top left */
  double zoom; /* pixels for a canvas unit */
} TelarView;

/* Larger or smaller, the point of the widget where it is; @zoom within the limits. */
TelarView telar_view_zoomed (const TelarView *view, double zoom, double x, double y);
/* After a turn of the wheel or a stroke over the pad: Control zooms about the pointer, Shift goes
 * sideways. */
TelarView telar_view_scrolled (const TelarView *view, GtkEventControllerScroll *scroll, double dx,
                               double dy, const graphene_point_t *pointer);
/* All of @bounds in the middle of @widget, the zoom from @smallest to life size. */
TelarView telar_view_around (GtkWidget *widget, const graphene_rect_t *bounds, double smallest);
graphene_rect_t telar_view_area (GtkWidget *widget, const TelarView *view);

/* Text is drawn as the cards are, and the zoom makes it as large as the desktop asks for: a card at
 * this zoom carries text like that of the panels around it. */
double telar_view_life_size (GtkWidget *widget);
/* The font of cards: that of the widget, without what the desktop enlarges it by. Caller unrefs. */
PangoContext *telar_view_card_context (GtkWidget *widget);

G_END_DECLS
