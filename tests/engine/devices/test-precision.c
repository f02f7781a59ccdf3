/* Long sums in float32 keep their digits on the CPU device. The gradients behind a batch norm are
 * such sums: their terms are large, and cancel. */
#include "engine/plan.h"
#include "engine/random.h"

#include <math.h>

#define ROOM 1.5e-6 /* of the norm; oneDNN, asked for the whole batch at once, was 2.4e-6 off */

static TelarTensor *
random_tensor (const TelarShape *shape, guint64 stream)
{
  TelarTensor *x = telar_tensor_new (TELAR_F32, shape);
  TelarRandom random = { .seed = 5, .stream = stream };

  for (gsize i = 0; i < telar_tensor_elements (x); i++)
    telar_tensor_set (x, i, (double)telar_random_uniform (&random, i));
  return x;
}

/* As a batch norm leaves the gradient of its input: no mean over the batch and the positions. */
static void
centre_channels (TelarTensor *x)
{
  const gint64 *dims = x->type.shape.dims;
  gsize plane = (gsize)(dims[2] * dims[3]), channels = (gsize)dims[1];

  for (gsize c = 0; c < channels; c++) {
    double sum = 0;
    for (gsize i = 0; i < (gsize)dims[0] * plane; i++)
      sum += telar_tensor_get (x, (i / plane * channels + c) * plane + i % plane);
    for (gsize i = 0; i < (gsize)dims[0] * plane; i++) {
      gsize at = (i / plane * channels + c) * plane + i % plane;
      telar_tensor_set (x, at, telar_tensor_get (x, at) - sum / (double)((gsize)dims[0] * plane));
    }
  }
}

static TelarTensor *
run (const char *device_name, const char *text, TelarTensor *x, TelarTensor *dy)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (TelarDevice) device = telar_device_open (device_name, 2, &error);
  g_autoptr (TelarProgram) program = telar_program_from_text (text, &error);
  g_assert_no_error (error);
  g_autoptr (TelarPlan) plan = telar_plan_new (program, 1, device, 0, &error);
  g_autoptr (TelarStates) states = telar_states_new ();
  TelarBinding inputs[] = { { "x", x }, { "dy", dy } };
  TelarRunContext context = { inputs, 2, states, 1, 1 };
  TelarTensor *result = NULL;

  g_assert_no_error (error);
  telar_plan_run (plan, &context, &result, &error);
  g_assert_no_error (error);
  return result;
}

static void
test_weight_gradient (void)
{
  static const char text[] =
      "program gradient {\n"
      "  %0 = input {name=\"x\", dtype=f32, shape=[64,12,28,28]} : f32[64,12,28,28]\n"
      "  %1 = input {name=\"dy\", dtype=f32, shape=[64,24,14,14]} : f32[64,24,14,14]\n"
      "  %2 = conv_weight_grad %0, %1 {stride=[2,2], pad=[2,2,2,2], dilation=[1,1], groups=1, "
      "layout=0, shape=[24,12,6,6]} : f32[24,12,6,6]\n"
      "  output result \"dw\" = %2\n"
      "}\n";
  TelarShape x_shape = telar_shape (64, 12, 28, 28), y_shape = telar_shape (64, 24, 14, 14);
  g_autoptr (TelarTensor) x = random_tensor (&x_shape, 1);
  g_autoptr (TelarTensor) dy = random_tensor (&y_shape, 2);
  double error = 0, norm = 0;

  centre_channels (dy);
  g_autoptr (TelarTensor) have = run ("cpu", text, x, dy);
  g_autoptr (TelarTensor) want = run ("ref", text, x, dy);
  for (gsize i = 0; i < telar_tensor_elements (want); i++) {
    double w = telar_tensor_get (want, i), difference = telar_tensor_get (have, i) - w;
    error += difference * difference;
    norm += w * w;
  }
  g_test_message ("relative error %.2g", sqrt (error / norm));
  g_assert_cmpfloat (sqrt (error / norm), <, ROOM);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/precision/weight-gradient", test_weight_gradient);
  return g_test_run ();
}
