/* ONNX files that are damaged, hostile or ask for what Telar lacks; shapes that change; numbers
 * that only a run gives. The models are built with protobuf's messages on the spot. */
#include "engine/exchange/onnx.h"
#include "onnx.pb-c.h"

#include <glib/gstdio.h>
#include <string.h>

/* --- building -----------------------------------------------------------------------------------
 */

typedef struct {
  GPtrArray *pool;
  Onnx__ModelProto model;
  Onnx__GraphProto graph;
  Onnx__OperatorSetIdProto opset, *opsets[1];
  GPtrArray *nodes, *inputs, *outputs, *initializers;
} Sketch;

static gpointer
keep (Sketch *s, gpointer memory)
{
  g_ptr_array_add (s->pool, memory);
  return memory;
}

static Sketch *
sketch_new (int version)
{
  Sketch *s = g_new0 (Sketch, 1);
  s->pool = g_ptr_array_new_with_free_func (g_free);
  s->nodes = g_ptr_array_new ();
  s->inputs = g_ptr_array_new ();
  s->outputs = g_ptr_array_new ();
  s->initializers = g_ptr_array_new ();
  s->model = (Onnx__ModelProto)ONNX__MODEL_PROTO__INIT;
  s->graph = (Onnx__GraphProto)ONNX__GRAPH_PROTO__INIT;
  s->opset = (Onnx__OperatorSetIdProto)ONNX__OPERATOR_SET_ID_PROTO__INIT;
  s->opset.has_version = TRUE;
  s->opset.version = version;
  return s;
}

static void
sketch_free (Sketch *s)
{
  g_ptr_array_unref (s->pool);
  g_ptr_array_unref (s->nodes);
  g_ptr_array_unref (s->inputs);
  g_ptr_array_unref (s->outputs);
  g_ptr_array_unref (s->initializers);
  g_free (s);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Sketch, sketch_free)

static void
add_node (Sketch *s, const char *op, const char *inputs, const char *output)
{
  Onnx__NodeProto *node = keep (s, g_new (Onnx__NodeProto, 1));
  char **names = g_strsplit (inputs, " ", -1);
  *node = (Onnx__NodeProto)ONNX__NODE_PROTO__INIT;
  node->op_type = keep (s, g_strdup (op));
  node->n_input = *inputs ? g_strv_length (names) : 0;
  for (gsize i = 0; names[i]; i++)
    keep (s, names[i]);
  node->input = keep (s, names);
  node->n_output = 1;
  node->output = keep (s, g_new (char *, 1));
  node->output[0] = keep (s, g_strdup (output));
  g_ptr_array_add (s->nodes, node);
}

static void
add_port (Sketch *s, GPtrArray *ports, const char *name)
{
  Onnx__ValueInfoProto *port = keep (s, g_new (Onnx__ValueInfoProto, 1));
  *port = (Onnx__ValueInfoProto)ONNX__VALUE_INFO_PROTO__INIT;
  port->name = keep (s, g_strdup (name));
  g_ptr_array_add (ports, port);
}

static Onnx__TensorProto *
add_initializer (Sketch *s, const char *name, int type, const gint64 *dims, gsize n_dims)
{
  Onnx__TensorProto *tensor = keep (s, g_new (Onnx__TensorProto, 1));
  *tensor = (Onnx__TensorProto)ONNX__TENSOR_PROTO__INIT;
  tensor->name = keep (s, g_strdup (name));
  tensor->has_data_type = TRUE;
  tensor->data_type = type;
  tensor->n_dims = n_dims;
  tensor->dims = keep (s, g_memdup2 (dims, n_dims * sizeof *dims));
  g_ptr_array_add (s->initializers, tensor);
  return tensor;
}

static GBytes *
finish (Sketch *s)
{
  s->opsets[0] = &s->opset;
  s->model.opset_import = s->opsets;
  s->model.n_opset_import = 1;
  s->model.graph = &s->graph;
  s->graph.n_node = s->nodes->len;
  s->graph.node = (Onnx__NodeProto **)s->nodes->pdata;
  s->graph.n_input = s->inputs->len;
  s->graph.input = (Onnx__ValueInfoProto **)s->inputs->pdata;
  s->graph.n_output = s->outputs->len;
  s->graph.output = (Onnx__ValueInfoProto **)s->outputs->pdata;
  s->graph.n_initializer = s->initializers->len;
  s->graph.initializer = (Onnx__TensorProto **)s->initializers->pdata;
  gsize length = onnx__model_proto__get_packed_size (&s->model);
  guint8 *data = g_malloc (length);
  onnx__model_proto__pack (&s->model, data);
  return g_bytes_new_take (data, length);
}

static TelarOnnx *
open_sketch (Sketch *s, GError **error)
{
  gsize length;
  g_autoptr (GBytes) bytes = finish (s);
  const guint8 *data = g_bytes_get_data (bytes, &length);
  return telar_onnx_from_bytes (data, length, NULL, "sketch.onnx", error);
}

static TelarOnnxValue *
numbers (gint64 n, const double *values)
{
  TelarShape shape = telar_shape (n);
  g_autoptr (TelarTensor) tensor = telar_tensor_new (TELAR_F32, &shape);
  for (gint64 i = 0; i < n; i++)
    telar_tensor_set (tensor, (gsize)i, values[i]);
  return telar_onnx_value_tensor (tensor, FALSE);
}

/* Runs a sketch with one input and one output. */
static TelarOnnxValue *
run_one (TelarOnnx *model, TelarOnnxValue *input, GError **error)
{
  g_autoptr (TelarDevice) device = telar_device_ref_new ();
  TelarOnnxValue *inputs[] = { input }, *outputs[1] = { NULL };
  return telar_onnx_run (model, device, inputs, outputs, error) ? outputs[0] : NULL;
}

static void
assert_invalid (GError *error, const char *part)
{
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
  if (!strstr (error->message, part))
    g_error ("\"%s\" does not say \"%s\"", error->message, part);
  g_error_free (error);
}

/* --- damage -------------------------------------------------------------------------------------
 */

static void
test_truncated (void)
{
  g_autoptr (Sketch) s = sketch_new (13);
  add_port (s, s->inputs, "x");
  add_port (s, s->outputs, "y");
  add_node (s, "Relu", "x", "y");
  g_autoptr (GBytes) bytes = finish (s);
  gsize length;
  const guint8 *data = g_bytes_get_data (bytes, &length);
  for (gsize n = 0; n < length; n++) {
    g_autoptr (GError) error = NULL;
    g_autoptr (TelarOnnx) model = telar_onnx_from_bytes (data, n, NULL, "cut.onnx", &error);
    g_assert_true (model || g_error_matches (error, TELAR_ERROR, TELAR_ERROR_INVALID));
  }
}

/* A graph in an attribute of a node of a graph, and so on, 30,000 levels deep. */
static void
wrap (GByteArray *bytes, guint8 tag)
{
  guint8 header[6];
  gsize length = bytes->len, n = 0;
  header[n++] = tag;
  do {
    header[n++] = (guint8)((length & 0x7f) | (length > 0x7f ? 0x80 : 0));
    length >>= 7;
  } while (length > 0);
  g_byte_array_prepend (bytes, header, (guint)n);
}

static void
test_nested (void)
{
  static const guint8 tags[] = { 0x0a, 0x2a, 0x32 }; /* node, attribute, g */
  g_autoptr (GByteArray) model = g_byte_array_new ();
  GError *error = NULL;
  for (guint i = 0; i < 30000; i++)
    wrap (model, tags[2 - i % 3]);
  wrap (model, 0x3a); /* graph */
  g_assert_null (telar_onnx_from_bytes (model->data, model->len, NULL, "deep.onnx", &error));
  assert_invalid (error, "deep.onnx");
}

/* 2^40 numbers in a file of some bytes. */
static void
test_huge_tensor (void)
{
  g_autoptr (Sketch) s = sketch_new (13);
  GError *error = NULL;
  const gint64 dims[] = { 1 << 20, 1 << 20 };
  const double one[] = { 1 };
  add_port (s, s->inputs, "x");
  add_port (s, s->outputs, "y");
  add_initializer (s, "w", ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT, dims, 2);
  add_node (s, "Add", "x w", "y");
  g_autoptr (TelarOnnx) model = open_sketch (s, &error);
  g_assert_no_error (error);
  g_autoptr (TelarOnnxValue) x = numbers (1, one);
  g_assert_null (run_one (model, x, &error));
  assert_invalid (error, "w");
}

/* Data that are said to lie outside the model's folder. */
static void
test_external_outside (void)
{
  static const char *const locations[] = { "/etc/passwd", "../secret", "a/../../b", "" };
  for (guint i = 0; i < G_N_ELEMENTS (locations); i++) {
    g_autoptr (Sketch) s = sketch_new (13);
    GError *error = NULL;
    const gint64 dims[] = { 4 };
    const double one[] = { 1 };
    Onnx__StringStringEntryProto entry = ONNX__STRING_STRING_ENTRY_PROTO__INIT;
    Onnx__StringStringEntryProto *entries[] = { &entry };
    entry.key = (char *)"location";
    entry.value = (char *)locations[i];
    add_port (s, s->inputs, "x");
    add_port (s, s->outputs, "y");
    Onnx__TensorProto *w = add_initializer (s, "w", ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT, dims, 1);
    w->has_data_location = TRUE;
    w->data_location = ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL;
    w->n_external_data = 1;
    w->external_data = entries;
    add_node (s, "Add", "x w", "y");
    g_autoptr (GBytes) bytes = finish (s);
    gsize length;
    const guint8 *data = g_bytes_get_data (bytes, &length);
    g_autoptr (TelarOnnx) model = telar_onnx_from_bytes (data, length, "/tmp", "out.onnx", &error);
    g_assert_no_error (error);
    g_autoptr (TelarOnnxValue) x = numbers (1, one);
    g_assert_null (run_one (model, x, &error));
    assert_invalid (error, "w");
  }
}

/* --- what is missing ----------------------------------------------------------------------------
 */

static void
test_missing_operators (void)
{
  g_autoptr (Sketch) s = sketch_new (13);
  GError *error = NULL;
  add_port (s, s->inputs, "x");
  add_port (s, s->outputs, "y");
  add_node (s, "Frobnicate", "x", "a");
  add_node (s, "Relu", "a", "b");
  add_node (s, "Transmogrify", "b", "y");
  g_assert_null (open_sketch (s, &error));
  g_assert_nonnull (strstr (error->message, "a: Frobnicate of version 13"));
  assert_invalid (error, "y: Transmogrify of version 13");
}

static void
test_missing_value (void)
{
  g_autoptr (Sketch) s = sketch_new (13);
  GError *error = NULL;
  const double one[] = { 1 };
  add_port (s, s->inputs, "x");
  add_port (s, s->outputs, "y");
  add_node (s, "Add", "x nowhere", "y");
  g_autoptr (TelarOnnx) model = open_sketch (s, &error);
  g_assert_no_error (error);
  g_autoptr (TelarOnnxValue) x = numbers (1, one);
  g_assert_null (run_one (model, x, &error));
  g_assert_cmpstr (telar_error_get_node (error), ==, "y");
  assert_invalid (error, "nowhere");
}

/* --- shapes and numbers -------------------------------------------------------------------------
 */

/* One model, rows of changing number: each compiles once and stays right. */
static void
test_shapes_change (void)
{
  g_autoptr (Sketch) s = sketch_new (13);
  g_autoptr (GError) error = NULL;
  add_port (s, s->inputs, "x");
  add_port (s, s->outputs, "y");
  add_node (s, "Shape", "x", "n");
  add_node (s, "Relu", "x", "r");
  add_node (s, "Expand", "r n", "y");
  g_autoptr (TelarOnnx) model = open_sketch (s, &error);
  g_assert_no_error (error);
  for (gint64 n = 1; n < 24; n++) {
    double values[24];
    for (gint64 i = 0; i < n; i++)
      values[i] = (double)(i - 3);
    g_autoptr (TelarOnnxValue) x = numbers (n, values), y = run_one (model, x, &error);
    g_assert_no_error (error);
    g_assert_cmpint (y->type.shape.dims[0], ==, n);
    for (gint64 i = 0; i < n; i++)
      g_assert_cmpfloat (telar_tensor_get (y->tensor, (gsize)i), ==, MAX (i - 3, 0));
  }
}

/* How long the result is depends on the numbers, and is right in every run. */
static void
test_numbers_decide (void)
{
  g_autoptr (Sketch) s = sketch_new (13);
  g_autoptr (GError) error = NULL;
  add_port (s, s->inputs, "x");
  add_port (s, s->outputs, "y");
  add_node (s, "Relu", "x", "r");
  add_node (s, "NonZero", "r", "y");
  g_autoptr (TelarOnnx) model = open_sketch (s, &error);
  g_assert_no_error (error);
  const double first[] = { 1, -1, 2, 0 }, second[] = { -1, -1, -1, 5 };
  g_autoptr (TelarOnnxValue) x = numbers (4, first), z = numbers (4, second);
  g_autoptr (TelarOnnxValue) y = run_one (model, x, &error);
  g_assert_no_error (error);
  g_assert_cmpint (y->type.shape.dims[1], ==, 2);
  g_assert_cmpfloat (telar_tensor_get (y->tensor, 1), ==, 2);
  g_autoptr (TelarOnnxValue) w = run_one (model, z, &error);
  g_assert_no_error (error);
  g_assert_cmpint (w->type.shape.dims[1], ==, 1);
  g_assert_cmpfloat (telar_tensor_get (w->tensor, 0), ==, 3);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/onnx/truncated", test_truncated);
  g_test_add_func ("/onnx/nested", test_nested);
  g_test_add_func ("/onnx/huge-tensor", test_huge_tensor);
  g_test_add_func ("/onnx/external-outside", test_external_outside);
  g_test_add_func ("/onnx/missing-operators", test_missing_operators);
  g_test_add_func ("/onnx/missing-value", test_missing_value);
  g_test_add_func ("/onnx/shapes-change", test_shapes_change);
  g_test_add_func ("/onnx/numbers-decide", test_numbers_decide);
  return g_test_run ();
}
