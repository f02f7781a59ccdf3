/* How the charts of several runs are shown: groups, what runs along x, smoothing. */
#include "app/compare/overlay-private.h"

#include "app/ui/icon-button.h"

#include <glib/gi18n.h>
#include <string.h>

#define CLIP 0.01 /* of the values at each end that "without outliers" leaves out */

/* --- what changes curves ----------------------------------------------------------------- */

static void
show_group_tools (TelarOverlay *overlay)
{
  const char *by = overlay->settings.by;

  gtk_widget_set_visible (overlay->expression, by != NULL && g_str_has_prefix (by, "name:"));
  gtk_widget_set_visible (overlay->average, by != NULL);
  gtk_widget_set_visible (overlay->band, by != NULL && overlay->settings.average);
}

static void
use_groups (TelarOverlay *overlay, const char *by)
{
  g_free (overlay->settings.by);
  overlay->settings.by = by != NULL && *by != '\0' ? g_strdup (by) : NULL;
  show_group_tools (overlay);
  telar_overlay_fill (overlay);
}

static void
on_expression (TelarOverlay *overlay)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (overlay->expression));
  g_autofree char *by = g_strconcat ("name:", text, NULL);
  g_autoptr (GRegex) regex = g_regex_new (text, 0, 0, NULL);

  if (regex != NULL) /* half of an expression is none yet */
    use_groups (overlay, by);
}

static void
on_group (TelarOverlay *overlay)
{
  guint row = gtk_drop_down_get_selected (GTK_DROP_DOWN (overlay->group_choice));

  if (overlay->filling || row >= overlay->group_keys->len)
    return;
  const char *key = g_ptr_array_index (overlay->group_keys, row);
  if (g_str_equal (key, "name:"))
    on_expression (overlay);
  else
    use_groups (overlay, key);
}

static void
on_average (TelarOverlay *overlay)
{
  overlay->settings.average = gtk_toggle_button_get_active (GTK_TOGGLE_BUTTON (overlay->average));
  show_group_tools (overlay);
  telar_overlay_fill (overlay);
}

static void
on_band (TelarOverlay *overlay)
{
  overlay->settings.band = (TelarBand)gtk_drop_down_get_selected (GTK_DROP_DOWN (overlay->band));
  telar_overlay_fill (overlay);
}

static void
on_filter (TelarOverlay *overlay)
{
  const char *text = gtk_editable_get_text (GTK_EDITABLE (overlay->filter));
  g_autoptr (GRegex) regex = g_regex_new (text, 0, 0, NULL);

  if (regex == NULL)
    return;
  g_free (overlay->settings.filter);
  overlay->settings.filter = *text != '\0' ? g_strdup (text) : NULL;
  telar_overlay_load (overlay);
}

static void
on_no_baseline (TelarOverlay *overlay)
{
  telar_overlay_set_baseline (overlay, 0);
}

/* --- what does not ----------------------------------------------------------------------- */

static void
on_axis (TelarOverlay *overlay)
{
  guint row = gtk_drop_down_get_selected (GTK_DROP_DOWN (overlay->axis));

  if (overlay->filling || row == GTK_INVALID_LIST_POSITION)
    return;
  g_clear_pointer (&overlay->settings.along, g_free);
  overlay->settings.x = (TelarChartX)MIN (row, (guint)TELAR_CHART_METRIC);
  if (row >= TELAR_CHART_METRIC && row - TELAR_CHART_METRIC < overlay->axis_tags->len)
    overlay->settings.along = g_strdup (overlay->axis_tags->pdata[row - TELAR_CHART_METRIC]);
  telar_overlay_apply (overlay);
  if (overlay->settings.along != NULL)
    telar_overlay_load (overlay);
}

static void
on_smoothing (GtkRange *range, TelarOverlay *overlay)
{
  overlay->settings.smoothing = gtk_range_get_value (range);
  telar_overlay_apply (overlay);
}

static void
on_kind (GtkDropDown *choice, GParamSpec *pspec, TelarOverlay *overlay)
{
  overlay->settings.kind = (TelarSmoothing)gtk_drop_down_get_selected (choice);
  telar_overlay_apply (overlay);
}

static void
on_log (GtkCheckButton *check, TelarOverlay *overlay)
{
  overlay->settings.log = gtk_check_button_get_active (check);
  telar_overlay_apply (overlay);
}

static void
on_log_x (GtkCheckButton *check, TelarOverlay *overlay)
{
  overlay->settings.log_x = gtk_check_button_get_active (check);
  telar_overlay_apply (overlay);
}

static void
on_clip (GtkCheckButton *check, TelarOverlay *overlay)
{
  overlay->settings.clip = gtk_check_button_get_active (check) ? CLIP : 0;
  telar_overlay_apply (overlay);
}

/* --- rows of the choices ----------------------------------------------------------------- */

static void
set_rows (GtkWidget *choice, GPtrArray *titles, guint selected)
{
  g_ptr_array_add (titles, NULL);
  g_autoptr (GtkStringList) list = gtk_string_list_new ((const char *const *)titles->pdata);

  gtk_drop_down_set_model (GTK_DROP_DOWN (choice), G_LIST_MODEL (list));
  gtk_drop_down_set_selected (GTK_DROP_DOWN (choice), selected);
}

static void
add_group_row (TelarOverlay *overlay, GPtrArray *titles, const char *key, char *title)
{
  g_ptr_array_add (overlay->group_keys, g_strdup (key));
  g_ptr_array_add (titles, title);
}

static void
fill_groups (TelarOverlay *overlay)
{
  const GPtrArray *varying = telar_run_set_varying (overlay->set);
  g_autoptr (GPtrArray) titles = g_ptr_array_new_with_free_func (g_free);
  const char *by = overlay->settings.by != NULL ? overlay->settings.by : "";
  guint selected = 0;

  g_ptr_array_set_size (overlay->group_keys, 0);
  add_group_row (overlay, titles, "", g_strdup (_ ("Each run")));
  add_group_row (overlay, titles, "recipe", g_strdup (_ ("Seeds together")));
  add_group_row (overlay, titles, "name:", g_strdup (_ ("By names")));
  for (guint i = 0; i < varying->len; i++) {
    g_autofree char *key = g_strconcat ("choice:", varying->pdata[i], NULL);
    g_autofree char *title = telar_run_column_title (key);
    add_group_row (overlay, titles, key, g_strdup_printf (_ ("By %s"), title));
  }
  for (guint i = 1; i < overlay->group_keys->len; i++)
    if (g_str_equal (overlay->group_keys->pdata[i], by) ||
        (i == 2 && g_str_has_prefix (by, "name:")))
      selected = i;
  set_rows (overlay->group_choice, titles, selected);
}

static void
fill_axes (TelarOverlay *overlay)
{
  static const char *const fixed[] = { N_ ("By step"), N_ ("By epoch"), N_ ("By time"),
                                       N_ ("By clock") };
  const GPtrArray *metrics = telar_run_set_metrics (overlay->set);
  g_autoptr (GPtrArray) titles = g_ptr_array_new_with_free_func (g_free);
  guint selected = (guint)MIN (overlay->settings.x, TELAR_CHART_WALL);

  g_ptr_array_set_size (overlay->axis_tags, 0);
  for (guint i = 0; i < G_N_ELEMENTS (fixed); i++)
    g_ptr_array_add (titles, g_strdup (_ (fixed[i])));
  for (guint i = 0; i < metrics->len; i++) {
    g_autofree char *key = g_strconcat ("last:", metrics->pdata[i], NULL);
    g_autofree char *title = telar_run_column_title (key);
    g_ptr_array_add (titles, g_strdup_printf (_ ("By %s"), title));
    g_ptr_array_add (overlay->axis_tags, g_strdup (metrics->pdata[i]));
    if (g_strcmp0 (metrics->pdata[i], overlay->settings.along) == 0)
      selected = titles->len - 1;
  }
  set_rows (overlay->axis, titles, selected);
}

void
telar_overlay_update_bar (TelarOverlay *overlay)
{
  TelarRunItem *baseline = telar_run_set_find (overlay->set, overlay->settings.baseline);

  overlay->filling = TRUE;
  fill_groups (overlay);
  fill_axes (overlay);
  overlay->filling = FALSE;
  show_group_tools (overlay);
  gtk_widget_set_visible (overlay->baseline, baseline != NULL);
  if (baseline != NULL) {
    g_autofree char *text =
        g_strdup_printf (_ ("Difference to %s"), telar_run_item_row (baseline)->name);
    adw_button_content_set_label (
        ADW_BUTTON_CONTENT (gtk_button_get_child (GTK_BUTTON (overlay->baseline))), text);
  }
}

void
telar_overlay_set_groups (TelarOverlay *overlay, const char *by)
{
  use_groups (overlay, by);
  telar_overlay_update_bar (overlay);
}

/* --- building ---------------------------------------------------------------------------- */

static GtkWidget *
new_choice (const char *name, const char *const *rows, GCallback changed, TelarOverlay *overlay)
{
  GtkWidget *choice = gtk_drop_down_new_from_strings (rows);

  gtk_accessible_update_property (GTK_ACCESSIBLE (choice), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
  g_signal_connect_object (choice, "notify::selected", changed, overlay, G_CONNECT_SWAPPED);
  return choice;
}

static void
add_row (GtkGrid *grid, int row, const char *title, GtkWidget *widget)
{
  GtkWidget *label = gtk_label_new (title);

  gtk_label_set_xalign (GTK_LABEL (label), 0);
  gtk_widget_add_css_class (label, "dim-label");
  gtk_widget_set_hexpand (widget, TRUE);
  gtk_grid_attach (grid, label, 0, row, 1, 1);
  gtk_grid_attach (grid, widget, 1, row, 1, 1);
}

static void
add_check (GtkGrid *grid, int row, const char *title, GCallback toggled, TelarOverlay *overlay)
{
  GtkWidget *check = gtk_check_button_new_with_label (title);

  g_signal_connect (check, "toggled", toggled, overlay);
  gtk_grid_attach (grid, check, 0, row, 2, 1);
}

static GtkWidget *
build_display (TelarOverlay *overlay)
{
  const char *const none[] = { NULL };
  const char *const kinds[] = { _ ("Moving average"), _ ("Mean of a window"), _ ("Gaussian"),
                                NULL };
  GtkWidget *button = gtk_menu_button_new (), *popover = gtk_popover_new ();
  GtkWidget *grid = gtk_grid_new (), *kind = gtk_drop_down_new_from_strings (kinds);
  GtkWidget *smoothing = gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, 0, 0.99, 0.01);

  gtk_grid_set_row_spacing (GTK_GRID (grid), 8);
  gtk_grid_set_column_spacing (GTK_GRID (grid), 12);
  overlay->axis = new_choice (_ ("Horizontal axis"), none, G_CALLBACK (on_axis), overlay);
  g_signal_connect (kind, "notify::selected", G_CALLBACK (on_kind), overlay);
  gtk_range_set_value (GTK_RANGE (smoothing), overlay->settings.smoothing);
  gtk_widget_set_size_request (smoothing, 180, -1);
  g_signal_connect (smoothing, "value-changed", G_CALLBACK (on_smoothing), overlay);
  add_row (GTK_GRID (grid), 0, _ ("Along x"), overlay->axis);
  add_row (GTK_GRID (grid), 1, _ ("Smoothing"), kind);
  add_row (GTK_GRID (grid), 2, "", smoothing);
  add_check (GTK_GRID (grid), 3, _ ("Logarithmic upwards"), G_CALLBACK (on_log), overlay);
  add_check (GTK_GRID (grid), 4, _ ("Logarithmic along x"), G_CALLBACK (on_log_x), overlay);
  add_check (GTK_GRID (grid), 5, _ ("Without outliers"), G_CALLBACK (on_clip), overlay);
  gtk_popover_set_child (GTK_POPOVER (popover), grid);
  gtk_menu_button_set_popover (GTK_MENU_BUTTON (button), popover);
  gtk_menu_button_set_label (GTK_MENU_BUTTON (button), _ ("Display"));
  return button;
}

static void
build_groups (TelarOverlay *overlay, GtkWidget *bar)
{
  const char *const none[] = { NULL };
  const char *const bands[] = { _ ("Deviation"), /* xgettext:no-c-format */ _ ("95 % interval"),
                                _ ("No band"), NULL };

  overlay->group_choice = new_choice (_ ("Groups"), none, G_CALLBACK (on_group), overlay);
  overlay->expression = gtk_entry_new ();
  gtk_entry_set_placeholder_text (GTK_ENTRY (overlay->expression), "^(.*)-[0-9]+$");
  gtk_widget_set_tooltip_text (overlay->expression,
                               _ ("Runs whose names give the same first group belong together"));
  g_signal_connect_object (overlay->expression, "changed", G_CALLBACK (on_expression), overlay,
                           G_CONNECT_SWAPPED);
  overlay->average = gtk_toggle_button_new_with_label (_ ("Average"));
  gtk_toggle_button_set_active (GTK_TOGGLE_BUTTON (overlay->average), overlay->settings.average);
  g_signal_connect_object (overlay->average, "toggled", G_CALLBACK (on_average), overlay,
                           G_CONNECT_SWAPPED);
  overlay->band = new_choice (_ ("Band"), bands, G_CALLBACK (on_band), overlay);
  gtk_box_append (GTK_BOX (bar), overlay->group_choice);
  gtk_box_append (GTK_BOX (bar), overlay->expression);
  gtk_box_append (GTK_BOX (bar), overlay->average);
  gtk_box_append (GTK_BOX (bar), overlay->band);
}

GtkWidget *
telar_overlay_build_bar (TelarOverlay *overlay)
{
  GtkWidget *bar = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 8);
  GtkWidget *content = adw_button_content_new (),
            *space = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 0);

  build_groups (overlay, bar);
  overlay->baseline = gtk_button_new ();
  adw_button_content_set_icon_name (ADW_BUTTON_CONTENT (content), "window-close-symbolic");
  gtk_button_set_child (GTK_BUTTON (overlay->baseline), content);
  gtk_widget_set_tooltip_text (overlay->baseline, _ ("Show the values themselves again"));
  g_signal_connect_object (overlay->baseline, "clicked", G_CALLBACK (on_no_baseline), overlay,
                           G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (bar), overlay->baseline);
  gtk_widget_set_hexpand (space, TRUE);
  gtk_box_append (GTK_BOX (bar), space);
  overlay->filter = gtk_search_entry_new ();
  g_object_set (overlay->filter, "placeholder-text", _ ("Filter charts"), NULL);
  g_signal_connect_object (overlay->filter, "search-changed", G_CALLBACK (on_filter), overlay,
                           G_CONNECT_SWAPPED);
  gtk_box_append (GTK_BOX (bar), overlay->filter);
  gtk_box_append (GTK_BOX (bar), build_display (overlay));
  g_object_set (bar, "margin-start", 12, "margin-end", 12, "margin-top", 8, "margin-bottom", 8,
                NULL);
  return bar;
}
