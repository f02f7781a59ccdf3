/* Runs the written model by Telar's own reader, and the project as it predicts, on the same rows.
 */
#include "engine/exchange/onnx-check.h"

#include "engine/random.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

/* Rows when none are given and the batch is free: more than one, so that rows do not mix. */
#define ROWS 2

/* Of a result's largest number: what orders of summation explain, 800 and 16 units in the last
 * place of float32 and float16. */
#define MOST_F32 1e-4
#define MOST_F16 0x1p-6

typedef struct {
  const TelarExportOptions *options;
  const TelarProgram *program; /* bound to the rows */
  TelarDevice *device;
  GHashTable *given; /* the program's inputs, TelarTensor * by name */
  GHashTable *gives; /* its outputs in the same way */
} Check;

static gboolean
is_half (const Check *c)
{
  return c->options->float16 || c->options->float16_io;
}

/* --- inputs ----------------------------------------------------------------------------------- */

static const TelarTensor *
find_sample (const Check *c, const char *name)
{
  for (guint i = 0; i < c->options->check->n_inputs; i++)
    if (g_str_equal (c->options->check->inputs[i].name, name))
      return c->options->check->inputs[i].tensor;
  return NULL;
}

/* The rows of @given, again and again, until @tensor is full. */
static gboolean
fill (TelarTensor *tensor, const TelarTensor *given, const char *name, GError **error)
{
  g_autoptr (TelarTensor) sample = telar_tensor_cast ((TelarTensor *)given, tensor->type.dtype);
  gsize rows = sample->type.shape.rank > 0 ? (gsize)sample->type.shape.dims[0] : 1;
  gsize wanted = tensor->type.shape.rank > 0 ? (gsize)tensor->type.shape.dims[0] : 1;
  if (rows == 0 || sample->bytes / rows * wanted != tensor->bytes) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "the rows for %s do not fit the model",
                     name);
    return FALSE;
  }
  for (gsize at = 0; at < tensor->bytes; at += MIN (sample->bytes, tensor->bytes - at))
    memcpy ((char *)tensor->data + at, sample->data, MIN (sample->bytes, tensor->bytes - at));
  return TRUE;
}

/* Standard normal; 0 and 1 where only whole numbers are. */
static void
draw (TelarTensor *tensor, const char *name)
{
  TelarRandom random = { 1, 0, telar_random_stream (name) };
  for (gsize i = 0; i < telar_tensor_elements (tensor); i++)
    telar_tensor_set (tensor, i,
                      telar_dtype_is_float (tensor->type.dtype)
                          ? telar_random_normal (&random, i)
                          : telar_random_uniform (&random, i) >= 0.5f);
}

/* What float16 has of the numbers, where the model takes float16. */
static TelarTensor *
rounded (const Check *c, TelarTensor *tensor)
{
  if (!c->options->float16_io || tensor->type.dtype != TELAR_F32)
    return telar_tensor_ref (tensor);
  g_autoptr (TelarTensor) half = telar_tensor_cast (tensor, TELAR_F16);
  return telar_tensor_cast (half, TELAR_F32);
}

static gboolean
make_inputs (Check *c, GError **error)
{
  for (guint i = 0; i < telar_program_n_instrs (c->program); i++) {
    const TelarInstr *instr = telar_program_instr (c->program, i);
    if (instr->prim != TELAR_PRIM_INPUT)
      continue;
    const char *name = telar_instr_string (instr, TELAR_ATTR_NAME);
    const TelarType *type = telar_program_type (c->program, instr->outputs[0]);
    const TelarTensor *sample = find_sample (c, name);
    g_autoptr (TelarTensor) tensor = telar_tensor_try_new (type->dtype, &type->shape, error);
    if (!tensor || (sample && !fill (tensor, sample, name, error)))
      return FALSE;
    if (!sample)
      draw (tensor, name);
    g_hash_table_insert (c->given, g_strdup (name), rounded (c, tensor));
  }
  return TRUE;
}

/* --- what the project gives ------------------------------------------------------------------- */

static gboolean
run_project (Check *c, const TelarStates *states, GError **error)
{
  TelarCompileOptions how = { .device = c->device };
  g_autoptr (TelarProgram) program = telar_compile_inference (c->program, &how, error);
  g_autoptr (TelarPlan) plan = program ? telar_plan_new (program, 1, c->device, 0, error) : NULL;
  if (!plan)
    return FALSE;
  guint n = telar_program_n_outputs (program);
  g_autoptr (GArray) inputs = g_array_new (FALSE, FALSE, sizeof (TelarBinding));
  g_autofree TelarTensor **outputs = g_new0 (TelarTensor *, n + 1);
  GHashTableIter iter;
  gpointer name, tensor;
  g_hash_table_iter_init (&iter, c->given);
  while (g_hash_table_iter_next (&iter, &name, &tensor)) {
    TelarBinding binding = { name, tensor };
    g_array_append_val (inputs, binding);
  }
  TelarRunContext context = { .inputs = (const TelarBinding *)inputs->data,
                              .n_inputs = inputs->len,
                              .states = (TelarStates *)states };
  gboolean good = telar_plan_run (plan, &context, outputs, error);
  for (guint i = 0; good && i < n; i++)
    g_hash_table_insert (c->gives, g_strdup (telar_program_output (program, i)->name), outputs[i]);
  return good;
}

/* --- what the written model gives ------------------------------------------------------------- */

/* The model's input @index: one of the project's, or what its preprocessing made. */
static TelarOnnxValue *
find_input (const Check *c, const TelarOnnx *written, guint index)
{
  const char *name = telar_onnx_input_name (written, index);
  TelarTensor *tensor = g_hash_table_lookup (c->given, name);
  TelarType type;
  if (!tensor)
    tensor = g_hash_table_lookup (c->gives, name);
  gboolean typed = telar_onnx_input_type (written, index, &type);
  g_assert (tensor && typed);
  g_autoptr (TelarTensor) cast = telar_tensor_cast (tensor, type.dtype);
  return telar_onnx_value_tensor (cast, FALSE);
}

static int
compare_numbers (gconstpointer a, gconstpointer b)
{
  double first = *(const double *)a, second = *(const double *)b;
  return (first > second) - (first < second);
}

/* The numbers of @tensor, NaN as infinity where they are @sorted. Caller frees. */
static double *
numbers_of (const TelarTensor *tensor, gboolean sorted)
{
  gsize n = telar_tensor_elements (tensor);
  double *numbers = g_new (double, n + 1);
  for (gsize i = 0; i < n; i++) {
    double number = telar_tensor_get (tensor, i);
    numbers[i] = sorted && isnan (number) ? INFINITY : number;
  }
  if (sorted)
    qsort (numbers, n, sizeof *numbers, compare_numbers);
  return numbers;
}

/* The largest difference as a share of the largest number, of @want; infinite where one is a number
 * and the other none. */
static double
difference (const TelarTensor *got, const TelarTensor *want, gboolean sorted)
{
  double most = 0, largest = 0;
  if (!telar_shape_equal (&got->type.shape, &want->type.shape))
    return INFINITY;
  g_autofree double *these = numbers_of (got, sorted), *those = numbers_of (want, sorted);
  for (gsize i = 0; i < telar_tensor_elements (want); i++) {
    double a = these[i], b = those[i];
    if (a == b || (isnan (a) && isnan (b)))
      a = b = isfinite (b) ? b : 0;
    else if (!isfinite (a) || !isfinite (b))
      return INFINITY;
    most = fmax (most, fabs (a - b));
    largest = fmax (largest, fabs (b));
  }
  return largest > 0 ? most / largest : most;
}

/* Results that come out of a choice, as boxes by their scores. */
static gboolean
is_chosen (const Check *c, const char *name)
{
  g_autofree gboolean *chosen = g_new0 (gboolean, telar_program_n_values (c->program) + 1);
  for (guint i = 0; i < telar_program_n_instrs (c->program); i++) {
    const TelarInstr *instr = telar_program_instr (c->program, i);
    gboolean is = instr->prim == TELAR_PRIM_ARGSORT || instr->prim == TELAR_PRIM_ARGMAX ||
                  instr->prim == TELAR_PRIM_ARGMIN;
    for (guint k = 0; k < instr->n_inputs; k++)
      is = is || chosen[instr->inputs[k]];
    for (guint k = 0; k < instr->n_outputs; k++)
      chosen[instr->outputs[k]] = is;
  }
  for (guint i = 0; i < telar_program_n_outputs (c->program); i++)
    if (g_str_equal (telar_program_output (c->program, i)->name, name))
      return chosen[telar_program_output (c->program, i)->value];
  return FALSE;
}

/* In half precision numbers nearly tie more often: what is chosen by them comes in another order,
 * and is compared sorted; whole numbers made of them may be others, and are not judged. */
static gboolean
compare (const Check *c, const TelarTensor *got, const char *name, GError **error)
{
  const TelarTensor *want = g_hash_table_lookup (c->gives, name);
  gboolean whole = !telar_dtype_is_float (want->type.dtype), half = is_half (c);
  double most = whole ? 0 : half ? MOST_F16 : MOST_F32;
  if (whole && half)
    return TRUE;
  double found = difference (got, want, half && is_chosen (c, name));
  c->options->check->difference = fmax (c->options->check->difference, found);
  if (found <= most)
    return TRUE;
  telar_set_error (error, TELAR_ERROR_FAILED, NULL,
                   "the written model does not give what the project gives: %s differs by %.3g of "
                   "its largest number, where %.3g is the most; no file was left",
                   name, found, most);
  return FALSE;
}

static gboolean
run_written (const Check *c, TelarOnnx *written, GError **error)
{
  guint n_inputs = telar_onnx_n_inputs (written), n_outputs = telar_onnx_n_outputs (written);
  g_autoptr (GPtrArray) inputs =
      g_ptr_array_new_with_free_func ((GDestroyNotify)telar_onnx_value_unref);
  g_autofree TelarOnnxValue **outputs = g_new0 (TelarOnnxValue *, n_outputs + 1);
  for (guint i = 0; i < n_inputs; i++)
    g_ptr_array_add (inputs, find_input (c, written, i));
  gboolean good =
      telar_onnx_run (written, c->device, (TelarOnnxValue *const *)inputs->pdata, outputs, error);
  for (guint i = 0; i < n_outputs; i++) {
    good = good && compare (c, outputs[i]->tensor, telar_onnx_output_name (written, i), error);
    g_clear_pointer (&outputs[i], telar_onnx_value_unref);
  }
  return good;
}

gboolean
onnx_check (TelarOnnx *written, const TelarProgram *inference, const OnnxPrepared *prepared,
            const TelarStates *states, const TelarExportOptions *options, GError **error)
{
  TelarExportCheck *check = options->check;
  g_autoptr (TelarDevice) device = telar_device_open ("cpu", 0, error);
  g_autoptr (TelarProgram) shown = !device    ? NULL
                                   : prepared ? onnx_prepared_show (prepared, inference, error)
                                              : telar_program_ref ((TelarProgram *)inference);
  if (options->batch > 0)
    check->rows = options->batch;
  else if (check->n_inputs == 0)
    check->rows = ROWS;
  check->random = check->n_inputs == 0;
  check->difference = 0;
  g_autoptr (TelarProgram) bound = shown ? telar_program_bind (shown, check->rows, error) : NULL;
  if (!bound)
    return FALSE;
  g_autoptr (GHashTable) inputs =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)telar_tensor_unref);
  g_autoptr (GHashTable) outputs =
      g_hash_table_new_full (g_str_hash, g_str_equal, g_free, (GDestroyNotify)telar_tensor_unref);
  Check c = { options, bound, device, inputs, outputs };
  return make_inputs (&c, error) && run_project (&c, states, error) &&
         run_written (&c, written, error);
}
