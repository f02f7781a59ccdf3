/* Writes a program as an ONNX model: inputs, states, instructions in order, results. */
#include "engine/exchange/onnx-layers.h"

#include "engine/checkpoint.h"
#include "engine/exchange/export.h"
#include "engine/exchange/onnx.h"

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
  if (tensor)
    e->names[instr->outputs[0]] = onnx_model_tensor (e->model, name, tensor);
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

static gboolean
write_model (OnnxModel *model, const char *path, GError **error)
{
  gsize length;
  g_autofree guint8 *bytes = onnx_model_pack (model, &length);
  if (!bytes) {
    telar_set_error (error, TELAR_ERROR_FAILED, NULL,
                     "the model has more than the 2 GiB that an ONNX file may hold");
    return FALSE;
  }
  /* What Telar cannot read back, no one else should have to. */
  g_autoptr (TelarOnnx) readable = telar_onnx_from_bytes (bytes, length, NULL, path, error);
  return readable && telar_file_replace (path, bytes, length, error);
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
export_program (const TelarProgram *program, const GPtrArray *layers, const TelarStates *states,
                const TelarExportOptions *options, const char *path, GError **error)
{
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
                   .states = states,
                   .model = model,
                   .names = names,
                   .uses = uses,
                   .biases = biases,
                   .absorbed = absorbed };

  count_uses (&e);
  reserve_names (&e);
  name_results (&e, results);
  onnx_find_biases (&e);
  if (!emit_all (&e, error))
    return FALSE;
  copy_results (&e, results);
  add_metadata (model, options);
  return write_model (model, path, error);
}

/* Without layers and with the batch of the options, simplified; @layers have its values. */
static TelarProgram *
prepare (const TelarProgram *inference, const GPtrArray *layers, const TelarExportOptions *options,
         GError **error)
{
  g_autoptr (TelarProgram) cut = layers ? onnx_layers_cut (layers, inference, error)
                                        : telar_program_ref ((TelarProgram *)inference);
  if (cut && options->batch > 0) {
    TelarProgram *bound = telar_program_bind (cut, options->batch, error);
    telar_program_unref (cut);
    cut = bound;
  }
  TelarProgram *program = cut ? telar_compile_inference (cut, NULL, error) : NULL;
  if (program && layers)
    onnx_layers_bind (layers, program);
  return program;
}

static const TelarExportOptions no_options = { 0 };

gboolean
telar_export_onnx (const TelarProgram *inference, const TelarStates *states,
                   const TelarExportOptions *options, const char *path, GError **error)
{
  if (!options)
    options = &no_options;
  int opset = options->opset ? options->opset : TELAR_ONNX_OPSET;
  if (opset < TELAR_ONNX_OPSET_MIN || opset > TELAR_ONNX_OPSET_MAX) {
    telar_set_error (error, TELAR_ERROR_USAGE, NULL,
                     "the ONNX operator set must be from %d to %d, not %d", TELAR_ONNX_OPSET_MIN,
                     TELAR_ONNX_OPSET_MAX, opset);
    return FALSE;
  }
  g_autoptr (GPtrArray) layers = options->graph && options->lowered
                                     ? onnx_layers_find (options->graph, options->lowered, opset)
                                     : NULL;
  g_autoptr (TelarProgram) program = prepare (inference, layers, options, error);
  return program && export_program (program, layers, states, options, path, error);
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
