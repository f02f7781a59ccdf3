/* Models from bytes. protobuf-c recurses as deep as a file tells it to and knows no limit, so the
 * nesting is measured first, along the fields that the schema knows. */
#include "engine/exchange/onnx/read.h"
#include "engine/exchange/onnx/wire.h"

static gboolean
is_well_formed (OnnxSpan span, const ProtobufCMessageDescriptor *message, guint depth)
{
  if (depth > ONNX_MOST_NESTED)
    return FALSE;
  while (span.at < span.end) {
    guint number, wire;
    OnnxSpan part = { NULL, NULL };
    if (!onnx_take_field (&span, &number, &wire, &part))
      return FALSE;
    const ProtobufCFieldDescriptor *field =
        protobuf_c_message_descriptor_get_field (message, number);
    if (field && field->type == PROTOBUF_C_TYPE_MESSAGE && wire == ONNX_WIRE_BYTES &&
        !is_well_formed (part, field->descriptor, depth + 1))
      return FALSE;
  }
  return TRUE;
}

/* --- names that must be there ----------------------------------------------------------------- */

static gboolean is_graph_named (const Onnx__GraphProto *graph);

static gboolean
are_nodes_named (Onnx__NodeProto **nodes, gsize n)
{
  for (gsize i = 0; i < n; i++) {
    if (!nodes[i]->op_type)
      return FALSE;
    for (gsize k = 0; k < nodes[i]->n_attribute; k++) {
      const Onnx__AttributeProto *attr = nodes[i]->attribute[k];
      if (!attr->name || (attr->g && !is_graph_named (attr->g)))
        return FALSE;
      for (gsize j = 0; j < attr->n_graphs; j++)
        if (!is_graph_named (attr->graphs[j]))
          return FALSE;
    }
  }
  return TRUE;
}

static gboolean
are_ports_named (Onnx__ValueInfoProto **ports, gsize n)
{
  for (gsize i = 0; i < n; i++)
    if (!ports[i]->name)
      return FALSE;
  return TRUE;
}

static gboolean
is_graph_named (const Onnx__GraphProto *graph)
{
  for (gsize i = 0; i < graph->n_initializer; i++)
    if (!graph->initializer[i]->name)
      return FALSE;
  return are_ports_named (graph->input, graph->n_input) &&
         are_ports_named (graph->output, graph->n_output) &&
         are_nodes_named (graph->node, graph->n_node);
}

static gboolean
is_named (const Onnx__ModelProto *model)
{
  for (gsize i = 0; i < model->n_functions; i++)
    if (!model->functions[i]->name ||
        !are_nodes_named (model->functions[i]->node, model->functions[i]->n_node))
      return FALSE;
  return is_graph_named (model->graph);
}

Onnx__ModelProto *
onnx_model_proto_read (const guint8 *data, gsize length, const char *name, GError **error)
{
  Onnx__ModelProto *model = NULL;
  if (length > 0 &&
      is_well_formed ((OnnxSpan){ data, data + length }, &onnx__model_proto__descriptor, 0))
    model = onnx__model_proto__unpack (NULL, length, data);
  if (!model || !model->graph || !is_named (model)) {
    telar_set_error (error, TELAR_ERROR_INVALID, NULL,
                     "%s is not an ONNX model, or it is damaged or cut off", name);
    g_clear_pointer (&model, onnx_model_proto_free);
  }
  if (model)
    onnx_expand_quantized (model->graph);
  return model;
}

void
onnx_model_proto_free (Onnx__ModelProto *model)
{
  if (model)
    onnx__model_proto__free_unpacked (model, NULL);
}

const char *
onnx_node_label (const Onnx__NodeProto *node)
{
  if (node->name && *node->name)
    return node->name;
  return node->n_output > 0 ? node->output[0] : node->op_type;
}
