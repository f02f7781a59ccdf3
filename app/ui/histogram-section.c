/* Histograms: a view for each series of the chosen kind. */
#include "app/ui/chart-flow.h"
#include "app/ui/histogram-view.h"
#include "app/ui/run-section.h"
#include "app/ui/section-stack.h"

#include <glib/gi18n.h>
#include <string.h>

/* Of one series, at most so many are read at once: what is drawn is coarser still. */
#define MOST_READ 128

/* The prefixes of the kinds, as the trainer writes them; weights have none. */
static const char *const prefixes[] = { "", "gradient/", "output/", "probe/" };

struct _TelarHistogramSection {
  AdwBin parent_instance;

  GtkWidget *kind, *style;
  GtkStack *stack;
  GtkFlowBox *flow;
  GHashTable *views; /* name -> TelarHistogramView, borrowed */
  gint64 run;
};

G_DEFINE_FINAL_TYPE (TelarHistogramSection, telar_histogram_section, ADW_TYPE_BIN)

static guint
kind_of (const char *name)
{
  for (guint i = 1; i < G_N_ELEMENTS (prefixes); i++)
    if (g_str_has_prefix (name, prefixes[i]))
      return i;
  return 0;
}

static void
clear (TelarHistogramSection *section)
{
  g_hash_table_remove_all (section->views);
  telar_chart_flow_clear (section->flow);
}

static TelarHistogramView *
get_view (TelarHistogramSection *section, const char *name)
{
  GtkWidget *view = g_hash_table_lookup (section->views, name);

  if (view == NULL) {
    view = telar_histogram_view_new (name + strlen (prefixes[kind_of (name)]));
    gtk_widget_set_name (view, name);
    telar_histogram_view_set_style (
        TELAR_HISTOGRAM_VIEW (view),
        (TelarHistogramStyle)gtk_drop_down_get_selected (GTK_DROP_DOWN (section->style)));
    telar_chart_flow_add (section->flow, view);
    g_hash_table_insert (section->views, g_strdup (name), view);
  }
  return TELAR_HISTOGRAM_VIEW (view);
}

static gboolean
follow_series (TelarHistogramSection *section, TelarStore *store, const char *name, GError **error)
{
  TelarHistogramView *view = get_view (section, name);
  TelarSpan span = { section->run, name, telar_histogram_view_last_step (view), G_MAXINT64,
                     MOST_READ };
  g_autoptr (GPtrArray) histograms = telar_store_histograms (store, &span, error);

  if (histograms == NULL)
    return FALSE;
  g_ptr_array_set_free_func (histograms, NULL);
  for (guint i = 0; i < histograms->len; i++)
    telar_histogram_view_add (view, histograms->pdata[i]);
  return TRUE;
}

/* A run that was taken up from a checkpoint has lost its last histograms. */
static gboolean
has_rewound (TelarHistogramSection *section, const TelarSeriesRow *series)
{
  GtkWidget *view = g_hash_table_lookup (section->views, series->name);

  return view != NULL &&
         telar_histogram_view_last_step (TELAR_HISTOGRAM_VIEW (view)) > series->last_step;
}

void
telar_histogram_section_forget (TelarHistogramSection *section)
{
  clear (section);
  section->run = 0;
}

gboolean
telar_histogram_section_follow (TelarHistogramSection *section, TelarStore *store, gint64 run,
                                GError **error)
{
  g_autoptr (GPtrArray) series = telar_store_series (store, run, TELAR_MEDIA_HISTOGRAM, error);

  if (series == NULL)
    return FALSE;
  if (run != section->run)
    clear (section);
  section->run = run;
  for (guint i = 0; i < series->len; i++)
    if (has_rewound (section, series->pdata[i])) {
      clear (section);
      break;
    }
  guint shown = gtk_drop_down_get_selected (GTK_DROP_DOWN (section->kind));
  for (guint i = 0; i < series->len; i++) {
    const char *name = ((const TelarSeriesRow *)series->pdata[i])->name;
    if (kind_of (name) == shown && !follow_series (section, store, name, error))
      return FALSE;
  }
  telar_section_stack_set_filled (section->stack, g_hash_table_size (section->views) > 0);
  gtk_flow_box_invalidate_filter (section->flow);
  return TRUE;
}

/* --- choosing ---------------------------------------------------------------------------- */

static gboolean
is_shown (GtkFlowBoxChild *child, gpointer data)
{
  TelarHistogramSection *section = data;
  const char *name = gtk_widget_get_name (gtk_flow_box_child_get_child (child));

  return kind_of (name) == gtk_drop_down_get_selected (GTK_DROP_DOWN (section->kind));
}

static void
on_kind (GtkDropDown *choice, GParamSpec *pspec, TelarHistogramSection *section)
{
  gtk_flow_box_invalidate_filter (section->flow);
}

static void
on_style (GtkDropDown *choice, GParamSpec *pspec, TelarHistogramSection *section)
{
  GHashTableIter iter;
  gpointer view;

  g_hash_table_iter_init (&iter, section->views);
  while (g_hash_table_iter_next (&iter, NULL, &view))
    telar_histogram_view_set_style (
        view, (TelarHistogramStyle)gtk_drop_down_get_selected (GTK_DROP_DOWN (section->style)));
}

/* --- building ---------------------------------------------------------------------------- */

static GtkWidget *
build_choice (const char *const *names, const char *label, GCallback changed,
              TelarHistogramSection *section)
{
  GtkWidget *choice = gtk_drop_down_new_from_strings (names);

  gtk_accessible_update_property (GTK_ACCESSIBLE (choice), GTK_ACCESSIBLE_PROPERTY_LABEL, label,
                                  -1);
  g_signal_connect (choice, "notify::selected", changed, section);
  return choice;
}

static GtkWidget *
build_flow (TelarHistogramSection *section)
{
  section->flow = telar_chart_flow_new ();
  gtk_flow_box_set_filter_func (section->flow, is_shown, section, NULL);
  return GTK_WIDGET (section->flow);
}

static void
telar_histogram_section_finalize (GObject *object)
{
  g_hash_table_unref (TELAR_HISTOGRAM_SECTION (object)->views);
  G_OBJECT_CLASS (telar_histogram_section_parent_class)->finalize (object);
}

static void
telar_histogram_section_class_init (TelarHistogramSectionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = telar_histogram_section_finalize;
}

static void
telar_histogram_section_init (TelarHistogramSection *section)
{
  const char *const kinds[] = { _ ("Weights"), _ ("Gradients"), _ ("Outputs"), _ ("Probes"), NULL };
  /* In the order of TelarHistogramStyle. */
  const char *const styles[] = { _ ("Histograms"), _ ("Percentiles"), NULL };
  GtkWidget *box = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkWidget *choices = gtk_box_new (GTK_ORIENTATION_HORIZONTAL, 10);

  section->views = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  section->kind = build_choice (kinds, _ ("What is shown"), G_CALLBACK (on_kind), section);
  section->style = build_choice (styles, _ ("How it is shown"), G_CALLBACK (on_style), section);
  gtk_widget_set_halign (choices, GTK_ALIGN_END);
  gtk_box_append (GTK_BOX (choices), section->kind);
  gtk_box_append (GTK_BOX (choices), section->style);
  section->stack = telar_section_stack_new (
      _ ("No Histograms Yet"),
      _ ("They are recorded at the end of each epoch; Records in the training settings says how "
         "often"),
      build_flow (section));
  gtk_box_append (GTK_BOX (box), choices);
  gtk_box_append (GTK_BOX (box), GTK_WIDGET (section->stack));
  adw_bin_set_child (ADW_BIN (section), box);
}

GtkWidget *
telar_histogram_section_new (void)
{
  return g_object_new (TELAR_TYPE_HISTOGRAM_SECTION, NULL);
}
