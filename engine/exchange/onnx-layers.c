/* Finding layers, cutting them out, and what their writers share. */
#include "engine/exchange/onnx-layers.h"

#include "engine/exchange/onnx-half.h"

/* --- finding ---------------------------------------------------------------------------------- */

static const OnnxLayerKind *
find_kind (const char *op, int opset, gboolean half)
{
  static const OnnxLayerKind *const tables[] = { onnx_activation_layers, onnx_norm_layers,
                                                 onnx_picture_layers, onnx_recurrent_layers,
                                                 onnx_index_layers };
  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    for (const OnnxLayerKind *kind = tables[i]; kind->op; kind++)
      if (g_str_equal (kind->op, op))
        return opset >= kind->since && !(half && kind->single) ? kind : NULL;
  return NULL;
}

static gboolean
find_inputs (OnnxLayer *layer, const TelarLoweredNode *place, const TelarLowered *lowered)
{
  for (guint port = 0; port < telar_operator_n_inputs (layer->node->op); port++) {
    const TelarEdge *edge = telar_graph_incoming (place->drawing, layer->node->id, port, 0);
    layer->inputs[port] = TELAR_NO_VALUE;
    if (!edge)
      continue;
    g_autofree char *from = g_strconcat (place->before, edge->from, NULL);
    layer->inputs[port] = telar_lowered_value (lowered, from, edge->from_port);
    if (layer->inputs[port] == TELAR_NO_VALUE)
      return FALSE;
    layer->types[port] = *telar_program_type (lowered->program, layer->inputs[port]);
  }
  return TRUE;
}

/* Only results that the node makes itself can be cut out with it. */
static gboolean
find_outputs (OnnxLayer *layer, const TelarLowered *lowered)
{
  for (guint port = 0; port < telar_operator_n_outputs (layer->node->op); port++) {
    TelarValue value = telar_lowered_value (lowered, layer->id, port);
    layer->outputs[port] = value;
    if (value == TELAR_NO_VALUE)
      return FALSE;
    const TelarInstr *maker = telar_program_maker (lowered->program, value, NULL);
    if (g_strcmp0 (maker->origin, layer->id) != 0 || maker->prim == TELAR_PRIM_INPUT)
      return FALSE;
  }
  return TRUE;
}

/* The ids that occur more than once: nodes in a loop, which the program has once for each step. */
static GHashTable *
find_repeated (const GPtrArray *nodes)
{
  g_autoptr (GHashTable) seen = g_hash_table_new (g_str_hash, g_str_equal);
  GHashTable *repeated = g_hash_table_new (g_str_hash, g_str_equal);
  for (guint i = 0; i < nodes->len; i++) {
    const TelarLoweredNode *place = nodes->pdata[i];
    if (!g_hash_table_add (seen, (gpointer)place->id))
      g_hash_table_add (repeated, (gpointer)place->id);
  }
  return repeated;
}

GPtrArray *
onnx_layers_find (const TelarLowered *lowered, const OnnxPrepared *prepared, int opset,
                  gboolean half)
{
  const GPtrArray *nodes = telar_lowered_nodes (lowered);
  g_autoptr (GHashTable) repeated = find_repeated (nodes);
  GPtrArray *layers = g_ptr_array_new_with_free_func (g_free);
  for (guint i = 0; i < nodes->len; i++) {
    const TelarLoweredNode *place = nodes->pdata[i];
    OnnxLayer layer = {
      .node = place->node,
      .id = place->id,
      .states = place->states,
      .kind = find_kind (place->node->op->name, opset, half),
    };
    if (layer.kind && !g_hash_table_contains (repeated, place->id) &&
        !(prepared && onnx_prepared_has (prepared, place->id)) &&
        find_inputs (&layer, place, lowered) && find_outputs (&layer, lowered) &&
        (!layer.kind->fits || layer.kind->fits (&layer)))
      g_ptr_array_add (layers, g_memdup2 (&layer, sizeof layer));
  }
  return layers;
}

/* --- cutting ---------------------------------------------------------------------------------- */

/* No name of a program's own has a colon. */
static char *
cut_name (const OnnxLayer *layer, const char *side, guint port)
{
  return g_strdup_printf ("%s:%s:%u", layer->id, side, port);
}

static OnnxLayer *
layer_of (const GPtrArray *layers, const TelarInstr *instr)
{
  for (guint i = 0; instr->origin && i < layers->len; i++) {
    OnnxLayer *layer = layers->pdata[i];
    if (g_str_equal (layer->id, instr->origin))
      return layer;
  }
  return NULL;
}

static void
cut_outputs (TelarBuilder *b, const TelarProgram *program, const OnnxLayer *layer, TelarValue *map)
{
  telar_builder_set_origin (b, layer->id);
  for (guint port = 0; port < telar_operator_n_outputs (layer->node->op); port++) {
    TelarValue value = layer->outputs[port];
    g_autofree char *name = cut_name (layer, "out", port);
    if (map[value] == TELAR_NO_VALUE)
      map[value] = telar_build_input (b, name, telar_program_type (program, value));
  }
}

static void
cut_inputs (TelarBuilder *b, const OnnxLayer *layer, const TelarValue *map)
{
  for (guint port = 0; port < telar_operator_n_inputs (layer->node->op); port++) {
    g_autofree char *name = cut_name (layer, "in", port);
    if (layer->inputs[port] != TELAR_NO_VALUE)
      telar_build_output (b, TELAR_OUTPUT_PROBE, name, map[layer->inputs[port]]);
  }
}

/* Copies @instr, unless it prepares data for a model without that. */
static void
copy_instr (TelarBuilder *b, const OnnxPrepared *prepared, const TelarProgram *program,
            const TelarInstr *instr, TelarValue *map)
{
  if (prepared && instr->prim != TELAR_PRIM_INPUT && onnx_prepared_has (prepared, instr->origin))
    return;
  for (guint i = 0; prepared && i < instr->n_inputs; i++)
    onnx_prepared_take (prepared, b, program, instr->inputs[i], map);
  telar_copy_instr (b, program, instr, map);
}

/* What layers and results take of what was prepared, where no instruction does. */
static void
take_rest (TelarBuilder *b, const GPtrArray *layers, const OnnxPrepared *prepared,
           const TelarProgram *program, TelarValue *map)
{
  for (guint i = 0; i < telar_program_n_outputs (program); i++)
    onnx_prepared_take (prepared, b, program, telar_program_output (program, i)->value, map);
  for (guint i = 0; i < layers->len; i++) {
    const OnnxLayer *layer = layers->pdata[i];
    for (guint port = 0; port < telar_operator_n_inputs (layer->node->op); port++)
      if (layer->inputs[port] != TELAR_NO_VALUE)
        onnx_prepared_take (prepared, b, program, layer->inputs[port], map);
  }
}

TelarProgram *
onnx_layers_cut (const GPtrArray *layers, const OnnxPrepared *prepared, const TelarProgram *program,
                 GError **error)
{
  g_autoptr (TelarBuilder) b = telar_builder_new (telar_program_name (program));
  g_autofree TelarValue *map = g_new (TelarValue, telar_program_n_values (program) + 1);
  telar_copy_states (b, program, map);
  for (guint i = 0; i < telar_program_n_instrs (program); i++) {
    const TelarInstr *instr = telar_program_instr (program, i);
    const OnnxLayer *layer = instr->prim == TELAR_PRIM_INPUT ? NULL : layer_of (layers, instr);
    if (layer)
      cut_outputs (b, program, layer, map);
    else
      copy_instr (b, prepared, program, instr, map);
  }
  if (prepared)
    take_rest (b, layers, prepared, program, map);
  telar_copy_results (b, program, map);
  for (guint i = 0; i < layers->len; i++)
    cut_inputs (b, layers->pdata[i], map);
  return telar_builder_finish (b, error);
}

static TelarValue
input_named (const TelarProgram *program, const char *name)
{
  for (guint i = 0; i < telar_program_n_instrs (program); i++) {
    const TelarInstr *instr = telar_program_instr (program, i);
    if (instr->prim == TELAR_PRIM_INPUT &&
        g_str_equal (telar_instr_string (instr, TELAR_ATTR_NAME), name))
      return instr->outputs[0];
  }
  return TELAR_NO_VALUE;
}

static TelarValue
output_named (const TelarProgram *program, const char *name)
{
  for (guint i = 0; i < telar_program_n_outputs (program); i++)
    if (g_str_equal (telar_program_output (program, i)->name, name))
      return telar_program_output (program, i)->value;
  return TELAR_NO_VALUE;
}

void
onnx_layers_bind (const GPtrArray *layers, const TelarProgram *program)
{
  for (guint i = 0; i < layers->len; i++) {
    OnnxLayer *layer = layers->pdata[i];
    for (guint port = 0; port < telar_operator_n_inputs (layer->node->op); port++) {
      g_autofree char *name = cut_name (layer, "in", port);
      layer->inputs[port] = output_named (program, name);
      if (layer->inputs[port] != TELAR_NO_VALUE)
        layer->types[port] = *telar_program_type (program, layer->inputs[port]);
    }
    for (guint port = 0; port < telar_operator_n_outputs (layer->node->op); port++) {
      g_autofree char *name = cut_name (layer, "out", port);
      layer->outputs[port] = input_named (program, name);
    }
  }
}

OnnxLayer *
onnx_layers_at (const GPtrArray *layers, const TelarInstr *instr)
{
  return layers && instr->prim == TELAR_PRIM_INPUT ? layer_of (layers, instr) : NULL;
}

/* --- for the kinds ---------------------------------------------------------------------------- */

const char *
onnx_layer_input (const OnnxExport *e, const OnnxLayer *layer, guint port)
{
  return layer->inputs[port] == TELAR_NO_VALUE ? "" : e->names[layer->inputs[port]];
}

const char *
onnx_layer_output (OnnxExport *e, const OnnxLayer *layer, guint port)
{
  TelarValue value = layer->outputs[port];
  if (value == TELAR_NO_VALUE)
    return "";
  if (!e->names[value]) {
    g_autofree char *name =
        g_strdup_printf ("%s.%s", layer->id, layer->node->op->outputs[port].name);
    e->names[value] = onnx_model_name (e->model, name);
  }
  return e->names[value];
}

TelarTensor *
onnx_layer_state (OnnxExport *e, const OnnxLayer *layer, const char *role)
{
  g_autofree char *name = g_strdup_printf ("%s.%s", layer->states, role);
  return onnx_state (e, layer->id, name);
}

const char *
onnx_layer_tensor (OnnxExport *e, const OnnxLayer *layer, const char *role, TelarTensor *tensor)
{
  g_autofree char *name = g_strdup_printf ("%s.%s", layer->states, role);
  g_autoptr (TelarTensor) cast =
      onnx_half_state (e, layer->id, name, tensor, layer->types[0].dtype);
  return cast ? onnx_model_tensor (e->model, name, cast) : "";
}

const char *
onnx_layer_weight (OnnxExport *e, const OnnxLayer *layer, const char *role, const TelarShape *shape)
{
  TelarTensor *tensor = onnx_layer_state (e, layer, role);
  if (!tensor)
    return "";
  if (!shape)
    return onnx_layer_tensor (e, layer, role, tensor);
  g_autoptr (TelarTensor) shaped = telar_tensor_copy (tensor);
  shaped->type.shape = *shape;
  return onnx_layer_tensor (e, layer, role, shaped);
}

OnnxNode *
onnx_layer_node (OnnxExport *e, const OnnxLayer *layer, const char *op_type, const char *name,
                 const char *const *inputs, guint n, const char *output)
{
  OnnxNode *node = onnx_model_node (e->model, op_type, name, inputs, n, output);
  onnx_document (e, layer->id, node);
  return node;
}

OnnxNode *
onnx_layer_simple (OnnxExport *e, const OnnxLayer *layer, const char *op_type,
                   const char *const *inputs, guint n)
{
  return onnx_layer_node (e, layer, op_type, onnx_model_name (e->model, layer->id), inputs, n,
                          onnx_layer_output (e, layer, 0));
}

OnnxNode *
onnx_layer_step (OnnxExport *e, const OnnxLayer *layer, const char *op_type,
                 const char *const *inputs, guint n, const char **output)
{
  g_autofree char *kind = g_ascii_strdown (op_type, -1);
  g_autofree char *name = g_strdup_printf ("%s.%s", layer->id, kind);
  *output = onnx_model_name (e->model, name);
  return onnx_layer_node (e, layer, op_type, *output, inputs, n, *output);
}
