/* Single nodes as models: attributes from text, the smallest graph around them, one run on ref. */
#include "tests/engine/exchange/one-node.h"

#include "onnx.pb-c.h"

#include <string.h>

/* --- attributes ---------------------------------------------------------------------------------
 */

static void
put_list (Onnx__AttributeProto *attr, char kind, char **items)
{
  gsize n = g_strv_length (items);
  if (kind == 'i') {
    attr->n_ints = n;
    attr->ints = g_new0 (gint64, n + 1);
  } else if (kind == 'f') {
    attr->n_floats = n;
    attr->floats = g_new0 (float, n + 1);
  } else {
    attr->n_strings = n;
    attr->strings = g_new0 (ProtobufCBinaryData, n + 1);
  }
  for (gsize i = 0; i < n; i++)
    if (kind == 'i')
      attr->ints[i] = g_ascii_strtoll (items[i], NULL, 10);
    else if (kind == 'f')
      attr->floats[i] = (float)g_ascii_strtod (items[i], NULL);
    else
      attr->strings[i] = (ProtobufCBinaryData){ strlen (items[i]), (guint8 *)g_strdup (items[i]) };
}

static void
put_tensor (Onnx__AttributeProto *attr, char kind, char **items)
{
  gsize n = g_strv_length (items);
  Onnx__TensorProto *tensor = g_new (Onnx__TensorProto, 1);
  *tensor = (Onnx__TensorProto)ONNX__TENSOR_PROTO__INIT;
  tensor->has_data_type = TRUE;
  tensor->data_type =
      kind == 'F' ? ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT : ONNX__TENSOR_PROTO__DATA_TYPE__UINT8;
  tensor->n_dims = 1;
  tensor->dims = g_new (gint64, 1);
  tensor->dims[0] = (gint64)n;
  if (kind == 'F') {
    tensor->n_float_data = n;
    tensor->float_data = g_new0 (float, n + 1);
  } else {
    tensor->n_int32_data = n;
    tensor->int32_data = g_new0 (gint32, n + 1);
  }
  for (gsize i = 0; i < n; i++)
    if (kind == 'F')
      tensor->float_data[i] = (float)g_ascii_strtod (items[i], NULL);
    else
      tensor->int32_data[i] = (gint32)g_ascii_strtoll (items[i], NULL, 10);
  attr->t = tensor;
}

static Onnx__AttributeProto *
parse_attribute (const char *text)
{
  const char *equals = strchr (text, '=');
  g_auto (GStrv) items = g_strsplit (equals + 3, ",", -1);
  Onnx__AttributeProto *attr = g_new (Onnx__AttributeProto, 1);
  *attr = (Onnx__AttributeProto)ONNX__ATTRIBUTE_PROTO__INIT;
  attr->name = g_strndup (text, (gsize)(equals - text));
  switch (equals[1]) {
  case 'I':
    attr->has_i = TRUE;
    attr->i = g_ascii_strtoll (items[0], NULL, 10);
    break;
  case 'S':
    attr->has_s = TRUE;
    attr->s = (ProtobufCBinaryData){ strlen (items[0]), (guint8 *)g_strdup (items[0]) };
    break;
  case 'F':
  case 'U':
    put_tensor (attr, equals[1], items);
    break;
  default:
    put_list (attr, equals[1], items);
  }
  return attr;
}

static void
put_attributes (Onnx__NodeProto *node, const char *texts)
{
  g_auto (GStrv) words = g_strsplit (texts, " ", -1);
  g_autoptr (GHashTable) last = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  for (guint i = 0; words[i]; i++)
    if (*words[i])
      g_hash_table_replace (last, g_strndup (words[i], strcspn (words[i], "=")), words[i]);
  GHashTableIter iter;
  gpointer text;
  node->attribute = g_new0 (Onnx__AttributeProto *, g_hash_table_size (last) + 1);
  g_hash_table_iter_init (&iter, last);
  while (g_hash_table_iter_next (&iter, NULL, &text))
    node->attribute[node->n_attribute++] = parse_attribute (text);
}

static Onnx__ValueInfoProto *
port (const char *name)
{
  Onnx__ValueInfoProto *port = g_new (Onnx__ValueInfoProto, 1);
  *port = (Onnx__ValueInfoProto)ONNX__VALUE_INFO_PROTO__INIT;
  port->name = g_strdup (name);
  return port;
}

/* --- models ------------------------------------------------------------------------------------
 */

static Onnx__NodeProto *
node_of (const OneNode *one, guint n_inputs)
{
  Onnx__NodeProto *node = g_new (Onnx__NodeProto, 1);
  *node = (Onnx__NodeProto)ONNX__NODE_PROTO__INIT;
  node->op_type = g_strdup (one->op);
  node->domain = g_strdup (one->domain);
  node->n_input = n_inputs;
  node->input = g_new0 (char *, n_inputs + 1);
  for (guint i = 0; i < n_inputs; i++)
    node->input[i] = g_strdup_printf ("x%u", i);
  node->n_output = 1;
  node->output = g_new (char *, 1);
  node->output[0] = g_strdup ("y");
  put_attributes (node, one->attributes);
  return node;
}

static Onnx__GraphProto *
graph_of (Onnx__NodeProto *node)
{
  Onnx__GraphProto *graph = g_new (Onnx__GraphProto, 1);
  *graph = (Onnx__GraphProto)ONNX__GRAPH_PROTO__INIT;
  graph->n_node = graph->n_output = 1;
  graph->node = g_new (Onnx__NodeProto *, 1);
  graph->node[0] = node;
  graph->n_input = node->n_input;
  graph->input = g_new0 (Onnx__ValueInfoProto *, node->n_input + 1);
  for (gsize i = 0; i < node->n_input; i++)
    graph->input[i] = port (node->input[i]);
  graph->output = g_new (Onnx__ValueInfoProto *, 1);
  graph->output[0] = port ("y");
  return graph;
}

static GBytes *
bytes_of (const OneNode *one, guint n_inputs)
{
  Onnx__ModelProto *model = g_new (Onnx__ModelProto, 1);
  Onnx__OperatorSetIdProto *opset = g_new (Onnx__OperatorSetIdProto, 1);
  *model = (Onnx__ModelProto)ONNX__MODEL_PROTO__INIT;
  *opset = (Onnx__OperatorSetIdProto)ONNX__OPERATOR_SET_ID_PROTO__INIT;
  opset->domain = g_strdup (one->domain);
  opset->has_version = TRUE;
  opset->version = one->version;
  model->n_opset_import = 1;
  model->opset_import = g_new (Onnx__OperatorSetIdProto *, 1);
  model->opset_import[0] = opset;
  model->graph = graph_of (node_of (one, n_inputs));
  gsize length = onnx__model_proto__get_packed_size (model);
  guint8 *data = g_malloc (length);
  onnx__model_proto__pack (model, data);
  onnx__model_proto__free_unpacked (model, NULL);
  return g_bytes_new_take (data, length);
}

TelarOnnxValue *
one_node_run (const OneNode *one, TelarOnnxValue *const *inputs, guint n, GError **error)
{
  g_autoptr (GBytes) bytes = bytes_of (one, n);
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  g_autoptr (TelarOnnx) model = telar_onnx_from_bytes (data, length, NULL, "sketch", error);
  if (!model)
    return NULL;
  g_autoptr (TelarDevice) device = telar_device_ref_new ();
  TelarOnnxValue *output = NULL;
  return telar_onnx_run (model, device, inputs, &output, error) ? output : NULL;
}
