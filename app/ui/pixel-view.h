/* TelarPixelView: a small picture, each of its pixels drawn as a square, with a caption. */
#pragma once

#include "insight/store-media.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TELAR_TYPE_PIXEL_VIEW (telar_pixel_view_get_type ())
G_DECLARE_FINAL_TYPE (TelarPixelView, telar_pixel_view, TELAR, PIXEL_VIEW, GtkWidget)

/* @words: what it shows, for those who do not see it. */
GtkWidget *telar_pixel_view_new (const TelarImageRow *image, const char *words);

G_END_DECLS
