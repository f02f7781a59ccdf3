/* A widget that shows the curves of a classifier: the one under the pointer comes to the front, the
 * arrow keys go through them. */
#pragma once

#include "insight/judged-chart.h"

#include <gtk/gtk.h>

G_BEGIN_DECLS

#define TELAR_TYPE_JUDGED_VIEW (telar_judged_view_get_type ())
G_DECLARE_FINAL_TYPE (TelarJudgedView, telar_judged_view, TELAR, JUDGED_VIEW, GtkWidget)

GtkWidget *telar_judged_view_new (TelarJudgedKind kind);
/* The curves of a run at a step, as telar_judged_chart_read; @classes as
 * telar_judged_chart_set_classes. */
gboolean telar_judged_view_show (TelarJudgedView *view, TelarStore *store, gint64 run, gint64 step,
                                 const char *classes, GError **error);
const TelarJudgedChart *telar_judged_view_get_chart (TelarJudgedView *view); /* borrowed */

G_END_DECLS
