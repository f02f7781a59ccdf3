/* The schedule pass: the same instructions in an order that needs little memory at its peak.
 *
 * Two orders compete, and the one with the lower peak wins: the program's own, and a greedy one
 * that prefers what frees memory. Equal programs give equal orders. What overwrites a state waits
 * for the state's other readers where it can, so that the memory pass may write it in place;
 * sources that fill memory move down to their first reader. Symbolic batches count as 64. */
#include "engine/compiler.h"
#include "engine/memory.h"

#include <string.h>

enum { NOMINAL_BATCH = 64 };

typedef struct {
  const TelarProgram *program;
  guint n;           /* instructions */
  guint n_values;    /* values */
  gint64 *bytes;     /* per value; 0 for what takes none */
  TelarValue *roots; /* per value: through reshapes */
  guint *makers;     /* per value: index of its instruction */
  guint *uses;       /* per root: how many instructions read it; results count as one more */
  GArray **waits;    /* per instruction: guint of those that must come before if they can */
} Scheduler;

static gint64
value_bytes (const TelarProgram *program, TelarValue value)
{
  TelarType type = *telar_program_type (program, value);
  gsize bytes;
  type.shape = telar_shape_bind (&type.shape, NOMINAL_BATCH);
  return telar_type_bytes (&type, &bytes) ? (gint64)MIN (bytes, G_MAXINT32 * (gsize)1024)
                                          : G_MAXINT32 * (gint64)1024;
}

static gboolean
reads_root (const Scheduler *s, const TelarInstr *instr, guint n, TelarValue root)
{
  for (guint i = 0; i < n; i++)
    if (s->roots[instr->inputs[i]] == root)
      return TRUE;
  return FALSE;
}

static void
measure (Scheduler *s)
{
  for (guint t = 0; t < s->n; t++) {
    const TelarInstr *instr = telar_program_instr (s->program, t);
    gboolean elsewhere = instr->prim == TELAR_PRIM_INPUT || instr->prim == TELAR_PRIM_STATE ||
                         instr->prim == TELAR_PRIM_CONSTANT || instr->prim == TELAR_PRIM_RESHAPE;
    for (guint i = 0; i < instr->n_outputs; i++) {
      TelarValue v = instr->outputs[i];
      s->makers[v] = t;
      s->roots[v] = instr->prim == TELAR_PRIM_RESHAPE ? s->roots[instr->inputs[0]] : v;
      s->bytes[v] = elsewhere ? 0 : value_bytes (s->program, v);
    }
    for (guint i = 0; i < instr->n_inputs; i++)
      if (!reads_root (s, instr, i, s->roots[instr->inputs[i]]))
        s->uses[s->roots[instr->inputs[i]]]++;
  }
  for (guint i = 0; i < telar_program_n_outputs (s->program); i++)
    s->uses[s->roots[telar_program_output (s->program, i)->value]]++;
}

/* An update lives in its state's memory, and its maker waits for the readers of the old value. */
static void
order_updates (Scheduler *s)
{
  g_autoptr (GHashTable) targets = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < telar_program_n_updates (s->program); i++) {
    const TelarUpdate *update = telar_program_update (s->program, i);
    TelarValue root = s->roots[update->value];
    s->bytes[root] = 0;
    s->uses[root]++;
    g_hash_table_insert (targets, (gpointer)update->state, GUINT_TO_POINTER (s->makers[root]));
  }
  for (guint t = 0; t < s->n; t++) {
    const TelarInstr *instr = telar_program_instr (s->program, t);
    for (guint i = 0; i < instr->n_inputs; i++) {
      const TelarInstr *source =
          telar_program_instr (s->program, s->makers[s->roots[instr->inputs[i]]]);
      gpointer maker;
      if (source->prim != TELAR_PRIM_STATE ||
          !g_hash_table_lookup_extended (targets, telar_instr_string (source, TELAR_ATTR_NAME),
                                         NULL, &maker))
        continue;
      guint after = GPOINTER_TO_UINT (maker);
      if (after == t)
        continue;
      if (s->waits[after] == NULL)
        s->waits[after] = g_array_new (FALSE, FALSE, sizeof (guint));
      g_array_append_val (s->waits[after], t);
    }
  }
}

/* --- one order ---------------------------------------------------------------------------------
 */

typedef struct {
  const Scheduler *s;
  guint *left; /* per root: readers still to come */
  gint64 live, peak;
} Meter;

/* Bytes that instruction @t takes, less those that die with it. */
static gint64
change (const Meter *m, guint t)
{
  const TelarInstr *instr = telar_program_instr (m->s->program, t);
  gint64 delta = 0;
  for (guint i = 0; i < instr->n_outputs; i++)
    if (m->s->uses[instr->outputs[i]] > 0)
      delta += m->s->bytes[instr->outputs[i]];
  for (guint i = 0; i < instr->n_inputs; i++) {
    TelarValue root = m->s->roots[instr->inputs[i]];
    if (m->left[root] == 1 && !reads_root (m->s, instr, i, root))
      delta -= m->s->bytes[root];
  }
  return delta;
}

static void
account (Meter *m, guint t)
{
  const TelarInstr *instr = telar_program_instr (m->s->program, t);
  gint64 during = m->live;
  for (guint i = 0; i < instr->n_outputs; i++)
    during += m->s->bytes[instr->outputs[i]];
  m->peak = MAX (m->peak, during);
  m->live += change (m, t);
  for (guint i = 0; i < instr->n_inputs; i++)
    if (!reads_root (m->s, instr, i, m->s->roots[instr->inputs[i]]))
      m->left[m->s->roots[instr->inputs[i]]]--;
}

static gint64
peak_of (const Scheduler *s, const guint *order)
{
  g_autofree guint *left = g_memdup2 (s->uses, (s->n_values + 1) * sizeof (guint));
  Meter meter = { .s = s, .left = left };
  for (guint i = 0; i < s->n; i++)
    account (&meter, order[i]);
  return meter.peak;
}

static gboolean
is_waiting (const Scheduler *s, const gboolean *done, guint t)
{
  for (guint i = 0; s->waits[t] != NULL && i < s->waits[t]->len; i++)
    if (!done[g_array_index (s->waits[t], guint, i)])
      return TRUE;
  return FALSE;
}

/* How urgent an instruction is; the least comes first. */
typedef struct {
  gboolean waits; /* for other readers of a state: only when nothing else is left */
  gint64 delta;   /* what frees most, and before that what costs nothing and lets others free */
  guint at;       /* as the program has it */
} Urgency;

static Urgency
urgency_of (const Meter *meter, const gboolean *done, guint t)
{
  const TelarInstr *instr = telar_program_instr (meter->s->program, t);
  Urgency urgency = { is_waiting (meter->s, done, t), MIN (change (meter, t), 0), t };
  if (instr->n_inputs == 0 && meter->s->bytes[instr->outputs[0]] == 0)
    urgency.delta = G_MININT64;
  return urgency;
}

static gboolean
is_before (const Urgency *a, const Urgency *b)
{
  if (a->waits != b->waits)
    return b->waits;
  return a->delta != b->delta ? a->delta < b->delta : a->at < b->at;
}

/* The place in @ready of what runs next. */
static guint
choose (const Meter *meter, const gboolean *done, const GArray *ready)
{
  guint best = 0;
  Urgency least = urgency_of (meter, done, g_array_index (ready, guint, 0));
  for (guint i = 1; i < ready->len; i++) {
    Urgency urgency = urgency_of (meter, done, g_array_index (ready, guint, i));
    if (is_before (&urgency, &least)) {
      least = urgency;
      best = i;
    }
  }
  return best;
}

typedef struct {
  Meter meter;
  guint *order;
  gboolean *done;
  guint *unmet;     /* inputs still to come */
  GArray **readers; /* see find_readers */
  GArray *ready;    /* guint */
} Greedy;

/* The readers of each instruction's results, a reader once for each reading. */
static GArray **
find_readers (const Scheduler *s, guint *unmet)
{
  GArray **readers = g_new0 (GArray *, s->n + 1);
  for (guint t = 0; t < s->n; t++) {
    const TelarInstr *instr = telar_program_instr (s->program, t);
    unmet[t] = instr->n_inputs;
    for (guint i = 0; i < instr->n_inputs; i++) {
      guint maker = s->makers[instr->inputs[i]];
      if (readers[maker] == NULL)
        readers[maker] = g_array_new (FALSE, FALSE, sizeof (guint));
      g_array_append_val (readers[maker], t);
    }
  }
  return readers;
}

/* Puts @t at place @i of the order; its readers that miss nothing else become ready. */
static void
take (Greedy *g, guint i, guint t)
{
  GArray **readers = &g->readers[t];
  g->order[i] = t;
  g->done[t] = TRUE;
  account (&g->meter, t);
  for (guint k = 0; *readers != NULL && k < (*readers)->len; k++) {
    guint reader = g_array_index (*readers, guint, k);
    if (--g->unmet[reader] == 0)
      g_array_append_val (g->ready, reader);
  }
  g_clear_pointer (readers, g_array_unref);
}

/* Takes no memory and waits for nothing: comes first in any case. */
static gboolean
is_free (const Scheduler *s, guint t)
{
  const TelarInstr *instr = telar_program_instr (s->program, t);
  return instr->n_inputs == 0 && s->bytes[instr->outputs[0]] == 0 && s->waits[t] == NULL;
}

static void
greedy_order (const Scheduler *s, guint *order)
{
  g_autofree guint *left = g_memdup2 (s->uses, (s->n_values + 1) * sizeof (guint));
  g_autofree gboolean *done = g_new0 (gboolean, s->n + 1);
  g_autofree guint *unmet = g_new0 (guint, s->n + 1);
  g_autofree GArray **readers = find_readers (s, unmet);
  g_autoptr (GArray) ready = g_array_new (FALSE, FALSE, sizeof (guint));
  Greedy g = { { .s = s, .left = left }, order, done, unmet, readers, ready };
  guint taken = 0;
  for (guint t = 0; t < s->n; t++)
    if (is_free (s, t))
      take (&g, taken++, t);
    else if (telar_program_instr (s->program, t)->n_inputs == 0)
      g_array_append_val (ready, t);
  while (taken < s->n) {
    guint at = choose (&g.meter, done, ready), t = g_array_index (ready, guint, at);
    g_array_remove_index_fast (ready, at);
    take (&g, taken++, t);
  }
}

static gboolean
reads_maker (const Scheduler *s, guint t, guint maker)
{
  const TelarInstr *instr = telar_program_instr (s->program, t);
  for (guint i = 0; i < instr->n_inputs; i++)
    if (s->makers[instr->inputs[i]] == maker)
      return TRUE;
  return FALSE;
}

/* Moves what fills memory without reading any down to its first reader. */
static void
sink_sources (const Scheduler *s, guint *order)
{
  for (guint i = s->n; i-- > 0;) {
    const TelarInstr *instr = telar_program_instr (s->program, order[i]);
    guint moved = order[i], j = i + 1;
    if (instr->n_inputs > 0 || s->bytes[instr->outputs[0]] == 0)
      continue;
    while (j < s->n && !reads_maker (s, order[j], moved))
      j++;
    if (j == s->n)
      continue;
    memmove (&order[i], &order[i + 1], (j - 1 - i) * sizeof (guint));
    order[j - 1] = moved;
  }
}

static TelarProgram *
rebuild (const TelarProgram *program, const guint *order, GError **error)
{
  g_autoptr (TelarBuilder) builder = telar_builder_new (telar_program_name (program));
  g_autofree TelarValue *map = g_new (TelarValue, telar_program_n_values (program) + 1);
  telar_copy_states (builder, program, map);
  for (guint i = 0; i < telar_program_n_instrs (program); i++)
    telar_copy_instr (builder, program, telar_program_instr (program, order[i]), map);
  telar_copy_results (builder, program, map);
  return telar_builder_finish (builder, error);
}

TelarProgram *
telar_pass_schedule (const TelarProgram *program, GError **error)
{
  guint n = telar_program_n_instrs (program), n_values = telar_program_n_values (program);
  g_autofree gint64 *bytes = g_new0 (gint64, n_values + 1);
  g_autofree TelarValue *roots = g_new0 (TelarValue, n_values + 1);
  g_autofree guint *makers = g_new0 (guint, n_values + 1);
  g_autofree guint *uses = g_new0 (guint, n_values + 1);
  g_autofree GArray **waits = g_new0 (GArray *, n + 1);
  g_autofree guint *own = g_new (guint, n + 1);
  g_autofree guint *greedy = g_new (guint, n + 1);
  Scheduler s = { .program = program,
                  .n = n,
                  .n_values = n_values,
                  .bytes = bytes,
                  .roots = roots,
                  .makers = makers,
                  .uses = uses,
                  .waits = waits };
  measure (&s);
  order_updates (&s);
  for (guint t = 0; t < n; t++)
    own[t] = t;
  greedy_order (&s, greedy);
  sink_sources (&s, own);
  sink_sources (&s, greedy);
  gboolean better = peak_of (&s, greedy) <= peak_of (&s, own);
  for (guint t = 0; t < n; t++)
    g_clear_pointer (&waits[t], g_array_unref);
  return rebuild (program, better ? greedy : own, error);
}
