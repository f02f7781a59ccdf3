/* What stands in an ONNX file: nodes of layers, their names and documentation, operator set, batch.
 * Whether the numbers are right say the judges. */
#include "engine/exchange/export.h"
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  example_init ();
#define ADD(path, test) g_test_add (path, Fixture, NULL, set_up, test, tear_down)
  ADD ("/written/layer", test_layer);
  ADD ("/written/documented", test_documented);
  ADD ("/written/primitives", test_primitives);
  ADD ("/written/batch", test_batch);
  ADD ("/written/missing-state", test_missing_state);
#undef ADD
  return g_test_run ();
}
