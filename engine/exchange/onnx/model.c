/* Models from outside: what they want and give, and whether Telar has all their operators. */
#include "engine/exchange/onnx/model-private.h"

#include "engine/exchange/onnx/read.h"

#include <string.h>

/* --- what is missing -------------------------------------------------------------------------- */

typedef struct {
  const Onnx__ModelProto *model;
  GString *text;
  GHashTable *told;
} Missing;

static int
opset_of (Onnx__OperatorSetIdProto **opsets, gsize n, const char *domain)
{
  for (gsize i = 0; i < n; i++) {
    const char *name = opsets[i]->domain ? opsets[i]->domain : "";
    if (g_str_equal (name, domain) || (!*domain && g_str_equal (name, "ai.onnx")))
      return (int)CLAMP (opsets[i]->version, 1, 1000);
  }
  return 1;
}

static gboolean
is_function (const Onnx__ModelProto *model, const Onnx__NodeProto *node)
{
  for (gsize i = 0; i < model->n_functions; i++)
    if (g_strcmp0 (model->functions[i]->name, node->op_type) == 0)
      return TRUE;
  return FALSE;
}

static void
note_missing (Missing *missing, const Onnx__NodeProto *node, int version)
{
  const char *domain = node->domain && *node->domain ? node->domain : "ai.onnx";
  char *key = g_strdup_printf ("%s %s %d", domain, node->op_type, version);
  if (!g_hash_table_add (missing->told, key))
    return;
  g_string_append_printf (missing->text, "%s%s: %s of version %d (%s)",
                          missing->text->len > 0 ? "; " : "", onnx_node_label (node), node->op_type,
                          version, domain);
}

static void
find_missing (Missing *missing, Onnx__NodeProto **nodes, gsize n, Onnx__OperatorSetIdProto **opsets,
              gsize n_opsets)
{
  for (gsize i = 0; i < n; i++) {
    const char *domain = nodes[i]->domain ? nodes[i]->domain : "";
    if (g_str_equal (domain, "ai.onnx"))
      domain = "";
    int version = opset_of (opsets, n_opsets, domain);
    if (!is_function (missing->model, nodes[i]) &&
        !onnx_operator_find (domain, nodes[i]->op_type, version))
      note_missing (missing, nodes[i], version);
    for (gsize k = 0; k < nodes[i]->n_attribute; k++) {
      const Onnx__AttributeProto *attr = nodes[i]->attribute[k];
      if (attr->g)
        find_missing (missing, attr->g->node, attr->g->n_node, opsets, n_opsets);
    }
  }
}

static gboolean
has_all_operators (const Onnx__ModelProto *proto, const char *name, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  g_autoptr (GHashTable) told = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  Missing missing = { proto, text, told };
  find_missing (&missing, proto->graph->node, proto->graph->n_node, proto->opset_import,
                proto->n_opset_import);
  for (gsize i = 0; i < proto->n_functions; i++)
    find_missing (&missing, proto->functions[i]->node, proto->functions[i]->n_node,
                  proto->functions[i]->opset_import, proto->functions[i]->n_opset_import);
  if (text->len == 0)
    return TRUE;
  telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                   "%s has operators that Telar does not have: %s", name, text->str);
  return FALSE;
}

/* --- loading ---------------------------------------------------------------------------------- */

static void
find_inputs (TelarOnnx *model)
{
  const Onnx__GraphProto *graph = model->proto->graph;
  g_autoptr (GHashTable) own = g_hash_table_new (g_str_hash, g_str_equal);
  for (gsize i = 0; i < graph->n_initializer; i++)
    g_hash_table_add (own, graph->initializer[i]->name);
  for (gsize i = 0; i < graph->n_node; i++) /* old tools list all that nodes compute */
    for (gsize k = 0; k < graph->node[i]->n_output; k++)
      g_hash_table_add (own, graph->node[i]->output[k]);
  model->inputs = g_new0 (const Onnx__ValueInfoProto *, graph->n_input + 1);
  for (gsize i = 0; i < graph->n_input; i++)
    if (!g_hash_table_contains (own, graph->input[i]->name))
      model->inputs[model->n_inputs++] = graph->input[i];
}

static TelarOnnx *
model_from_bytes (const guint8 *data, gsize length, const char *folder, const char *name,
                  GError **error)
{
  Onnx__ModelProto *proto = onnx_model_proto_read (data, length, name, error);
  if (!proto)
    return NULL;
  TelarOnnx *model = g_new0 (TelarOnnx, 1);
  model->proto = proto;
  model->folder = g_strdup (folder);
  model->constants =
      g_hash_table_new_full (NULL, NULL, NULL, (GDestroyNotify)telar_onnx_value_unref);
  g_queue_init (&model->compiled);
  find_inputs (model);
  return model;
}

TelarOnnx *
telar_onnx_from_bytes (const guint8 *data, gsize length, const char *folder, const char *name,
                       GError **error)
{
  g_autoptr (TelarOnnx) model = model_from_bytes (data, length, folder, name, error);
  if (!model || !has_all_operators (model->proto, name, error))
    return NULL;
  return g_steal_pointer (&model);
}

TelarOnnx *
onnx_model_load_any (const char *path, GError **error)
{
  g_autoptr (GError) why = NULL;
  g_autoptr (GMappedFile) file = g_mapped_file_new (path, FALSE, &why);
  if (!file) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL, "%s cannot be read: %s", path, why->message);
    return NULL;
  }
  g_autofree char *folder = g_path_get_dirname (path);
  return model_from_bytes ((const guint8 *)g_mapped_file_get_contents (file),
                           g_mapped_file_get_length (file), folder, path, error);
}

TelarOnnx *
telar_onnx_load (const char *path, GError **error)
{
  g_autoptr (TelarOnnx) model = onnx_model_load_any (path, error);
  if (!model || !has_all_operators (model->proto, path, error))
    return NULL;
  return g_steal_pointer (&model);
}

void
telar_onnx_free (TelarOnnx *model)
{
  if (!model)
    return;
  onnx_model_forget_programs (model);
  g_clear_pointer (&model->constants, g_hash_table_unref);
  onnx_model_proto_free (model->proto);
  g_free (model->inputs);
  g_free (model->folder);
  g_free (model);
}

/* --- its face --------------------------------------------------------------------------------- */

guint
telar_onnx_n_inputs (const TelarOnnx *model)
{
  return model->n_inputs;
}

guint
telar_onnx_n_outputs (const TelarOnnx *model)
{
  return (guint)model->proto->graph->n_output;
}

const char *
telar_onnx_input_name (const TelarOnnx *model, guint index)
{
  return model->inputs[index]->name;
}

const char *
telar_onnx_output_name (const TelarOnnx *model, guint index)
{
  return model->proto->graph->output[index]->name;
}

static TelarOnnxKind
declared_kind (const Onnx__ValueInfoProto *port)
{
  if (!port->type)
    return TELAR_ONNX_TENSOR;
  switch (port->type->value_case) {
  case ONNX__TYPE_PROTO__VALUE_SEQUENCE_TYPE:
    return TELAR_ONNX_SEQUENCE;
  case ONNX__TYPE_PROTO__VALUE_OPTIONAL_TYPE:
    return TELAR_ONNX_OPTIONAL;
  default:
    return TELAR_ONNX_TENSOR;
  }
}

gboolean
telar_onnx_input_type (const TelarOnnx *model, guint index, TelarType *type)
{
  return onnx_declared_type (model->inputs[index], type);
}

gboolean
telar_onnx_output_type (const TelarOnnx *model, guint index, TelarType *type)
{
  return onnx_declared_type (model->proto->graph->output[index], type);
}

TelarOnnxKind
telar_onnx_input_kind (const TelarOnnx *model, guint index)
{
  return declared_kind (model->inputs[index]);
}

TelarOnnxKind
telar_onnx_output_kind (const TelarOnnx *model, guint index)
{
  return declared_kind (model->proto->graph->output[index]);
}
