/* TelarCloudView: a cloud of points to look at. Dragging turns three dimensions and moves two; with
 * Shift held it always moves. The wheel zooms while the view has the focus or Control is held, a
 * double click shows all again. What the pointer is on is told beside it, with its picture. */
#pragma once

#include "engine/tensor.h"
#include "insight/cloud.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TELAR_TYPE_CLOUD_VIEW (telar_cloud_view_get_type ())
G_DECLARE_FINAL_TYPE (TelarCloudView, telar_cloud_view, TELAR, CLOUD_VIEW, GtkWidget)

GtkWidget *telar_cloud_view_new (void);

/* Takes @cloud; NULL: nothing is shown. @pictures, f32 [points, channels, height, width], may be
 * NULL; the view takes a reference. */
void telar_cloud_view_show (TelarCloudView *view, TelarCloud *cloud, TelarTensor *pictures);

/* As telar_cloud_search. */
guint telar_cloud_view_search (TelarCloudView *view, const char *text);

G_END_DECLS
