/* Random programs, and running programs plainly. */
#include "tests/support/random-program.h"

#include <string.h>

enum { WIDTH = 6, N_STATES = 4 };

typedef struct {
  TelarBuilder *b;
  GRand *rand;
  GArray *values; /* TelarValue, all f32 and of rank 0 to 3 */
} Generator;

static TelarValue
pick (Generator *g)
{
  /* recent values more often, so that chains and short lives occur beside long ones */
  guint n = g->values->len;
  guint back = g_rand_boolean (g->rand) ? MIN (n, 4) : n;
  return g_array_index (g->values, TelarValue,
                        n - 1 - (guint)g_rand_int_range (g->rand, 0, (gint32)back));
}

static void
add (Generator *g, TelarValue value)
{
  g_array_append_val (g->values, value);
}

static const TelarShape *
shape_of (Generator *g, TelarValue value)
{
  return &telar_builder_type (g->b, value)->shape;
}

static TelarValue
add_unary (Generator *g)
{
  static const TelarPrim prims[] = { TELAR_PRIM_NEG, TELAR_PRIM_TANH, TELAR_PRIM_RELU,
                                     TELAR_PRIM_SIGMOID, TELAR_PRIM_SIN };
  TelarPrim prim = prims[g_rand_int_range (g->rand, 0, G_N_ELEMENTS (prims))];
  return telar_build_unary (g->b, prim, pick (g));
}

static TelarValue
add_binary (Generator *g)
{
  static const TelarPrim prims[] = { TELAR_PRIM_ADD, TELAR_PRIM_SUB, TELAR_PRIM_MUL,
                                     TELAR_PRIM_MAXIMUM };
  TelarPrim prim = prims[g_rand_int_range (g->rand, 0, G_N_ELEMENTS (prims))];
  TelarValue x = pick (g), y = pick (g);
  TelarShape shape;
  gint64 count;
  if (!telar_shape_broadcast (shape_of (g, x), shape_of (g, y), &shape) || shape.rank > 3 ||
      !telar_shape_count (&shape, &count) || count < -1000 || count > 1000)
    return telar_build_binary (g->b, prim, x, x);
  return telar_build_binary (g->b, prim, x, y);
}

/* Numbers that rewrite rules look for. */
static TelarValue
add_scalar (Generator *g)
{
  static const struct {
    TelarPrim prim;
    double number;
  } kinds[] = { { TELAR_PRIM_ADD, 0 }, { TELAR_PRIM_SUB, 0 },  { TELAR_PRIM_MUL, 1 },
                { TELAR_PRIM_MUL, 3 }, { TELAR_PRIM_MUL, -1 }, { TELAR_PRIM_MUL, -0.7 },
                { TELAR_PRIM_DIV, 1 }, { TELAR_PRIM_DIV, 4 },  { TELAR_PRIM_DIV, 3 },
                { TELAR_PRIM_POW, 1 }, { TELAR_PRIM_POW, 2 },  { TELAR_PRIM_ADD, 0.5 } };
  gint32 i = g_rand_int_range (g->rand, 0, G_N_ELEMENTS (kinds));
  return telar_build_binary_scalar (g->b, kinds[i].prim, pick (g), kinds[i].number);
}

static TelarValue
add_broadcast (Generator *g)
{
  TelarValue x = pick (g);
  TelarShape shape = telar_shape (TELAR_DIM_BATCH, WIDTH), joined;
  if (!telar_shape_broadcast (shape_of (g, x), &shape, &joined) ||
      !telar_shape_equal (&joined, &shape))
    return x;
  return telar_build_broadcast (g->b, x, &shape);
}

static TelarValue
add_select (Generator *g)
{
  TelarValue x = pick (g);
  TelarValue positive =
      telar_build_binary (g->b, TELAR_PRIM_LESS, telar_build_scalar (g->b, TELAR_F32, 0), x);
  return telar_build_select (g->b, positive, x, telar_build_scalar (g->b, TELAR_F32, 0.25));
}

static TelarValue
add_shape (Generator *g)
{
  TelarValue x = pick (g);
  TelarShape shape = *shape_of (g, x);
  gint64 perm[TELAR_MAX_RANK] = { 0, 1, 2 };
  if (shape.rank == 3 && g_rand_boolean (g->rand)) {
    perm[1] = 2;
    perm[2] = 1;
    return telar_build_transpose (g->b, x, perm);
  }
  if (shape.rank == 2 && shape.dims[1] == WIDTH) {
    TelarShape split = telar_shape (shape.dims[0], 2, WIDTH / 2);
    return telar_build_reshape (g->b, x, &split);
  }
  if (shape.rank == 3) {
    TelarShape flat = telar_shape (shape.dims[0], shape.dims[1] * shape.dims[2]);
    return telar_build_reshape (g->b, x, &flat);
  }
  return telar_build_unary (g->b, TELAR_PRIM_NEG, x);
}

static TelarValue
add_reduction (Generator *g)
{
  TelarValue x = pick (g);
  guint rank = shape_of (g, x)->rank;
  if (rank == 0)
    return telar_build_unary (g->b, TELAR_PRIM_TANH, x);
  gint64 axis = g_rand_int_range (g->rand, 0, (gint32)rank);
  return telar_build_reduce (g->b, TELAR_PRIM_MEAN, x, &axis, 1, TRUE);
}

static TelarValue
add_softmax (Generator *g)
{
  TelarValue x = pick (g);
  guint rank = shape_of (g, x)->rank;
  if (rank < 2)
    return telar_build_unary (g->b, TELAR_PRIM_RELU, x);
  return telar_build (g->b, TELAR_PRIM_SOFTMAX, &x, 1, &TELAR_INT (AXIS, rank - 1), 1);
}

static TelarValue
add_fill (Generator *g)
{
  TelarType type = { TELAR_F32, telar_shape (TELAR_DIM_BATCH, WIDTH) };
  return telar_build_fill (g->b, &type, g_rand_double_range (g->rand, -1, 1));
}

static TelarValue
add_region (Generator *g)
{
  g_autoptr (TelarBuilder) b = telar_builder_new ("fused");
  TelarValue operand = pick (g);
  TelarValue x = telar_build_input (b, "0", telar_builder_type (g->b, operand));
  TelarValue y = telar_build_unary (b, TELAR_PRIM_TANH, x);
  telar_build_output (b, TELAR_OUTPUT_RESULT, "0",
                      telar_build_binary_scalar (b, TELAR_PRIM_MUL, y, 0.5));
  telar_build_output (b, TELAR_OUTPUT_RESULT, "1", telar_build_binary (b, TELAR_PRIM_ADD, x, y));
  g_autoptr (TelarProgram) body = telar_builder_finish (b, NULL);
  TelarValue first = telar_build_region (g->b, TELAR_PRIM_FUSED, &operand, 1, body);
  add (g, first);
  return first + 1;
}

static void
add_instr (Generator *g)
{
  static TelarValue (*const kinds[]) (
      Generator * g) = { add_unary,  add_unary,     add_binary,  add_binary, add_binary,
                         add_select, add_reduction, add_softmax, add_fill,   add_shape,
                         add_shape,  add_region,    add_scalar,  add_scalar, add_broadcast };
  add (g, kinds[g_rand_int_range (g->rand, 0, G_N_ELEMENTS (kinds))](g));
}

static char *
state_name (guint i)
{
  return g_strdup_printf ("node%u.s", i);
}

static void
declare_states (Generator *g)
{
  for (guint i = 0; i < N_STATES; i++) {
    g_autofree char *name = state_name (i);
    TelarState state = { .name = name,
                         .type = { TELAR_F32, telar_shape (1, WIDTH) },
                         .init = { .kind = TELAR_INIT_NORMAL, .scale = 1 },
                         .trainable = TRUE,
                         .fit = TELAR_NO_VALUE };
    telar_build_declare_state (g->b, &state);
    add (g, telar_build_state (g->b, name));
  }
}

/* Something of a state's type: a value of the program, reduced to it. */
static TelarValue
next_state (Generator *g)
{
  for (guint tries = 0; tries < 20; tries++) {
    TelarValue x = pick (g);
    TelarShape shape = *shape_of (g, x);
    gint64 axis = 0;
    if (shape.rank == 2 && shape.dims[0] == 1 && shape.dims[1] == WIDTH)
      return x;
    if (shape.rank == 2 && shape.dims[1] == WIDTH)
      return telar_build_reduce (g->b, TELAR_PRIM_MEAN, x, &axis, 1, TRUE);
  }
  return g_array_index (g->values, TelarValue, 1);
}

/* State 0 and 1 by momentum, or from values, or each from the other. */
static void
update_states (Generator *g)
{
  g_autofree char *first = state_name (0), *second = state_name (1), *third = state_name (2);
  TelarValue states[] = { g_array_index (g->values, TelarValue, 0),
                          g_array_index (g->values, TelarValue, 1) };
  switch (g_rand_int_range (g->rand, 0, 3)) {
  case 0: {
    TelarValue inputs[] = { states[0], next_state (g), states[1],
                            telar_build_scalar (g->b, TELAR_F32, 0.1) };
    TelarValue next = telar_emit (g->b, SGD, inputs, TELAR_REAL (MOMENTUM, 0.9));
    telar_build_update (g->b, first, next);
    telar_build_update (g->b, second, next + 1);
    break;
  }
  case 1:
    telar_build_update (g->b, first, states[1]);
    telar_build_update (g->b, second, states[0]);
    break;
  default:
    telar_build_update (g->b, first, next_state (g));
    telar_build_update (g->b, second, next_state (g));
    break;
  }
  telar_build_update (g->b, third, next_state (g));
}

TelarProgram *
test_random_program (guint seed, guint size)
{
  g_autoptr (TelarBuilder) b = telar_builder_new ("random");
  g_autoptr (GArray) values = g_array_new (FALSE, FALSE, sizeof (TelarValue));
  g_autoptr (GError) error = NULL;
  Generator g = { .b = b, .rand = g_rand_new_with_seed (seed), .values = values };
  TelarType x = { TELAR_F32, telar_shape (TELAR_DIM_BATCH, WIDTH) };
  declare_states (&g);
  add (&g, telar_build_input (b, "x", &x));
  for (guint i = 0; i < size; i++)
    add_instr (&g);
  for (guint i = 0; i < 3; i++) {
    g_autofree char *name = g_strdup_printf ("out%u", i);
    telar_build_output (b, TELAR_OUTPUT_RESULT, name, pick (&g));
  }
  update_states (&g);
  g_rand_free (g.rand);
  TelarProgram *program = telar_builder_finish (b, &error);
  g_assert_no_error (error);
  return program;
}

/* --- running plainly ---------------------------------------------------------------------------
 */

typedef struct {
  const TelarProgram *program;
  const TelarBinding *inputs;
  guint n_inputs;
  TelarStates *states;
  guint64 seed;
  guint32 step;
  TelarTensor **values;
} Plain;

static TelarTensor *
source (const Plain *p, const TelarInstr *instr)
{
  const char *name = telar_instr_string (instr, TELAR_ATTR_NAME);
  if (instr->prim == TELAR_PRIM_STATE)
    return telar_tensor_copy (telar_states_get (p->states, name));
  for (guint i = 0; i < p->n_inputs; i++)
    if (strcmp (p->inputs[i].name, name) == 0)
      return telar_tensor_ref (p->inputs[i].tensor);
  g_error ("no input %s", name);
}

static void
run_instr (const Plain *p, const TelarInstr *instr)
{
  TelarView inputs[TELAR_ANY], outputs[TELAR_ANY];
  g_autoptr (GError) error = NULL;
  if (instr->prim == TELAR_PRIM_INPUT || instr->prim == TELAR_PRIM_STATE) {
    p->values[instr->outputs[0]] = source (p, instr);
    return;
  }
  for (guint i = 0; i < instr->n_inputs; i++) {
    TelarTensor *tensor = p->values[instr->inputs[i]];
    inputs[i] = (TelarView){ tensor->type, tensor->data };
  }
  for (guint i = 0; i < instr->n_outputs; i++) {
    const TelarType *type = telar_program_type (p->program, instr->outputs[i]);
    TelarTensor *tensor = telar_tensor_new (type->dtype, &type->shape);
    p->values[instr->outputs[i]] = tensor;
    outputs[i] = (TelarView){ *type, tensor->data };
  }
  TelarCall call = { .program = p->program,
                     .instr = instr,
                     .inputs = inputs,
                     .outputs = outputs,
                     .seed = p->seed,
                     .step = p->step };
  telar_device_ref_class ()->run (NULL, &call, &error);
  g_assert_no_error (error);
}

GPtrArray *
test_run_plainly (const TelarProgram *program, const TelarBinding *inputs, guint n_inputs,
                  TelarStates *states, guint64 seed, guint32 step)
{
  guint n_values = telar_program_n_values (program);
  g_autofree TelarTensor **values = g_new0 (TelarTensor *, n_values + 1);
  Plain plain = { program, inputs, n_inputs, states, seed, step, values };
  GPtrArray *outputs = g_ptr_array_new_with_free_func ((GDestroyNotify)telar_tensor_unref);
  for (guint i = 0; i < telar_program_n_instrs (program); i++)
    run_instr (&plain, telar_program_instr (program, i));
  for (guint i = 0; i < telar_program_n_outputs (program); i++)
    g_ptr_array_add (outputs, telar_tensor_copy (values[telar_program_output (program, i)->value]));
  for (guint i = 0; i < telar_program_n_updates (program); i++) {
    const TelarUpdate *update = telar_program_update (program, i);
    g_assert_true (telar_states_put (states, update->state, values[update->value], NULL));
  }
  for (guint v = 0; v < n_values; v++)
    telar_tensor_unref (values[v]);
  return outputs;
}
