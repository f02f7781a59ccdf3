/* An activation is drawn by running it: the node alone, as the engine lowers it, on a row of
 * numbers. So the picture follows every parameter, and operators that are added later have theirs.
 */
#include "app/ui/picture.h"

#include "engine/compiler.h"
#include "engine/plan.h"

#include <glib/gi18n.h>
#include <math.h>
#include <string.h>

#define POINTS  241
#define REACH   4.0 /* of x to both sides */
#define TALLEST 4.0
#define HEIGHT  150

typedef struct {
  double y[POINTS], slope[POINTS];
  double low, high; /* of what is shown */
} Curves;

/* --- running the node ------------------------------------------------------------------------- */

/* input -> the operator with the node's parameters -> output */
static TelarGraph *
make_graph (const TelarNode *node, guint n)
{
  g_autoptr (TelarGraph) graph = telar_graph_new ();
  const TelarNode *input = telar_graph_add_node (graph, TELAR_OPERATOR_INPUT, "x", NULL);
  TelarNode *copy = telar_graph_add_node (graph, node->op->name, "f", NULL);
  const TelarNode *output = telar_graph_add_node (graph, "output", "y", NULL);
  g_autofree char *shape = g_strdup_printf ("%u", n);

  if (!input || !copy || !output || !telar_param_set_put_text (input->params, "shape", shape, NULL))
    return NULL;
  for (const TelarParam *param = node->op->params; param && param->name; param++) {
    const TelarParamValue *value = telar_param_set_get (node->params, param->name);

    if (!telar_param_set_put (copy->params, param->name, value, NULL))
      return NULL;
  }
  if (!telar_graph_wire (graph, "x", "f", NULL) || !telar_graph_wire (graph, "f", "y", NULL))
    return NULL;
  return g_steal_pointer (&graph);
}

static TelarPlan *
make_plan (const TelarNode *node, guint n, TelarDevice *device)
{
  g_autoptr (TelarGraph) graph = make_graph (node, n);
  g_autoptr (TelarLowered) lowered = graph ? telar_lower (graph, NULL, TELAR_LOWER_INFER) : NULL;
  g_autoptr (TelarProgram) program = NULL;
  TelarCompileOptions options = { .device = device };

  if (!lowered || !telar_lowered_ok (lowered, NULL))
    return NULL;
  program = telar_compile_inference (lowered->program, &options, NULL);
  return program ? telar_plan_new (program, 1, device, 0, NULL) : NULL;
}

static gboolean
run (TelarPlan *plan, TelarTensor *x, double *values)
{
  TelarBinding binding = { "x", x };
  g_autoptr (TelarStates) states = telar_states_new ();
  TelarRunContext context = { .inputs = &binding, .n_inputs = 1, .states = states };
  TelarTensor *out = NULL;
  gboolean good;

  good = telar_states_add_program (states, telar_plan_program (plan), 0, NULL) &&
         telar_plan_run (plan, &context, &out, NULL) &&
         telar_tensor_elements (out) == telar_tensor_elements (x);
  for (gsize i = 0; good && i < telar_tensor_elements (x); i++)
    values[i] = telar_tensor_get (out, i);
  g_clear_pointer (&out, telar_tensor_unref);
  return good;
}

/* Whether every second result stays when the numbers between are others. */
static gboolean
is_pointwise (TelarPlan *plan, const TelarTensor *x, const double *values, guint n)
{
  g_autoptr (TelarTensor) other = telar_tensor_copy (x);
  g_autofree double *again = g_new (double, n);

  for (guint i = 1; i < n; i += 2)
    telar_tensor_set (other, i, telar_tensor_get (x, i) + 0.37);
  if (!run (plan, other, again))
    return FALSE;
  for (guint i = 0; i < n; i += 2) {
    if (!(fabs (again[i] - values[i]) <= 1e-6 * (1 + fabs (values[i]))) &&
        !(isnan (again[i]) && isnan (values[i])))
      return FALSE;
  }
  return TRUE;
}

gboolean
telar_activation_sample (const TelarNode *node, double low, double high, guint n, double *values)
{
  g_autoptr (TelarDevice) device = NULL;
  g_autoptr (TelarPlan) plan = NULL;
  g_autoptr (TelarTensor) x = NULL;
  TelarShape shape = telar_shape (1, n);

  if ((node->op->category != TELAR_CATEGORY_ACTIVATION &&
       node->op->category != TELAR_CATEGORY_MATH) ||
      telar_operator_n_inputs (node->op) != 1 || telar_operator_n_outputs (node->op) != 1 ||
      node->op->inputs[0].repeated)
    return FALSE;
  device = telar_device_open ("cpu", 1, NULL);
  plan = device ? make_plan (node, n, device) : NULL;
  if (!plan)
    return FALSE;
  x = telar_tensor_new (TELAR_F32, &shape);
  for (guint i = 0; i < n; i++)
    telar_tensor_set (x, i, low + (high - low) * i / (n - 1));
  return run (plan, x, values) && is_pointwise (plan, x, values, n);
}

/* --- the curves ------------------------------------------------------------------------------- */

/* Central differences; where the function bends sharply they step over it. */
static void
differentiate (Curves *curves)
{
  double step = 2 * REACH / (POINTS - 1);

  for (guint i = 0; i < POINTS; i++) {
    guint before = i > 0 ? i - 1 : i, after = i < POINTS - 1 ? i + 1 : i;

    curves->slope[i] = (curves->y[after] - curves->y[before]) / (step * (after - before));
  }
}

static void
take_in (Curves *curves, const double *values)
{
  for (guint i = 0; i < POINTS; i++) {
    if (!isfinite (values[i]))
      continue;
    curves->low = MIN (curves->low, MAX (values[i], -TALLEST));
    curves->high = MAX (curves->high, MIN (values[i], TALLEST));
  }
}

static void
draw_line (cairo_t *cr, const Curves *curves, const double *values, double width, double height)
{
  gboolean drawing = FALSE;

  for (guint i = 0; i < POINTS; i++) {
    double x = width * i / (POINTS - 1);
    double y = height * (curves->high - values[i]) / (curves->high - curves->low);

    if (!isfinite (values[i]) || fabs (values[i]) > 3 * TALLEST) {
      drawing = FALSE;
      continue;
    }
    if (drawing)
      cairo_line_to (cr, x, y);
    else
      cairo_move_to (cr, x, y);
    drawing = TRUE;
  }
  cairo_stroke (cr);
}

static void
draw_axes (cairo_t *cr, const Curves *curves, double width, double height, const TelarTheme *theme,
           PangoContext *context)
{
  GdkRGBA line = telar_theme_alpha (&theme->text, 0.28f),
          grid = telar_theme_alpha (&theme->text, 0.08f);
  double zero = height * curves->high / (curves->high - curves->low);
  char text[16];

  cairo_set_line_width (cr, 1);
  telar_theme_set (cr, &grid);
  for (int x = -3; x <= 3; x++) {
    double at = floor (width * (x + REACH) / (2 * REACH)) + 0.5;

    cairo_move_to (cr, at, 0);
    cairo_line_to (cr, at, height);
  }
  for (int y = (int)ceil (curves->low); y <= (int)floor (curves->high); y++) {
    double at = floor (height * (curves->high - y) / (curves->high - curves->low)) + 0.5;

    cairo_move_to (cr, 0, at);
    cairo_line_to (cr, width, at);
  }
  cairo_stroke (cr);
  telar_theme_set (cr, &line);
  cairo_move_to (cr, 0, floor (zero) + 0.5);
  cairo_line_to (cr, width, floor (zero) + 0.5);
  cairo_move_to (cr, floor (width / 2) + 0.5, 0);
  cairo_line_to (cr, floor (width / 2) + 0.5, height);
  cairo_stroke (cr);
  telar_theme_set (cr, &theme->dim);
  for (int x = -2; x <= 2; x += 4) {
    g_snprintf (text, sizeof text, "%s%d", x < 0 ? "−" : "", abs (x));
    telar_picture_text (cr, context, text, width * (x + REACH) / (2 * REACH),
                        MIN (zero + 9, height - 7), 0.5);
  }
  if (curves->high >= 1) {
    double at = height * (curves->high - 1) / (curves->high - curves->low);

    telar_picture_text (cr, context, "1", width / 2 - 4, MAX (at, 8), 1);
  }
}

static void
draw_legend (cairo_t *cr, const TelarTheme *theme, PangoContext *context, const GdkRGBA *slope)
{
  telar_theme_set (cr, &theme->accent);
  telar_picture_text (cr, context, "f", 6, 9, 0);
  telar_theme_set (cr, slope);
  telar_picture_text (cr, context, "f′", 18, 9, 0);
}

static void
draw (cairo_t *cr, double width, double height, const TelarTheme *theme, PangoContext *context,
      gconstpointer data)
{
  const Curves *curves = data;
  const GdkRGBA *slope = &theme->categories[TELAR_CATEGORY_ACTIVATION];

  draw_axes (cr, curves, width, height, theme, context);
  cairo_set_line_join (cr, CAIRO_LINE_JOIN_ROUND);
  telar_theme_set (cr, slope);
  cairo_set_line_width (cr, 1.5);
  cairo_set_dash (cr, (const double[]){ 4, 3 }, 2, 0);
  draw_line (cr, curves, curves->slope, width, height);
  cairo_set_dash (cr, NULL, 0, 0);
  telar_theme_set (cr, &theme->accent);
  cairo_set_line_width (cr, 2.2);
  draw_line (cr, curves, curves->y, width, height);
  draw_legend (cr, theme, context, slope);
}

GtkWidget *
telar_activation_picture_new (const TelarNode *node)
{
  Curves *curves = g_new0 (Curves, 1);
  g_autofree char *words = NULL;
  double margin;

  if (!telar_activation_sample (node, -REACH, REACH, POINTS, curves->y)) {
    g_free (curves);
    return NULL;
  }
  differentiate (curves);
  curves->low = -0.2;
  curves->high = 1;
  take_in (curves, curves->y);
  take_in (curves, curves->slope);
  margin = 0.08 * (curves->high - curves->low);
  curves->low -= margin;
  curves->high += margin;
  words = g_strdup_printf (_ ("The curve of %s and of its derivative"), _ (node->op->label));
  return telar_picture_new (HEIGHT, words, draw, curves, g_free);
}
