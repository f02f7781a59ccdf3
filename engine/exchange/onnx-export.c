/* Writes a program as an ONNX model: inputs, states, instructions in order, results. */
#include "engine/exchange/onnx-layers.h"

#include "engine/checkpoint.h"
#include "engine/exchange/export.h"
#include "engine/exchange/onnx-check.h"
#include "engine/exchange/onnx-external.h"
#include "engine/exchange/onnx-half.h"
#include "engine/exchange/onnx-settle.h"

#include <errno.h>
#include <glib/gstdio.h>

/* --- values ----------------------------------------------------------------------------------- */

static void
count_uses (OnnxExport *e)
{
  for (guint i = 0; i < telar_program_n_instrs (e->program); i++) {
    const TelarInstr *instr = telar_program_instr (e->program, i);
    for (guint k = 0; k < instr->n_inputs; k++)
      e->uses[instr->inputs[k]]++;
  }
  for (guint i = 0; i < telar_program_n_outputs (e->program); i++)
    e->uses[telar_program_output (e->program, i)->value]++;
}

/* Names of inputs and results are part of the model's face: they are taken before any other. */
static void
reserve_names (OnnxExport *e)
{
  for (guint i = 0; i < telar_program_n_instrs (e->program); i++) {
    const TelarInstr *instr = telar_program_instr (e->program, i);
    if (instr->prim != TELAR_PRIM_INPUT || onnx_layers_at (e->layers, instr))
      continue;
    const char *name = onnx_model_name (e->model, telar_instr_string (instr, TELAR_ATTR_NAME));
    e->names[instr->outputs[0]] = name;
    onnx_model_input (e->model, name, telar_program_type (e->program, instr->outputs[0]));
  }
}

/* Where what is computed needs the size of the batch, but no input's numbers, the first of
 * @inference that has it stays. */
static void
keep_batch (OnnxExport *e, const TelarProgram *inference, gboolean half)
{
  gboolean needed = FALSE;
  for (guint i = 0; i < telar_program_n_instrs (e->program); i++) {
    const TelarInstr *instr = telar_program_instr (e->program, i);
    if (onnx_has_batch (e->program, instr))
      return;
    for (guint k = 0; k < instr->n_outputs; k++)
      needed |=
          !telar_shape_is_concrete (&telar_program_type (e->program, instr->outputs[k])->shape);
  }
  for (guint i = 0; needed && !e->batch_input && i < telar_program_n_instrs (inference); i++) {
    const TelarInstr *instr = telar_program_instr (inference, i);
    if (!onnx_has_batch (inference, instr))
      continue;
    e->batch_input = onnx_model_name (e->model, telar_instr_string (instr, TELAR_ATTR_NAME));
    TelarType type = *telar_program_type (inference, instr->outputs[0]);
    if (half && type.dtype == TELAR_F32)
      type.dtype = TELAR_F16;
    onnx_model_input (e->model, e->batch_input, &type);
  }
}

/* A result takes the place of the name of the value it shows, unless that has one already. */
static void
name_results (OnnxExport *e, const char **results)
{
  for (guint i = 0; i < telar_program_n_outputs (e->program); i++) {
    const TelarOutput *output = telar_program_output (e->program, i);
    const TelarInstr *maker = telar_program_maker (e->program, output->value, NULL);
    if (output->role != TELAR_OUTPUT_RESULT)
      continue;
    results[i] = onnx_model_name (e->model, output->name);
    onnx_model_output (e->model, results[i], telar_program_type (e->program, output->value));
    if (!e->names[output->value] && maker->prim != TELAR_PRIM_STATE &&
        maker->prim != TELAR_PRIM_CONSTANT)
      e->names[output->value] = results[i];
  }
}

static void
copy_results (OnnxExport *e, const char *const *results)
{
  for (guint i = 0; i < telar_program_n_outputs (e->program); i++) {
    const TelarOutput *output = telar_program_output (e->program, i);
    const char *name = e->names[output->value];
    if (results[i] && results[i] != name)
      onnx_model_node (e->model, "Identity", results[i], &name, 1, results[i]);
  }
}

/* --- instructions ----------------------------------------------------------------------------- */

TelarTensor *
onnx_state (OnnxExport *e, const char *origin, const char *name)
{
  TelarTensor *tensor = telar_states_get (e->states, name);
  if (!tensor && !e->error)
    telar_set_error (&e->error, TELAR_ERROR_INVALID, origin, "the state %s has no value", name);
  return tensor;
}

static void
emit_state (OnnxExport *e, const TelarInstr *instr)
{
  const char *name = telar_instr_string (instr, TELAR_ATTR_NAME);
  TelarTensor *tensor = onnx_state (e, instr->origin, name);
  g_autoptr (TelarTensor) cast =
      tensor ? onnx_half_state (e, instr->origin, name, tensor, onnx_output_type (e, instr)->dtype)
             : NULL;
  if (cast)
    e->names[instr->outputs[0]] = onnx_model_tensor (e->model, name, cast);
}

/* The first of a layer's results stands where all it takes is there. */
static void
emit_input (OnnxExport *e, const TelarInstr *instr)
{
  OnnxLayer *layer = onnx_layers_at (e->layers, instr);
  if (!layer || layer->written)
    return;
  layer->kind->write (e, layer);
  layer->written = TRUE;
}

static void
emit_instr (OnnxExport *e, const TelarInstr *instr)
{
  if (instr->prim == TELAR_PRIM_INPUT)
    emit_input (e, instr);
  else if (instr->prim == TELAR_PRIM_STATE)
    emit_state (e, instr);
  else if (instr->prim == TELAR_PRIM_CONSTANT)
    e->names[instr->outputs[0]] = onnx_model_constant (
        e->model, onnx_base (instr), telar_instr_attr (instr, TELAR_ATTR_VALUE)->tensor);
  else
    onnx_emit_instr (e, instr, &e->error);
}

static gboolean
emit_all (OnnxExport *e, GError **error)
{
  for (guint i = 0; !e->error && i < telar_program_n_instrs (e->program); i++) {
    const TelarInstr *instr = telar_program_instr (e->program, i);
    if (!g_hash_table_contains (e->absorbed, instr))
      emit_instr (e, instr);
  }
  if (!e->error)
    return TRUE;
  g_propagate_error (error, g_steal_pointer (&e->error));
  return FALSE;
}

/* --- the model -------------------------------------------------------------------------------- */

/* What telar_export_onnx was asked for. */
typedef struct {
  const TelarProgram *inference;
  const TelarStates *states;
  TelarStates *settled; /* with settled weights, owned; NULL: as they are */
  const TelarExportOptions *options;
  const OnnxPrepared *prepared; /* what is left out; NULL: nothing */
  const char *path;
} Task;

/* What Telar cannot read back, no one else should have to. @folder: where its numbers lie. */
static gboolean
try (const Task *task, const guint8 *bytes, gsize length, const char *folder, GError **error)
{
  g_autoptr (TelarOnnx) written = telar_onnx_from_bytes (bytes, length, folder, task->path, error);
  return written && (!task->options->check || onnx_check (written, task->inference, task->prepared,
                                                          task->states, task->options, error));
}

static gboolean
write_whole (const Task *task, OnnxModel *model, GError **error)
{
  gsize length;
  g_autofree guint8 *bytes = onnx_model_pack (model, &length);
  return try (task, bytes, length, NULL, error) &&
         telar_file_replace (task->path, bytes, length, error);
}

/* What is left in the message when the weights are out of it. */
static gboolean
fits (OnnxModel *model, GError **error)
{
  if (onnx_model_bytes (model) <= TELAR_ONNX_LARGEST)
    return TRUE;
  telar_set_error (error, TELAR_ERROR_FAILED, NULL,
                   "the model has more than the 2 GiB that an ONNX file may hold");
  return FALSE;
}

/* The numbers are written into @folder, tried from there, and moved before the model that names
 * them. */
static gboolean
write_parts (const Task *task, OnnxModel *model, const char *folder, GError **error)
{
  g_autofree char *beside = g_strconcat (task->path, ".data", NULL);
  g_autofree char *name = g_path_get_basename (beside);
  g_autofree char *data = g_build_filename (folder, name, NULL);
  g_autoptr (GArray) parts = onnx_external_move (model, name);
  gsize length;
  if (!fits (model, error) ||
      !telar_file_replace_parts (data, (const TelarFilePart *)parts->data, parts->len, error))
    return FALSE;
  g_autofree guint8 *bytes = onnx_model_pack (model, &length);
  gboolean good = try (task, bytes, length, folder, error);
  if (good && g_rename (data, beside) != 0) {
    telar_set_error (error, TELAR_ERROR_FAILED, NULL, "cannot write %s: %s", beside,
                     g_strerror (errno));
    good = FALSE;
  }
  if (!good)
    g_remove (data);
  return good && telar_file_replace (task->path, bytes, length, error);
}

static gboolean
write_model (const Task *task, OnnxModel *model, GError **error)
{
  gsize largest = task->options->largest ? task->options->largest : TELAR_ONNX_LARGEST;
  if (!task->options->external_data && onnx_model_bytes (model) <= largest)
    return write_whole (task, model, error);
  g_autofree char *folder = g_strconcat (task->path, ".XXXXXX", NULL);
  if (!g_mkdtemp (folder)) {
    telar_set_error (error, TELAR_ERROR_FAILED, NULL, "cannot write %s: %s", task->path,
                     g_strerror (errno));
    return FALSE;
  }
  gboolean good = write_parts (task, model, folder, error);
  g_rmdir (folder);
  return good;
}

static void
add_metadata (OnnxModel *model, const TelarExportOptions *options)
{
  if (options->project)
    onnx_model_metadata (model, "telar.project", options->project);
  if (options->run)
    onnx_model_metadata (model, "telar.run", options->run);
  if (options->data_hash)
    onnx_model_metadata (model, "telar.data", options->data_hash);
  onnx_model_metadata (model, "telar.version", TELAR_VERSION);
}

static gboolean
export_program (const Task *task, const TelarProgram *program, const GPtrArray *layers,
                GError **error)
{
  const TelarExportOptions *options = task->options;
  int opset = options->opset ? options->opset : TELAR_ONNX_OPSET;
  g_autoptr (OnnxModel) model =
      onnx_model_new (options->project ? options->project : "model", opset);
  guint n = telar_program_n_values (program);
  g_autofree const char **names = g_new0 (const char *, n + 1);
  g_autofree guint *uses = g_new0 (guint, n + 1);
  g_autofree const char **results = g_new0 (const char *, telar_program_n_outputs (program) + 1);
  g_autoptr (GHashTable) biases = g_hash_table_new_full (NULL, NULL, NULL, g_free);
  g_autoptr (GHashTable) absorbed = g_hash_table_new (NULL, NULL);
  OnnxExport e = { .program = program,
                   .graph = options->graph,
                   .layers = layers,
                   .opset = opset,
                   .states = task->settled ? task->settled : task->states,
                   .model = model,
                   .names = names,
                   .uses = uses,
                   .biases = biases,
                   .absorbed = absorbed };

  count_uses (&e);
  reserve_names (&e);
  keep_batch (&e, task->inference, options->float16_io);
  name_results (&e, results);
  onnx_find_biases (&e);
  if (!emit_all (&e, error))
    return FALSE;
  copy_results (&e, results);
  add_metadata (model, options);
  return write_model (task, model, error);
}

/* Without layers, with settled weights and the batch of the options, simplified; @layers have its
 * values. */
static TelarProgram *
prepare (Task *task, const GPtrArray *layers, GError **error)
{
  const TelarExportOptions *options = task->options;
  TelarProgram *program = layers ? onnx_layers_cut (layers, task->prepared, task->inference, error)
                                 : telar_program_ref ((TelarProgram *)task->inference);
  if (program && options->graph) {
    g_autoptr (TelarProgram) whole = program;
    program = onnx_settle (whole, options->graph, task->states, &task->settled, error);
  }
  if (program && options->batch > 0) {
    g_autoptr (TelarProgram) free_batch = program;
    program = telar_program_bind (free_batch, options->batch, error);
  }
  if (program) {
    g_autoptr (TelarProgram) whole = program;
    program = telar_compile_inference (whole, NULL, error);
  }
  if (program && (options->float16 || options->float16_io)) {
    g_autoptr (TelarProgram) single = program;
    program = onnx_half (single, layers, options->float16_io, error);
  }
  if (program && layers)
    onnx_layers_bind (layers, program);
  return program;
}

static gboolean
check_options (const TelarExportOptions *options, GError **error)
{
  if (options->opset &&
      (options->opset < TELAR_ONNX_OPSET_MIN || options->opset > TELAR_ONNX_OPSET_MAX)) {
    telar_set_error (error, TELAR_ERROR_USAGE, NULL,
                     "the ONNX operator set must be from %d to %d, not %d", TELAR_ONNX_OPSET_MIN,
                     TELAR_ONNX_OPSET_MAX, options->opset);
    return FALSE;
  }
  if (options->without_preprocessing && !(options->graph && options->lowered)) {
    telar_set_error (error, TELAR_ERROR_USAGE, NULL, "only a graph says what its preprocessing is");
    return FALSE;
  }
  return TRUE;
}

static const TelarExportOptions no_options = { 0 };

gboolean
telar_export_onnx (const TelarProgram *inference, const TelarStates *states,
                   const TelarExportOptions *options, const char *path, GError **error)
{
  if (!options)
    options = &no_options;
  if (!check_options (options, error))
    return FALSE;
  int opset = options->opset ? options->opset : TELAR_ONNX_OPSET;
  g_autoptr (OnnxPrepared) prepared =
      options->without_preprocessing ? onnx_prepared_find (options->graph, options->lowered) : NULL;
  g_autoptr (GPtrArray) layers = options->graph && options->lowered
                                     ? onnx_layers_find (options->lowered, prepared, opset,
                                                         options->float16 || options->float16_io)
                                     : NULL;
  Task task = { inference, states, NULL, options, prepared, path };
  g_autoptr (TelarProgram) program = prepare (&task, layers, error);
  gboolean good = program && export_program (&task, program, layers, error);
  g_clear_pointer (&task.settled, telar_states_unref);
  return good;
}

/* --- safetensors ------------------------------------------------------------------------------ */

static void
note (GHashTable *metadata, const char *key, const char *value)
{
  if (value)
    g_hash_table_insert (metadata, g_strdup (key), g_strdup (value));
}

gboolean
telar_export_safetensors (const TelarProgram *inference, const TelarStates *states,
                          const TelarExportOptions *options, const char *path, GError **error)
{
  g_autoptr (TelarProgram) program = telar_compile_inference (inference, NULL, error);
  g_autoptr (GHashTable) tensors = g_hash_table_new (g_str_hash, g_str_equal);
  g_autoptr (GHashTable) metadata = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  if (!program)
    return FALSE;
  for (guint i = 0; i < telar_program_n_states (program); i++) {
    const char *name = telar_program_state (program, i)->name;
    TelarTensor *tensor = telar_states_get (states, name);
    if (!tensor) {
      telar_set_error (error, TELAR_ERROR_INVALID, NULL, "the state %s has no value", name);
      return FALSE;
    }
    g_hash_table_insert (tensors, (gpointer)name, tensor);
  }
  if (!options)
    options = &no_options;
  note (metadata, "telar.project", options->project);
  note (metadata, "telar.run", options->run);
  note (metadata, "telar.data", options->data_hash);
  return telar_safetensors_write (path, tensors, metadata, error);
}
