/* The profile of a step: its timeline, and a table of the nodes by the time that they take. */
#include "app/ui/chart-widget.h"
#include "app/ui/run-section.h"
#include "app/ui/section-stack.h"
#include "insight/timeline.h"

#include <glib/gi18n.h>
#include <math.h>

#define MOST_ROWS 60 /* of the table */

struct _TelarProfileSection {
  AdwBin parent_instance;

  GtkWidget *button, *summary, *drawing;
  GtkStack *stack;
  GtkGrid *table;
  TelarTimeline *timeline; /* NULL: none */
  char *json;
  gint64 run;
};

G_DEFINE_FINAL_TYPE (TelarProfileSection, telar_profile_section, ADW_TYPE_BIN)

static guint wanted_signal;

/* --- the timeline ------------------------------------------------------------------------ */

static void
draw (GtkDrawingArea *area, cairo_t *cr, int width, int height, gpointer data)
{
  TelarProfileSection *section = data;
  g_autofree char *font = NULL;
  TelarChartTheme theme;

  if (section->timeline == NULL)
    return;
  telar_chart_theme_of (GTK_WIDGET (area), &theme, &font);
  telar_timeline_draw (section->timeline, _ ("Memory"), cr, width, height, &theme);
}

static gboolean
on_tooltip (GtkWidget *widget, int x, int y, gboolean keyboard, GtkTooltip *tooltip,
            TelarProfileSection *section)
{
  g_autofree char *font = NULL;
  TelarChartTheme theme;

  if (section->timeline == NULL || keyboard)
    return FALSE;
  telar_chart_theme_of (widget, &theme, &font);
  const TelarTimelineSpan *span =
      telar_timeline_pick (section->timeline, x, y, gtk_widget_get_width (widget), &theme);
  if (span == NULL)
    return FALSE;
  const TelarTimelineNode *node =
      &g_array_index (section->timeline->nodes, TelarTimelineNode, span->node);
  g_autofree char *text =
      g_strdup_printf (_ ("%s, %s: %.3f ms, %.2f GFLOP, %.1f MiB moved"),
                       *node->name != '\0' ? node->name : _ ("compiler"), span->kernel,
                       span->time * 1e-6, span->flops * 1e-9, span->bytes / 1048576);
  gtk_tooltip_set_text (tooltip, text);
  return TRUE;
}

/* --- the table --------------------------------------------------------------------------- */

static void
put_cell (TelarProfileSection *section, int column, int row, const char *text, gboolean heading)
{
  GtkWidget *label = gtk_label_new (text);

  gtk_label_set_xalign (GTK_LABEL (label), column == 0 ? 0 : 1);
  gtk_widget_add_css_class (label, heading ? "dim-label" : "numeric");
  gtk_widget_set_hexpand (label, column == 0);
  gtk_grid_attach (section->table, label, column, row, 1, 1);
}

static void
put_number (TelarProfileSection *section, int column, int row, const char *format, double value)
{
  char number[G_ASCII_DTOSTR_BUF_SIZE];

  g_snprintf (number, sizeof number, "%s", "–");
  if (isfinite (value))
    g_ascii_formatd (number, sizeof number, format, value);
  put_cell (section, column, row, number, FALSE);
}

static int
compare_nodes (gconstpointer a, gconstpointer b)
{
  double x = (*(const TelarTimelineNode *const *)a)->time;
  double y = (*(const TelarTimelineNode *const *)b)->time;

  return x < y ? 1 : x > y ? -1 : 0;
}

static void
put_row (TelarProfileSection *section, int row, const TelarTimelineNode *node)
{
  double seconds = node->time * 1e-9;

  put_cell (section, 0, row, *node->name != '\0' ? node->name : _ ("made by the compiler"), FALSE);
  put_number (section, 1, row, "%.3f", node->time * 1e-6);
  put_number (section, 2, row, "%.1f", 100 * node->time / MAX (section->timeline->time, 1));
  put_number (section, 3, row, "%.2f", seconds > 0 ? node->flops / seconds * 1e-9 : NAN);
  put_number (section, 4, row, "%.2f", seconds > 0 ? node->bytes / seconds * 1e-9 : NAN);
  put_number (section, 5, row, "%.0f", 100 * node->reached);
}

static void
fill_table (TelarProfileSection *section)
{
  const char *const headings[] = {
    _ ("Node"),    _ ("ms"),   /* xgettext:no-c-format */ _ ("% of step"),
    _ ("GFLOP/s"), _ ("GB/s"), /* xgettext:no-c-format */ _ ("% of roofline")
  };
  g_autoptr (GPtrArray) nodes = g_ptr_array_new ();
  GtkWidget *child;

  while ((child = gtk_widget_get_first_child (GTK_WIDGET (section->table))) != NULL)
    gtk_grid_remove (section->table, child);
  for (guint i = 0; i < section->timeline->nodes->len; i++)
    g_ptr_array_add (nodes, &g_array_index (section->timeline->nodes, TelarTimelineNode, i));
  g_ptr_array_sort (nodes, compare_nodes);
  for (guint i = 0; i < G_N_ELEMENTS (headings); i++)
    put_cell (section, (int)i, 0, headings[i], TRUE);
  for (guint i = 0; i < MIN (nodes->len, MOST_ROWS); i++)
    put_row (section, (int)i + 1, nodes->pdata[i]);
}

/* --- following --------------------------------------------------------------------------- */

static void
show (TelarProfileSection *section)
{
  const TelarTimeline *timeline = section->timeline;
  g_autofree char *font = NULL;
  TelarChartTheme theme;

  telar_chart_theme_of (section->drawing, &theme, &font);
  gtk_drawing_area_set_content_height (GTK_DRAWING_AREA (section->drawing),
                                       (int)ceil (telar_timeline_height (timeline, &theme)));
  double flops = 0;
  for (guint i = 0; i < timeline->nodes->len; i++)
    flops += g_array_index (timeline->nodes, TelarTimelineNode, i).flops;
  g_autofree char *text = g_strdup_printf (
      _ ("%d rows: %.2f ms in kernels, %.1f GFLOP/s. The machine does %.1f GFLOP/s and moves %.1f "
         "GB/s at most, measured beside it."),
      (int)timeline->rows, timeline->time * 1e-6, timeline->time > 0 ? flops / timeline->time : 0,
      timeline->peak_flops * 1e-9, timeline->peak_bytes * 1e-9);
  gtk_label_set_text (GTK_LABEL (section->summary), text);
  gtk_accessible_update_property (GTK_ACCESSIBLE (section->drawing), GTK_ACCESSIBLE_PROPERTY_LABEL,
                                  text, -1);
  fill_table (section);
  gtk_widget_queue_draw (section->drawing);
}

gboolean
telar_profile_section_follow (TelarProfileSection *section, TelarStore *store, gint64 run,
                              GError **error)
{
  g_autoptr (GError) problem = NULL;
  g_autofree char *json = telar_store_profile (store, run, G_MAXINT64, &problem);

  section->run = run;
  if (problem != NULL) {
    g_propagate_error (error, g_steal_pointer (&problem));
    return FALSE;
  }
  if (g_strcmp0 (json, section->json) == 0)
    return TRUE;
  g_free (section->json);
  section->json = g_steal_pointer (&json);
  g_clear_pointer (&section->timeline, telar_timeline_free);
  if (section->json != NULL) {
    section->timeline = telar_timeline_parse (section->json, error);
    if (section->timeline == NULL)
      return FALSE;
    show (section);
  }
  telar_section_stack_set_filled (section->stack, section->timeline != NULL);
  return TRUE;
}

void
telar_profile_section_set_alive (TelarProfileSection *section, gboolean alive)
{
  gtk_widget_set_sensitive (section->button, alive);
}

static void
on_clicked (GtkButton *button, TelarProfileSection *section)
{
  g_signal_emit (section, wanted_signal, 0);
}

/* --- life -------------------------------------------------------------------------------- */

static GtkWidget *
build_some (TelarProfileSection *section)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 14);

  section->summary = gtk_label_new (NULL);
  gtk_label_set_wrap (GTK_LABEL (section->summary), TRUE);
  gtk_label_set_xalign (GTK_LABEL (section->summary), 0);
  section->drawing = gtk_drawing_area_new ();
  gtk_widget_add_css_class (section->drawing, "card");
  gtk_widget_set_has_tooltip (section->drawing, TRUE);
  gtk_drawing_area_set_draw_func (GTK_DRAWING_AREA (section->drawing), draw, section, NULL);
  g_signal_connect (section->drawing, "query-tooltip", G_CALLBACK (on_tooltip), section);
  section->table = GTK_GRID (gtk_grid_new ());
  gtk_grid_set_column_spacing (section->table, 24);
  gtk_grid_set_row_spacing (section->table, 6);
  gtk_box_append (GTK_BOX (box), section->summary);
  gtk_box_append (GTK_BOX (box), section->drawing);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (section->table));
  return box;
}

static void
telar_profile_section_finalize (GObject *object)
{
  TelarProfileSection *section = TELAR_PROFILE_SECTION (object);

  g_clear_pointer (&section->timeline, telar_timeline_free);
  g_free (section->json);
  G_OBJECT_CLASS (telar_profile_section_parent_class)->finalize (object);
}

static void
telar_profile_section_class_init (TelarProfileSectionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = telar_profile_section_finalize;
  wanted_signal = g_signal_new ("wanted", TELAR_TYPE_PROFILE_SECTION, G_SIGNAL_RUN_LAST, 0, NULL,
                                NULL, NULL, G_TYPE_NONE, 0);
}

static void
telar_profile_section_init (TelarProfileSection *section)
{
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);

  section->button = gtk_button_new_with_label (_ ("Profile a Step"));
  gtk_widget_set_halign (section->button, GTK_ALIGN_END);
  gtk_widget_set_sensitive (section->button, FALSE);
  g_signal_connect (section->button, "clicked", G_CALLBACK (on_clicked), section);
  section->stack = telar_section_stack_new (
      _ ("No Profile Yet"), _ ("While a run goes on, one of its steps can be timed, node by node"),
      build_some (section));
  gtk_box_append (GTK_BOX (box), section->button);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (section->stack));
  adw_bin_set_child (ADW_BIN (section), box);
}

GtkWidget *
telar_profile_section_new (void)
{
  return g_object_new (TELAR_TYPE_PROFILE_SECTION, NULL);
}
