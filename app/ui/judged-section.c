/* How good the probabilities of a classifier are: three charts, and a scale that goes through the
 * steps at which they were recorded. */
#include "app/ui/chart-flow.h"
#include "app/ui/judged-view.h"
#include "app/ui/run-section.h"
#include "app/ui/section-stack.h"
#include "app/ui/step-bar.h"

#include <glib/gi18n.h>
#include <string.h>

struct _TelarJudgedSection {
  AdwBin parent_instance;

  GtkStack *stack;
  TelarStepBar *bar;
  TelarJudgedView *views[TELAR_N_JUDGED];
  TelarStore *store; /* borrowed while following */
  gint64 run, shown; /* the step that is shown; -1: none */
};

G_DEFINE_FINAL_TYPE (TelarJudgedSection, telar_judged_section, ADW_TYPE_BIN)

/* The steps of a series that every classifier has. */
static GArray *
read_steps (TelarStore *store, gint64 run, GError **error)
{
  static const char prefix[] = "val_calibration/";
  g_autoptr (GPtrArray) series = telar_store_series (store, run, TELAR_MEDIA_CURVE, error);

  for (guint i = 0; series != NULL && i < series->len; i++) {
    const TelarSeriesRow *row = series->pdata[i];
    if (g_str_has_prefix (row->name, prefix))
      return telar_store_steps (store, run, TELAR_MEDIA_CURVE, row->name, error);
  }
  return series != NULL ? g_array_new (FALSE, FALSE, sizeof (gint64)) : NULL;
}

static gboolean
show (TelarJudgedSection *section, GError **error)
{
  gint64 step = telar_step_bar_step (section->bar);

  if (step == section->shown)
    return TRUE;
  g_autofree char *classes = NULL;
  if (!telar_store_classes (section->store, section->run, &classes, error))
    return FALSE;
  for (guint i = 0; i < TELAR_N_JUDGED; i++)
    if (!telar_judged_view_show (section->views[i], section->store, section->run, step, classes,
                                 error))
      return FALSE;
  section->shown = step;
  return TRUE;
}

gboolean
telar_judged_section_follow (TelarJudgedSection *section, TelarStore *store, gint64 run,
                             GError **error)
{
  g_autoptr (GArray) steps = read_steps (store, run, error);

  if (steps == NULL)
    return FALSE;
  if (run != section->run) {
    section->run = run;
    section->shown = -1;
    telar_step_bar_choose (section->bar, G_MAXINT64);
  }
  section->store = store;
  telar_step_bar_set_steps (section->bar, steps);
  telar_section_stack_set_filled (section->stack, steps->len > 0);
  return steps->len == 0 || show (section, error);
}

static void
on_step (TelarStepBar *bar, TelarJudgedSection *section)
{
  if (section->store != NULL)
    show (section, NULL);
}

void
telar_judged_section_forget (TelarJudgedSection *section)
{
  section->store = NULL;
  section->run = 0;
  section->shown = -1;
}

/* --- life -------------------------------------------------------------------------------- */

static void
telar_judged_section_class_init (TelarJudgedSectionClass *klass)
{
}

static void
telar_judged_section_init (TelarJudgedSection *section)
{
  GtkWidget *some = gtk_box_new (GTK_ORIENTATION_VERTICAL, 12);
  GtkFlowBox *flow = telar_chart_flow_new ();

  section->shown = -1;
  section->bar = TELAR_STEP_BAR (telar_step_bar_new ());
  g_signal_connect (section->bar, "changed", G_CALLBACK (on_step), section);
  for (guint i = 0; i < TELAR_N_JUDGED; i++) {
    section->views[i] = TELAR_JUDGED_VIEW (telar_judged_view_new ((TelarJudgedKind)i));
    telar_chart_flow_add (flow, GTK_WIDGET (section->views[i]));
  }
  gtk_box_append (GTK_BOX (some), GTK_WIDGET (section->bar));
  gtk_box_append (GTK_BOX (some), GTK_WIDGET (flow));
  section->stack = telar_section_stack_new (
      _ ("No Curves"),
      _ ("Models that choose between classes show here how well their probabilities tell them "
         "apart on the validation rows"),
      some);
  adw_bin_set_child (ADW_BIN (section), GTK_WIDGET (section->stack));
}

GtkWidget *
telar_judged_section_new (void)
{
  return g_object_new (TELAR_TYPE_JUDGED_SECTION, NULL);
}
