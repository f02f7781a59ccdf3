/* The lineage's widget. */
#include "app/ui/lineage-area.h"

#include "app/ui/chart-widget.h"

#include <glib/gi18n.h>

#define MIN_WIDTH 300

struct _TelarLineageArea {
  GtkWidget parent_instance;

  TelarLineageView *view;
};

G_DEFINE_FINAL_TYPE (TelarLineageArea, telar_lineage_area, GTK_TYPE_WIDGET)

static guint chosen_signal;

static void
draw (GtkWidget *widget, cairo_t *cr, double width, double height, const TelarChartTheme *theme)
{
  telar_lineage_view_draw (TELAR_LINEAGE_AREA (widget)->view, cr, width, height, theme);
}

static void
telar_lineage_area_snapshot (GtkWidget *widget, GtkSnapshot *snapshot)
{
  telar_chart_widget_snapshot (widget, snapshot, draw);
}

/* As large as the text of the desktop asks for; where that is too wide, it is scrolled. */
static void
telar_lineage_area_measure (GtkWidget *widget, GtkOrientation orientation, int for_size,
                            int *minimum, int *natural, int *minimum_baseline,
                            int *natural_baseline)
{
  g_autofree char *font = NULL;
  TelarChartTheme theme;
  double width, height;

  telar_chart_theme_of (widget, &theme, &font);
  telar_lineage_view_size (TELAR_LINEAGE_AREA (widget)->view, theme.font_size, &width, &height);
  *minimum = *natural =
      orientation == GTK_ORIENTATION_HORIZONTAL ? MAX ((int)width, MIN_WIDTH) : (int)height;
}

/* --- what is picked out ------------------------------------------------------------------ */

static const TelarLineageNode *
node_at (TelarLineageArea *area, int i)
{
  const TelarLineage *lineage = telar_lineage_view_get (area->view);

  return i >= 0 && lineage != NULL ? lineage->nodes->pdata[i] : NULL;
}

static gboolean
can_be_opened (const TelarLineageNode *node)
{
  return node != NULL && node->kind == TELAR_LINEAGE_RUN && !node->asked;
}

static void
show_picked (TelarLineageArea *area)
{
  int picked = telar_lineage_view_picked (area->view);
  g_autofree char *words = picked >= 0 ? telar_lineage_view_describe (area->view, (guint)picked)
                                       : g_strdup (_ ("Data, runs and models, what came of what"));

  gtk_accessible_update_property (GTK_ACCESSIBLE (area), GTK_ACCESSIBLE_PROPERTY_LABEL, words, -1);
  gtk_widget_set_cursor_from_name (GTK_WIDGET (area),
                                   can_be_opened (node_at (area, picked)) ? "pointer" : "default");
  gtk_widget_queue_draw (GTK_WIDGET (area));
}

static void
open_picked (TelarLineageArea *area)
{
  const TelarLineageNode *node = node_at (area, telar_lineage_view_picked (area->view));

  if (!can_be_opened (node))
    return;
  g_autofree char *run = g_strdup (node->name); /* the lineage may be another one soon */
  g_signal_emit (area, chosen_signal, 0, run);
}

static void
on_motion (GtkEventController *controller, double x, double y, TelarLineageArea *area)
{
  if (telar_lineage_view_pick (area->view, telar_lineage_view_at (area->view, x, y)))
    show_picked (area);
}

static void
on_leave (GtkEventController *controller, TelarLineageArea *area)
{
  if (telar_lineage_view_pick (area->view, -1))
    show_picked (area);
}

static void
on_released (GtkGestureClick *gesture, int n, double x, double y, TelarLineageArea *area)
{
  gtk_widget_grab_focus (GTK_WIDGET (area));
  telar_lineage_view_pick (area->view, telar_lineage_view_at (area->view, x, y));
  show_picked (area);
  open_picked (area);
}

static gboolean
on_key (GtkEventController *controller, guint key, guint code, GdkModifierType state,
        TelarLineageArea *area)
{
  int dx = key == GDK_KEY_Right ? 1 : key == GDK_KEY_Left ? -1 : 0;
  int dy = key == GDK_KEY_Down ? 1 : key == GDK_KEY_Up ? -1 : 0;

  if ((state & (GDK_CONTROL_MASK | GDK_ALT_MASK)) != 0)
    return GDK_EVENT_PROPAGATE;
  if (dx != 0 || dy != 0) {
    telar_lineage_view_move (area->view, dx, dy);
    show_picked (area);
    return GDK_EVENT_STOP;
  }
  if (key != GDK_KEY_Return && key != GDK_KEY_KP_Enter)
    return GDK_EVENT_PROPAGATE;
  open_picked (area);
  return GDK_EVENT_STOP;
}

static gboolean
on_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip, gpointer data)
{
  TelarLineageArea *area = TELAR_LINEAGE_AREA (widget);
  int node =
      keyboard ? telar_lineage_view_picked (area->view) : telar_lineage_view_at (area->view, x, y);
  double box[4];

  if (node < 0)
    return FALSE;
  g_autofree char *words = telar_lineage_view_describe (area->view, (guint)node);
  telar_lineage_view_card (area->view, (guint)node, box);
  gtk_tooltip_set_text (tooltip, words);
  gtk_tooltip_set_tip_area (tooltip,
                            &(GdkRectangle){ (int)box[0], (int)box[1], (int)box[2], (int)box[3] });
  return TRUE;
}

/* --- contents ---------------------------------------------------------------------------- */

/* What was picked out stays so where it is there still. */
void
telar_lineage_area_show (TelarLineageArea *area, TelarLineage *lineage)
{
  g_return_if_fail (TELAR_IS_LINEAGE_AREA (area));
  int picked = telar_lineage_view_picked (area->view);
  g_autofree char *before =
      picked >= 0 ? telar_lineage_view_describe (area->view, (guint)picked) : NULL;

  telar_lineage_view_show (area->view, lineage);
  for (guint i = 0; before != NULL && lineage != NULL && i < lineage->nodes->len; i++) {
    g_autofree char *words = telar_lineage_view_describe (area->view, i);
    if (g_str_equal (words, before))
      telar_lineage_view_pick (area->view, (int)i);
  }
  show_picked (area);
  gtk_widget_queue_resize (GTK_WIDGET (area));
}

const TelarLineageView *
telar_lineage_area_get (TelarLineageArea *area)
{
  return area->view;
}

/* --- life -------------------------------------------------------------------------------- */

static void
telar_lineage_area_finalize (GObject *object)
{
  telar_lineage_view_free (TELAR_LINEAGE_AREA (object)->view);
  G_OBJECT_CLASS (telar_lineage_area_parent_class)->finalize (object);
}

static void
telar_lineage_area_class_init (TelarLineageAreaClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->finalize = telar_lineage_area_finalize;
  widget_class->snapshot = telar_lineage_area_snapshot;
  widget_class->measure = telar_lineage_area_measure;
  telar_chart_widget_class_init (widget_class);
  chosen_signal = g_signal_new ("chosen", TELAR_TYPE_LINEAGE_AREA, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
telar_lineage_area_init (TelarLineageArea *area)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();
  GtkEventController *keys = gtk_event_controller_key_new ();
  GtkGesture *click = gtk_gesture_click_new ();
  const TelarLineageWords words = { .data = _ ("Data"),
                                    .run = _ ("Run"),
                                    .gone = _ ("Deleted run"),
                                    .weights = _ ("Weights"),
                                    .model = _ ("Model"),
                                    .forked = _ ("forked at step %s"),
                                    .step = _ ("step %s"),
                                    .changed = _ ("Changed since: its hash differs"),
                                    .missing = _ ("Not there any more"),
                                    .unknown = _ ("May have changed: too large to check") };

  area->view = telar_lineage_view_new (&words);
  g_signal_connect (motion, "motion", G_CALLBACK (on_motion), area);
  g_signal_connect (motion, "leave", G_CALLBACK (on_leave), area);
  g_signal_connect (keys, "key-pressed", G_CALLBACK (on_key), area);
  g_signal_connect (click, "released", G_CALLBACK (on_released), area);
  g_signal_connect (area, "query-tooltip", G_CALLBACK (on_tooltip), NULL);
  gtk_widget_add_controller (GTK_WIDGET (area), motion);
  gtk_widget_add_controller (GTK_WIDGET (area), keys);
  gtk_widget_add_controller (GTK_WIDGET (area), GTK_EVENT_CONTROLLER (click));
  gtk_widget_set_has_tooltip (GTK_WIDGET (area), TRUE);
  telar_chart_widget_init (GTK_WIDGET (area));
  show_picked (area);
}

GtkWidget *
telar_lineage_area_new (void)
{
  return g_object_new (TELAR_TYPE_LINEAGE_AREA, NULL);
}
