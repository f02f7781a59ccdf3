/* What stands in an ONNX file: nodes of layers, their names and documentation, operator set, batch,
 * precision, where the weights are. Whether the numbers are right say the judges. */
#include "engine/exchange/export.h"
#include "engine/exchange/onnx.h"
#include "onnx.pb-c.h"
#include "tests/engine/operators/example.h"

#include <glib/gstdio.h>
#include <string.h>

typedef struct {
  char *folder, *path;
} Fixture;

static void
set_up (Fixture *fixture, gconstpointer data)
{
  fixture->folder = g_dir_make_tmp ("telar-written-XXXXXX", NULL);
  fixture->path = g_build_filename (fixture->folder, "model.onnx", NULL);
}

static void
tear_down (Fixture *fixture, gconstpointer data)
{
  g_remove (fixture->path);
  g_assert_cmpint (g_rmdir (fixture->folder), ==, 0);
  g_free (fixture->folder);
  g_free (fixture->path);
}

/* Exports one operator's example with @title and returns what stands in the file; the caller frees
 * it with onnx__model_proto__free_unpacked. */
static Onnx__ModelProto *
written (Fixture *fixture, const char *op, const char *text, const char *title,
         TelarExportOptions options)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarGraph) graph = NULL;
  g_autoptr (Example) example = example_new (telar_operator_find (op), text, &error);
  g_assert_no_error (error);
  g_autoptr (TelarLowered) lowered =
      example_lower_graph (example, EXAMPLE_FED, TELAR_LOWER_INFER, EXAMPLE_RESULT, &graph, &error);
  g_assert_no_error (error);
  g_autoptr (TelarStates) states = example_states (example, lowered->program, 1, &error);
  g_autofree char *bytes = NULL;
  gsize length;
  g_assert_no_error (error);
  telar_graph_find_node (graph, "it")->title = g_strdup (title);
  options.graph = graph;
  options.lowered = lowered;
  g_assert_true (telar_export_onnx (lowered->program, states, &options, fixture->path, &error));
  g_assert_no_error (error);
  g_assert_true (g_file_get_contents (fixture->path, &bytes, &length, NULL));
  Onnx__ModelProto *model = onnx__model_proto__unpack (NULL, length, (const guint8 *)bytes);
  g_assert_nonnull (model);
  return model;
}

static const Onnx__NodeProto *
find_node (const Onnx__ModelProto *model, const char *op_type)
{
  for (gsize i = 0; i < model->graph->n_node; i++)
    if (g_str_equal (model->graph->node[i]->op_type, op_type))
      return model->graph->node[i];
  return NULL;
}

/* A recurrent layer is one node, called as the graph's and documented by its title. */
static void
test_layer (Fixture *fixture, gconstpointer data)
{
  Onnx__ModelProto *model =
      written (fixture, "lstm", "f32[2,4,3] units=5", "Reader", (TelarExportOptions){ 0 });
  const Onnx__NodeProto *node = find_node (model, "LSTM");
  g_assert_nonnull (node);
  g_assert_cmpstr (node->name, ==, "it");
  g_assert_cmpstr (node->doc_string, ==, "Reader (LSTM)");
  g_assert_null (find_node (model, "MatMul"));
  g_assert_cmpint (model->opset_import[0]->version, ==, TELAR_ONNX_OPSET);
  onnx__model_proto__free_unpacked (model, NULL);
}

/* Nodes that are written by their primitives are documented as well. */
static void
test_documented (Fixture *fixture, gconstpointer data)
{
  Onnx__ModelProto *model = written (fixture, "dense", "f32[2,3]", NULL, (TelarExportOptions){ 0 });
  g_assert_cmpstr (find_node (model, "Gemm")->doc_string, ==, "Dense");
  onnx__model_proto__free_unpacked (model, NULL);
}

/* Settings that ONNX's operator has not, and operator sets that have it not, go by primitives. */
static void
test_primitives (Fixture *fixture, gconstpointer data)
{
  Onnx__ModelProto *model = written (fixture, "gru", "f32[2,3,2] units=2 activation=elu", NULL,
                                     (TelarExportOptions){ 0 });
  g_assert_null (find_node (model, "GRU"));
  onnx__model_proto__free_unpacked (model, NULL);

  model = written (fixture, "gelu", "f32[2,3]", NULL, (TelarExportOptions){ .opset = 20 });
  g_assert_nonnull (find_node (model, "Gelu"));
  onnx__model_proto__free_unpacked (model, NULL);
  model = written (fixture, "gelu", "f32[2,3]", NULL, (TelarExportOptions){ .opset = 19 });
  g_assert_null (find_node (model, "Gelu"));
  g_assert_cmpint (model->opset_import[0]->version, ==, 19);
  onnx__model_proto__free_unpacked (model, NULL);
}

static void
test_batch (Fixture *fixture, gconstpointer data)
{
  Onnx__ModelProto *model =
      written (fixture, "lstm", "f32[2,4,3]", NULL, (TelarExportOptions){ .batch = 7 });
  const Onnx__TensorShapeProto *shape = model->graph->input[0]->type->tensor_type->shape;
  g_assert_cmpint (shape->dim[0]->dim_value, ==, 7);
  onnx__model_proto__free_unpacked (model, NULL);
  model = written (fixture, "lstm", "f32[2,4,3]", NULL, (TelarExportOptions){ 0 });
  shape = model->graph->input[0]->type->tensor_type->shape;
  g_assert_cmpstr (shape->dim[0]->dim_param, ==, "N");
  onnx__model_proto__free_unpacked (model, NULL);
}

/* Of normalised weights stands there what comes out of them, called as the kernel. */
static void
test_normalised (Fixture *fixture, gconstpointer data)
{
  static const char *const settings[][2] = {
    { "dense", "f32[2,3] normalise_weights=weight" },
    { "dense", "f32[2,3] normalise_weights=spectral" },
    { "conv2d", "f32[2,1,5,5] normalise_weights=weight" },
    { "separable_conv1d", "f32[2,3,6] normalise_weights=spectral bias=false" },
  };
  for (guint i = 0; i < G_N_ELEMENTS (settings); i++) {
    Onnx__ModelProto *model =
        written (fixture, settings[i][0], settings[i][1], NULL, (TelarExportOptions){ 0 });
    g_assert_null (find_node (model, "Sqrt"));
    g_assert_null (find_node (model, "Div"));
    g_assert_null (find_node (model, "ReduceSum"));
    g_assert_cmpuint (model->graph->n_initializer, ==, 2);
    for (gsize k = 0; k < 2; k++)
      g_assert_true (g_str_has_prefix (model->graph->initializer[k]->name, "it."));
    onnx__model_proto__free_unpacked (model, NULL);
  }
}

/* A layer's states are missed as any other. */
static void
test_missing_state (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarGraph) graph = NULL;
  g_autoptr (Example) example = example_new (telar_operator_find ("gru"), "f32[2,4,3]", &error);
  g_autoptr (TelarLowered) lowered =
      example_lower_graph (example, EXAMPLE_FED, TELAR_LOWER_INFER, EXAMPLE_RESULT, &graph, &error);
  g_autoptr (TelarStates) states = telar_states_new ();
  TelarExportOptions options = { .graph = graph, .lowered = lowered };
  g_assert_false (telar_export_onnx (lowered->program, states, &options, fixture->path, &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
  g_assert_cmpstr (telar_error_get_node (error), ==, "it");
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));

  g_clear_error (&error);
  options.opset = TELAR_ONNX_OPSET_MAX + 1;
  g_assert_false (telar_export_onnx (lowered->program, states, &options, fixture->path, &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_USAGE);
}

/* --- a network behind its preprocessing ------------------------------------------------------- */

static const char project_text[] =
    "{\"telar\":1,\"nodes\":["
    "{\"id\":\"x\",\"op\":\"input\",\"params\":{\"shape\":[20]}},"
    "{\"id\":\"scaled\",\"op\":\"scale\",\"params\":{\"factor\":1000}},"
    "{\"id\":\"even\",\"op\":\"standardize\"},"
    "{\"id\":\"flat\",\"op\":\"flatten\"},"
    "{\"id\":\"dense\",\"op\":\"dense\",\"params\":{\"units\":30}},"
    "{\"id\":\"y\",\"op\":\"output\"}],\"edges\":["
    "{\"from\":\"x:out\",\"to\":\"scaled:in\"},"
    "{\"from\":\"scaled:out\",\"to\":\"even:in\"},"
    "{\"from\":\"even:out\",\"to\":\"flat:in\"},"
    "{\"from\":\"flat:out\",\"to\":\"dense:in\"},"
    "{\"from\":\"dense:out\",\"to\":\"y:in\"}]}";

/* Every weight of the dense layer is @weight. */
static gboolean
export_project (Fixture *fixture, TelarExportOptions *options, double weight, GError **error)
{
  g_autoptr (TelarGraph) graph =
      telar_graph_from_text (project_text, strlen (project_text), "test", error);
  g_assert_no_error (*error);
  g_autoptr (TelarLowered) lowered = telar_lower (graph, NULL, TELAR_LOWER_INFER);
  g_assert_true (telar_lowered_ok (lowered, error));
  g_autoptr (TelarStates) states = telar_states_new ();
  g_assert_true (telar_states_add_program (states, lowered->program, 1, error));
  TelarTensor *kernel = telar_states_get (states, "dense.kernel");
  for (gsize i = 0; i < telar_tensor_elements (kernel); i++)
    telar_tensor_set (kernel, i, weight);
  options->graph = graph;
  options->lowered = lowered;
  return telar_export_onnx (lowered->program, states, options, fixture->path, error);
}

/* Exports the project, which must pass the check, and reads the file; free it as protobuf-c says.
 */
static Onnx__ModelProto *
checked (Fixture *fixture, TelarExportOptions options)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *bytes = NULL;
  gsize length;
  TelarExportCheck check = { 0 };
  options.check = &check;
  g_assert_true (export_project (fixture, &options, 0.25, &error));
  g_assert_no_error (error);
  g_assert_cmpint (check.rows, ==, 2);
  g_assert_cmpfloat (check.difference, <, 1e-2);
  g_assert_true (g_file_get_contents (fixture->path, &bytes, &length, NULL));
  Onnx__ModelProto *model = onnx__model_proto__unpack (NULL, length, (const guint8 *)bytes);
  g_assert_nonnull (model);
  return model;
}

static const Onnx__TensorProto *
find_tensor (const Onnx__ModelProto *model, const char *name)
{
  for (gsize i = 0; i < model->graph->n_initializer; i++)
    if (g_str_equal (model->graph->initializer[i]->name, name))
      return model->graph->initializer[i];
  return NULL;
}

static int
type_of (Onnx__ValueInfoProto *const *values)
{
  return values[0]->type->tensor_type->elem_type;
}

#define F32 ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT
#define F16 ONNX__TENSOR_PROTO__DATA_TYPE__FLOAT16

/* Weights are half as large; the raw numbers, too large for that, keep their precision. */
static void
test_float16 (Fixture *fixture, gconstpointer data)
{
  Onnx__ModelProto *model = checked (fixture, (TelarExportOptions){ .float16 = TRUE });
  g_assert_cmpint (find_tensor (model, "dense.kernel")->data_type, ==, F16);
  g_assert_cmpint (find_tensor (model, "even.mean")->data_type, ==, F32);
  g_assert_cmpint (type_of (model->graph->input), ==, F32);
  g_assert_cmpint (type_of (model->graph->output), ==, F32);
  onnx__model_proto__free_unpacked (model, NULL);

  model = checked (fixture, (TelarExportOptions){ .float16_io = TRUE });
  g_assert_cmpint (find_tensor (model, "even.mean")->data_type, ==, F16);
  g_assert_cmpint (type_of (model->graph->input), ==, F16);
  g_assert_cmpint (type_of (model->graph->output), ==, F16);
  onnx__model_proto__free_unpacked (model, NULL);
}

/* Weights, and results, that half precision does not hold are refused and leave no file. */
static void
test_too_large (Fixture *fixture, gconstpointer data)
{
  g_autoptr (GError) error = NULL;
  TelarExportCheck check = { 0 };
  TelarExportOptions options = { .float16 = TRUE, .check = &check };
  g_assert_false (export_project (fixture, &options, 7e4, &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
  g_assert_cmpstr (telar_error_get_node (error), ==, "dense");
  g_clear_error (&error);
  g_assert_false (export_project (fixture, &options, 6e4, &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_FAILED);
  g_assert_nonnull (strstr (error->message, "y differs"));
  g_assert_false (g_file_test (fixture->path, G_FILE_TEST_EXISTS));
}

/* Larger weights stand in the file beside, on the border of a page, and are read from there. */
static void
test_external (Fixture *fixture, gconstpointer data)
{
  g_autofree char *beside = g_strconcat (fixture->path, ".data", NULL);
  g_autoptr (GError) error = NULL;
  GStatBuf status;
  Onnx__ModelProto *model = checked (fixture, (TelarExportOptions){ .external_data = TRUE });
  const Onnx__TensorProto *kernel = find_tensor (model, "dense.kernel");
  g_assert_cmpint (kernel->data_location, ==, ONNX__TENSOR_PROTO__DATA_LOCATION__EXTERNAL);
  g_assert_cmpuint (kernel->raw_data.len, ==, 0);
  g_assert_cmpuint (kernel->n_external_data, ==, 3);
  g_assert_cmpstr (kernel->external_data[0]->value, ==, "model.onnx.data");
  g_assert_cmpint (g_ascii_strtoll (kernel->external_data[1]->value, NULL, 10) % 4096, ==, 0);
  g_assert_cmpint (g_stat (beside, &status), ==, 0);
  g_assert_cmpint (status.st_size, ==, 20 * 30 * 4);
  g_assert_cmpuint (find_tensor (model, "dense.bias")->raw_data.len, ==, 30 * 4);
  onnx__model_proto__free_unpacked (model, NULL);
  g_autoptr (TelarOnnx) onnx = telar_onnx_load (fixture->path, &error);
  g_assert_no_error (error);
  g_assert_nonnull (onnx);
  g_remove (beside);
}

/* What makes the raw numbers fit for the network stays out, what changes their shape does not. */
static void
test_without_preprocessing (Fixture *fixture, gconstpointer data)
{
  Onnx__ModelProto *model = checked (fixture, (TelarExportOptions){ 0 });
  g_assert_cmpstr (model->graph->input[0]->name, ==, "x");
  g_assert_nonnull (find_tensor (model, "even.mean"));
  onnx__model_proto__free_unpacked (model, NULL);

  model = checked (fixture, (TelarExportOptions){ .without_preprocessing = TRUE });
  g_assert_cmpuint (model->graph->n_input, ==, 1);
  g_assert_cmpstr (model->graph->input[0]->name, ==, "even.out");
  g_assert_null (find_tensor (model, "even.mean"));
  g_assert_null (find_node (model, "Mul"));
  onnx__model_proto__free_unpacked (model, NULL);
}

static void
test_metadata (Fixture *fixture, gconstpointer data)
{
  static const char *const wanted[][2] = { { "telar.project", "digits" },
                                           { "telar.run", "first" },
                                           { "telar.data", "sha256:00" } };
  Onnx__ModelProto *model = written (
      fixture, "relu", "f32[2,3]", NULL,
      (TelarExportOptions){ .project = "digits", .run = "first", .data_hash = "sha256:00" });
  for (guint i = 0; i < G_N_ELEMENTS (wanted); i++) {
    g_assert_cmpstr (model->metadata_props[i]->key, ==, wanted[i][0]);
    g_assert_cmpstr (model->metadata_props[i]->value, ==, wanted[i][1]);
  }
  onnx__model_proto__free_unpacked (model, NULL);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  example_init ();
#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)
  ADD ("/written/layer", test_layer);
  ADD ("/written/documented", test_documented);
  ADD ("/written/normalised", test_normalised);
  ADD ("/written/primitives", test_primitives);
  ADD ("/written/batch", test_batch);
  ADD ("/written/missing-state", test_missing_state);
  ADD ("/written/float16", test_float16);
  ADD ("/written/too-large", test_too_large);
  ADD ("/written/external", test_external);
  ADD ("/written/without-preprocessing", test_without_preprocessing);
  ADD ("/written/metadata", test_metadata);
#undef ADD
  return g_test_run ();
}
