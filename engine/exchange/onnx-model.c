/* Building ONNX's protobuf messages. protobuf-c wants arrays of pointers to structs; they and all
 * their strings come from one pool that goes with the model. */
#include "engine/exchange/onnx-model.h"

#include <string.h>

#define MOST_ATTRIBUTES 8
#define MOST_OUTPUTS    4

struct OnnxModel {
  GPtrArray *pool;    /* everything allocated */
  GPtrArray *tensors; /* references behind raw_data */
  GHashTable *names;  /* taken; char * in the pool */
  GPtrArray *nodes, *initializers, *inputs, *outputs, *metadata;
  Onnx__GraphProto graph;
  Onnx__ModelProto proto;
  Onnx__OperatorSetIdProto opset;
  Onnx__OperatorSetIdProto *opsets[1];
};

/* --- memory and names ------------------------------------------------------------------------- */

gpointer
onnx_model_keep (OnnxModel *model, gpointer memory)
{
  g_ptr_array_add (model->pool, memory);
  return memory;
}

static char *
copy_text (OnnxModel *model, const char *text)
{
  return onnx_model_keep (model, g_strdup (text));
}

#define MAKE(model, Type, INIT)                                                                    \
  ((Type *)memcpy (onnx_model_keep (model, g_new (Type, 1)), &(Type)INIT, sizeof (Type)))

OnnxModel *
onnx_model_new (const char *graph_name, int opset)
{
  OnnxModel *model = g_new0 (OnnxModel, 1);
  model->pool = g_ptr_array_new_with_free_func (g_free);
  model->tensors = g_ptr_array_new_with_free_func ((GDestroyNotify)telar_tensor_unref);
  model->names = g_hash_table_new (g_str_hash, g_str_equal);
  model->nodes = g_ptr_array_new ();
  model->initializers = g_ptr_array_new ();
  model->inputs = g_ptr_array_new ();
  model->outputs = g_ptr_array_new ();
  model->metadata = g_ptr_array_new ();
  model->proto = (Onnx__ModelProto)ONNX__MODEL_PROTO__INIT;
  model->graph = (Onnx__GraphProto)ONNX__GRAPH_PROTO__INIT;
  model->opset = (Onnx__OperatorSetIdProto)ONNX__OPERATOR_SET_ID_PROTO__INIT;
  model->opset.domain = copy_text (model, "");
  model->opset.has_version = TRUE;
  model->opset.version = opset;
  model->opsets[0] = &model->opset;
  model->graph.name = copy_text (model, graph_name);
  return model;
}

void
onnx_model_free (OnnxModel *model)
{
  if (!model)
    return;
  g_ptr_array_unref (model->nodes);
  g_ptr_array_unref (model->initializers);
  g_ptr_array_unref (model->inputs);
  g_ptr_array_unref (model->outputs);
  g_ptr_array_unref (model->metadata);
  g_hash_table_unref (model->names);
  g_ptr_array_unref (model->tensors);
  g_ptr_array_unref (model->pool);
  g_free (model);
}

const char *
onnx_model_name (OnnxModel *model, const char *base)
{
  char *name = copy_text (model, base);
  for (guint number = 1; g_hash_table_contains (model->names, name); number++)
    name = onnx_model_keep (model, g_strdup_printf ("%s_%u", base, number));
  g_hash_table_add (model->names, name);
  return name;
}

/* --- tensors ---------------------------------------------------------------------------------- */

int
onnx_dtype (TelarDType dtype)
{
  static const int numbers[TELAR_N_DTYPES] = {
    [TELAR_F32] = ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT,
    [TELAR_F64] = ONNX__TENSOR_PROTO__DATA_TYPE__DOUBLE,
    [TELAR_F16] = ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT16,
    [TELAR_BF16] = ONNX__TENSOR_PROTO__DATA_TYPE__BFLOAT16,
    [TELAR_I8] = ONNX__TENSOR_PROTO__DATA_TYPE__INT8,
    [TELAR_U8] = ONNX__TENSOR_PROTO__DATA_TYPE__UINT8,
    [TELAR_I16] = ONNX__TENSOR_PROTO__DATA_TYPE__INT16,
    [TELAR_U16] = ONNX__TENSOR_PROTO__DATA_TYPE__UINT16,
    [TELAR_I32] = ONNX__TENSOR_PROTO__DATA_TYPE__INT32,
    [TELAR_U32] = ONNX__TENSOR_PROTO__DATA_TYPE__UINT32,
    [TELAR_U64] = ONNX__TENSOR_PROTO__DATA_TYPE__UINT64,
    [TELAR_I64] = ONNX__TENSOR_PROTO__DATA_TYPE__INT64,
    [TELAR_BOOL] = ONNX__TENSOR_PROTO__DATA_TYPE__BOOL,
  };
  return numbers[dtype];
}

const char *
onnx_model_tensor (OnnxModel *model, const char *base, TelarTensor *tensor)
{
  Onnx__TensorProto *proto = MAKE (model, Onnx__TensorProto, ONNX__TENSOR_PROTO__INIT);
  const char *name = onnx_model_name (model, base);
  proto->name = (char *)name;
  proto->has_data_type = TRUE;
  proto->data_type = onnx_dtype (tensor->type.dtype);
  proto->n_dims = tensor->type.shape.rank;
  proto->dims =
      onnx_model_keep (model, g_memdup2 (tensor->type.shape.dims, sizeof tensor->type.shape.dims));
  proto->has_raw_data = TRUE;
  proto->raw_data.data = tensor->data;
  proto->raw_data.len = tensor->bytes;
  g_ptr_array_add (model->tensors, telar_tensor_ref (tensor));
  g_ptr_array_add (model->initializers, proto);
  return name;
}

const char *
onnx_model_constant (OnnxModel *model, const char *base, TelarTensor *tensor)
{
  g_autofree char *name = g_strconcat (base, ".constant", NULL);
  return onnx_model_tensor (model, name, tensor);
}

const char *
onnx_model_ints (OnnxModel *model, const char *base, const gint64 *values, guint n)
{
  TelarShape shape = telar_shape (n);
  g_autoptr (TelarTensor) tensor = telar_tensor_new (TELAR_I64, &shape);
  memcpy (tensor->data, values, n * sizeof *values);
  return onnx_model_constant (model, base, tensor);
}

const char *
onnx_model_scalar (OnnxModel *model, const char *base, TelarDType dtype, double value)
{
  g_autoptr (TelarTensor) tensor = telar_tensor_scalar (dtype, value);
  return onnx_model_constant (model, base, tensor);
}

const GPtrArray *
onnx_model_initializers (const OnnxModel *model)
{
  return model->initializers;
}

/* --- inputs, outputs, metadata ---------------------------------------------------------------- */

static Onnx__TensorShapeProto__Dimension *
dimension (OnnxModel *model, gint64 size)
{
  Onnx__TensorShapeProto__Dimension *dim =
      MAKE (model, Onnx__TensorShapeProto__Dimension, ONNX__TENSOR_SHAPE_PROTO__DIMENSION__INIT);
  if (size >= 0) {
    dim->value_case = ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_VALUE;
    dim->dim_value = size;
  } else {
    dim->value_case = ONNX__TENSOR_SHAPE_PROTO__DIMENSION__VALUE_DIM_PARAM;
    dim->dim_param =
        size == TELAR_DIM_BATCH
            ? copy_text (model, "N")
            : onnx_model_keep (model, g_strdup_printf ("%" G_GINT64_FORMAT "*N", -size));
  }
  return dim;
}

static Onnx__ValueInfoProto *
value_info (OnnxModel *model, const char *name, const TelarType *type)
{
  Onnx__ValueInfoProto *info = MAKE (model, Onnx__ValueInfoProto, ONNX__VALUE_INFO_PROTO__INIT);
  Onnx__TypeProto *kind = MAKE (model, Onnx__TypeProto, ONNX__TYPE_PROTO__INIT);
  Onnx__TypeProto__Tensor *tensor =
      MAKE (model, Onnx__TypeProto__Tensor, ONNX__TYPE_PROTO__TENSOR__INIT);
  Onnx__TensorShapeProto *shape =
      MAKE (model, Onnx__TensorShapeProto, ONNX__TENSOR_SHAPE_PROTO__INIT);
  info->name = copy_text (model, name);
  info->type = kind;
  kind->value_case = ONNX__TYPE_PROTO__VALUE_TENSOR_TYPE;
  kind->tensor_type = tensor;
  tensor->has_elem_type = TRUE;
  tensor->elem_type = onnx_dtype (type->dtype);
  tensor->shape = shape;
  shape->n_dim = type->shape.rank;
  shape->dim =
      onnx_model_keep (model, g_new0 (Onnx__TensorShapeProto__Dimension *, TELAR_MAX_RANK));
  for (guint i = 0; i < type->shape.rank; i++)
    shape->dim[i] = dimension (model, type->shape.dims[i]);
  return info;
}

void
onnx_model_input (OnnxModel *model, const char *name, const TelarType *type)
{
  g_ptr_array_add (model->inputs, value_info (model, name, type));
}

void
onnx_model_output (OnnxModel *model, const char *name, const TelarType *type)
{
  g_ptr_array_add (model->outputs, value_info (model, name, type));
}

void
onnx_model_metadata (OnnxModel *model, const char *key, const char *value)
{
  Onnx__StringStringEntryProto *entry =
      MAKE (model, Onnx__StringStringEntryProto, ONNX__STRING_STRING_ENTRY_PROTO__INIT);
  entry->key = copy_text (model, key);
  entry->value = copy_text (model, value);
  g_ptr_array_add (model->metadata, entry);
}

/* --- nodes ------------------------------------------------------------------------------------ */

OnnxNode *
onnx_model_node (OnnxModel *model, const char *op_type, const char *name, const char *const *inputs,
                 guint n_inputs, const char *output)
{
  OnnxNode *node = MAKE (model, Onnx__NodeProto, ONNX__NODE_PROTO__INIT);
  node->op_type = copy_text (model, op_type);
  node->name = copy_text (model, name);
  node->n_input = n_inputs;
  node->input = onnx_model_keep (model, g_new0 (char *, n_inputs + 1));
  for (guint i = 0; i < n_inputs; i++)
    node->input[i] = copy_text (model, inputs[i]);
  node->n_output = 1;
  node->output = onnx_model_keep (model, g_new0 (char *, MOST_OUTPUTS));
  node->output[0] = copy_text (model, output);
  node->attribute = onnx_model_keep (model, g_new0 (Onnx__AttributeProto *, MOST_ATTRIBUTES));
  g_ptr_array_add (model->nodes, node);
  return node;
}

void
onnx_node_add_output (OnnxModel *model, OnnxNode *node, const char *output)
{
  g_assert (node->n_output < MOST_OUTPUTS);
  node->output[node->n_output++] = copy_text (model, output);
}

void
onnx_node_document (OnnxModel *model, OnnxNode *node, const char *text)
{
  node->doc_string = copy_text (model, text);
}

static Onnx__AttributeProto *
add_attribute (OnnxModel *model, OnnxNode *node, const char *key,
               Onnx__AttributeProto__AttributeType type)
{
  Onnx__AttributeProto *attribute = MAKE (model, Onnx__AttributeProto, ONNX__ATTRIBUTE_PROTO__INIT);
  g_assert (node->n_attribute < MOST_ATTRIBUTES);
  attribute->name = copy_text (model, key);
  attribute->has_type = TRUE;
  attribute->type = type;
  node->attribute[node->n_attribute++] = attribute;
  return attribute;
}

void
onnx_node_int (OnnxModel *model, OnnxNode *node, const char *key, gint64 value)
{
  Onnx__AttributeProto *attribute =
      add_attribute (model, node, key, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT);
  attribute->has_i = TRUE;
  attribute->i = value;
}

void
onnx_node_real (OnnxModel *model, OnnxNode *node, const char *key, double value)
{
  Onnx__AttributeProto *attribute =
      add_attribute (model, node, key, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__FLOAT);
  attribute->has_f = TRUE;
  attribute->f = (float)value;
}

static ProtobufCBinaryData
text_bytes (OnnxModel *model, const char *text)
{
  return (ProtobufCBinaryData){ strlen (text), (guint8 *)copy_text (model, text) };
}

void
onnx_node_text (OnnxModel *model, OnnxNode *node, const char *key, const char *value)
{
  Onnx__AttributeProto *attribute =
      add_attribute (model, node, key, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRING);
  attribute->has_s = TRUE;
  attribute->s = text_bytes (model, value);
}

void
onnx_node_ints (OnnxModel *model, OnnxNode *node, const char *key, const gint64 *values, guint n)
{
  Onnx__AttributeProto *attribute =
      add_attribute (model, node, key, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INTS);
  attribute->n_ints = n;
  attribute->ints = onnx_model_keep (model, g_memdup2 (values, n * sizeof *values));
}

void
onnx_node_texts (OnnxModel *model, OnnxNode *node, const char *key, const char *const *values,
                 guint n)
{
  Onnx__AttributeProto *attribute =
      add_attribute (model, node, key, ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__STRINGS);
  attribute->n_strings = n;
  attribute->strings = onnx_model_keep (model, g_new (ProtobufCBinaryData, n));
  for (guint i = 0; i < n; i++)
    attribute->strings[i] = text_bytes (model, values[i]);
}

/* --- writing ---------------------------------------------------------------------------------- */

/* Puts the lists into the message. */
static const Onnx__ModelProto *
gather (OnnxModel *model)
{
  model->graph.n_node = model->nodes->len;
  model->graph.node = (OnnxNode **)model->nodes->pdata;
  model->graph.n_initializer = model->initializers->len;
  model->graph.initializer = (Onnx__TensorProto **)model->initializers->pdata;
  model->graph.n_input = model->inputs->len;
  model->graph.input = (Onnx__ValueInfoProto **)model->inputs->pdata;
  model->graph.n_output = model->outputs->len;
  model->graph.output = (Onnx__ValueInfoProto **)model->outputs->pdata;
  model->proto.has_ir_version = TRUE;
  model->proto.ir_version = ONNX__VERSION__IR_VERSION;
  model->proto.n_opset_import = G_N_ELEMENTS (model->opsets);
  model->proto.opset_import = model->opsets;
  model->proto.producer_name = (char *)"telar";
  model->proto.producer_version = (char *)TELAR_VERSION;
  model->proto.graph = &model->graph;
  model->proto.n_metadata_props = model->metadata->len;
  model->proto.metadata_props = (Onnx__StringStringEntryProto **)model->metadata->pdata;
  return &model->proto;
}

gsize
onnx_model_bytes (OnnxModel *model)
{
  return onnx__model_proto__get_packed_size (gather (model));
}

guint8 *
onnx_model_pack (OnnxModel *model, gsize *length)
{
  *length = onnx_model_bytes (model);
  guint8 *bytes = g_malloc (*length);
  onnx__model_proto__pack (&model->proto, bytes);
  return bytes;
}
