/* What the validation says of a classifier, told to the monitor. */
#include "engine/trainer-private.h"

static int
compare_mistakes (gconstpointer a, gconstpointer b)
{
  double x = ((const TelarMistake *)a)->score, y = ((const TelarMistake *)b)->score;
  return x < y ? 1 : x > y ? -1 : 0;
}

static void
tell_pictures (const TelarTrainer *t)
{
  const GArray *mistakes = t->judge->mistakes;
  for (guint i = 0; i < mistakes->len; i++) {
    const TelarMistake *mistake = &g_array_index (mistakes, TelarMistake, i);
    TelarImage image = { .name = "misclassified",
                         .step = t->progress.step,
                         .place = i,
                         .pixels = mistake->sample,
                         .row = mistake->row,
                         .truth = mistake->truth,
                         .answer = mistake->answer,
                         .score = mistake->score };
    telar_monitor_image (t->training->monitor, &image);
  }
}

static void
tell_rows (const TelarTrainer *t)
{
  g_autofree char *text = telar_judge_list_mistakes (t->judge, t->training->feed);
  telar_monitor_text (t->training->monitor, "misclassified", t->progress.step, text);
}

static void
tell_classes (const TelarTrainer *t)
{
  g_autofree char *text = telar_judge_list_classes (t->judge);
  if (text)
    telar_monitor_text (t->training->monitor, "classes", t->progress.step, text);
}

static void
tell_curves (const TelarTrainer *t)
{
  g_autoptr (GPtrArray) curves = telar_judged_curves (t->judge->judged);
  for (guint i = 0; i < curves->len; i++) {
    const TelarJudgedCurve *curve = curves->pdata[i];
    g_autofree char *name =
        g_strdup_printf ("val_%s/%s", telar_judged_kind_name (curve->kind), curve->name);
    TelarMonitorCurve told = { .name = name,
                               .step = t->progress.step,
                               .n = curve->n,
                               .x = curve->x,
                               .y = curve->y,
                               .counts = curve->counts,
                               .area = curve->area };
    telar_monitor_curve (t->training->monitor, &told);
  }
}

void
telar_trainer_tell_judged (TelarTrainer *t)
{
  g_array_sort (t->judge->mistakes, compare_mistakes);
  if (t->judge->sample == TELAR_SAMPLE_PICTURE)
    tell_pictures (t);
  else
    tell_rows (t);
  tell_classes (t);
  tell_curves (t);
}
