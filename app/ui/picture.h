/* Pictures for the inspector: what an operator does, drawn from the node's own parameters. */
#pragma once

#include "app/canvas/theme.h"
#include "app/project/analysis.h"

G_BEGIN_DECLS

/* TelarPicture: a small drawing of fixed height that follows the theme. */
#define TELAR_TYPE_PICTURE (telar_picture_get_type ())
G_DECLARE_FINAL_TYPE (TelarPicture, telar_picture, TELAR, PICTURE, GtkWidget)

typedef void (*TelarPictureDraw) (cairo_t *cr, double width, double height, const TelarTheme *theme,
                                  PangoContext *context, gconstpointer data);

/* @words: what the picture shows, for those who do not see it. Takes over @data. */
GtkWidget *telar_picture_new (int height, const char *words, TelarPictureDraw draw, gpointer data,
                              GDestroyNotify free_data);

/* Text at a point: @align 0 from there on, 0.5 about it, 1 up to it; in the current colour. */
void telar_picture_text (cairo_t *cr, PangoContext *context, const char *text, double x, double y,
                         double align);

/* activation-picture.c: the function of one number that the node computes and its derivative; NULL
 * where it is none. */
GtkWidget *telar_activation_picture_new (const TelarNode *node);
/* What is drawn: the function at @n points from @low to @high. FALSE where it is none: where a
 * result depends on more than its own input, or on chance. */
gboolean telar_activation_sample (const TelarNode *node, double low, double high, guint n,
                                  double *values);

/* window-picture.c: kernel, stride, dilation and padding over a grid; NULL for nodes without. */
GtkWidget *telar_window_picture_new (const TelarNode *node, TelarAnalysis *analysis);

G_END_DECLS
