/* Finding what watchpoints look at: which nodes of the lowered graph they are of, and which wires,
 * gradients and parameters there. */
#include "engine/watcher.h"
#include "engine/lower-private.h"
#include <string.h>

/* How near the ends of its range, as a part of it, an activation counts as saturated. */
#define END_PART 0.015

typedef struct {
  TelarWatcher *watcher;
  const TelarLowered *lowered;
  const TelarWatch *watch;
  const TelarLoweredNode *node;
  gboolean everywhere;
} Search;

/* --- names ------------------------------------------------------------------------------------ */

/* Whether the watchpoint is of the node with its @part, a port or a role of a state. */
static gboolean
matches (const Search *s, const char *part)
{
  const char *where = s->watch->where;
  g_autofree char *plain = telar_watch_plain_path (s->node->id);
  g_autofree char *full = g_strdup_printf ("%s.%s", s->node->id, part);
  g_autofree char *plain_full = g_strdup_printf ("%s.%s", plain, part);
  return g_pattern_match_simple (where, s->node->id) || g_pattern_match_simple (where, plain) ||
         g_pattern_match_simple (where, full) || g_pattern_match_simple (where, plain_full);
}

static const char *
keep (const Search *s, char *name)
{
  const char *kept = g_string_chunk_insert_const (s->watcher->names, name);
  g_free (name);
  return kept;
}

/* --- targets ---------------------------------------------------------------------------------- */

static guint
add_probe (const Search *s, TelarProbe probe)
{
  g_array_append_val (s->watcher->probes, probe);
  return s->watcher->probes->len - 1;
}

static TelarWatchTarget *
add_target (const Search *s, const char *where)
{
  TelarWatchTarget *target = g_new0 (TelarWatchTarget, 1);
  target->watch = s->watch;
  target->where = where;
  g_ptr_array_add (s->watcher->targets, target);
  return target;
}

static void
probe (const Search *s, TelarWatchTarget *target, TelarProbeSubject subject, const char *name,
       TelarStat stat)
{
  TelarProbe wanted = { .subject = subject, .name = name, .stat = stat };
  target->probes[target->n_probes++] = add_probe (s, wanted);
}

/* --- wires ------------------------------------------------------------------------------------ */

/* FALSE when the operator's results have no ends. */
static gboolean
find_range (const TelarNode *node, double *low, double *high)
{
  static const struct {
    const char *op;
    double low, high;
  } bounded[] = {
    { "sigmoid", 0, 1 }, { "hard_sigmoid", 0, 1 }, { "tanh", -1, 1 }, { "softsign", -1, 1 }
  };
  for (guint i = 0; i < G_N_ELEMENTS (bounded); i++)
    if (strcmp (node->op->name, bounded[i].op) == 0) {
      *low = bounded[i].low;
      *high = bounded[i].high;
      return TRUE;
    }
  if (strcmp (node->op->name, "hard_tanh") != 0)
    return FALSE;
  *low = telar_param_set_real (node->params, "low");
  *high = telar_param_set_real (node->params, "high");
  return TRUE;
}

/* Operators whose units are dead when they give nothing but 0. */
static gboolean
may_die (const TelarOperator *op)
{
  static const char *const names[] = { "relu", "squared_relu", "thresholded_relu", NULL };
  return g_strv_contains (names, op->name);
}

/* Whether the kind looks at wires like this one. */
static gboolean
fits_wire (const Search *s)
{
  const TelarOperator *op = s->node->node->op;
  double low, high;
  switch (s->watch->kind) {
  case TELAR_WATCH_NAN:
  case TELAR_WATCH_OVERFLOW:
    return TRUE;
  case TELAR_WATCH_DEAD:
    return !s->everywhere || may_die (op);
  case TELAR_WATCH_SATURATED:
    return find_range (s->node->node, &low, &high);
  case TELAR_WATCH_RANGE:
    return !s->everywhere || op->category != TELAR_CATEGORY_DATA;
  default:
    return FALSE;
  }
}

static void
probe_wire (const Search *s, TelarWatchTarget *target, const char *name)
{
  double low = 0, high = 0;
  switch (s->watch->kind) {
  case TELAR_WATCH_NAN:
    probe (s, target, TELAR_PROBE_WIRE, name, TELAR_STAT_NANS);
    return;
  case TELAR_WATCH_OVERFLOW:
    probe (s, target, TELAR_PROBE_WIRE, name, TELAR_STAT_INFINITIES);
    return;
  case TELAR_WATCH_DEAD:
    probe (s, target, TELAR_PROBE_WIRE, name, TELAR_STAT_UNITS);
    return;
  case TELAR_WATCH_RANGE:
    probe (s, target, TELAR_PROBE_WIRE, name, TELAR_STAT_LOW);
    probe (s, target, TELAR_PROBE_WIRE, name, TELAR_STAT_HIGH);
    return;
  default:
    break;
  }
  find_range (s->node->node, &low, &high);
  double end = (high - low) * END_PART;
  TelarProbe ends = { TELAR_PROBE_WIRE, name, TELAR_STAT_BEYOND, low + end, high - end };
  target->probes[target->n_probes++] = add_probe (s, ends);
}

static gboolean
is_gradient_kind (TelarWatchKind kind)
{
  return kind == TELAR_WATCH_VANISHING || kind == TELAR_WATCH_EXPLODING;
}

static TelarStat
gradient_stat (TelarWatchKind kind)
{
  return kind == TELAR_WATCH_VANISHING ? TELAR_STAT_MEAN : TELAR_STAT_NORM;
}

/* The wire of an output port, where it has numbers: its name is that of the node, with the port
 * where the node has several. */
static const char *
wire_name (const Search *s, guint port, TelarValue *value)
{
  const TelarOperator *op = s->node->node->op;
  *value = telar_lowered_value (s->lowered, s->node->id, port);
  if (*value == TELAR_NO_VALUE ||
      !telar_dtype_is_float (telar_program_type (s->lowered->program, *value)->dtype))
    return NULL;
  return keep (s, telar_operator_n_outputs (op) == 1
                      ? g_strdup (s->node->id)
                      : g_strdup_printf ("%s.%s", s->node->id, op->outputs[port].name));
}

/* @has_states: the node has parameters, at which gradients are looked at unless a port is named. */
static void
search_wires (const Search *s, gboolean has_states)
{
  const TelarOperator *op = s->node->node->op;
  gboolean gradients = is_gradient_kind (s->watch->kind) && !has_states && !s->everywhere;
  if (!gradients && !fits_wire (s))
    return;
  for (guint port = 0; port < telar_operator_n_outputs (op); port++) {
    TelarValue value;
    const char *name = matches (s, op->outputs[port].name) ? wire_name (s, port, &value) : NULL;
    if (!name)
      continue;
    TelarWatchTarget *target = add_target (s, name);
    g_hash_table_insert (s->watcher->wires, (gpointer)name, GUINT_TO_POINTER (value));
    if (gradients)
      probe (s, target, TELAR_PROBE_WIRE_GRADIENT, name, gradient_stat (s->watch->kind));
    else
      probe_wire (s, target, name);
  }
}

/* --- parameters ------------------------------------------------------------------------------- */

static void
probe_state (const Search *s, const TelarState *state, const char *where)
{
  TelarWatchKind kind = s->watch->kind;
  const char *name = keep (s, g_strdup (state->name));
  TelarWatchTarget *target = add_target (s, where);
  if (kind == TELAR_WATCH_NAN || kind == TELAR_WATCH_OVERFLOW) {
    TelarStat stat = kind == TELAR_WATCH_NAN ? TELAR_STAT_NANS : TELAR_STAT_INFINITIES;
    probe (s, target, TELAR_PROBE_GRADIENT, name, stat);
    probe (s, target, TELAR_PROBE_NEXT, name, stat);
  } else if (is_gradient_kind (kind)) {
    probe (s, target, TELAR_PROBE_GRADIENT, name, gradient_stat (kind));
  } else {
    TelarStat stat = kind == TELAR_WATCH_UNCHANGED ? TELAR_STAT_LARGEST : TELAR_STAT_MEAN;
    probe (s, target, TELAR_PROBE_CHANGE, name, stat);
    probe (s, target, TELAR_PROBE_STATE, name, stat);
  }
}

static gboolean
fits_state (const Search *s, const TelarState *state)
{
  switch (s->watch->kind) {
  case TELAR_WATCH_NAN:
  case TELAR_WATCH_OVERFLOW:
  case TELAR_WATCH_VANISHING:
  case TELAR_WATCH_EXPLODING:
  case TELAR_WATCH_UNCHANGED:
    return state->trainable;
  case TELAR_WATCH_UPDATE_LARGE:
  case TELAR_WATCH_UPDATE_SMALL:
    return state->trainable && state->decay;
  default:
    return FALSE;
  }
}

/* Whether the node has states that the kind looks at. */
static gboolean
search_states (const Search *s)
{
  const TelarProgram *program = s->lowered->program;
  g_autofree char *prefix = g_strconcat (s->node->states, ".", NULL);
  gboolean found = FALSE;
  for (guint i = 0; i < telar_program_n_states (program); i++) {
    const TelarState *state = telar_program_state (program, i);
    if (!g_str_has_prefix (state->name, prefix) || !fits_state (s, state))
      continue;
    const char *role = state->name + strlen (prefix);
    if (!matches (s, role))
      continue;
    found = TRUE;
    probe_state (s, state, keep (s, g_strdup_printf ("%s.%s", s->node->id, role)));
  }
  return found;
}

/* --- the whole graph -------------------------------------------------------------------------- */

static gboolean
search (TelarWatcher *watcher, const TelarLowered *lowered, const TelarWatch *watch, GError **error)
{
  Search s = { watcher, lowered, watch, NULL, strcmp (watch->where, "*") == 0 };
  const GPtrArray *nodes = telar_lowered_nodes (lowered);
  guint before = watcher->targets->len;
  if (telar_watch_info (watch->kind)->on_run) {
    add_target (&s, "run");
    return TRUE;
  }
  for (guint i = 0; i < nodes->len; i++) {
    s.node = nodes->pdata[i];
    /* What a group gives is what a node within it gives. */
    if (!s.everywhere || !telar_operator_drawing (s.node->node->op))
      search_wires (&s, search_states (&s));
  }
  if (s.everywhere || watcher->targets->len > before)
    return TRUE;
  telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                   "the watchpoint \"%s:%s\" has nothing to look at: there is no such node, or "
                   "nothing of that kind in it",
                   telar_watch_info (watch->kind)->name, watch->where);
  return FALSE;
}

static void
free_target (gpointer data)
{
  g_free (((TelarWatchTarget *)data)->memory.units);
  g_free (data);
}

static TelarWatcher *
new_watcher (GPtrArray *watches)
{
  TelarWatcher *watcher = g_new0 (TelarWatcher, 1);
  watcher->watches = watches;
  watcher->targets = g_ptr_array_new_with_free_func (free_target);
  watcher->probes = g_array_new (FALSE, FALSE, sizeof (TelarProbe));
  watcher->wires = g_hash_table_new (g_str_hash, g_str_equal);
  watcher->names = g_string_chunk_new (256);
  return watcher;
}

void
telar_watcher_free (TelarWatcher *watcher)
{
  if (!watcher)
    return;
  g_ptr_array_unref (watcher->watches);
  g_ptr_array_unref (watcher->targets);
  g_array_unref (watcher->probes);
  g_hash_table_unref (watcher->wires);
  g_string_chunk_free (watcher->names);
  g_free (watcher);
}

gboolean
telar_watcher_make (const char *text, const TelarLowered *lowered, TelarWatcher **watcher,
                    GError **error)
{
  *watcher = NULL;
  GPtrArray *watches = telar_watches_parse (text, error);
  if (!watches)
    return FALSE;
  TelarWatcher *made = new_watcher (watches);
  for (guint i = 0; i < watches->len; i++) {
    const TelarWatch *watch = watches->pdata[i];
    if (!watch->off && !search (made, lowered, watch, error)) {
      telar_watcher_free (made);
      return FALSE;
    }
    made->pauses |= !watch->off && watch->action == TELAR_WATCH_PAUSE;
  }
  if (made->targets->len > 0)
    *watcher = made;
  else
    telar_watcher_free (made);
  return TRUE;
}

TelarProgram *
telar_watcher_mark (const TelarWatcher *watcher, const TelarProgram *lowered, GError **error)
{
  g_autoptr (TelarBuilder) builder = telar_builder_new (telar_program_name (lowered));
  g_autofree TelarValue *map = g_new (TelarValue, telar_program_n_values (lowered) + 1);
  GHashTableIter iter;
  gpointer name, value;
  telar_copy_all (builder, lowered, map);
  telar_builder_set_origin (builder, NULL);
  telar_copy_results (builder, lowered, map);
  g_hash_table_iter_init (&iter, watcher->wires);
  while (g_hash_table_iter_next (&iter, &name, &value)) {
    g_autofree char *output = g_strconcat (TELAR_PROBE_PREFIX_WIRE, name, NULL);
    telar_build_output (builder, TELAR_OUTPUT_PROBE, output, map[GPOINTER_TO_UINT (value)]);
  }
  return telar_builder_finish (builder, error);
}
