/* Importing models as graphs: they say the same as the file that they come from, and written and
 * read again they are the same program. */
#include "data/data.h"
#include "engine/exchange/export.h"
#include "engine/exchange/onnx.h"
#include "engine/random.h"
#include "engine/weights.h"
#include "tests/engine/exchange/imported.h"

#include <glib/gstdio.h>
#include <math.h>
#include <string.h>

static const char *models; /* the folder */
static const char *cases;  /* that of ONNX's own */
static char *scratch;

static char *
in_scratch (const char *name)
{
  return g_build_filename (scratch, name, NULL);
}

/* Through the project's file and its weights, as a person would. */
static void
import (const char *path, Imported *imported)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *project = in_scratch ("model.telar");
  telar_import_project (path, NULL, project, NULL, &error);
  g_assert_no_error (error);
  TelarGraph *graph = telar_graph_load (project, &error);
  g_assert_no_error (error);
  TelarStates *states = telar_weights_load (graph, NULL, &error);
  g_assert_no_error (error);
  imported_take (imported, graph, states, &error);
  g_assert_no_error (error);
}

/* --- the same numbers ------------------------------------------------------------------------- */

static TelarTensor *
random_input (const TelarType *type)
{
  TelarShape shape = type->shape;
  TelarRandom random = { .seed = 7 };
  shape.dims[0] = 1;
  TelarTensor *tensor = telar_tensor_new (type->dtype, &shape);
  for (gsize i = 0; i < telar_tensor_elements (tensor); i++)
    telar_tensor_set (tensor, i, (double)telar_random_uniform (&random, i));
  return tensor;
}

static void
run_file (const char *path, TelarDevice *device, TelarTensor *input, TelarOnnxValue **outputs)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarOnnx) model = telar_onnx_load (path, &error);
  g_assert_no_error (error);
  g_autoptr (TelarOnnxValue) value = telar_onnx_value_tensor (input, FALSE);
  telar_onnx_run (model, device, &value, outputs, &error);
  g_assert_no_error (error);
}

static void
assert_close (const TelarTensor *has, const TelarTensor *wants)
{
  gsize n = telar_tensor_elements (wants);
  double largest = 0, off = 0;
  g_assert_cmpuint (telar_tensor_elements (has), ==, n);
  for (gsize i = 0; i < n; i++) {
    double want = telar_tensor_get (wants, i);
    largest = MAX (largest, fabs (want));
    off = MAX (off, fabs (telar_tensor_get (has, i) - want));
  }
  g_assert_cmpfloat (off, <=, 1e-5 * largest);
}

static void
check_numbers (const char *path, const Imported *imported)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarDevice) device = telar_device_open ("cpu", 2, &error);
  g_autoptr (TelarPlan) plan = telar_plan_new (imported->compiled, 1, device, 0, &error);
  g_assert_no_error (error);
  const TelarInstr *first = telar_program_instr (imported->lowered->program, 0);
  g_assert_cmpint (first->prim, ==, TELAR_PRIM_INPUT);
  g_autoptr (TelarTensor) input =
      random_input (telar_program_type (imported->lowered->program, first->outputs[0]));
  TelarBinding binding = { telar_instr_string (first, TELAR_ATTR_NAME), input };
  TelarRunContext context = { .inputs = &binding, .n_inputs = 1, .states = imported->states };
  guint n = telar_program_n_outputs (imported->compiled);
  g_autofree TelarTensor **has = g_new0 (TelarTensor *, n);
  g_autofree TelarOnnxValue **wants = g_new0 (TelarOnnxValue *, n);
  telar_plan_run (plan, &context, has, &error);
  g_assert_no_error (error);
  run_file (path, device, input, wants);
  for (guint i = 0; i < n; i++) {
    /* Results go by name in the program, by place in the file: the samples' names sort alike. */
    assert_close (has[i], wants[i]->tensor);
    telar_tensor_unref (has[i]);
    telar_onnx_value_unref (wants[i]);
  }
}

/* --- there and back --------------------------------------------------------------------------- */

static void
assert_comes_back (const Imported *imported)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *again = in_scratch ("again.onnx"), *once = NULL, *twice = NULL;
  imported_comes_back (imported, again, &once, &twice, &error);
  g_assert_cmpstr (once, ==, twice);
  g_assert_no_error (error);
}

static void
check_model (gconstpointer name)
{
  g_autofree char *path = g_build_filename (models, name, NULL);
  g_auto (Imported) imported = { 0 };
  import (path, &imported);
  check_numbers (path, &imported);
  assert_comes_back (&imported);
}

/* --- what we draw ourselves ------------------------------------------------------------------- */

static gboolean
has_data (const TelarGraph *graph)
{
  const GPtrArray *nodes = telar_graph_nodes (graph);
  for (guint i = 0; i < nodes->len; i++)
    if (telar_operator_is_fed (((const TelarNode *)nodes->pdata[i])->op))
      return TRUE;
  return FALSE;
}

/* Exports the project, untrained, as @path. */
static void
export_project (const char *project, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarGraph) graph = telar_graph_load (project, &error);
  g_assert_no_error (error);
  g_autoptr (TelarFeed) feed = has_data (graph) ? telar_data_open (graph, &error) : NULL;
  g_assert_no_error (error);
  g_autoptr (TelarLowered) lowered = telar_lower (graph, feed, TELAR_LOWER_INFER);
  telar_lowered_ok (lowered, &error);
  g_assert_no_error (error);
  g_autoptr (TelarStates) states = telar_states_new ();
  telar_states_add_program (states, lowered->program, 1, &error);
  g_assert_no_error (error);
  TelarExportOptions options = { .graph = graph, .lowered = lowered };
  telar_export_onnx (lowered->program, states, &options, path, &error);
  g_assert_no_error (error);
}

static void
check_project (gconstpointer project)
{
  g_autofree char *path = in_scratch ("first.onnx");
  g_auto (Imported) imported = { 0 };
  export_project (project, path);
  import (path, &imported);
  assert_comes_back (&imported);
}

/* Adds a test for each project below @folder. */
static void
add_projects (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;
  while (dir && (name = g_dir_read_name (dir))) {
    g_autofree char *path = g_build_filename (folder, name, NULL);
    if (g_file_test (path, G_FILE_TEST_IS_DIR)) {
      add_projects (path);
    } else if (g_str_has_suffix (name, ".telar")) {
      g_autofree char *test = g_strdup_printf ("/import/project/%s", name);
      g_test_add_data_func_full (test, g_steal_pointer (&path), check_project, g_free);
    }
  }
}

/* --- what cannot be drawn --------------------------------------------------------------------- */

static void
test_missing_file (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GHashTable) weights = NULL;
  g_assert_null (telar_import_onnx ("/nowhere/model.onnx", NULL, &weights, &error));
  g_assert_error (error, TELAR_ERROR, TELAR_ERROR_INVALID);
}

/* A bad place for the project leaves neither it nor the weights. */
static void
test_bad_place (void)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *path = g_build_filename (models, "mnist.onnx", NULL);
  g_autofree char *project = g_build_filename (scratch, "no", "such", "model.telar", NULL);
  g_assert_false (telar_import_project (path, NULL, project, NULL, &error));
  g_assert_nonnull (error);
  g_assert_false (g_file_test (project, G_FILE_TEST_EXISTS));
}

static void
test_bad_shape (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GHashTable) weights = NULL;
  g_autofree char *path = g_build_filename (models, "mnist.onnx", NULL);
  const char *shapes[] = { "Input3=1xbx28", NULL };
  TelarImportOptions options = { .shapes = shapes };
  g_assert_null (telar_import_onnx (path, &options, &weights, &error));
  g_assert_nonnull (strstr (error->message, "1xbx28"));
}

/* --- inputs that are always the same ---------------------------------------------------------- */

static void
unref_tensor (gpointer tensor)
{
  telar_tensor_unref (tensor);
}

/* The graph of ONNX's case of a running sum, with @number given as its input @name. */
static TelarGraph *
import_sum (const char *name, TelarDType dtype, double number, GError **error)
{
  g_autofree char *path = g_build_filename (cases, "node", "test_cumsum_1d", "model.onnx", NULL);
  g_autoptr (GHashTable) weights = NULL;
  g_autoptr (GHashTable) values =
      g_hash_table_new_full (g_str_hash, g_str_equal, NULL, unref_tensor);
  TelarImportOptions options = { .values = values };
  if (name)
    g_hash_table_replace (values, (gpointer)name, telar_tensor_scalar (dtype, number));
  return telar_import_onnx (path, &options, &weights, error);
}

static void
test_value (void)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarGraph) graph = import_sum ("axis", TELAR_I32, 0, &error);
  g_assert_no_error (error);
  g_assert_nonnull (telar_graph_find_node (graph, "x"));
  g_assert_null (telar_graph_find_node (graph, "axis"));
  const TelarNode *node = telar_graph_find_node (graph, "cumsum");
  g_assert_nonnull (node);
  g_assert_cmpint (telar_param_set_int (node->params, "axis"), ==, 0);
}

static void
test_missing_value (void)
{
  g_autoptr (GError) error = NULL;
  g_assert_null (import_sum (NULL, TELAR_I32, 0, &error));
  g_assert_nonnull (strstr (error->message, "the numbers of axis must be known"));
}

static void
test_bad_value (void)
{
  g_autoptr (GError) of_name = NULL, of_type = NULL, of_number = NULL;
  g_assert_null (import_sum ("axle", TELAR_I32, 0, &of_name));
  g_assert_error (of_name, TELAR_ERROR, TELAR_ERROR_USAGE);
  g_assert_null (import_sum ("axis", TELAR_F32, 0, &of_type));
  g_assert_nonnull (strstr (of_type->message, "the input axis does not take f32"));
  g_assert_null (import_sum ("axis", TELAR_I32, 7, &of_number));
  g_assert_nonnull (strstr (of_number->message, "no axis 7"));
}

int
main (int argc, char **argv)
{
  static const char *const names[] = {
    "mnist.onnx",
    "light/light_bvlc_alexnet.onnx",
    "light/light_densenet121.onnx",
    "light/light_inception_v1.onnx",
    "light/light_inception_v2.onnx",
    "light/light_resnet50.onnx",
    "light/light_shufflenet.onnx",
    "light/light_squeezenet.onnx",
    "light/light_vgg19.onnx",
    "light/light_zfnet512.onnx",
  };
  g_autoptr (GError) error = NULL;
  g_test_init (&argc, &argv, NULL);
  telar_operators_init ();
  telar_data_init ();
  models = argv[1];
  cases = argv[2];
  scratch = g_dir_make_tmp ("telar-import-XXXXXX", &error);
  g_assert_no_error (error);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++) {
    g_autofree char *test = g_strdup_printf ("/import/%s", names[i]);
    g_test_add_data_func (test, names[i], check_model);
  }
  add_projects (argv[3]);
  g_test_add_func ("/import/missing-file", test_missing_file);
  g_test_add_func ("/import/bad-place", test_bad_place);
  g_test_add_func ("/import/bad-shape", test_bad_shape);
  g_test_add_func ("/import/value", test_value);
  g_test_add_func ("/import/missing-value", test_missing_value);
  g_test_add_func ("/import/bad-value", test_bad_value);
  int status = g_test_run ();
  for (const char *const *name =
           (const char *[]){ "model.telar", "model.safetensors", "first.onnx", "again.onnx", NULL };
       *name; name++) {
    g_autofree char *path = in_scratch (*name);
    g_unlink (path);
  }
  g_rmdir (scratch);
  g_free (scratch);
  return status;
}
