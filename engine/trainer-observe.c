/* When a run is looked at: before its first step, at the ends of epochs and, where the settings say
 * so, in between. What is looked at are the first rows in file order, always the same, so that two
 * histograms differ by what was learned alone. */
#include "engine/trainer-private.h"
#include <math.h>

/* Short epochs are not slowed down: a look costs about as much as a step. */
#define LEAST_STEPS  16
#define INPUT_IMAGES 16

/* --- the rows --------------------------------------------------------------------------------- */

static gboolean
take_sample (TelarTrainer *t, gint64 rows, GError **error)
{
  TelarFeed *feed = t->training->feed;
  TelarFeedPass pass = { .split = TELAR_SPLIT_TRAIN, .batch = MIN (rows, t->rows) };
  t->sample = g_new0 (TelarTensor *, feed->n_ports + 1);
  if (!telar_feed_begin (feed, &pass, error))
    return FALSE;
  t->sample_rows = telar_feed_next (feed, t->sample, error);
  return t->sample_rows > 0;
}

static void
tell_inputs (TelarTrainer *t)
{
  const TelarFeed *feed = t->training->feed;
  gint64 c, h, w;
  gboolean last;
  for (guint port = 0; port < feed->n_ports; port++) {
    if (!telar_feed_port_is_image (&feed->ports[port], &c, &h, &w, &last))
      continue;
    g_autofree char *name = g_strconcat ("inputs/", feed->ports[port].name, NULL);
    for (guint i = 0; i < MIN (t->sample_rows, INPUT_IMAGES); i++) {
      g_autoptr (TelarTensor) pixels = telar_feed_image (&feed->ports[port], t->sample[port], i);
      TelarImage image = { .name = name,
                           .step = t->progress.step,
                           .place = i,
                           .pixels = pixels,
                           .row = i,
                           .truth = -1,
                           .answer = -1,
                           .score = NAN };
      telar_monitor_image (t->training->monitor, &image);
    }
  }
}

/* --- looking ---------------------------------------------------------------------------------- */

static gboolean
make_observer (TelarTrainer *t, GError **error)
{
  if (t->observer)
    return TRUE;
  g_autoptr (TelarLowered) lowered = telar_lower (t->graph, t->training->feed, TELAR_LOWER_TRAIN);
  if (!telar_lowered_ok (lowered, error))
    return FALSE;
  t->observer = telar_observer_new (lowered, t->training->feed, t->training->device, error);
  return t->observer != NULL;
}

static void
look (TelarTrainer *t)
{
  g_autoptr (GError) problem = NULL;
  TelarRunnerStep step = {
    .states = t->states, .seed = t->seed, .step = t->progress.step, .share = 1
  };
  t->observed_step = t->progress.step;
  if (make_observer (t, &problem) && telar_observer_look (t->observer, t->sample, t->sample_rows,
                                                          &step, t->training->monitor, &problem))
    return;
  t->unobserved = TRUE;
  g_autofree char *text =
      g_strconcat ("weights and gradients are not recorded: ", problem->message, NULL);
  telar_monitor_event (t->training->monitor, t->progress.step, "recorder", text);
}

static gboolean
may_look (const TelarTrainer *t)
{
  return t->sample && !t->unobserved;
}

gboolean
telar_trainer_begin_observing (TelarTrainer *t, GError **error)
{
  if (!telar_monitor_observes (t->training->monitor))
    return TRUE;
  g_autoptr (TelarLowered) lowered = telar_lower (t->graph, t->training->feed, TELAR_LOWER_TRAIN);
  if (!telar_lowered_ok (lowered, error) || !take_sample (t, telar_observer_rows (lowered), error))
    return FALSE;
  if (telar_param_set_int (t->settings, "record_every") == 0 &&
      telar_param_set_int (t->settings, "record_steps") == 0)
    return TRUE;
  tell_inputs (t);
  if (t->progress.step == 0)
    look (t);
  return TRUE;
}

void
telar_trainer_observe_step (TelarTrainer *t)
{
  gint64 every = telar_param_set_int (t->settings, "record_steps");
  if (may_look (t) && every > 0 && t->progress.step % every == 0)
    look (t);
}

/* --- epochs ----------------------------------------------------------------------------------- */

void
telar_trainer_observe_epoch (TelarTrainer *t)
{
  gint64 every = telar_param_set_int (t->settings, "record_every");
  gint64 epoch = t->progress.epoch + 1;
  gboolean due = every > 0 && (epoch % every == 0 || epoch == t->epochs) &&
                 (t->observed_step < 0 || epoch == t->epochs ||
                  t->progress.step - t->observed_step >= LEAST_STEPS);
  if (due && t->judge)
    telar_trainer_tell_judged (t);
  if (t->judge)
    telar_judge_clear (t->judge);
  if (due && may_look (t) && t->observed_step != t->progress.step)
    look (t);
}

void
telar_trainer_end_observing (TelarTrainer *t)
{
  for (guint i = 0; t->sample && i < t->training->feed->n_ports; i++)
    g_clear_pointer (&t->sample[i], telar_tensor_unref);
  g_clear_pointer (&t->sample, g_free);
  g_clear_pointer (&t->observer, telar_observer_free);
  g_clear_pointer (&t->judge, telar_judge_free);
}
