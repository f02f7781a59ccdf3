/* The memory pass: lifetimes of a bound program's values become offsets in one arena.
 *
 * Needs concrete shapes and the final order. Time is the index of an instruction; a buffer lives
 * from the one that fills it to the last that reads it, both included, so that an instruction's
 * results never lie over its inputs unless it was allowed to work in place. */
#include "engine/memory.h"

#include <string.h>

typedef struct {
  TelarPlaceKind kind;
  gsize bytes, offset;
  guint first, last;
  guint state;
} Buffer;

typedef struct {
  const TelarProgram *program;
  guint end;          /* the time after the last instruction */
  TelarValue *roots;  /* per value: the value whose buffer it lives in */
  Buffer *buffers;    /* per value; meaningful for roots */
  gint64 *last_read;  /* per state: when its old value is read last; -1: never */
  GHashTable *states; /* name -> index */
  TelarMemory *memory;
} Planner;

gboolean
telar_type_bytes (const TelarType *type, gsize *bytes)
{
  gint64 count;
  if (!telar_shape_count (&type->shape, &count) || count < 0)
    return FALSE;
  return g_size_checked_mul (bytes, (gsize)count, telar_dtype_size (type->dtype)) &&
         *bytes <= G_MAXSSIZE;
}

static gsize
align (gsize bytes)
{
  return (bytes + TELAR_ALIGNMENT - 1) & ~(gsize)(TELAR_ALIGNMENT - 1);
}

/* --- lifetimes ---------------------------------------------------------------------------------
 */

static void
open_buffer (Planner *p, const TelarInstr *instr, guint time, TelarValue value)
{
  Buffer *buffer = &p->buffers[value];
  buffer->first = buffer->last = time;
  p->roots[value] = value;
  switch (instr->prim) {
  case TELAR_PRIM_INPUT:
    buffer->kind = TELAR_PLACE_INPUT;
    break;
  case TELAR_PRIM_CONSTANT:
    buffer->kind = TELAR_PLACE_CONSTANT;
    break;
  case TELAR_PRIM_STATE:
    buffer->kind = TELAR_PLACE_STATE;
    buffer->state = GPOINTER_TO_UINT (
        g_hash_table_lookup (p->states, telar_instr_string (instr, TELAR_ATTR_NAME)));
    break;
  case TELAR_PRIM_RESHAPE:
    p->roots[value] = p->roots[instr->inputs[0]];
    break;
  default:
    buffer->kind = TELAR_PLACE_ARENA;
    break;
  }
}

static gboolean
measure (Planner *p, GError **error)
{
  gsize total = 0;
  for (guint t = 0; t < p->end; t++) {
    const TelarInstr *instr = telar_program_instr (p->program, t);
    for (guint i = 0; i < instr->n_inputs; i++)
      p->buffers[p->roots[instr->inputs[i]]].last = t;
    for (guint i = 0; i < instr->n_outputs; i++) {
      TelarValue value = instr->outputs[i];
      gsize bytes;
      if (!telar_type_bytes (telar_program_type (p->program, value), &bytes) ||
          !g_size_checked_add (&total, total, align (bytes)) || total > G_MAXSSIZE) {
        telar_set_error (error, TELAR_ERROR_INVALID, instr->origin,
                         "its values need more memory than can be addressed");
        return FALSE;
      }
      open_buffer (p, instr, t, value);
      p->buffers[value].bytes = p->memory->places[value].bytes = bytes;
    }
  }
  for (guint i = 0; i < telar_program_n_outputs (p->program); i++)
    p->buffers[p->roots[telar_program_output (p->program, i)->value]].last = p->end;
  return TRUE;
}

/* --- updates -----------------------------------------------------------------------------------
 */

/* Which input lies under output @output when @instr works in place; -1: none. */
static int
input_under (const TelarInstr *instr, guint output)
{
  gboolean region = instr->prim == TELAR_PRIM_FUSED;
  if (!region && !(telar_prim_info (instr->prim)->flags & TELAR_PRIM_IN_PLACE))
    return -1;
  if (output == 0)
    return 0;
  return region ? -1 : (int)output + 1; /* p, g, slots… -> new p, new slots */
}

/* Whether @instr may write @output over the buffer @root that dies with it. */
static gboolean
may_overwrite (const Planner *p, const TelarInstr *instr, guint output, TelarValue root)
{
  int under = input_under (instr, output);
  if (under < 0 || p->roots[instr->inputs[under]] != root)
    return FALSE;
  const TelarType *from = telar_program_type (p->program, instr->inputs[under]);
  const TelarType *to = telar_program_type (p->program, instr->outputs[output]);
  if (from->dtype != to->dtype ||
      telar_shape_elements (&from->shape) != telar_shape_elements (&to->shape))
    return FALSE;
  /* An elementwise primitive reads element i of all inputs before it writes element i. */
  if (telar_prim_info (instr->prim)->flags & TELAR_PRIM_ELEMENTWISE)
    return TRUE;
  for (guint i = 0; i < instr->n_inputs; i++)
    if ((int)i != under && p->roots[instr->inputs[i]] == root)
      return FALSE;
  return TRUE;
}

static void
find_last_reads (Planner *p)
{
  for (guint s = 0; s < telar_program_n_states (p->program); s++)
    p->last_read[s] = -1;
  for (TelarValue v = 0; v < p->memory->n_places; v++) {
    const Buffer *buffer = &p->buffers[v];
    if (p->roots[v] == v && buffer->kind == TELAR_PLACE_STATE)
      p->last_read[buffer->state] = MAX (p->last_read[buffer->state], buffer->last);
  }
}

/* The single root through which @instr reads @state, or TELAR_NO_VALUE when it reads several. */
static TelarValue
state_root (const Planner *p, const TelarInstr *instr, guint state)
{
  TelarValue found = TELAR_NO_VALUE;
  for (guint i = 0; i < instr->n_inputs; i++) {
    TelarValue root = p->roots[instr->inputs[i]];
    if (p->buffers[root].kind != TELAR_PLACE_STATE || p->buffers[root].state != state)
      continue;
    if (found != TELAR_NO_VALUE && found != root)
      return TELAR_NO_VALUE;
    found = root;
  }
  return found;
}

/* Puts the buffer of @value into the memory of @state, when nothing needs what was there. */
static gboolean
write_directly (Planner *p, guint state, TelarValue value)
{
  TelarValue root = p->roots[value];
  Buffer *buffer = &p->buffers[root];
  if (buffer->kind != TELAR_PLACE_ARENA)
    return FALSE;
  if (p->last_read[state] > buffer->first)
    return FALSE;
  if (p->last_read[state] == buffer->first) {
    guint output;
    const TelarInstr *maker = telar_program_maker (p->program, root, &output);
    TelarValue read = state_root (p, maker, state);
    if (read == TELAR_NO_VALUE || !may_overwrite (p, maker, output, read))
      return FALSE;
  }
  buffer->kind = TELAR_PLACE_STATE;
  buffer->state = state;
  return TRUE;
}

static void
place_updates (Planner *p)
{
  const TelarProgram *program = p->program;
  guint n = telar_program_n_updates (program);
  g_autofree guint *targets = g_new (guint, n + 1);
  g_autofree gboolean *idle = g_new0 (gboolean, n + 1); /* the state keeps its value */
  for (guint i = 0; i < n; i++) {
    const TelarUpdate *update = telar_program_update (program, i);
    targets[i] = GPOINTER_TO_UINT (g_hash_table_lookup (p->states, update->state));
    Buffer *buffer = &p->buffers[p->roots[update->value]];
    idle[i] = buffer->kind == TELAR_PLACE_STATE && buffer->state == targets[i];
    if (buffer->kind == TELAR_PLACE_STATE && !idle[i])
      buffer->last = p->end;
  }
  find_last_reads (p);
  for (guint i = 0; i < n; i++) {
    TelarValue value = telar_program_update (program, i)->value;
    if (idle[i] || write_directly (p, targets[i], value))
      continue;
    p->buffers[p->roots[value]].last = p->end;
    TelarStateCopy copy = { .state = targets[i], .value = value };
    g_array_append_val (p->memory->copies, copy);
  }
}

/* --- in place ----------------------------------------------------------------------------------
 */

static void
overwrite_dying_inputs (Planner *p)
{
  for (guint t = 0; t < p->end; t++) {
    const TelarInstr *instr = telar_program_instr (p->program, t);
    if (instr->prim == TELAR_PRIM_RESHAPE)
      p->roots[instr->outputs[0]] = p->roots[instr->inputs[0]]; /* which may have moved */
    if (instr->prim == TELAR_PRIM_RESHAPE || input_under (instr, 0) < 0)
      continue;
    TelarValue out = instr->outputs[0], in = p->roots[instr->inputs[0]];
    if (p->roots[out] != out || p->buffers[out].kind != TELAR_PLACE_ARENA ||
        p->buffers[in].kind != TELAR_PLACE_ARENA || p->buffers[in].last != t ||
        !may_overwrite (p, instr, 0, in))
      continue;
    p->buffers[in].last = p->buffers[out].last;
    p->roots[out] = in;
  }
}

/* --- offsets -----------------------------------------------------------------------------------
 */

static int
compare_sizes (gconstpointer a, gconstpointer b)
{
  const Buffer *x = *(const Buffer *const *)a, *y = *(const Buffer *const *)b;
  if (x->bytes != y->bytes)
    return x->bytes > y->bytes ? -1 : 1;
  return x->first != y->first ? (x->first < y->first ? -1 : 1) : (x < y ? -1 : x > y);
}

/* The tightest gap among the buffers that live at the same time; @placed is sorted by offset. */
static gsize
best_gap (const GPtrArray *placed, const Buffer *buffer)
{
  gsize best = 0, best_size = G_MAXSIZE, top = 0, need = align (buffer->bytes);
  for (guint i = 0; i < placed->len; i++) {
    const Buffer *other = g_ptr_array_index (placed, i);
    if (other->last < buffer->first || other->first > buffer->last)
      continue;
    if (other->offset > top && other->offset - top >= need && other->offset - top < best_size) {
      best = top;
      best_size = other->offset - top;
    }
    top = MAX (top, other->offset + align (other->bytes));
  }
  return best_size == G_MAXSIZE ? top : best;
}

/* Greedy by size: Pisarchyk and Lee, "Efficient memory management for deep neural net inference",
 * 2020. */
static gsize
place_buffers (GPtrArray *buffers)
{
  g_autoptr (GPtrArray) placed = g_ptr_array_new ();
  gsize size = 0;
  g_ptr_array_sort (buffers, compare_sizes);
  for (guint i = 0; i < buffers->len; i++) {
    Buffer *buffer = g_ptr_array_index (buffers, i);
    buffer->offset = best_gap (placed, buffer);
    size = MAX (size, buffer->offset + align (buffer->bytes));
    guint at = 0;
    while (at < placed->len && ((Buffer *)g_ptr_array_index (placed, at))->offset <= buffer->offset)
      at++;
    g_ptr_array_insert (placed, (int)at, buffer);
  }
  return size;
}

/* A copy that reads a state which another copy overwrites goes through the arena. */
static gboolean
needs_staging (const Planner *p, const TelarStateCopy *copy)
{
  const Buffer *source = &p->buffers[p->roots[copy->value]];
  if (source->kind != TELAR_PLACE_STATE)
    return FALSE;
  for (guint i = 0; i < p->memory->copies->len; i++)
    if (g_array_index (p->memory->copies, TelarStateCopy, i).state == source->state)
      return TRUE;
  return FALSE;
}

static void
lay_out (Planner *p)
{
  TelarMemory *memory = p->memory;
  g_autoptr (GPtrArray) buffers = g_ptr_array_new ();
  g_autofree Buffer *staging = g_new0 (Buffer, memory->copies->len + 1);
  for (TelarValue v = 0; v < memory->n_places; v++)
    if (p->roots[v] == v && p->buffers[v].kind == TELAR_PLACE_ARENA && p->buffers[v].bytes > 0)
      g_ptr_array_add (buffers, &p->buffers[v]);
  for (guint i = 0; i < memory->copies->len; i++) {
    TelarStateCopy *copy = &g_array_index (memory->copies, TelarStateCopy, i);
    copy->staged = needs_staging (p, copy);
    staging[i] =
        (Buffer){ .bytes = memory->places[copy->value].bytes, .first = p->end, .last = p->end };
    if (copy->staged && staging[i].bytes > 0)
      g_ptr_array_add (buffers, &staging[i]);
  }
  memory->arena_bytes = place_buffers (buffers);
  for (guint i = 0; i < memory->copies->len; i++)
    g_array_index (memory->copies, TelarStateCopy, i).staging = staging[i].offset;
  for (TelarValue v = 0; v < memory->n_places; v++) {
    TelarPlace *place = &memory->places[v];
    const Buffer *buffer = &p->buffers[p->roots[v]];
    place->kind = buffer->kind;
    place->offset = buffer->offset;
    place->state = buffer->state;
    place->source = p->roots[v];
  }
}

TelarMemory *
telar_memory_new (const TelarProgram *program, GError **error)
{
  guint n = telar_program_n_values (program), n_states = telar_program_n_states (program);
  g_autoptr (TelarMemory) memory = g_new0 (TelarMemory, 1);
  memory->n_places = n;
  memory->places = g_new0 (TelarPlace, n + 1);
  memory->copies = g_array_new (FALSE, FALSE, sizeof (TelarStateCopy));

  g_autofree TelarValue *roots = g_new (TelarValue, n + 1);
  g_autofree Buffer *buffers = g_new0 (Buffer, n + 1);
  g_autofree gint64 *reads = g_new0 (gint64, n_states + 1);
  g_autoptr (GHashTable) states = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < n_states; i++)
    g_hash_table_insert (states, (gpointer)telar_program_state (program, i)->name,
                         GUINT_TO_POINTER (i));
  Planner planner = { .program = program,
                      .end = telar_program_n_instrs (program),
                      .roots = roots,
                      .buffers = buffers,
                      .last_read = reads,
                      .states = states,
                      .memory = memory };
  if (!measure (&planner, error))
    return NULL;
  place_updates (&planner);
  overwrite_dying_inputs (&planner);
  lay_out (&planner);
  return g_steal_pointer (&memory);
}

void
telar_memory_free (TelarMemory *memory)
{
  if (memory == NULL)
    return;
  g_array_unref (memory->copies);
  g_free (memory->places);
  g_free (memory);
}
