/* The bar reads the run store five times a second while it is seen, and only after a commit. */
#include "app/ui/heat-bar.h"

#include "app/canvas/theme.h"
#include "app/ui/node-heat.h"
#include "app/ui/wire-probes.h"
#include "insight/axis.h"
#include "insight/store.h"

#include <glib/gi18n.h>
#include <math.h>

#define LOOK_MS 200

struct _TelarHeatBar {
  GtkWidget parent_instance;

  GtkWidget *box;
  TelarCanvas *canvas; /* borrowed: the bar stands beside it */
  TelarDocument *document;
  GtkDropDown *choice; /* nothing, then the statistics */
  GtkRange *time;
  GtkLabel *step, *low, *high;
  GtkWidget *legend, *live;

  TelarWireProbes *probes;
  char *workspace, *run;
  TelarStore *store; /* NULL until there is one */
  gint64 version;
  gint64 wanted;    /* the step; -1: the newest */
  gboolean setting; /* the program moves the scale, not the person */
  guint timer;
};

G_DEFINE_FINAL_TYPE (TelarHeatBar, telar_heat_bar, GTK_TYPE_WIDGET)

/* --- the legend -------------------------------------------------------------------------- */

static void
draw_legend (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  cairo_pattern_t *ramp = cairo_pattern_create_linear (0, 0, width, 0);
  TelarTheme theme;

  telar_theme_load (&theme);
  cairo_pattern_add_color_stop_rgba (ramp, 0, theme.accent.red, theme.accent.green,
                                     theme.accent.blue, 0.35);
  cairo_pattern_add_color_stop_rgba (ramp, 1, theme.error.red, theme.error.green, theme.error.blue,
                                     0.85);
  telar_rounded_path (cr, 0, 0, width, height, height / 2.0);
  cairo_set_source (cr, ramp);
  cairo_fill (cr);
  cairo_pattern_destroy (ramp);
}

/* --- showing ----------------------------------------------------------------------------- */

static gboolean
has_choice (TelarHeatBar *bar)
{
  return gtk_drop_down_get_selected (bar->choice) > 0;
}

static void
show_range (TelarHeatBar *bar, TelarNodeStat stat, const TelarHeatMap *map)
{
  gboolean dead = stat == TELAR_NODE_DEAD, none = isnan (map->high);
  double least = dead || stat == TELAR_NODE_TIME || isnan (map->low) ? 0 : map->low;
  g_autofree char *low = telar_node_stat_text (stat, least);
  g_autofree char *high = telar_node_stat_text (stat, dead ? 1 : map->high);

  gtk_label_set_text (bar->low, none ? "" : low);
  gtk_label_set_text (bar->high, none ? _ ("Nothing recorded") : high);
  gtk_widget_set_visible (bar->legend, !none);
}

static void
show_step (TelarHeatBar *bar, gint64 step, gint64 last)
{
  char number[32];

  telar_axis_format ((double)MAX (step, 0), TELAR_UNIT_COUNT, 15, number, sizeof number);
  g_autofree char *text = g_strdup_printf (_ ("step %s"), number);
  gtk_label_set_text (bar->step, text);
  bar->setting = TRUE;
  gtk_range_set_range (bar->time, 0, (double)MAX (last, 1));
  gtk_range_set_value (bar->time, (double)(bar->wanted < 0 ? last : bar->wanted));
  bar->setting = FALSE;
  gtk_widget_set_sensitive (bar->live, bar->wanted >= 0);
}

static void
look_at_nodes (TelarHeatBar *bar, const TelarRunRow *row)
{
  TelarNodeStat stat = (TelarNodeStat)(gtk_drop_down_get_selected (bar->choice) - 1);
  g_auto (TelarHeatMap) map = { 0 };

  if (row == NULL || !has_choice (bar)) {
    telar_canvas_set_heats (bar->canvas, NULL);
    return;
  }
  TelarHeatQuery query = { row->id, stat, telar_document_place (bar->document),
                           bar->wanted < 0 ? row->step : bar->wanted };
  if (!telar_heat_map_read (bar->store, &query, &map, NULL))
    return;
  telar_canvas_set_heats (bar->canvas, map.heats);
  show_range (bar, stat, &map);
}

/* What is chosen alone takes little room: the legend is of the nodes, the time of the wires, too.
 */
static void
show_parts (TelarHeatBar *bar)
{
  gboolean chosen = has_choice (bar);
  gboolean time = chosen || telar_wire_probes_any (bar->probes);

  gtk_widget_set_visible (GTK_WIDGET (bar->low), chosen);
  gtk_widget_set_visible (GTK_WIDGET (bar->high), chosen);
  if (!chosen)
    gtk_widget_set_visible (bar->legend, FALSE);
  gtk_widget_set_visible (GTK_WIDGET (bar->time), time);
  gtk_widget_set_visible (GTK_WIDGET (bar->step), time);
  gtk_widget_set_visible (bar->live, time);
}

static void
look (TelarHeatBar *bar)
{
  g_autoptr (TelarRunRow) row = bar->store != NULL && bar->document != NULL
                                    ? telar_store_find_run (bar->store, bar->run, NULL)
                                    : NULL;

  look_at_nodes (bar, row);
  telar_wire_probes_look (bar->probes, bar->store, row, bar->document,
                          bar->wanted < 0 ? G_MAXINT64 : bar->wanted);
  show_parts (bar);
  if (row != NULL)
    show_step (bar, bar->wanted < 0 ? row->step : bar->wanted, row->step);
}

/* A wire is to be probed, or no longer. */
static void
on_probe (TelarCanvas *canvas, const char *node, guint port, TelarHeatBar *bar)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarRunRow) row = bar->store != NULL && bar->document != NULL
                                    ? telar_store_find_run (bar->store, bar->run, NULL)
                                    : NULL;

  if (row == NULL)
    telar_set_error (&error, TELAR_ERROR_INVALID, NULL, "%s",
                     _ ("A wire is probed while the project trains"));
  else
    telar_wire_probes_toggle (bar->probes, bar->store, row, bar->document, node, port, &error);
  if (error != NULL)
    g_signal_emit_by_name (canvas, "message", error->message);
  look (bar);
}

static gboolean
on_timer (gpointer data)
{
  TelarHeatBar *bar = data;

  if (bar->store == NULL && bar->workspace != NULL && telar_store_exists (bar->workspace))
    bar->store = telar_store_open (bar->workspace, FALSE, NULL);
  gint64 version = bar->store != NULL ? telar_store_version (bar->store) : bar->version;
  if (version == bar->version)
    return G_SOURCE_CONTINUE;
  bar->version = version;
  if (bar->wanted < 0 || telar_wire_probes_any (bar->probes))
    look (bar);
  return G_SOURCE_CONTINUE;
}

static void
on_time (TelarHeatBar *bar)
{
  if (bar->setting)
    return;
  bar->wanted = (gint64)gtk_range_get_value (bar->time);
  look (bar);
}

static void
on_live (TelarHeatBar *bar)
{
  telar_heat_bar_show_step (bar, -1);
}

void
telar_heat_bar_show_step (TelarHeatBar *bar, gint64 step)
{
  g_return_if_fail (TELAR_IS_HEAT_BAR (bar));
  if (bar->wanted == step)
    return;
  bar->wanted = step;
  look (bar);
}

void
telar_heat_bar_show_any (TelarHeatBar *bar)
{
  g_return_if_fail (TELAR_IS_HEAT_BAR (bar));
  if (!has_choice (bar))
    gtk_drop_down_set_selected (bar->choice, 1 + TELAR_NODE_GRADIENT);
}

void
telar_heat_bar_set_run (TelarHeatBar *bar, const char *workspace, const char *run)
{
  g_return_if_fail (TELAR_IS_HEAT_BAR (bar));
  gtk_widget_set_visible (GTK_WIDGET (bar), run != NULL);
  if (g_strcmp0 (run, bar->run) == 0 && g_strcmp0 (workspace, bar->workspace) == 0)
    return;
  if (g_strcmp0 (workspace, bar->workspace) != 0)
    g_clear_pointer (&bar->store, telar_store_close);
  g_free (bar->workspace);
  g_free (bar->run);
  bar->workspace = g_strdup (workspace);
  bar->run = g_strdup (run);
  bar->wanted = bar->version = -1;
  on_timer (bar);
}

void
telar_heat_bar_set_document (TelarHeatBar *bar, TelarDocument *document)
{
  g_return_if_fail (TELAR_IS_HEAT_BAR (bar));
  if (bar->document != NULL)
    g_signal_handlers_disconnect_by_data (bar->document, bar);
  g_set_object (&bar->document, document);
  if (document != NULL)
    g_signal_connect_object (document, "entered", G_CALLBACK (look), bar, G_CONNECT_SWAPPED);
  look (bar);
}

/* --- building ---------------------------------------------------------------------------- */

static GtkLabel *
add_label (TelarHeatBar *bar, int chars)
{
  GtkWidget *label = gtk_label_new (NULL);

  gtk_widget_add_css_class (label, "numeric");
  gtk_widget_add_css_class (label, "caption");
  gtk_label_set_width_chars (GTK_LABEL (label), chars);
  gtk_box_append (GTK_BOX (bar->box), label);
  return GTK_LABEL (label);
}

static void
build_choice (TelarHeatBar *bar)
{
  GtkStringList *names = gtk_string_list_new (NULL);

  gtk_string_list_append (names, _ ("No heat"));
  for (guint i = 0; i < TELAR_N_NODE_STATS; i++)
    gtk_string_list_append (names, telar_node_stat_title ((TelarNodeStat)i));
  bar->choice = GTK_DROP_DOWN (gtk_drop_down_new (G_LIST_MODEL (names), NULL));
  gtk_accessible_update_property (GTK_ACCESSIBLE (bar->choice), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("What the run's nodes show"), -1);
  gtk_widget_set_tooltip_text (GTK_WIDGET (bar->choice), _ ("What the run's nodes show"));
  gtk_box_append (GTK_BOX (bar->box), GTK_WIDGET (bar->choice));
}

static void
build_time (TelarHeatBar *bar)
{
  bar->time = GTK_RANGE (gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, 0, 1, 1));
  gtk_widget_set_size_request (GTK_WIDGET (bar->time), 180, -1);
  gtk_accessible_update_property (GTK_ACCESSIBLE (bar->time), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  _ ("Step that the canvas shows"), -1);
  gtk_box_append (GTK_BOX (bar->box), GTK_WIDGET (bar->time));
  bar->step = add_label (bar, 11);
  bar->live = gtk_button_new_with_label (_ ("Now"));
  gtk_widget_add_css_class (bar->live, "flat");
  gtk_widget_set_tooltip_text (bar->live, _ ("Go with the run"));
  gtk_box_append (GTK_BOX (bar->box), bar->live);
}

static void
telar_heat_bar_init (TelarHeatBar *bar)
{
  bar->wanted = bar->version = -1;
  bar->box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 6);
  gtk_widget_add_css_class (bar->box, "canvas-tools");
  build_choice (bar);
  bar->low = add_label (bar, 6);
  bar->legend = gtk_drawing_area_new ();
  gtk_drawing_area_set_content_width (GTK_DRAWING_AREA (bar->legend), 64);
  gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (bar->legend), 8);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (bar->legend), draw_legend, NULL, NULL);
  gtk_widget_set_valign (bar->legend, GTK_ALIGN_CENTER);
  gtk_box_append (GTK_BOX (bar->box), bar->legend);
  bar->high = add_label (bar, 6);
  build_time (bar);
  gtk_widget_set_parent (bar->box, GTK_WIDGET (bar));
  gtk_widget_set_visible (GTK_WIDGET (bar), FALSE);
  g_signal_connect_swapped (bar->choice, "notify::selected", G_CALLBACK (look), bar);
  g_signal_connect_swapped (bar->time, "value-changed", G_CALLBACK (on_time), bar);
  g_signal_connect_swapped (bar->live, "clicked", G_CALLBACK (on_live), bar);
}

/* --- life -------------------------------------------------------------------------------- */

static void
telar_heat_bar_map (GtkWidget *widget)
{
  TelarHeatBar *bar = TELAR_HEAT_BAR (widget);

  GTK_WIDGET_CLASS (telar_heat_bar_parent_class)->map (widget);
  bar->version = -1;
  on_timer (bar);
  bar->timer = g_timeout_add (LOOK_MS, on_timer, bar);
}

static void
telar_heat_bar_unmap (GtkWidget *widget)
{
  g_clear_handle_id (&TELAR_HEAT_BAR (widget)->timer, g_source_remove);
  GTK_WIDGET_CLASS (telar_heat_bar_parent_class)->unmap (widget);
}

static void
telar_heat_bar_dispose (GObject *object)
{
  TelarHeatBar *bar = TELAR_HEAT_BAR (object);

  g_clear_handle_id (&bar->timer, g_source_remove);
  g_clear_object (&bar->document);
  g_clear_pointer (&bar->box, gtk_widget_unparent);
  g_clear_pointer (&bar->store, telar_store_close);
  g_clear_pointer (&bar->workspace, g_free);
  g_clear_pointer (&bar->run, g_free);
  G_OBJECT_CLASS (telar_heat_bar_parent_class)->dispose (object);
}

static void
telar_heat_bar_finalize (GObject *object)
{
  telar_wire_probes_free (TELAR_HEAT_BAR (object)->probes);
  G_OBJECT_CLASS (telar_heat_bar_parent_class)->finalize (object);
}

static void
telar_heat_bar_class_init (TelarHeatBarClass *klass)
{
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  G_OBJECT_CLASS (klass)->dispose = telar_heat_bar_dispose;
  G_OBJECT_CLASS (klass)->finalize = telar_heat_bar_finalize;
  widget_class->map = telar_heat_bar_map;
  widget_class->unmap = telar_heat_bar_unmap;
  gtk_widget_class_set_layout_manager_type (widget_class, GTK_TYPE_BIN_LAYOUT);
}

GtkWidget *
telar_heat_bar_new (TelarCanvas *canvas)
{
  TelarHeatBar *bar = g_object_new (TELAR_TYPE_HEAT_BAR, NULL);

  bar->canvas = canvas;
  bar->probes = telar_wire_probes_new (canvas);
  g_signal_connect_object (canvas, "probe", G_CALLBACK (on_probe), bar, 0);
  look (bar);
  return GTK_WIDGET (bar);
}
