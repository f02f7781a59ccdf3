/* Curves are read once and put into the charts again when groups or baseline change. */
#include "app/compare/overlay-private.h"

#include "app/compare/run-groups.h"
#include "app/project/settings.h"
#include "app/ui/chart-flow.h"
#include "app/ui/icon-button.h"
#include "app/ui/run-text.h"
#include "app/ui/section-stack.h"

#include <glib/gi18n.h>

G_DEFINE_FINAL_TYPE (TelarOverlay, telar_overlay, ADW_TYPE_BIN)

#define PINS "compare-pins" /* names of metrics with line feeds between them */

static guint message_signal;

void
telar_overlay_tell (TelarOverlay *overlay, const GError *error)
{
  g_signal_emit (overlay, message_signal, 0, error->message);
}

static void
chart_free (gpointer data)
{
  TelarOverlayChart *chart = data;

  g_cancellable_cancel (chart->reading);
  g_clear_object (&chart->reading);
  g_clear_pointer (&chart->detail, g_ptr_array_unref);
  g_free (chart->tag);
  g_free (chart);
}

/* --- settings ---------------------------------------------------------------------------- */

static void
apply_to (TelarOverlayChart *chart)
{
  TelarChart *painter = telar_chart_view_get_chart (chart->view);
  const TelarOverlaySettings *settings = &chart->overlay->settings;

  telar_chart_set_x (painter, settings->x);
  telar_chart_set_x_name (painter, settings->x == TELAR_CHART_METRIC
                                       ? settings->along
                                       : telar_chart_x_name (settings->x));
  telar_chart_set_log (painter, settings->log && settings->baseline == 0);
  telar_chart_set_log_x (painter, settings->log_x && settings->x != TELAR_CHART_WALL);
  telar_chart_set_clip (painter, settings->clip);
  telar_chart_set_smoothing_kind (painter, settings->kind);
  telar_chart_set_smoothing (painter, settings->smoothing);
  if (settings->along != NULL)
    telar_chart_set_metric_unit (painter, telar_metric_unit (telar_metric_group (settings->along)));
  telar_chart_view_update (chart->view);
}

void
telar_overlay_apply (TelarOverlay *overlay)
{
  for (guint i = 0; i < overlay->charts->len; i++)
    apply_to (overlay->charts->pdata[i]);
}

/* --- charts ------------------------------------------------------------------------------ */

static gboolean
is_pinned (const char *tag)
{
  g_autofree char *text = telar_settings_text (PINS, "");
  g_auto (GStrv) pins = g_strsplit (text, "\n", -1);

  return g_strv_contains ((const char *const *)pins, tag);
}

static void
on_pin (GtkToggleButton *button, TelarOverlayChart *chart)
{
  g_autofree char *text = telar_settings_text (PINS, "");
  g_auto (GStrv) pins = g_strsplit (text, "\n", -1);
  g_autoptr (GPtrArray) kept = g_ptr_array_new ();
  g_autoptr (GError) error = NULL;

  for (guint i = 0; pins[i] != NULL; i++)
    if (!g_str_equal (pins[i], chart->tag))
      g_ptr_array_add (kept, pins[i]);
  if (gtk_toggle_button_get_active (button))
    g_ptr_array_add (kept, chart->tag);
  g_ptr_array_add (kept, NULL);
  g_autofree char *joined = g_strjoinv ("\n", (char **)kept->pdata);
  if (!telar_settings_set_text (PINS, joined, &error))
    telar_overlay_tell (chart->overlay, error);
  gtk_flow_box_invalidate_sort (chart->overlay->flow);
}

static TelarOverlayChart *
add_chart (TelarOverlay *overlay, const char *tag)
{
  TelarOverlayChart *chart = g_new0 (TelarOverlayChart, 1);
  g_autofree char *key = g_strconcat ("last:", tag, NULL);
  g_autofree char *title = telar_run_column_title (key);

  chart->overlay = overlay;
  chart->tag = g_strdup (tag);
  chart->view = TELAR_CHART_VIEW (telar_chart_view_new (telar_chart_new (title)));
  chart->frame = gtk_overlay_new ();
  chart->pin = GTK_TOGGLE_BUTTON (gtk_toggle_button_new ());
  gtk_button_set_icon_name (GTK_BUTTON (chart->pin), "view-pin-symbolic");
  telar_widget_set_name (GTK_WIDGET (chart->pin), _ ("Keep this chart in front"));
  gtk_widget_add_css_class (GTK_WIDGET (chart->pin), "flat");
  gtk_widget_add_css_class (GTK_WIDGET (chart->pin), "chart-pin");
  gtk_widget_set_halign (GTK_WIDGET (chart->pin), GTK_ALIGN_START);
  gtk_widget_set_valign (GTK_WIDGET (chart->pin), GTK_ALIGN_END);
  gtk_toggle_button_set_active (chart->pin, is_pinned (tag));
  g_signal_connect (chart->pin, "toggled", G_CALLBACK (on_pin), chart);
  g_signal_connect (chart->view, "hovered", G_CALLBACK (telar_overlay_hovered), overlay);
  g_signal_connect (chart->view, "zoomed", G_CALLBACK (telar_overlay_zoomed), chart);
  gtk_overlay_set_child (GTK_OVERLAY (chart->frame), GTK_WIDGET (chart->view));
  gtk_overlay_add_overlay (GTK_OVERLAY (chart->frame), GTK_WIDGET (chart->pin));
  g_object_set_data (G_OBJECT (chart->frame), "chart", chart);
  gtk_widget_set_name (GTK_WIDGET (chart->view), tag);
  g_ptr_array_add (overlay->charts, chart);
  telar_chart_flow_add (overlay->flow, chart->frame);
  apply_to (chart);
  return chart;
}

static int
compare_charts (GtkFlowBoxChild *a, GtkFlowBoxChild *b, gpointer data)
{
  const TelarOverlayChart *one =
      g_object_get_data (G_OBJECT (gtk_flow_box_child_get_child (a)), "chart");
  const TelarOverlayChart *other =
      g_object_get_data (G_OBJECT (gtk_flow_box_child_get_child (b)), "chart");
  int pins = gtk_toggle_button_get_active (other->pin) - gtk_toggle_button_get_active (one->pin);
  int ranks = telar_metric_rank (other->tag) - telar_metric_rank (one->tag);

  return pins != 0 ? pins : ranks != 0 ? ranks : g_strcmp0 (one->tag, other->tag);
}

static TelarOverlayChart *
find_chart (TelarOverlay *overlay, const char *tag)
{
  for (guint i = 0; i < overlay->charts->len; i++) {
    TelarOverlayChart *chart = g_ptr_array_index (overlay->charts, i);
    if (g_str_equal (chart->tag, tag))
      return chart;
  }
  return NULL;
}

/* Metrics of the runs, less those that were only read to run along x. */
static GHashTable *
tags_shown (TelarOverlay *overlay)
{
  GHashTable *tags = g_hash_table_new (g_str_hash, g_str_equal);
  const char *filter = overlay->settings.filter;
  g_autoptr (GRegex) fits = filter != NULL ? g_regex_new (filter, G_REGEX_CASELESS, 0, NULL) : NULL;

  for (guint i = 0; overlay->loaded != NULL && i < overlay->loaded->len; i++) {
    const TelarLoadedCurve *curve = g_ptr_array_index (overlay->loaded, i);
    if (fits == NULL || g_regex_match (fits, curve->tag, 0, NULL))
      g_hash_table_add (tags, curve->tag);
  }
  return tags;
}

static void
remove_charts (TelarOverlay *overlay, GHashTable *but)
{
  for (guint i = overlay->charts->len; i > 0; i--) {
    TelarOverlayChart *chart = g_ptr_array_index (overlay->charts, i - 1);
    if (but != NULL && g_hash_table_contains (but, chart->tag))
      continue;
    gtk_flow_box_remove (overlay->flow, chart->frame);
    g_ptr_array_remove_index (overlay->charts, i - 1);
  }
}

void
telar_overlay_fill (TelarOverlay *overlay)
{
  g_autoptr (GPtrArray) groups = telar_overlay_groups (overlay);
  g_autoptr (GHashTable) tags = tags_shown (overlay);
  GHashTableIter iter;
  gpointer tag;

  remove_charts (overlay, tags);
  g_hash_table_iter_init (&iter, tags);
  while (g_hash_table_iter_next (&iter, &tag, NULL))
    if (find_chart (overlay, tag) == NULL && overlay->charts->len < TELAR_OVERLAY_MOST_CHARTS)
      add_chart (overlay, tag);
  for (guint i = 0; i < overlay->charts->len; i++)
    telar_overlay_chart_fill (overlay->charts->pdata[i], groups);
  for (guint g = 0; g < groups->len; g++) {
    const TelarRunGroup *group = g_ptr_array_index (groups, g);
    for (guint i = 0; i < group->items->len; i++)
      telar_run_item_set_style (group->items->pdata[i], (int)group->style);
  }
  gtk_widget_set_visible (overlay->more, overlay->charts->len == TELAR_OVERLAY_MOST_CHARTS);
  telar_section_stack_set_filled (overlay->stack, overlay->charts->len > 0);
}

/* --- what is shown ----------------------------------------------------------------------- */

static gboolean
contains (const GPtrArray *items, gpointer item)
{
  return g_ptr_array_find ((GPtrArray *)items, item, NULL);
}

void
telar_overlay_show (TelarOverlay *overlay, const GPtrArray *items)
{
  g_return_if_fail (TELAR_IS_OVERLAY (overlay));
  gboolean other = items->len != overlay->items->len;

  for (guint i = 0; i < overlay->items->len; i++)
    if (!contains (items, overlay->items->pdata[i])) {
      telar_run_item_set_style (overlay->items->pdata[i], -1);
      other = TRUE;
    }
  g_ptr_array_set_size (overlay->items, 0);
  for (guint i = 0; i < items->len; i++)
    g_ptr_array_add (overlay->items, g_object_ref (items->pdata[i]));
  telar_overlay_update_bar (overlay);
  telar_overlay_load_changed (overlay);
  if (other && overlay->loading == NULL) /* all that is shown now was read before */
    telar_overlay_fill (overlay);
}

void
telar_overlay_set_baseline (TelarOverlay *overlay, gint64 run)
{
  overlay->settings.baseline = run;
  telar_overlay_update_bar (overlay);
  telar_overlay_apply (overlay);
  telar_overlay_load (overlay);
}

/* --- life -------------------------------------------------------------------------------- */

static void
dispose (GObject *object)
{
  TelarOverlay *overlay = TELAR_OVERLAY (object);

  telar_overlay_stop_loading (overlay);
  g_ptr_array_set_size (overlay->charts, 0);
  g_clear_object (&overlay->set);
  G_OBJECT_CLASS (telar_overlay_parent_class)->dispose (object);
}

static void
finalize (GObject *object)
{
  TelarOverlay *overlay = TELAR_OVERLAY (object);

  g_ptr_array_unref (overlay->items);
  g_ptr_array_unref (overlay->charts);
  g_ptr_array_unref (overlay->group_keys);
  g_ptr_array_unref (overlay->axis_tags);
  g_clear_pointer (&overlay->loaded, g_ptr_array_unref);
  g_hash_table_unref (overlay->known);
  g_hash_table_unref (overlay->asked);
  g_free (overlay->settings.along);
  g_free (overlay->settings.by);
  g_free (overlay->settings.filter);
  G_OBJECT_CLASS (telar_overlay_parent_class)->finalize (object);
}

static void
telar_overlay_class_init (TelarOverlayClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = dispose;
  G_OBJECT_CLASS (klass)->finalize = finalize;
  message_signal = g_signal_new ("message", TELAR_TYPE_OVERLAY, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                                 NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

static void
telar_overlay_init (TelarOverlay *overlay)
{
  overlay->items = g_ptr_array_new_with_free_func (g_object_unref);
  overlay->charts = g_ptr_array_new_with_free_func (chart_free);
  overlay->group_keys = g_ptr_array_new_with_free_func (g_free);
  overlay->axis_tags = g_ptr_array_new_with_free_func (g_free);
  overlay->known = telar_overlay_new_stamps ();
  overlay->asked = telar_overlay_new_stamps ();
  overlay->settings.average = TRUE;
  overlay->settings.smoothing = 0.6;
}

static GtkWidget *
build_charts (TelarOverlay *overlay)
{
  GtkWidget *scrolled = gtk_scrolled_window_new (),
            *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 8);

  overlay->flow = telar_chart_flow_new ();
  gtk_flow_box_set_sort_func (overlay->flow, compare_charts, NULL, NULL);
  overlay->more = gtk_label_new (_ ("There may be more: filter charts by their names"));
  gtk_widget_add_css_class (overlay->more, "dim-label");
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (overlay->flow));
  gtk_box_append (GTK_BOX (box), overlay->more);
  g_object_set (box, "margin-start", 12, "margin-end", 12, "margin-bottom", 12, NULL);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), box);
  gtk_widget_set_vexpand (scrolled, TRUE);
  return scrolled;
}

GtkWidget *
telar_overlay_new (TelarRunSet *set)
{
  TelarOverlay *overlay = g_object_new (TELAR_TYPE_OVERLAY, NULL);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);

  overlay->set = g_object_ref (set);
  overlay->stack = telar_section_stack_new (_ ("No Charts"),
                                            _ ("Select runs in the table; Control adds to them"),
                                            build_charts (overlay));
  gtk_box_append (GTK_BOX (box), telar_overlay_build_bar (overlay));
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (overlay->stack));
  adw_bin_set_child (ADW_BIN (overlay), box);
  telar_overlay_update_bar (overlay);
  return GTK_WIDGET (overlay);
}
