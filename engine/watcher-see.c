/* Looking at what the programs of a step give, by the formulas of watch.h. */
#include "engine/watcher.h"
#include <math.h>
#include <string.h>

/* What each probe of the watcher has given in a run; NULL where the program has none. */
typedef TelarTensor *const *Stats;

static TelarTensor **
collect (const TelarWatcher *watcher, const TelarRunner *runner)
{
  TelarTensor **stats = g_new0 (TelarTensor *, watcher->probes->len + 1);
  for (guint i = 0; i < runner->n_outputs; i++) {
    const TelarOutput *output = telar_program_output (runner->program, i);
    if (output->role == TELAR_OUTPUT_PROBE &&
        g_str_has_prefix (output->name, TELAR_PROBE_PREFIX_STAT))
      stats[atoi (output->name + strlen (TELAR_PROBE_PREFIX_STAT))] = runner->outputs[i];
  }
  return stats;
}

static gboolean
has_stat (const TelarWatchTarget *target, Stats stats, guint i, double *value)
{
  const TelarTensor *tensor = i < target->n_probes ? stats[target->probes[i]] : NULL;
  if (tensor)
    *value = telar_tensor_get (tensor, 0);
  return tensor != NULL;
}

/* --- conditions ------------------------------------------------------------------------------- */

static gboolean
counts (TelarWatchTarget *target, Stats stats)
{
  double sum = 0, n;
  for (guint i = 0; i < target->n_probes; i++)
    if (has_stat (target, stats, i, &n))
      sum += n;
  target->value = sum;
  return sum > 0;
}

static gboolean
leaves_range (TelarWatchTarget *target, Stats stats)
{
  double low, high;
  if (!has_stat (target, stats, 0, &low) || !has_stat (target, stats, 1, &high))
    return FALSE;
  target->value = low < target->watch->low ? low : high;
  return low < target->watch->low || high > target->watch->high;
}

/* Change and size of a parameter; FALSE also where it is all 0, of which there is no part. */
static gboolean
changes (TelarWatchTarget *target, Stats stats, double *part)
{
  double change, size;
  if (!has_stat (target, stats, 0, &change) || !has_stat (target, stats, 1, &size))
    return FALSE;
  *part = size > 0 ? change / size : change > 0 ? INFINITY : 0;
  target->value = *part;
  return size > 0 || target->watch->kind == TELAR_WATCH_UNCHANGED;
}

/* The window goes from one verdict to the next. */
static gboolean
has_dead_units (TelarWatchTarget *target, Stats stats)
{
  TelarWatchMemory *memory = &target->memory;
  const TelarTensor *sizes = stats[target->probes[0]];
  guint n = sizes ? (guint)telar_tensor_elements (sizes) : 0, dead = 0;
  if (n == 0)
    return memory->stands;
  if (memory->n_units != n) {
    g_free (memory->units);
    memory->units = g_new0 (double, n);
    memory->n_units = n;
  }
  for (guint i = 0; i < n; i++)
    memory->units[i] = fmax (memory->units[i], telar_tensor_get (sizes, i));
  if (++memory->seen < target->watch->steps)
    return memory->stands;
  for (guint i = 0; i < n; i++)
    dead += memory->units[i] == 0;
  memset (memory->units, 0, n * sizeof *memory->units);
  memory->seen = 0;
  target->value = (double)dead / n;
  memory->stands = target->value >= target->watch->high;
  return memory->stands;
}

static gboolean
holds (TelarWatchTarget *target, Stats stats)
{
  double limit = target->watch->high, part;
  switch (target->watch->kind) {
  case TELAR_WATCH_NAN:
  case TELAR_WATCH_OVERFLOW:
    return counts (target, stats);
  case TELAR_WATCH_VANISHING:
    return has_stat (target, stats, 0, &target->value) && target->value < limit;
  case TELAR_WATCH_EXPLODING:
  case TELAR_WATCH_SATURATED:
    return has_stat (target, stats, 0, &target->value) && target->value > limit;
  case TELAR_WATCH_UNCHANGED:
    return changes (target, stats, &part) && part <= limit;
  case TELAR_WATCH_UPDATE_LARGE:
    return changes (target, stats, &part) && part > limit;
  case TELAR_WATCH_UPDATE_SMALL:
    return changes (target, stats, &part) && part < limit;
  case TELAR_WATCH_DEAD:
    return has_dead_units (target, stats);
  case TELAR_WATCH_RANGE:
    return leaves_range (target, stats);
  case TELAR_WATCH_LOSS_STUCK:
  case TELAR_WATCH_OVERFITTING:
  case TELAR_N_WATCHES:
    break;
  }
  return target->now;
}

void
telar_watcher_see (TelarWatcher *watcher, const TelarRunner *runner)
{
  if (watcher->again)
    return;
  g_autofree TelarTensor **stats = collect (watcher, runner);
  for (guint i = 0; i < watcher->targets->len; i++) {
    TelarWatchTarget *target = watcher->targets->pdata[i];
    double before = target->value;
    gboolean held = target->now;
    target->now = holds (target, stats) || held;
    if (held) /* by an earlier batch of the step */
      target->value = before;
  }
}

/* --- the run ---------------------------------------------------------------------------------- */

static gboolean
is_stuck (TelarWatchTarget *target, double loss)
{
  TelarWatchMemory *memory = &target->memory;
  memory->sum += loss;
  if (++memory->seen < target->watch->steps)
    return memory->stands;
  double mean = memory->sum / (double)memory->seen;
  target->value = fabs (mean - memory->before) / fabs (memory->before);
  memory->stands = memory->has_before && target->value <= target->watch->high;
  memory->before = mean;
  memory->has_before = TRUE;
  memory->sum = 0;
  memory->seen = 0;
  return memory->stands;
}

/* @sum is the training loss of the best epoch, @before its validation loss. */
static gboolean
is_overfitting (TelarWatchTarget *target, double loss, double validation)
{
  TelarWatchMemory *memory = &target->memory;
  if (!memory->has_before || validation < memory->before) {
    memory->has_before = TRUE;
    memory->before = validation;
    memory->sum = loss;
    return FALSE;
  }
  target->value = (validation - memory->before) / fabs (memory->before);
  return target->value > target->watch->high && loss < memory->sum;
}

/* --- hits ------------------------------------------------------------------------------------- */

/* The limit that was passed: of a range the end that it was. */
static double
limit_of (const TelarWatchTarget *target)
{
  gboolean low = target->watch->kind == TELAR_WATCH_RANGE && target->value < target->watch->low;
  return low ? target->watch->low : target->watch->high;
}

static void
end_target (TelarWatchTarget *target, GArray *hits)
{
  if (target->now && !target->memory.holds) {
    TelarWatchHit hit = { target->watch->kind, target->watch->action, g_strdup (target->where),
                          target->value, limit_of (target) };
    g_array_append_val (hits, hit);
  }
  target->memory.holds = target->now;
  target->now = FALSE;
}

void
telar_watcher_end_step (TelarWatcher *watcher, double loss, GArray *hits)
{
  if (watcher->again) {
    watcher->again = FALSE;
    return;
  }
  for (guint i = 0; i < watcher->targets->len; i++) {
    TelarWatchTarget *target = watcher->targets->pdata[i];
    if (target->watch->kind == TELAR_WATCH_OVERFITTING)
      continue;
    if (target->watch->kind == TELAR_WATCH_LOSS_STUCK)
      target->now = is_stuck (target, loss);
    end_target (target, hits);
  }
}

void
telar_watcher_end_epoch (TelarWatcher *watcher, double loss, double validation, GArray *hits)
{
  for (guint i = 0; i < watcher->targets->len; i++) {
    TelarWatchTarget *target = watcher->targets->pdata[i];
    if (target->watch->kind != TELAR_WATCH_OVERFITTING)
      continue;
    target->now = is_overfitting (target, loss, validation);
    end_target (target, hits);
  }
}

/* --- taking over ------------------------------------------------------------------------------ */

static gboolean
same_target (const TelarWatchTarget *a, const TelarWatchTarget *b)
{
  g_autofree char *x = telar_watch_to_text (a->watch), *y = telar_watch_to_text (b->watch);
  return strcmp (a->where, b->where) == 0 && strcmp (x, y) == 0;
}

void
telar_watcher_inherit (TelarWatcher *watcher, TelarWatcher *before)
{
  watcher->again = before->again;
  for (guint i = 0; i < watcher->targets->len; i++)
    for (guint j = 0; j < before->targets->len; j++) {
      TelarWatchTarget *target = watcher->targets->pdata[i], *old = before->targets->pdata[j];
      if (!same_target (target, old))
        continue;
      TelarWatchMemory memory = target->memory;
      target->memory = old->memory;
      old->memory = memory;
      break;
    }
}
