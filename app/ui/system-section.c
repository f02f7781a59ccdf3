/* Charts of the system's samples: processors, memory, graphics cards, over time. */
#include "app/ui/chart-flow.h"
#include "app/ui/chart-view.h"
#include "app/ui/run-section.h"

#include <glib/gi18n.h>
#include <string.h>

#define GIBI 1073741824.0

typedef struct {
  const char *name, *chart, *series; /* of the store; titles */
  guint style;
} Known;

static const Known known[] = {
  { "system/cpu", N_ ("Processors"), N_ ("machine"), 0 },
  { "system/cpu_process", N_ ("Processors"), N_ ("this run"), 1 },
  { "system/memory", N_ ("Memory in GiB"), N_ ("machine"), 0 },
  { "system/memory_process", N_ ("Memory in GiB"), N_ ("this run"), 1 },
};

typedef struct {
  char *name;
  TelarChartView *view; /* borrowed */
  guint series;
  gint64 cursor; /* µs */
  double scale;
} Link;

struct _TelarSystemSection {
  AdwBin parent_instance;

  GtkFlowBox *flow;
  GHashTable *views; /* title -> TelarChartView, borrowed */
  GPtrArray *links;  /* Link */
  gint64 run;
};

G_DEFINE_FINAL_TYPE (TelarSystemSection, telar_system_section, ADW_TYPE_BIN)

static void
link_free (gpointer data)
{
  g_free (((Link *)data)->name);
  g_free (data);
}

static gboolean
is_memory (const char *name)
{
  return strstr (name, "memory") != NULL;
}

static TelarChartView *
get_view (TelarSystemSection *section, const char *title, gboolean memory)
{
  GtkWidget *view = g_hash_table_lookup (section->views, title);

  if (view != NULL)
    return TELAR_CHART_VIEW (view);
  TelarChart *chart = telar_chart_new (title);
  telar_chart_set_unit (chart, memory ? TELAR_UNIT_NONE : TELAR_UNIT_PERCENT);
  telar_chart_set_x (chart, TELAR_CHART_TIME);
  telar_chart_set_x_name (chart, _ ("time"));
  view = telar_chart_view_new (chart);
  telar_chart_flow_add (section->flow, view);
  g_hash_table_insert (section->views, g_strdup (title), view);
  return TELAR_CHART_VIEW (view);
}

/* "system/gpu0_memory" and what may come later have a chart of their own. */
static Link *
get_link (TelarSystemSection *section, const char *name)
{
  Known fits = { name, NULL, N_ ("machine"), 0 };

  for (guint i = 0; i < section->links->len; i++) {
    Link *link = g_ptr_array_index (section->links, i);
    if (g_str_equal (link->name, name))
      return link;
  }
  for (guint i = 0; i < G_N_ELEMENTS (known); i++)
    if (g_str_equal (known[i].name, name))
      fits = known[i];
  const char *plain = strchr (name, '/') != NULL ? strchr (name, '/') + 1 : name;
  g_autofree char *own = g_strdup_printf (is_memory (name) ? _ ("%s in GiB") : "%s", plain);
  Link *link = g_new0 (Link, 1);
  link->name = g_strdup (name);
  link->scale = is_memory (name) ? 1 / GIBI : 1;
  link->view = get_view (section, fits.chart != NULL ? _ (fits.chart) : own, is_memory (name));
  link->series =
      telar_chart_add_series (telar_chart_view_get_chart (link->view), _ (fits.series), fits.style);
  g_ptr_array_add (section->links, link);
  return link;
}

static gboolean
follow_series (TelarSystemSection *section, TelarStore *store, const char *name, GError **error)
{
  g_autoptr (GArray) points = g_array_new (FALSE, FALSE, sizeof (TelarPoint));
  Link *link = get_link (section, name);

  if (!telar_store_read_samples (store, section->run, name, link->cursor, points, error))
    return FALSE;
  /* A chart takes each step once. */
  guint n = 0;
  TelarPoint last = { -1, 0, 0 };
  telar_chart_last (telar_chart_view_get_chart (link->view), link->series, &last);
  for (guint i = 0; i < points->len; i++) {
    TelarPoint point = g_array_index (points, TelarPoint, i);
    link->cursor = point.time;
    point.value *= link->scale;
    if (point.step <= last.step)
      continue;
    last = point;
    g_array_index (points, TelarPoint, n++) = point;
  }
  if (n > 0)
    telar_chart_append (telar_chart_view_get_chart (link->view), link->series,
                        (const TelarPoint *)points->data, n);
  return TRUE;
}

static void
clear (TelarSystemSection *section)
{
  g_ptr_array_set_size (section->links, 0);
  g_hash_table_remove_all (section->views);
  telar_chart_flow_clear (section->flow);
}

void
telar_system_section_forget (TelarSystemSection *section)
{
  clear (section);
  section->run = 0;
}

gboolean
telar_system_section_follow (TelarSystemSection *section, TelarStore *store, gint64 run,
                             GError **error)
{
  g_autoptr (GPtrArray) series = telar_store_series (store, run, TELAR_MEDIA_SYSTEM, error);
  GHashTableIter iter;
  gpointer view;

  if (series == NULL)
    return FALSE;
  if (run != section->run)
    clear (section);
  section->run = run;
  for (guint i = 0; i < series->len; i++)
    if (!follow_series (section, store, ((const TelarSeriesRow *)series->pdata[i])->name, error))
      return FALSE;
  g_hash_table_iter_init (&iter, section->views);
  while (g_hash_table_iter_next (&iter, NULL, &view))
    telar_chart_view_update (view);
  return TRUE;
}

static void
telar_system_section_finalize (GObject *object)
{
  TelarSystemSection *section = TELAR_SYSTEM_SECTION (object);

  g_ptr_array_unref (section->links);
  g_hash_table_unref (section->views);
  G_OBJECT_CLASS (telar_system_section_parent_class)->finalize (object);
}

static void
telar_system_section_class_init (TelarSystemSectionClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = telar_system_section_finalize;
}

static void
telar_system_section_init (TelarSystemSection *section)
{
  section->views = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  section->links = g_ptr_array_new_with_free_func (link_free);
  section->flow = telar_chart_flow_new ();
  adw_bin_set_child (ADW_BIN (section), GTK_WIDGET (section->flow));
}

GtkWidget *
telar_system_section_new (void)
{
  return g_object_new (TELAR_TYPE_SYSTEM_SECTION, NULL);
}
