/* The menu comes up where the crosshair stands, which snaps to the points. */
#include "app/ui/chart-menu.h"

#include "app/ui/chart-view.h"

typedef struct {
  GtkWidget *charts;
  TelarChartMenuFunc fill;
  gpointer data;
  GtkWidget *popover; /* the one that is shown, or was; or NULL */
} ChartMenu;

static void
drop_popover (ChartMenu *self)
{
  g_clear_pointer (&self->popover, gtk_widget_unparent);
}

/* FALSE when the chart has no point there. */
static gboolean
show (ChartMenu *self, TelarChartView *view, double x, double y)
{
  g_autoptr (GMenu) menu = g_menu_new ();
  gint64 step;

  if (!telar_chart_hovered_step (telar_chart_view_get_chart (view), &step))
    return FALSE;
  self->fill (menu, gtk_widget_get_name (GTK_WIDGET (view)), step, self->data);
  if (g_menu_model_get_n_items (G_MENU_MODEL (menu)) == 0)
    return FALSE;
  gtk_widget_translate_coordinates (GTK_WIDGET (view), self->charts, x, y, &x, &y);
  drop_popover (self);
  self->popover = gtk_popover_menu_new_from_model (G_MENU_MODEL (menu));
  gtk_widget_set_parent (self->popover, self->charts);
  gtk_widget_set_halign (self->popover, GTK_ALIGN_START);
  gtk_popover_set_has_arrow (GTK_POPOVER (self->popover), FALSE);
  gtk_popover_set_pointing_to (GTK_POPOVER (self->popover),
                               &(GdkRectangle){ (int)x, (int)y, 1, 1 });
  gtk_popover_popup (GTK_POPOVER (self->popover));
  return TRUE;
}

static void
on_pressed (GtkGestureClick *gesture, int n_press, double x, double y, ChartMenu *self)
{
  GtkWidget *widget = gtk_widget_pick (self->charts, x, y, GTK_PICK_DEFAULT);
  GtkWidget *view = widget ? gtk_widget_get_ancestor (widget, TELAR_TYPE_CHART_VIEW) : NULL;

  if (view == NULL)
    return;
  gtk_widget_translate_coordinates (self->charts, view, x, y, &x, &y);
  telar_chart_hover (telar_chart_view_get_chart (TELAR_CHART_VIEW (view)), x, y);
  if (show (self, TELAR_CHART_VIEW (view), x, y))
    gtk_gesture_set_state (GTK_GESTURE (gesture), GTK_EVENT_SEQUENCE_CLAIMED);
}

/* Of the chart that has the keyboard, at its crosshair or its end. */
static gboolean
on_key (GtkWidget *charts, GVariant *args, gpointer data)
{
  GtkWidget *focus = gtk_root_get_focus (gtk_widget_get_root (charts));
  gint64 step;

  if (focus == NULL || !TELAR_IS_CHART_VIEW (focus))
    return FALSE;
  TelarChart *chart = telar_chart_view_get_chart (TELAR_CHART_VIEW (focus));
  if (!telar_chart_hovered_step (chart, &step))
    telar_chart_move_crosshair (chart, -1);
  return show (data, TELAR_CHART_VIEW (focus), gtk_widget_get_width (focus) / 2.0,
               gtk_widget_get_height (focus) / 2.0);
}

void
telar_chart_menu_attach (GtkWidget *charts, TelarChartMenuFunc fill, gpointer data)
{
  ChartMenu *self = g_new0 (ChartMenu, 1);
  GtkGesture *click = gtk_gesture_click_new ();
  GtkEventController *keys = gtk_shortcut_controller_new ();

  *self = (ChartMenu){ charts, fill, data, NULL };
  gtk_gesture_single_set_button (GTK_GESTURE_SINGLE (click), GDK_BUTTON_SECONDARY);
  g_signal_connect (click, "pressed", G_CALLBACK (on_pressed), self);
  gtk_widget_add_controller (charts, GTK_EVENT_CONTROLLER (click));
  gtk_shortcut_controller_add_shortcut (
      GTK_SHORTCUT_CONTROLLER (keys),
      gtk_shortcut_new (gtk_shortcut_trigger_parse_string ("Menu|<Shift>F10"),
                        gtk_callback_action_new (on_key, self, NULL)));
  gtk_widget_add_controller (charts, keys);
  g_signal_connect_swapped (charts, "unrealize", G_CALLBACK (drop_popover), self);
  g_object_set_data_full (G_OBJECT (charts), "telar-chart-menu", self, g_free);
}
