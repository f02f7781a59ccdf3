/* The sample that finds faces: predict lists and draws what a Detections node gives. */
#include "data/image.h"
#include "data/npy.h"
#include "tests/app/program.h"

#include <math.h>
#include <string.h>

#define FACES 8

static const char *project, *people;

/* Where the middle of each face is, as a person sees it. */
static const double middles[FACES][2] = {
  { 222, 208 }, { 369, 163 }, { 568, 195 }, { 754, 239 },
  { 231, 413 }, { 432, 353 }, { 638, 396 }, { 894, 388 },
};

/* The faces as predict lists them; caller decrefs. */
static json_t *
find_faces (const char *picture)
{
  g_auto (TestRun) run = test_run ("predict", project, "--input", picture, "--json", NULL);
  test_assert_done (run);
  return test_run_json (&run);
}

static double
number (const json_t *face, const char *key)
{
  return json_number_value (json_object_get (face, key));
}

static void
test_found (void)
{
  json_t *faces = find_faces (people);
  g_assert_cmpuint (json_array_size (faces), ==, FACES);
  for (guint i = 0; i < FACES; i++) {
    guint around = 0;
    for (guint k = 0; k < FACES; k++) {
      const json_t *face = json_array_get (faces, k);
      around += middles[i][0] > number (face, "left") && middles[i][0] < number (face, "right") &&
                middles[i][1] > number (face, "top") && middles[i][1] < number (face, "bottom");
    }
    g_assert_cmpuint (around, ==, 1);
  }
  for (guint i = 0; i < FACES; i++) {
    const json_t *face = json_array_get (faces, i);
    g_assert_cmpstr (json_string_value (json_object_get (face, "class")), ==, "face");
    g_assert_cmpfloat (number (face, "score"), >, 0.9);
    g_assert_cmpint ((int)number (face, "row"), ==, 0);
  }
  json_decref (faces);
}

/* Nobody is on a grey wall, and an array does as well as a picture. */
static void
test_nobody (void)
{
  TelarShape shape = telar_shape (2, 3, 100, 150);
  g_autoptr (TelarTensor) wall = telar_tensor_new (TELAR_F32, &shape);
  g_autoptr (GError) error = NULL;
  for (gsize i = 0; i < telar_tensor_elements (wall); i++)
    telar_tensor_set (wall, i, 128);
  telar_npy_write (test_program_path ("wall.npy"), wall, &error);
  g_assert_no_error (error);
  json_t *faces = find_faces (test_program_path ("wall.npy"));
  g_assert_cmpuint (json_array_size (faces), ==, 0);
  json_decref (faces);
}

static double
change (const TelarTensor *before, const TelarTensor *after, double x, double y)
{
  gsize at = 3 * ((gsize)y * (gsize)before->type.shape.dims[1] + (gsize)x);
  double sum = 0;
  for (gsize i = at; i < at + 3; i++)
    sum += fabs (telar_tensor_get (before, i) - telar_tensor_get (after, i));
  return sum;
}

/* The drawn picture is the one given but for lines at the boxes' edges. */
static void
test_drawn (void)
{
  const char *drawn = test_program_path ("drawn.png");
  g_autoptr (GError) error = NULL;
  g_auto (TestRun) run = test_run ("predict", project, "--input", people, "--drawn", drawn, NULL);
  test_assert_done (run);
  g_assert_nonnull (strstr (run.output, "face"));
  g_autoptr (TelarTensor) before = telar_image_read (people, &error);
  g_autoptr (TelarTensor) after = telar_image_read (drawn, &error);
  g_assert_no_error (error);
  g_assert_true (telar_type_equal (&before->type, &after->type));
  json_t *faces = find_faces (people);
  for (guint i = 0; i < FACES; i++) {
    const json_t *face = json_array_get (faces, i);
    double x = (number (face, "left") + number (face, "right")) / 2;
    double y = (number (face, "top") + number (face, "bottom")) / 2;
    g_assert_cmpfloat (change (before, after, x, y), ==, 0);
    g_assert_cmpfloat (change (before, after, number (face, "left"), y), >, 30);
    g_assert_cmpfloat (change (before, after, x, number (face, "bottom")), >, 30);
  }
  json_decref (faces);
}

static const char *
digits_project (const char *any_size)
{
  g_autofree char *samples = g_path_get_dirname (project);
  g_autofree char *text = g_strdup_printf (
      "{\"telar\":1,\"nodes\":[{\"id\":\"digits\",\"op\":\"idx_images\",\"params\":{"
      "\"images\":\"%s/digits/t10k-images-idx3-ubyte.gz\","
      "\"labels\":\"%s/digits/t10k-labels-idx1-ubyte.gz\"}},"
      "{\"id\":\"x\",\"op\":\"input\",\"params\":{\"shape\":[1,12,16],\"any_size\":%s}},"
      "{\"id\":\"small\",\"op\":\"resize\",\"params\":{\"size\":[8]}},"
      "{\"id\":\"flat\",\"op\":\"flatten\"},"
      "{\"id\":\"dense\",\"op\":\"dense\",\"params\":{\"units\":10}},"
      "{\"id\":\"loss\",\"op\":\"cross_entropy\"}],\"edges\":["
      "{\"from\":\"digits:images\",\"to\":\"x:data\"},{\"from\":\"x:out\",\"to\":\"small:in\"},"
      "{\"from\":\"small:out\",\"to\":\"flat:in\"},{\"from\":\"flat:out\",\"to\":\"dense:in\"},"
      "{\"from\":\"dense:out\",\"to\":\"loss:logits\"},"
      "{\"from\":\"digits:labels\",\"to\":\"loss:labels\"}]}",
      samples, samples, any_size);
  return test_program_file ("sizes.telar", text, -1);
}

/* Data of other sizes than the input's shape says fit one of any size, and no other. */
static void
test_any_size (void)
{
  g_auto (TestRun) any = test_run ("check", digits_project ("true"), NULL);
  test_assert_done (any);
  g_auto (TestRun) fixed = test_run ("check", digits_project ("false"), NULL);
  g_assert_cmpint (fixed.status, ==, 3);
  g_assert_nonnull (strstr (fixed.errors, "where the model takes"));
}

static void
test_refused (void)
{
  const char *drawn = test_program_path ("none.png");
  g_autofree char *model = g_build_filename (g_getenv ("TELAR_MODELS"), "mnist.onnx", NULL);
  g_auto (TestRun) array = test_run ("predict", project, "--input", test_program_path ("wall.npy"),
                                     "--drawn", drawn, NULL);
  test_assert_fails (array, 3, "wall.npy");
  g_auto (TestRun) onnx =
      test_run ("predict", model, "--input", people, "--output", "x.npy", "--drawn", drawn, NULL);
  test_assert_fails (onnx, 2, "Detections");
  g_auto (TestRun) nowhere =
      test_run ("predict", project, "--input", people, "--drawn", "/proc/faces.png", NULL);
  test_assert_fails (nowhere, 1, "/proc/faces.png");
  g_assert_false (g_file_test (drawn, G_FILE_TEST_EXISTS));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  test_program_begin ();
  project = test_program_sample ("faces.telar");
  people = test_program_sample ("faces/people.jpg");
  g_test_add_func ("/faces/found", test_found);
  g_test_add_func ("/faces/nobody", test_nobody);
  g_test_add_func ("/faces/drawn", test_drawn);
  g_test_add_func ("/faces/any-size", test_any_size);
  g_test_add_func ("/faces/refused", test_refused);
  int status = g_test_run ();
  test_program_end ();
  return status;
}
