/* A canvas with its time axis, under a title that folds it away. */
#include "app/ui/run-canvas.h"

#include "app/ui/heat-bar.h"

#include <glib/gi18n.h>

#define HEIGHT 300 /* pixels */

struct _TelarRunCanvas {
  AdwBin parent_instance;

  GtkWidget *expander, *canvas;
  TelarHeatBar *bar;
};

G_DEFINE_FINAL_TYPE (TelarRunCanvas, telar_run_canvas, ADW_TYPE_BIN)

void
telar_run_canvas_set_document (TelarRunCanvas *self, TelarDocument *document,
                               TelarAnalysis *analysis)
{
  g_return_if_fail (TELAR_IS_RUN_CANVAS (self));
  gtk_widget_set_visible (GTK_WIDGET (self), document != NULL);
  telar_canvas_set_document (TELAR_CANVAS (self->canvas), document, analysis);
  telar_heat_bar_set_document (self->bar, document);
}

void
telar_run_canvas_set_run (TelarRunCanvas *self, const char *workspace, const char *run)
{
  g_return_if_fail (TELAR_IS_RUN_CANVAS (self));
  telar_heat_bar_set_run (self->bar, workspace, run);
  telar_heat_bar_show_any (self->bar);
}

void
telar_run_canvas_show_step (TelarRunCanvas *self, gint64 step)
{
  g_return_if_fail (TELAR_IS_RUN_CANVAS (self));
  telar_heat_bar_show_step (self->bar, step);
}

static void
telar_run_canvas_class_init (TelarRunCanvasClass *klass)
{
}

static void
telar_run_canvas_init (TelarRunCanvas *self)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0), *frame = gtk_frame_new (NULL);

  self->canvas = telar_canvas_new ();
  telar_canvas_start_whole (TELAR_CANVAS (self->canvas));
  self->bar = TELAR_HEAT_BAR (telar_heat_bar_new (TELAR_CANVAS (self->canvas)));
  gtk_widget_set_size_request (self->canvas, -1, HEIGHT);
  gtk_box_append (GTK_BOX (box), self->canvas);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (self->bar));
  gtk_widget_set_halign (GTK_WIDGET (self->bar), GTK_ALIGN_CENTER);
  gtk_widget_set_margin_top (GTK_WIDGET (self->bar), 6);
  gtk_widget_set_margin_bottom (GTK_WIDGET (self->bar), 12);
  gtk_widget_set_overflow (frame, GTK_OVERFLOW_HIDDEN);
  gtk_widget_add_css_class (frame, "view");
  gtk_frame_set_child (GTK_FRAME (frame), box);
  self->expander = gtk_expander_new (_ ("The Drawing, at the Step That the Charts Point At"));
  gtk_expander_set_expanded (GTK_EXPANDER (self->expander), TRUE);
  gtk_expander_set_child (GTK_EXPANDER (self->expander), frame);
  gtk_widget_set_visible (GTK_WIDGET (self), FALSE);
  adw_bin_set_child (ADW_BIN (self), self->expander);
}

GtkWidget *
telar_run_canvas_new (void)
{
  return g_object_new (TELAR_TYPE_RUN_CANVAS, NULL);
}
