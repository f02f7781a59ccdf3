/* Epilogues: product, bias and activation become one instruction. The patterns are data; one
 * matcher reads them. To fuse something new, add a pattern and, where its meaning is new, a check.
 */
#include "engine/compiler/fuse.h"
#include "engine/ir-uses.h"

#include <string.h>

enum { MOST_NODES = 3, MOST_CAPTURES = 3 };
enum { CAPTURE_X, CAPTURE_W, CAPTURE_BIAS };
enum { ROLE_PRODUCT, ROLE_BIAS, ROLE_ACTIVATION };

#define NODE(i)    ((int)(i))
#define CAPTURE(c) (-1 - (int)(c))
#define ANY_OF(...)                                                                                \
  {                                                                                                \
    __VA_ARGS__, TELAR_PRIM_NONE                                                                   \
  }

/* One instruction of a pattern. An input is another node or captures whatever value is there. Every
 * node but the first must have no other reader. */
typedef struct {
  int role;
  TelarPrim prims[4];
  int inputs[2];
} PatternNode;

typedef struct {
  guint n_nodes;
  PatternNode nodes[MOST_NODES]; /* the first is the last to run */
} Pattern;

/* clang-format off */
#define ACTIVATION(input) \
  { ROLE_ACTIVATION, ANY_OF (TELAR_PRIM_RELU, TELAR_PRIM_SIGMOID, TELAR_PRIM_TANH), { input } }
#define BIAS(input) \
  { ROLE_BIAS, ANY_OF (TELAR_PRIM_ADD), { input, CAPTURE (CAPTURE_BIAS) } }
#define PRODUCT \
  { ROLE_PRODUCT, ANY_OF (TELAR_PRIM_MATMUL, TELAR_PRIM_CONV), \
    { CAPTURE (CAPTURE_X), CAPTURE (CAPTURE_W) } }

static const Pattern patterns[] = { /* the larger first */
  { 3, { ACTIVATION (NODE (1)), BIAS (NODE (2)), PRODUCT } },
  { 2, { BIAS (NODE (1)), PRODUCT } },
  { 2, { ACTIVATION (NODE (1)), PRODUCT } },
};
/* clang-format on */

typedef struct {
  const TelarInstr *roles[MOST_NODES]; /* by role; NULL: the pattern has none */
  TelarValue captures[MOST_CAPTURES];
} Match;

typedef struct {
  const TelarProgram *program;
  guint *uses;
} Matcher;

/* --- matching ----------------------------------------------------------------------------------
 */

static gboolean match_node (const Matcher *m, const Pattern *pattern, guint at,
                            const TelarInstr *instr, Match *match);

static gboolean
match_input (const Matcher *m, const Pattern *pattern, int input, TelarValue value, Match *match)
{
  if (input < 0) {
    match->captures[-1 - input] = value;
    return TRUE;
  }
  return m->uses[value] == 1 && match_node (m, pattern, (guint)input,
                                            telar_program_maker (m->program, value, NULL), match);
}

static gboolean
match_inputs (const Matcher *m, const Pattern *pattern, const PatternNode *node,
              const TelarInstr *instr, gboolean swapped, Match *match)
{
  for (guint i = 0; i < instr->n_inputs; i++) {
    TelarValue value = instr->inputs[swapped ? instr->n_inputs - 1 - i : i];
    if (!match_input (m, pattern, node->inputs[i], value, match))
      return FALSE;
  }
  return TRUE;
}

static gboolean
match_node (const Matcher *m, const Pattern *pattern, guint at, const TelarInstr *instr,
            Match *match)
{
  const PatternNode *node = &pattern->nodes[at];
  guint i = 0;
  while (node->prims[i] != TELAR_PRIM_NONE && node->prims[i] != instr->prim)
    i++;
  if (node->prims[i] == TELAR_PRIM_NONE || instr->n_inputs > G_N_ELEMENTS (node->inputs))
    return FALSE;
  match->roles[node->role] = instr;
  if (match_inputs (m, pattern, node, instr, FALSE, match))
    return TRUE;
  return telar_prim_info (instr->prim)->flags & TELAR_PRIM_COMMUTATIVE &&
         match_inputs (m, pattern, node, instr, TRUE, match);
}

/* --- checking ----------------------------------------------------------------------------------
 */

static guint
channel_axis (const TelarInstr *product, guint rank)
{
  gboolean first =
      product->prim == TELAR_PRIM_CONV && telar_instr_int (product, TELAR_ATTR_LAYOUT, 0) == 0;
  return first ? 1 : rank - 1;
}

/* Whether @shape, broadcast to @whole, varies along @axis only. */
static gboolean
varies_along (const TelarShape *shape, const TelarShape *whole, guint axis)
{
  if (shape->rank > whole->rank)
    return FALSE;
  guint missing = whole->rank - shape->rank;
  if (axis < missing)
    return FALSE;
  for (guint i = 0; i < shape->rank; i++)
    if (shape->dims[i] != (i + missing == axis ? whole->dims[axis] : 1))
      return FALSE;
  return TRUE;
}

/* A bias may have been broadcast on its way; what it was before is as good. */
static gboolean
find_bias (const Matcher *m, Match *match)
{
  const TelarInstr *product = match->roles[ROLE_PRODUCT];
  const TelarShape *whole = &telar_program_type (m->program, product->outputs[0])->shape;
  TelarValue *bias = &match->captures[CAPTURE_BIAS];
  const TelarInstr *maker = telar_program_maker (m->program, *bias, NULL);
  if (maker->prim == TELAR_PRIM_BROADCAST)
    *bias = maker->inputs[0];
  return varies_along (&telar_program_type (m->program, *bias)->shape, whole,
                       channel_axis (product, whole->rank));
}

static gboolean
is_sound (const Matcher *m, Match *match)
{
  const TelarInstr *product = match->roles[ROLE_PRODUCT];
  if (product->n_inputs != 2 || telar_instr_attr (product, TELAR_ATTR_ACTIVATION) != NULL ||
      !telar_dtype_is_float (telar_program_type (m->program, product->outputs[0])->dtype))
    return FALSE;
  return match->roles[ROLE_BIAS] == NULL || find_bias (m, match);
}

static gboolean
find_match (const Matcher *m, const TelarInstr *instr, Match *match)
{
  for (guint i = 0; i < G_N_ELEMENTS (patterns); i++) {
    memset (match, 0, sizeof *match);
    if (match_node (m, &patterns[i], 0, instr, match) && is_sound (m, match))
      return TRUE;
  }
  return FALSE;
}

/* --- rewriting ---------------------------------------------------------------------------------
 */

/* The bias as a vector; a reshape of a vector gives that vector back. */
static TelarValue
bias_vector (const Matcher *m, TelarBuilder *builder, TelarValue bias, const TelarValue *map)
{
  const TelarInstr *maker = telar_program_maker (m->program, bias, NULL);
  if (maker->prim == TELAR_PRIM_RESHAPE &&
      telar_program_type (m->program, maker->inputs[0])->shape.rank == 1)
    return map[maker->inputs[0]];
  const TelarShape *shape = &telar_program_type (m->program, bias)->shape;
  if (shape->rank == 1)
    return map[bias];
  gint64 count = 1;
  for (guint i = 0; i < shape->rank; i++)
    count *= shape->dims[i];
  TelarShape vector = telar_shape (count);
  return telar_build_reshape (builder, map[bias], &vector);
}

static void
emit_match (const Matcher *m, TelarBuilder *builder, const Match *match, TelarValue *map)
{
  const TelarInstr *product = match->roles[ROLE_PRODUCT], *bias = match->roles[ROLE_BIAS];
  const TelarInstr *activation = match->roles[ROLE_ACTIVATION];
  const TelarInstr *last = activation != NULL ? activation : bias;
  TelarValue inputs[3] = { map[match->captures[CAPTURE_X]], map[match->captures[CAPTURE_W]] };
  g_autofree TelarAttr *attrs = g_new (TelarAttr, product->n_attrs + 1);
  guint n_inputs = 2, n_attrs = product->n_attrs;

  memcpy (attrs, product->attrs, n_attrs * sizeof (TelarAttr));
  if (activation != NULL)
    attrs[n_attrs++] = TELAR_INT (ACTIVATION, activation->prim);
  telar_builder_set_origin (builder, product->origin);
  if (bias != NULL)
    inputs[n_inputs++] = bias_vector (m, builder, match->captures[CAPTURE_BIAS], map);
  map[last->outputs[0]] = telar_build (builder, product->prim, inputs, n_inputs, attrs, n_attrs);
}

TelarProgram *
telar_fuse_epilogues (const TelarProgram *program, GError **error)
{
  guint n = telar_program_n_instrs (program);
  g_autofree guint *uses = telar_program_count_uses (program);
  g_autofree Match **matches = g_new0 (Match *, n + 1);
  g_autoptr (GHashTable) inner = g_hash_table_new (NULL, NULL);
  Matcher m = { .program = program, .uses = uses };
  for (guint t = n; t-- > 0;) { /* from the end, so that the larger pattern meets its root first */
    Match match;
    const TelarInstr *instr = telar_program_instr (program, t);
    if (g_hash_table_contains (inner, instr) || !find_match (&m, instr, &match))
      continue;
    matches[t] = g_memdup2 (&match, sizeof match);
    for (guint role = 0; role < MOST_NODES; role++)
      if (match.roles[role] != NULL && match.roles[role] != instr)
        g_hash_table_add (inner, (gpointer)match.roles[role]);
  }

  g_autoptr (TelarBuilder) builder = telar_builder_new (telar_program_name (program));
  g_autofree TelarValue *map = g_new (TelarValue, telar_program_n_values (program) + 1);
  telar_copy_states (builder, program, map);
  for (guint t = 0; t < n; t++) {
    const TelarInstr *instr = telar_program_instr (program, t);
    if (matches[t] != NULL)
      emit_match (&m, builder, matches[t], map);
    else if (!g_hash_table_contains (inner, instr))
      telar_copy_instr (builder, program, instr, map);
    g_clear_pointer (&matches[t], g_free);
  }
  telar_copy_results (builder, program, map);
  return telar_builder_finish (builder, error);
}
