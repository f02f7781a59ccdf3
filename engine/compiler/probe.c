/* The probe pass: numbers about a training program's values, computed by the program itself.
 *
 * Needs a program after the optimize pass, with the PROBE outputs "wire:NAME" of wires that are
 * looked at, and "grad:NAME", "grad:wire:NAME" as differentiate and optimize leave them. Takes
 * those outputs away and appends a PROBE output "probe:I" for each probe I whose subject is there;
 * all else stays. A value is reduced where it is made, so that no tensor leaves the program. */
#include "engine/compiler.h"

#include <math.h>
#include <string.h>

typedef struct {
  const TelarProgram *program;
  TelarBuilder *b;
  const TelarValue *map;
} Probing;

static gboolean
is_raw (const TelarOutput *output)
{
  return output->role == TELAR_OUTPUT_PROBE &&
         (g_str_has_prefix (output->name, TELAR_PROBE_PREFIX_WIRE) ||
          g_str_has_prefix (output->name, TELAR_PROBE_PREFIX_GRADIENT));
}

static void
copy_results (const Probing *p)
{
  for (guint i = 0; i < telar_program_n_states (p->program); i++) {
    const TelarState *state = telar_program_state (p->program, i);
    if (state->fit != TELAR_NO_VALUE)
      telar_build_set_fit (p->b, state->name, p->map[state->fit]);
  }
  for (guint i = 0; i < telar_program_n_outputs (p->program); i++) {
    const TelarOutput *output = telar_program_output (p->program, i);
    if (!is_raw (output))
      telar_build_output_like (p->b, output, p->map[output->value]);
  }
  for (guint i = 0; i < telar_program_n_updates (p->program); i++) {
    const TelarUpdate *update = telar_program_update (p->program, i);
    telar_build_update (p->b, update->state, p->map[update->value]);
  }
}

/* --- subjects --------------------------------------------------------------------------------- */

static TelarValue
find_output (const Probing *p, const char *prefix, const char *name)
{
  for (guint i = 0; i < telar_program_n_outputs (p->program); i++) {
    const TelarOutput *output = telar_program_output (p->program, i);
    if (is_raw (output) && g_str_has_prefix (output->name, prefix) &&
        strcmp (output->name + strlen (prefix), name) == 0)
      return p->map[output->value];
  }
  return TELAR_NO_VALUE;
}

static TelarValue
find_next (const Probing *p, const char *state)
{
  for (guint i = 0; i < telar_program_n_updates (p->program); i++) {
    const TelarUpdate *update = telar_program_update (p->program, i);
    if (strcmp (update->state, state) == 0)
      return p->map[update->value];
  }
  return TELAR_NO_VALUE;
}

static TelarValue
find_subject (const Probing *p, const TelarProbe *probe)
{
  TelarValue next = TELAR_NO_VALUE;
  switch (probe->subject) {
  case TELAR_PROBE_WIRE:
    return find_output (p, TELAR_PROBE_PREFIX_WIRE, probe->name);
  case TELAR_PROBE_WIRE_GRADIENT:
    return find_output (p, TELAR_PROBE_PREFIX_GRADIENT TELAR_PROBE_PREFIX_WIRE, probe->name);
  case TELAR_PROBE_GRADIENT:
    return find_output (p, TELAR_PROBE_PREFIX_GRADIENT, probe->name);
  case TELAR_PROBE_STATE:
  case TELAR_PROBE_NEXT:
  case TELAR_PROBE_CHANGE:
    break;
  }
  /* Without an update the state is not changed by this program, and there is nothing to say. */
  next = find_next (p, probe->name);
  if (next == TELAR_NO_VALUE || probe->subject == TELAR_PROBE_NEXT)
    return next;
  TelarValue now = telar_build_state (p->b, probe->name);
  return probe->subject == TELAR_PROBE_STATE ? now
                                             : telar_build_binary (p->b, TELAR_PRIM_SUB, next, now);
}

/* --- statistics ------------------------------------------------------------------------------- */

static TelarValue
size_of (TelarBuilder *b, TelarValue x)
{
  return telar_build_unary (b, TELAR_PRIM_ABS, x);
}

/* Over where @condition holds, @prim of ones. */
static TelarValue
count (TelarBuilder *b, TelarPrim prim, TelarValue condition)
{
  return telar_build_reduce_all (b, prim, telar_build_cast (b, condition, TELAR_F32));
}

static TelarValue
share_beyond (TelarBuilder *b, TelarValue x, double low, double high)
{
  TelarValue below = telar_build_binary_scalar (b, TELAR_PRIM_LESS_EQUAL, x, low);
  TelarValue within = telar_build_binary_scalar (b, TELAR_PRIM_LESS, x, high);
  TelarValue above = telar_build_unary (b, TELAR_PRIM_NOT, within);
  return count (b, TELAR_PRIM_MEAN, telar_build_binary (b, TELAR_PRIM_OR, below, above));
}

/* The largest size at each place along axis 1, or of each row of a list. */
static TelarValue
units (TelarBuilder *b, TelarValue x)
{
  gint64 axes[TELAR_MAX_RANK];
  guint n = 0, rank = telar_builder_type (b, x)->shape.rank;
  for (guint axis = 0; axis < rank; axis++)
    if (axis != 1)
      axes[n++] = axis;
  return telar_build_reduce (b, TELAR_PRIM_MAX, size_of (b, x), axes, n, FALSE);
}

static TelarValue
measure (TelarBuilder *b, const TelarProbe *probe, TelarValue x)
{
  switch (probe->stat) {
  case TELAR_STAT_NANS:
    return count (b, TELAR_PRIM_SUM, telar_build_unary (b, TELAR_PRIM_ISNAN, x));
  case TELAR_STAT_INFINITIES:
    return count (b, TELAR_PRIM_SUM,
                  telar_build_binary_scalar (b, TELAR_PRIM_EQUAL, size_of (b, x), INFINITY));
  case TELAR_STAT_LARGEST:
    return telar_build_reduce_all (b, TELAR_PRIM_MAX, size_of (b, x));
  case TELAR_STAT_MEAN:
    return telar_build_reduce_all (b, TELAR_PRIM_MEAN, size_of (b, x));
  case TELAR_STAT_NORM:
    return telar_build_unary (
        b, TELAR_PRIM_SQRT,
        telar_build_reduce_all (b, TELAR_PRIM_SUM, telar_build_binary (b, TELAR_PRIM_MUL, x, x)));
  case TELAR_STAT_LOW:
    return telar_build_reduce_all (b, TELAR_PRIM_MIN, x);
  case TELAR_STAT_HIGH:
    return telar_build_reduce_all (b, TELAR_PRIM_MAX, x);
  case TELAR_STAT_BEYOND:
    return share_beyond (b, x, probe->low, probe->high);
  case TELAR_STAT_UNITS:
    return units (b, x);
  }
  g_assert_not_reached ();
}

static void
add_probes (const Probing *p, const TelarProbe *probes, guint n)
{
  for (guint i = 0; i < n; i++) {
    TelarValue x = find_subject (p, &probes[i]);
    if (x == TELAR_NO_VALUE)
      continue;
    char name[32];
    g_snprintf (name, sizeof name, TELAR_PROBE_PREFIX_STAT "%u", i);
    telar_build_output (p->b, TELAR_OUTPUT_PROBE, name, measure (p->b, &probes[i], x));
  }
}

TelarProgram *
telar_pass_probe (const TelarProgram *program, const TelarProbe *probes, guint n, GError **error)
{
  g_autoptr (TelarBuilder) builder = telar_builder_new (telar_program_name (program));
  g_autofree TelarValue *map = g_new (TelarValue, telar_program_n_values (program) + 1);
  Probing p = { program, builder, map };
  telar_copy_all (builder, program, map);
  telar_builder_set_origin (builder, NULL);
  copy_results (&p);
  add_probes (&p, probes, n);
  return telar_builder_finish (builder, error);
}
