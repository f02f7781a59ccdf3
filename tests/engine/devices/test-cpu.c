/* The CPU device against the specification: every case of the table on one thread and on two, and
 * with every instruction set of this machine; each twice. Results lie between guards and begin as
 * garbage, as does the scratch.
 *
 * A result's residual is max |cpu - ref| / (eps · sqrt (k) · m), where k is the number of elements
 * of the largest input for each element of the smallest result or the depth of a product, and m the
 * largest magnitude among results and 1; it must stay below LIMIT. Elementwise results are compared
 * one by one, in units in the last place. What is no floating-point number must be equal. */
#include "engine/devices/cpu/cpu.h"
#include "engine/ir-lex.h"
#include "engine/random.h"
#include "tests/engine/devices/cpu-cases.h"

#include <math.h>
#include <string.h>

#define LIMIT       8.0
#define MOST_ULPS   4.0
#define GUARD       ((gsize)64)
#define MOST_VALUES 16

/* --- memory ----------------------------------------------------------------------------------- */

/* @bytes of garbage between two guards. */
static void *
guarded_new (gsize bytes)
{
  char *block = g_aligned_alloc (1, bytes + 2 * GUARD, GUARD);

  memset (block, 0xff, bytes + 2 * GUARD);
  return block + GUARD;
}

static void
guarded_check (const void *data, gsize bytes)
{
  const guint8 *before = (const guint8 *)data - GUARD, *after = (const guint8 *)data + bytes;

  for (gsize i = 0; i < GUARD; i++) {
    g_assert_cmpuint (before[i], ==, 0xff);
    g_assert_cmpuint (after[i], ==, 0xff);
  }
}

static void
guarded_free (void *data)
{
  g_aligned_free ((char *)data - GUARD);
}

static gsize
view_bytes (const TelarView *view)
{
  return telar_shape_elements (&view->type.shape) * telar_dtype_size (view->type.dtype);
}

/* --- a case ----------------------------------------------------------------------------------- */

typedef struct {
  TelarProgram *program;
  const TelarInstr *instr;
  TelarView inputs[MOST_VALUES], expected[MOST_VALUES], outputs[MOST_VALUES];
  TelarType input_types[MOST_VALUES], output_types[MOST_VALUES];
} Case;

/* From all over the type's range. */
static double
wide_integer (TelarDType dtype, double uniform)
{
  int bits = 8 * (int)telar_dtype_size (dtype);
  return floor (telar_dtype_is_unsigned (dtype) ? ldexp (uniform, bits)
                                                : ldexp (uniform - 0.5, bits));
}

/* What the primitive may be given: its domain, indices that exist, ties among what is compared. */
static double
value_for (const TelarInstr *instr, guint input, TelarDType dtype, double uniform)
{
  switch ((guint)instr->prim) {
  case TELAR_PRIM_LOG:
  case TELAR_PRIM_SQRT:
  case TELAR_PRIM_RSQRT:
    return 0.01 + 8 * uniform;
  case TELAR_PRIM_LOG1P:
    return -0.9 + 8 * uniform;
  case TELAR_PRIM_POW:
    return input == 0 ? 0.1 + 2 * uniform : -3 + 6 * uniform;
  case TELAR_PRIM_PROD:
    return 0.95 + 0.1 * uniform;
  case TELAR_PRIM_ONE_HOT:
    return floor (6 * uniform) - 1;
  case TELAR_PRIM_BATCH_NORM:
  case TELAR_PRIM_BATCH_NORM_GRAD:
  case TELAR_PRIM_LAYER_NORM_GRAD:
    return input == 4 ? 0.1 + uniform : 4 * uniform - 2;
  case TELAR_PRIM_ADAM:
    return input == 3 ? 0.1 * uniform : input == 5 ? 1 + floor (9 * uniform) : 4 * uniform - 2;
  case TELAR_PRIM_LSTM: /* small weights, or the steps would be chaos */
  case TELAR_PRIM_GRU:
    return input == 1 ? uniform / 8 - 0.0625 : 2 * uniform - 1;
  case TELAR_PRIM_LSTM_GRAD: /* gates from 0 to 1 */
  case TELAR_PRIM_GRU_GRAD:
    return input == 0 ? uniform : input == 2 ? uniform / 8 - 0.0625 : 2 * uniform - 1;
  case TELAR_PRIM_EQUAL:
  case TELAR_PRIM_LESS:
  case TELAR_PRIM_LESS_EQUAL:
  case TELAR_PRIM_ROUND:
  case TELAR_PRIM_ARGMAX:
  case TELAR_PRIM_ARGMIN:
  case TELAR_PRIM_ARGSORT:
  case TELAR_PRIM_MAX_POOL:
  case TELAR_PRIM_MAX_POOL_GRAD:
    return telar_dtype_is_float (dtype) ? floor (16 * uniform) / 2 - 4 : floor (4 * uniform);
  case TELAR_PRIM_DIV:
  case TELAR_PRIM_MOD: /* of integers: both signs, and nothing to divide by */
    if (telar_dtype_is_integer (dtype))
      return floor ((input == 0 ? 200 : 9) *
                    (telar_dtype_is_unsigned (dtype) ? uniform : uniform - 0.5));
    break;
  case TELAR_PRIM_ADD:
  case TELAR_PRIM_SUB:
  case TELAR_PRIM_MUL: /* overflow wraps around */
  case TELAR_PRIM_BIT_AND:
  case TELAR_PRIM_BIT_OR:
  case TELAR_PRIM_BIT_XOR:
  case TELAR_PRIM_BIT_NOT:
    if (telar_dtype_is_integer (dtype))
      return wide_integer (dtype, uniform);
    break;
  case TELAR_PRIM_SHIFT_LEFT: /* by nothing, by some bits, by all and by less than nothing */
  case TELAR_PRIM_SHIFT_RIGHT:
    if (input == 1)
      return floor (80 * uniform) - (telar_dtype_is_unsigned (dtype) ? 0 : 5);
    return wide_integer (dtype, uniform);
  default:
    break;
  }
  if (dtype == TELAR_BOOL)
    return uniform < 0.5;
  if (dtype == TELAR_I64 || dtype == TELAR_I32 || dtype == TELAR_U8)
    return floor (3 * uniform);
  return 4 * uniform - 2;
}

/* The numbers of operand @index, the same each time. */
static void
fill_operand (const TelarInstr *instr, guint index, const TelarType *type, void *data)
{
  TelarRandom random = { .seed = 17, .stream = index };

  for (gsize i = 0; i < telar_shape_elements (&type->shape); i++)
    telar_element_set (
        type->dtype, data, i,
        value_for (instr, index, type->dtype, (double)telar_random_uniform (&random, i)));
}

static TelarValue
build_operand (TelarBuilder *b, TelarPrim prim, guint index, const TelarType *type,
               gboolean constant)
{
  g_autofree char *label = g_strdup_printf ("%u", index);
  const TelarInstr instr = { .prim = prim };

  if (!constant)
    return telar_build_input (b, label, type);
  g_autoptr (TelarTensor) tensor = telar_tensor_new (type->dtype, &type->shape);
  fill_operand (&instr, index, type, tensor->data);
  return telar_build_constant (b, tensor);
}

/* "conv f32[…] f32[…] {…}" as a program; with "constant" in front the second operand, the weights,
 * is a constant. */
static TelarProgram *
program_of_line (const char *text, GError **error)
{
  g_autoptr (TelarBuilder) b = telar_builder_new ("line");
  TelarLexer lexer = { .at = text, .line = 1 };
  TelarAttrReader reader;
  TelarValue inputs[MOST_VALUES];
  gboolean constant = g_str_has_prefix (text, "constant ");
  g_autofree char *name = NULL;
  guint n = 0;

  if (constant)
    lexer.at += strlen ("constant ");
  g_assert_true (telar_lexer_name (&lexer, &name));
  TelarPrim prim = telar_prim_from_name (name);
  for (telar_lexer_skip_blanks (&lexer); *lexer.at != '\0' && *lexer.at != '{';
       telar_lexer_skip_blanks (&lexer)) {
    TelarType type;
    g_assert_true (telar_lexer_type (&lexer, &type));
    inputs[n] = build_operand (b, prim, n, &type, constant && n == 1);
    n++;
  }
  telar_attr_reader_init (&reader);
  telar_attr_reader_read (&reader, &lexer);
  g_assert_no_error (lexer.error);
  TelarValue y = telar_build (b, prim, inputs, n, (const TelarAttr *)(gpointer)reader.attrs->data,
                              reader.attrs->len);
  telar_attr_reader_clear (&reader);
  telar_build_output (b, TELAR_OUTPUT_RESULT, "y", y);
  return telar_builder_finish (b, error);
}

static void
make_input (Case *c, guint index)
{
  TelarView *view = &c->inputs[index];

  view->data = guarded_new (view_bytes (view));
  fill_operand (c->instr, index, &view->type, view->data);
}

static TelarCall
call_of (const Case *c, TelarView *outputs)
{
  return (TelarCall){
    .program = c->program,
    .instr = c->instr,
    .inputs = c->inputs,
    .outputs = outputs,
    .seed = 42,
    .step = 3,
  };
}

static void
run_ref (const Case *c, const TelarInstr *instr, TelarView *outputs)
{
  g_autoptr (GError) error = NULL;
  TelarCall call = call_of (c, outputs);

  call.instr = instr;
  g_assert_true (telar_device_ref_class ()->run (NULL, &call, &error));
  g_assert_no_error (error);
}

/* The result that the gradient of a maximum is asked about must be the maximum. */
static void
correct_inputs (Case *c)
{
  if (c->instr->prim == TELAR_PRIM_MAX_POOL_GRAD) {
    TelarInstr pool = *c->instr;
    pool.prim = TELAR_PRIM_MAX_POOL;
    run_ref (c, &pool, &c->inputs[1]);
  }
}

static void
case_init (Case *c, const char *text)
{
  g_autoptr (GError) error = NULL;

  memset (c, 0, sizeof *c);
  c->program = g_str_has_prefix (text, "program") ? telar_program_from_text (text, &error)
                                                  : program_of_line (text, &error);
  if (c->program == NULL)
    g_error ("%s: %s", text, error->message);
  c->instr = telar_program_instr (c->program, telar_program_n_instrs (c->program) - 1);
  for (guint i = 0; i < c->instr->n_inputs; i++) {
    c->inputs[i].type = c->input_types[i] = *telar_program_type (c->program, c->instr->inputs[i]);
    make_input (c, i);
  }
  correct_inputs (c);
  for (guint i = 0; i < c->instr->n_outputs; i++) {
    c->expected[i].type = c->outputs[i].type = c->output_types[i] =
        *telar_program_type (c->program, c->instr->outputs[i]);
    c->expected[i].data = guarded_new (view_bytes (&c->expected[i]));
    c->outputs[i].data = guarded_new (view_bytes (&c->outputs[i]));
  }
  run_ref (c, c->instr, c->expected);
}

static void
case_clear (Case *c)
{
  for (guint i = 0; i < c->instr->n_inputs; i++)
    guarded_free (c->inputs[i].data);
  for (guint i = 0; i < c->instr->n_outputs; i++) {
    guarded_free (c->expected[i].data);
    guarded_free (c->outputs[i].data);
  }
  telar_program_unref (c->program);
}

/* --- comparing -------------------------------------------------------------------------------- */

static double
epsilon_of (TelarDType dtype)
{
  switch (dtype) {
  case TELAR_F64:
    return 0x1p-52;
  case TELAR_F16:
    return 0x1p-10;
  case TELAR_BF16:
    return 0x1p-7;
  default:
    return 0x1p-23;
  }
}

/* How many terms an element of a result may be made of. */
static double
depth_of (const Case *c)
{
  gsize most = 1, least = G_MAXSIZE;

  for (guint i = 0; i < c->instr->n_inputs; i++)
    most = MAX (most, telar_shape_elements (&c->inputs[i].type.shape));
  for (guint i = 0; i < c->instr->n_outputs; i++)
    least = MIN (least, MAX (telar_shape_elements (&c->outputs[i].type.shape), 1));
  gsize depth = MAX (most / least, 1);
  if (c->instr->prim == TELAR_PRIM_MATMUL) {
    const TelarShape *a = &c->inputs[0].type.shape;
    depth = (gsize)MAX (a->dims[a->rank - 1], a->dims[a->rank - 2]);
  } else if (c->instr->prim == TELAR_PRIM_CONV || c->instr->prim == TELAR_PRIM_CONV_INPUT_GRAD) {
    depth = telar_shape_elements (&c->inputs[1].type.shape);
  } else if (c->instr->prim == TELAR_PRIM_CONV_WEIGHT_GRAD) { /* all positions of the result */
    gsize positions =
        telar_shape_elements (&c->inputs[1].type.shape) / (gsize)c->outputs[0].type.shape.dims[0];
    depth = MAX (positions, 1);
  } else if (c->instr->prim == TELAR_PRIM_LSTM || c->instr->prim == TELAR_PRIM_GRU ||
             c->instr->prim == TELAR_PRIM_LSTM_GRAD || c->instr->prim == TELAR_PRIM_GRU_GRAD) {
    const TelarShape *gates = &c->inputs[0].type.shape; /* all steps' products */
    depth = (gsize)(gates->dims[1] * gates->dims[2]);
  }
  return (double)depth;
}

static void
compare_residual (const Case *c, const TelarView *have, const TelarView *want, const char *text)
{
  gsize n = telar_shape_elements (&want->type.shape);
  double largest = 1, difference = 0;

  for (gsize i = 0; i < n; i++) {
    double x = telar_element_get (have->type.dtype, have->data, i);
    double y = telar_element_get (want->type.dtype, want->data, i);
    if (x == y)
      continue;
    if (!isfinite (x))
      g_error ("%s: element %" G_GSIZE_FORMAT " is %g, not %g", text, i, x, y);
    largest = MAX (largest, fabs (y));
    difference = MAX (difference, fabs (x - y));
  }
  double residual = difference / (epsilon_of (want->type.dtype) * sqrt (depth_of (c)) * largest);
  if (!(residual < LIMIT))
    g_error ("%s: the residual is %g", text, residual);
}

/* Sums and differences of a region's values cancel: there the unit is that of 1, at least. */
static void
compare_ulps (const Case *c, const TelarView *have, const TelarView *want, const char *text)
{
  gsize n = telar_shape_elements (&want->type.shape);
  double least = c->instr->prim == TELAR_PRIM_FUSED ? 1 : 0x1p-126;

  for (gsize i = 0; i < n; i++) {
    double x = telar_element_get (have->type.dtype, have->data, i);
    double y = telar_element_get (want->type.dtype, want->data, i);
    double unit = epsilon_of (want->type.dtype) * MAX (fabs (y), least);
    if (x == y || (isnan (x) && isnan (y)) || fabs (x - y) <= MOST_ULPS * unit)
      continue;
    g_error ("%s: element %" G_GSIZE_FORMAT " is %.9g, not %.9g", text, i, x, y);
  }
}

static void
compare (const Case *c, const TelarView *have, const TelarView *want, const char *text)
{
  gboolean elementwise = c->instr->prim == TELAR_PRIM_FUSED ||
                         telar_prim_info (c->instr->prim)->flags & TELAR_PRIM_ELEMENTWISE;

  if (!telar_dtype_is_float (want->type.dtype) || c->instr->prim == TELAR_PRIM_UNIFORM) {
    if (memcmp (have->data, want->data, view_bytes (want)) != 0)
      g_error ("%s: the bytes differ", text);
  } else if (elementwise) {
    compare_ulps (c, have, want, text);
  } else {
    compare_residual (c, have, want, text);
  }
}

/* --- running ---------------------------------------------------------------------------------- */

/* Runs the case with its prepared data into @outputs, in scratch that is garbage. */
static void
run_cpu (TelarDevice *device, const Case *c, const TelarPrepared *prepared, TelarView *outputs)
{
  g_autoptr (GError) error = NULL;
  TelarCall call = call_of (c, outputs);

  call.scratch = guarded_new (prepared->scratch);
  call.prepared = prepared->data;
  g_assert_true (device->klass->run (device, &call, &error));
  g_assert_no_error (error);
  guarded_check (call.scratch, prepared->scratch);
  guarded_free (call.scratch);
  for (guint i = 0; i < c->instr->n_outputs; i++)
    guarded_check (outputs[i].data, view_bytes (&outputs[i]));
}

/* The same bits again, from fresh garbage. */
static void
check_repeats (TelarDevice *device, const Case *c, const TelarPrepared *prepared, const char *text)
{
  TelarView again[MOST_VALUES];

  for (guint i = 0; i < c->instr->n_outputs; i++) {
    again[i] = c->outputs[i];
    again[i].data = guarded_new (view_bytes (&again[i]));
  }
  run_cpu (device, c, prepared, again);
  for (guint i = 0; i < c->instr->n_outputs; i++) {
    if (memcmp (again[i].data, c->outputs[i].data, view_bytes (&again[i])) != 0)
      g_error ("%s: a second run gives other bits", text);
    guarded_free (again[i].data);
  }
}

/* The same bits when the first result lies over the first input. */
static void
check_in_place (TelarDevice *device, const Case *c, const TelarPrepared *prepared, const char *text)
{
  Case over = *c;
  gsize bytes = view_bytes (&c->inputs[0]);

  over.inputs[0].data = guarded_new (bytes);
  memcpy (over.inputs[0].data, c->inputs[0].data, bytes);
  for (guint i = 1; i < c->instr->n_outputs; i++)
    over.outputs[i].data = guarded_new (view_bytes (&over.outputs[i]));
  over.outputs[0].data = over.inputs[0].data;
  run_cpu (device, &over, prepared, over.outputs);
  for (guint i = 0; i < c->instr->n_outputs; i++) {
    if (memcmp (over.outputs[i].data, c->outputs[i].data, view_bytes (&c->outputs[i])) != 0)
      g_error ("%s: in place it gives other bits", text);
    guarded_free (over.outputs[i].data);
  }
}

static gboolean
may_be_in_place (const Case *c)
{
  return c->instr->n_inputs > 0 && c->inputs[0].type.dtype == c->outputs[0].type.dtype &&
         view_bytes (&c->inputs[0]) == view_bytes (&c->outputs[0]) &&
         (c->instr->prim == TELAR_PRIM_FUSED ||
          telar_prim_info (c->instr->prim)->flags & TELAR_PRIM_IN_PLACE);
}

typedef struct {
  guint threads;
  CpuVectorLevel level;
} Setting;

/* @used gets the kernels that ran: "conv/onednn conv". */
static void
check_case (const char *text, const Setting *setting, GHashTable *used)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarDevice) device = telar_device_open ("cpu", setting->threads, &error);
  TelarPrepared prepared = { NULL };
  Case c;

  g_assert_no_error (error);
  cpu_vector_init (&((CpuDevice *)device)->vector, setting->level);
  case_init (&c, text);
  if (device->klass->supports (device, c.program, c.instr, c.input_types, c.output_types)) {
    device->klass->prepare (device, c.program, c.instr, c.input_types, c.output_types, &prepared,
                            &error);
    g_assert_no_error (error);
    g_hash_table_add (
        used, g_strdup_printf ("%s/%s", telar_prim_info (c.instr->prim)->name, prepared.kernel));
    run_cpu (device, &c, &prepared, c.outputs);
    for (guint i = 0; i < c.instr->n_outputs; i++)
      compare (&c, &c.outputs[i], &c.expected[i], text);
    check_repeats (device, &c, &prepared, text);
    if (may_be_in_place (&c))
      check_in_place (device, &c, &prepared, text);
    prepared.free (prepared.data);
  }
  case_clear (&c);
}

/* Every kernel of the device must have run: one without a case fails here. */
static void
test_against_ref (gconstpointer data)
{
  const Setting *setting = data;
  g_autoptr (GPtrArray) cases = cpu_cases ();
  g_autoptr (GHashTable) used = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  const CpuKernel *kernel;

  for (guint i = 0; i < cases->len; i++)
    check_case (g_ptr_array_index (cases, i), setting, used);
  for (guint i = 0; (kernel = cpu_kernel (i)) != NULL; i++) {
    g_autofree char *name =
        g_strdup_printf ("%s/%s", telar_prim_info (kernel->prim)->name, kernel->name);
    if (!g_hash_table_contains (used, name))
      g_error ("no case runs the kernel %s", name);
  }
}

/* --- float32 functions, one by one ------------------------------------------------------------ */

static double
softplus (double x)
{
  return x > 0 ? x + log1p (exp (-x)) : log1p (exp (x));
}

static double
sigmoid (double x)
{
  return 1 / (1 + exp (-x));
}

static const struct {
  TelarPrim prim;
  double (*exact) (double x);
  double low, high;
} functions[] = {
  { TELAR_PRIM_EXP, exp, -110, 95 },
  { TELAR_PRIM_LOG, log, -1, 1e6 },
  { TELAR_PRIM_LOG, log, 0.5, 2 },
  { TELAR_PRIM_LOG1P, log1p, -1.2, 10 },
  { TELAR_PRIM_LOG1P, log1p, -1e-3, 1e-3 },
  { TELAR_PRIM_ATAN, atan, -1e6, 1e6 },
  { TELAR_PRIM_ATAN, atan, -2, 2 },
  { TELAR_PRIM_TANH, tanh, -12, 12 },
  { TELAR_PRIM_TANH, tanh, -1, 1 },
  { TELAR_PRIM_SIGMOID, sigmoid, -80, 80 },
  { TELAR_PRIM_SOFTPLUS, softplus, -80, 80 },
  { TELAR_PRIM_ERF, erf, -5, 5 },
  { TELAR_PRIM_ERF, erf, -0.1, 0.1 },
  { TELAR_PRIM_SIN, sin, -10, 10 },
  { TELAR_PRIM_COS, cos, -10, 10 },
  { TELAR_PRIM_SIN, sin, -8000, 8000 },
  { TELAR_PRIM_COS, cos, -1e6, 1e6 },
};

/* Zeros of sine and cosine are compared absolutely: their arguments are rounded themselves. */
static void
check_function (guint index, CpuVectorLevel level, const float *x, gsize n)
{
  CpuVector vector;
  g_autofree float *y = g_new (float, n);
  TelarPrim prim = functions[index].prim;
  double least = prim == TELAR_PRIM_SIN || prim == TELAR_PRIM_COS ? 0.25 : 0x1p-126;

  if (!cpu_vector_init (&vector, level))
    return;
  cpu_vector_row (&vector, prim, TELAR_F32, TELAR_F32, 0) (n, y, x, NULL, NULL);
  for (gsize i = 0; i < n; i++) {
    double exact = functions[index].exact ((double)x[i]), have = (double)y[i];
    float rounded = (float)exact;
    if ((double)rounded == have || (isnan (rounded) && isnan (have)))
      continue;
    double ulps = fabs (have - exact) / (0x1p-23 * MAX (fabs (exact), least));
    if (!(ulps <= MOST_ULPS))
      g_error ("%s of %.9g is %.9g, not %.9g: %g units", telar_prim_info (prim)->name, (double)x[i],
               have, exact, ulps);
  }
}

static void
test_functions (void)
{
  static const float special[] = { 0.0f,       -0.0f,     INFINITY,    -INFINITY, NAN,
                                   1e-45f,     -1e-45f,   1e-38f,      3e38f,     -3e38f,
                                   0.625f,     0.92f,     0.70710677f, 1.0f,      -1.0f,
                                   88.722839f, 88.72284f, -103.97208f, -87.3f,    8192.0f };
  enum { N = 100001 };
  g_autofree float *x = g_new (float, N);

  for (guint f = 0; f < G_N_ELEMENTS (functions); f++) {
    for (gsize i = 0; i < N; i++)
      x[i] = (float)(functions[f].low + (functions[f].high - functions[f].low) * (double)i / N);
    for (guint level = 0; level < CPU_N_VECTOR_LEVELS; level++) {
      check_function (f, (CpuVectorLevel)level, x, N);
      check_function (f, (CpuVectorLevel)level, special, G_N_ELEMENTS (special));
    }
  }
}

/* --- the device ------------------------------------------------------------------------------- */

/* What is not a number stays visible, through epilogues too: else a diverged training would look
 * sound. */
static void
test_nan_stays (void)
{
  static const char *const lines[] = {
    "matmul f32[64,64] f32[64,64] {activation=relu}",
    "matmul f32[3,3] f32[3,3] {activation=relu}",
    "conv f32[1,6,6,4] f32[4,4,3,3] {stride=[1,1], layout=1, activation=relu}",
    "max f32[300] {axes=[0]}",
    "relu f32[300]",
  };

  for (guint i = 0; i < G_N_ELEMENTS (lines); i++) {
    g_autoptr (TelarDevice) device = telar_device_open ("cpu", 1, NULL);
    TelarPrepared prepared = { NULL };
    Case c;

    case_init (&c, lines[i]);
    for (gsize k = 0; k < telar_shape_elements (&c.inputs[0].type.shape); k++)
      ((float *)c.inputs[0].data)[k] = NAN;
    g_assert_true (device->klass->prepare (device, c.program, c.instr, c.input_types,
                                           c.output_types, &prepared, NULL));
    run_cpu (device, &c, &prepared, c.outputs);
    g_assert_true (isnan (((float *)c.outputs[0].data)[0]));
    prepared.free (prepared.data);
    case_clear (&c);
  }
}

static void
test_bad_index (void)
{
  g_autoptr (TelarDevice) device = telar_device_open ("cpu", 1, NULL);
  g_autoptr (GError) error = NULL;
  TelarPrepared prepared = { NULL };
  Case c;

  case_init (&c, "gather f32[5,4] i64[3] {axis=0}");
  ((gint64 *)c.inputs[1].data)[2] = 5;
  g_assert_true (device->klass->prepare (device, c.program, c.instr, c.input_types, c.output_types,
                                         &prepared, NULL));
  TelarCall call = call_of (&c, c.outputs);
  call.prepared = prepared.data;
  g_assert_false (device->klass->run (device, &call, &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
  g_assert_nonnull (strstr (error->message, "5"));
  prepared.free (prepared.data);
  case_clear (&c);
}

int
main (int argc, char **argv)
{
  static Setting settings[CPU_N_VECTOR_LEVELS * 2];
  guint n = 0;

  g_test_init (&argc, &argv, NULL);
  for (guint level = 0; level < CPU_N_VECTOR_LEVELS; level++)
    for (guint threads = 1; threads <= 2; threads++) {
      CpuVector vector;
      if (!cpu_vector_init (&vector, (CpuVectorLevel)level))
        continue;
      g_autofree char *path =
          g_strdup_printf ("/cpu/against-ref/level-%u/%u-threads", level, threads);
      settings[n] = (Setting){ threads, (CpuVectorLevel)level };
      g_test_add_data_func (path, &settings[n++], test_against_ref);
    }
  g_test_add_func ("/cpu/functions", test_functions);
  g_test_add_func ("/cpu/nan-stays", test_nan_stays);
  g_test_add_func ("/cpu/bad-index", test_bad_index);
  return g_test_run ();
}
