/* The Train page: what it is made of, and what the person does in it. */
#include "app/ui/train-page-private.h"

#include "app/ui/chart-menu.h"
#include "app/ui/fork-menu.h"
#include "engine/node-stat.h"

#include <glib/gi18n.h>

#define DEFAULT_SMOOTHING 0.6

G_DEFINE_FINAL_TYPE (TelarTrainPage, telar_train_page, ADW_TYPE_BIN)

enum { PROP_ALIVE = 1, N_PROPS };
static GParamSpec *properties[N_PROPS];
static guint wanted_signal;

/* --- messages ---------------------------------------------------------------------------- */

/* A toast reads markup; what is told is none. */
static void
toast (TelarTrainPage *page, const char *text)
{
  g_autofree char *escaped = g_markup_escape_text (text, -1);

  adw_toast_overlay_add_toast (page->toasts, adw_toast_new (escaped));
}

void
telar_train_page_tell (TelarTrainPage *page, const char *message)
{
  if (g_strcmp0 (message, page->failure) == 0)
    return;
  g_free (page->failure);
  page->failure = g_strdup (message);
  toast (page, message);
}

static void
show_empty (TelarTrainPage *page, const char *title, const char *description)
{
  adw_status_page_set_title (page->empty, title);
  adw_status_page_set_description (page->empty, description);
  gtk_stack_set_visible_child_name (page->stack, "empty");
}

void
telar_train_page_show_nothing (TelarTrainPage *page)
{
  show_empty (page, _ ("Nothing Trained Yet"),
              _ ("Press Train, and the run appears here while it learns"));
}

void
telar_train_page_set_alive (TelarTrainPage *page, gboolean alive)
{
  if (page->alive == alive)
    return;
  page->alive = alive;
  g_object_notify_by_pspec (G_OBJECT (page), properties[PROP_ALIVE]);
}

gboolean
telar_train_page_open_store (TelarTrainPage *page)
{
  g_autoptr (GError) error = NULL;

  if (page->store != NULL)
    return TRUE;
  if (page->workspace == NULL || !telar_store_exists (page->workspace)) {
    telar_train_page_show_nothing (page);
    return FALSE;
  }
  page->store = telar_store_open (page->workspace, FALSE, &error);
  if (page->store == NULL)
    show_empty (page, _ ("The Runs Cannot Be Read"), error->message);
  return page->store != NULL;
}

void
telar_train_page_set_document (TelarTrainPage *page, TelarDocument *document,
                               TelarAnalysis *analysis)
{
  g_return_if_fail (TELAR_IS_TRAIN_PAGE (page));
  telar_watch_panel_set_document (page->watches, document);
  telar_run_header_set_document (page->header, document);
  telar_run_canvas_set_document (page->canvas, document, analysis);
}

/* --- what the person does ---------------------------------------------------------------- */

static void
ask (TelarTrainPage *page, const TelarRequest *request)
{
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&page->failure, g_free);
  if (page->remote != NULL)
    telar_remote_request (page->remote, page->run_name, request);
  else if (page->store != NULL &&
           telar_store_put_request (page->store, page->run, request, &error) == 0)
    telar_train_page_tell (page, error->message);
}

static void
on_request (TelarRunHeader *header, int kind, double value, const char *text, TelarTrainPage *page)
{
  TelarRequest request = { .kind = (TelarRequestKind)kind, .value = value };

  g_strlcpy (request.text, text != NULL ? text : "", sizeof request.text);
  ask (page, &request);
}

/* Watchpoints of the project are those of its run that goes on, too. */
static void
on_watches (TelarWatchPanel *panel, const char *watches, TelarTrainPage *page)
{
  TelarRequest request = { .kind = TELAR_REQUEST_SET };

  g_snprintf (request.text, sizeof request.text, "training.watch=%s", watches);
  if (page->alive)
    ask (page, &request);
}

static void
on_found (TelarWatchPanel *panel, const char *node, gint64 step, TelarTrainPage *page)
{
  telar_train_charts_show_step (page->charts, step);
  if (node != NULL)
    g_signal_emit (page, wanted_signal, 0, node);
}

static void
on_chosen (TelarRunList *list, gint64 run, TelarTrainPage *page)
{
  telar_train_page_show_run (page, run);
}

/* --- forking ----------------------------------------------------------------------------- */

/* Of the run that is shown; NULL after trouble was told. */
static GPtrArray *
read_checkpoints (const char **run, gpointer data)
{
  TelarTrainPage *page = data;
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarRunRow) row =
      page->store != NULL ? telar_store_find_run (page->store, page->run_name, &error) : NULL;
  GPtrArray *checkpoints = row != NULL ? telar_store_checkpoints (page->store, row, &error) : NULL;

  if (error != NULL)
    telar_train_page_tell (page, error->message);
  *run = page->run_name;
  return checkpoints;
}

static void
fill_chart_menu (GMenu *menu, const char *group, gint64 step, gpointer data)
{
  const char *run;
  g_autoptr (GPtrArray) checkpoints = read_checkpoints (&run, data);

  if (checkpoints != NULL && ((TelarTrainPage *)data)->remote == NULL)
    telar_fork_append (menu, run, checkpoints, step);
  g_autoptr (GMenuItem) item = g_menu_item_new (_ ("Show This Step on the Canvas"), NULL);
  g_autofree char *node = NULL;
  TelarNodeStat stat;
  telar_node_stat_parse (group, &node, &stat);
  g_menu_item_set_action_and_target (item, "win.show-step", "(xs)", step, node != NULL ? node : "");
  g_menu_append_item (menu, item);
}

/* The time axis of the charts is that of the drawing below them. */
static void
on_charts_motion (GtkEventController *controller, double x, double y, TelarTrainPage *page)
{
  telar_run_canvas_show_step (page->canvas, telar_train_charts_hovered_step (page->charts));
}

static void
on_charts_leave (GtkEventController *controller, TelarTrainPage *page)
{
  telar_run_canvas_show_step (page->canvas, -1);
}

static void
follow_crosshair (TelarTrainPage *page)
{
  GtkEventController *motion = gtk_event_controller_motion_new ();

  g_signal_connect (motion, "motion", G_CALLBACK (on_charts_motion), page);
  g_signal_connect (motion, "leave", G_CALLBACK (on_charts_leave), page);
  gtk_widget_add_controller (GTK_WIDGET (page->charts), motion);
}

/* --- how the charts are shown ------------------------------------------------------------ */

static void
on_smoothing (GtkRange *range, TelarTrainPage *page)
{
  telar_train_charts_set_smoothing (page->charts, gtk_range_get_value (range));
}

static void
on_x (GtkDropDown *choice, GParamSpec *pspec, TelarTrainPage *page)
{
  telar_train_charts_set_x (page->charts, (TelarChartX)gtk_drop_down_get_selected (choice));
}

static void
on_log (GtkToggleButton *button, TelarTrainPage *page)
{
  telar_train_charts_set_log (page->charts, gtk_toggle_button_get_active (button));
}

/* --- building ---------------------------------------------------------------------------- */

static void
name_accessible (GtkWidget *widget, const char *name)
{
  gtk_accessible_update_property (GTK_ACCESSIBLE (widget), GTK_ACCESSIBLE_PROPERTY_LABEL, name, -1);
}

/* How the charts are shown: what runs along x, smoothing, logarithm. */
static GtkWidget *
build_settings (TelarTrainPage *page)
{
  /* In the order of TelarChartX. */
  const char *const axes[] = { _ ("By step"), _ ("By epoch"), _ ("By time"), _ ("By clock"), NULL };
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);
  GtkWidget *axis = gtk_drop_down_new_from_strings (axes);
  GtkWidget *label = gtk_label_new (_ ("Smoothing"));
  GtkWidget *smoothing = gtk_scale_new_with_range (GTK_ORIENTATION_HORIZONTAL, 0, 0.99, 0.01);
  GtkWidget *log = gtk_toggle_button_new_with_label (_ ("Logarithmic"));

  name_accessible (axis, _ ("Horizontal axis"));
  g_signal_connect (axis, "notify::selected", G_CALLBACK (on_x), page);
  gtk_widget_add_css_class (label, "dim-label");
  name_accessible (smoothing, _ ("Smoothing"));
  gtk_widget_set_size_request (smoothing, 140, -1);
  g_signal_connect (smoothing, "value-changed", G_CALLBACK (on_smoothing), page);
  gtk_range_set_value (GTK_RANGE (smoothing), DEFAULT_SMOOTHING);
  g_signal_connect (log, "toggled", G_CALLBACK (on_log), page);
  gtk_widget_set_halign (box, GTK_ALIGN_END);
  gtk_box_append (GTK_BOX (box), label);
  gtk_box_append (GTK_BOX (box), smoothing);
  gtk_box_append (GTK_BOX (box), axis);
  gtk_box_append (GTK_BOX (box), log);
  return box;
}

static void
on_told (TelarWatchPanel *panel, const char *find, TelarTrainPage *page)
{
  toast (page, find);
}

static void
on_profile (TelarProfileSection *section, TelarTrainPage *page)
{
  ask (page, &(TelarRequest){ .kind = TELAR_REQUEST_PROFILE });
}

/* A cell of a confusion matrix leads to the samples in it. */
static void
on_cell (TelarTrainCharts *charts, int truth, int answer, gint64 step, TelarTrainPage *page)
{
  gtk_stack_set_visible_child_name (page->sections, "images");
  telar_image_section_filter (page->images, truth, answer, step);
}

static GtkWidget *
build_scalars (TelarTrainPage *page)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 16);

  page->charts = TELAR_TRAIN_CHARTS (telar_train_charts_new ());
  g_signal_connect (page->charts, "cell-chosen", G_CALLBACK (on_cell), page);
  gtk_box_append (GTK_BOX (box), build_settings (page));
  gtk_widget_set_vexpand (GTK_WIDGET (page->charts), TRUE);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (page->charts));
  return box;
}

/* A card of the lineage leads to its run. */
static void
on_relative (TelarLineageSection *section, const char *name, TelarTrainPage *page)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarRunRow) row =
      page->store != NULL ? telar_store_find_run (page->store, name, &error) : NULL;

  if (row != NULL)
    telar_train_page_show_run (page, row->id);
  else if (error != NULL)
    telar_train_page_tell (page, error->message);
}

static void
on_section (GtkStack *sections, GParamSpec *pspec, TelarTrainPage *page)
{
  if (gtk_widget_get_mapped (GTK_WIDGET (page)))
    telar_train_page_look_now (page);
}

static GtkWidget *
build_sections (TelarTrainPage *page)
{
  page->sections = GTK_STACK (gtk_stack_new ());
  page->histograms = TELAR_HISTOGRAM_SECTION (telar_histogram_section_new ());
  page->images = TELAR_IMAGE_SECTION (telar_image_section_new ());
  page->judged = TELAR_JUDGED_SECTION (telar_judged_section_new ());
  page->system = TELAR_SYSTEM_SECTION (telar_system_section_new ());
  page->profile = TELAR_PROFILE_SECTION (telar_profile_section_new ());
  g_signal_connect (page->profile, "wanted", G_CALLBACK (on_profile), page);
  page->projection = TELAR_PROJECTION_SECTION (telar_projection_section_new ());
  page->lineage = TELAR_LINEAGE_SECTION (telar_lineage_section_new ());
  g_signal_connect (page->lineage, "chosen", G_CALLBACK (on_relative), page);
  gtk_stack_set_vhomogeneous (page->sections, FALSE);
  gtk_stack_add_titled (page->sections, build_scalars (page), "scalars", _ ("Scalars"));
  gtk_stack_add_titled (page->sections, GTK_WIDGET (page->histograms), "histograms",
                        _ ("Histograms"));
  gtk_stack_add_titled (page->sections, GTK_WIDGET (page->images), "images", _ ("Samples"));
  gtk_stack_add_titled (page->sections, GTK_WIDGET (page->judged), "curves", _ ("Curves"));
  gtk_stack_add_titled (page->sections, GTK_WIDGET (page->projection), "projection",
                        _ ("Projection"));
  gtk_stack_add_titled (page->sections, GTK_WIDGET (page->system), "system", _ ("System"));
  gtk_stack_add_titled (page->sections, GTK_WIDGET (page->profile), "profiler", _ ("Profiler"));
  gtk_stack_add_titled (page->sections, GTK_WIDGET (page->lineage), "lineage", _ ("Lineage"));
  g_signal_connect (page->sections, "notify::visible-child", G_CALLBACK (on_section), page);
  return GTK_WIDGET (page->sections);
}

static GtkWidget *
build_switch (TelarTrainPage *page)
{
  GtkWidget *switcher = gtk_stack_switcher_new ();

  gtk_widget_add_css_class (switcher, "narrow");
  gtk_stack_switcher_set_stack (GTK_STACK_SWITCHER (switcher), page->sections);
  gtk_widget_set_halign (switcher, GTK_ALIGN_CENTER);
  return switcher;
}

static GtkWidget *
build_run (TelarTrainPage *page)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 16);
  GtkWidget *scrolled = gtk_scrolled_window_new ();

  page->header = TELAR_RUN_HEADER (telar_run_header_new ());
  GtkWidget *sections = build_sections (page);
  g_signal_connect (page->header, "request", G_CALLBACK (on_request), page);
  page->fork = telar_fork_button_new (read_checkpoints, page);
  telar_run_header_add (page->header, page->fork);
  telar_chart_menu_attach (GTK_WIDGET (page->charts), fill_chart_menu, page);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (page->header));
  gtk_box_append (GTK_BOX (box), build_switch (page));
  gtk_box_append (GTK_BOX (box), sections);
  follow_crosshair (page);
  page->canvas = TELAR_RUN_CANVAS (telar_run_canvas_new ());
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (page->canvas));
  page->watches = TELAR_WATCH_PANEL (telar_watch_panel_new ());
  g_signal_connect (page->watches, "changed", G_CALLBACK (on_watches), page);
  g_signal_connect (page->watches, "told", G_CALLBACK (on_told), page);
  g_signal_connect (page->watches, "found", G_CALLBACK (on_found), page);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (page->watches));
  gtk_widget_set_margin_top (box, 18);
  gtk_widget_set_margin_bottom (box, 18);
  gtk_widget_set_margin_start (box, 18);
  gtk_widget_set_margin_end (box, 18);
  gtk_scrolled_window_set_policy (GTK_SCROLLED_WINDOW (scrolled), GTK_POLICY_NEVER,
                                  GTK_POLICY_AUTOMATIC);
  gtk_scrolled_window_set_child (GTK_SCROLLED_WINDOW (scrolled), box);
  gtk_widget_set_hexpand (scrolled, TRUE);

  AdwFlap *flap = ADW_FLAP (adw_flap_new ());
  page->list = TELAR_RUN_LIST (telar_run_list_new ());
  gtk_widget_set_size_request (GTK_WIDGET (page->list), 240, -1);
  g_signal_connect (page->list, "chosen", G_CALLBACK (on_chosen), page);
  adw_flap_set_flap (flap, GTK_WIDGET (page->list));
  adw_flap_set_separator (flap, gtk_separator_new (GTK_ORIENTATION_VERTICAL));
  adw_flap_set_content (flap, scrolled);
  return GTK_WIDGET (flap);
}

/* --- life -------------------------------------------------------------------------------- */

static void
telar_train_page_get_property (GObject *object, guint property, GValue *value, GParamSpec *pspec)
{
  if (property == PROP_ALIVE)
    g_value_set_boolean (value, TELAR_TRAIN_PAGE (object)->alive);
  else
    G_OBJECT_WARN_INVALID_PROPERTY_ID (object, property, pspec);
}

static void
telar_train_page_finalize (GObject *object)
{
  TelarTrainPage *page = TELAR_TRAIN_PAGE (object);

  telar_train_page_stop_polling (page);
  telar_store_close (page->store);
  g_clear_object (&page->remote);
  g_free (page->folder);
  g_free (page->workspace);
  g_free (page->run_name);
  g_free (page->failure);
  G_OBJECT_CLASS (telar_train_page_parent_class)->finalize (object);
}

static void
telar_train_page_map (GtkWidget *widget)
{
  GTK_WIDGET_CLASS (telar_train_page_parent_class)->map (widget);
  telar_train_page_start_polling (TELAR_TRAIN_PAGE (widget));
}

static void
telar_train_page_unmap (GtkWidget *widget)
{
  telar_train_page_stop_polling (TELAR_TRAIN_PAGE (widget));
  GTK_WIDGET_CLASS (telar_train_page_parent_class)->unmap (widget);
}

static void
telar_train_page_class_init (TelarTrainPageClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);
  GtkWidgetClass *widget_class = GTK_WIDGET_CLASS (klass);

  object_class->finalize = telar_train_page_finalize;
  object_class->get_property = telar_train_page_get_property;
  widget_class->map = telar_train_page_map;
  widget_class->unmap = telar_train_page_unmap;
  properties[PROP_ALIVE] =
      g_param_spec_boolean ("alive", NULL, NULL, FALSE,
                            G_PARAM_READABLE | G_PARAM_STATIC_STRINGS | G_PARAM_EXPLICIT_NOTIFY);
  wanted_signal = g_signal_new ("node-wanted", TELAR_TYPE_TRAIN_PAGE, G_SIGNAL_RUN_LAST, 0, NULL,
                                NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  g_object_class_install_properties (object_class, N_PROPS, properties);
}

static void
telar_train_page_init (TelarTrainPage *page)
{
  page->toasts = ADW_TOAST_OVERLAY (adw_toast_overlay_new ());
  page->stack = GTK_STACK (gtk_stack_new ());
  page->empty = ADW_STATUS_PAGE (adw_status_page_new ());
  adw_status_page_set_icon_name (page->empty, "media-playback-start-symbolic");
  gtk_stack_add_named (page->stack, GTK_WIDGET (page->empty), "empty");
  gtk_stack_add_named (page->stack, build_run (page), "run");
  gtk_stack_set_vhomogeneous (page->stack, FALSE);
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 0);
  page->bar = TELAR_REMOTE_BAR (telar_remote_bar_new ());
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (page->bar));
  gtk_widget_set_vexpand (GTK_WIDGET (page->stack), TRUE);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (page->stack));
  adw_toast_overlay_set_child (page->toasts, box);
  adw_bin_set_child (ADW_BIN (page), GTK_WIDGET (page->toasts));
  telar_train_page_show_nothing (page);
}

GtkWidget *
telar_train_page_new (void)
{
  return g_object_new (TELAR_TYPE_TRAIN_PAGE, NULL);
}
