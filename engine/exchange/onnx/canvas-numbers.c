/* Numbers on the canvas: weights of layers, constants, and counts that parameters are made of. */
#include "engine/exchange/onnx/canvas.h"

#include <math.h>
#include <string.h>

void
onnx_draw_state (OnnxCall *call, TelarNode *node, const char *role, TelarTensor *tensor)
{
  if (!call->error)
    g_hash_table_replace (call->trace->canvas->weights, g_strdup_printf ("%s.%s", node->id, role),
                          telar_tensor_ref (tensor));
}

gboolean
onnx_draw_ints (OnnxCall *call, guint input, gint64 *items, guint most, guint *n,
                gboolean *symbolic)
{
  if (!onnx_call_numbers (call, input))
    return FALSE;
  *symbolic = g_hash_table_contains (call->trace->canvas->symbolic, call->inputs[input]);
  return onnx_call_ints (call, input, items, most, n);
}

gboolean
onnx_tensor_is_uniform (const TelarTensor *tensor, double *value)
{
  gsize n = telar_tensor_elements (tensor);
  *value = n > 0 ? telar_tensor_get (tensor, 0) : 0;
  for (gsize i = 1; i < n; i++)
    if (telar_tensor_get (tensor, i) != *value)
      return FALSE;
  return TRUE;
}

gboolean
onnx_draw_is_fixed (OnnxCall *call, guint input)
{
  if (!g_hash_table_contains (call->trace->canvas->symbolic, call->inputs[input]))
    return TRUE;
  onnx_call_fail (call, "it computes with the size of the batch");
  return FALSE;
}

/* Numbers that fit into the drawing, so that a person sees them and the compiler knows them. */
enum { MOST_LISTED = 1024 };

static gboolean
is_listable (const TelarTensor *tensor)
{
  gsize n = telar_tensor_elements (tensor);
  gboolean good = n > 0 && n <= MOST_LISTED;
  for (gsize i = 0; good && i < n; i++) {
    double number = telar_tensor_get (tensor, i);
    good = isfinite (number) && fabs (number) <= 0x1p53;
  }
  return good;
}

/* As it stands in the drawing: the shortest that float32 cannot tell from it, where the tensor has
 * no more than that. */
static double
drawn_number (const TelarTensor *tensor, gsize i)
{
  double number = telar_tensor_get (tensor, i);
  gboolean narrow = telar_dtype_is_float (tensor->type.dtype) && tensor->type.dtype != TELAR_F64;
  return narrow ? onnx_shortest_real (number) : number;
}

/* Whether one number of the drawing says all of the tensor. */
static gboolean
is_one_number (const TelarTensor *tensor)
{
  double number;
  return onnx_tensor_is_uniform (tensor, &number) && isfinite (number) &&
         (telar_dtype_is_float (tensor->type.dtype) || fabs (number) <= 0x1p53);
}

static gboolean
list_numbers (TelarNode *node, const TelarTensor *tensor, GError **error)
{
  guint n = (guint)telar_tensor_elements (tensor);
  g_autofree double *items = g_new (double, n);
  for (guint i = 0; i < n; i++)
    items[i] = drawn_number (tensor, i);
  TelarParamValue value = { .kind = TELAR_PARAM_REALS, .reals = { n, items } };
  return telar_param_set_put (node->params, "numbers", &value, error);
}

/* What the file has as floats may be learned, unless it is one number that stands for a choice
 * rather than for knowledge. */
TelarNode *
onnx_canvas_known (OnnxCanvas *canvas, const char *called, TelarTensor *tensor, GError **error)
{
  g_autofree char *name = g_strdup (called);
  if (g_str_has_suffix (name, ".value")) /* as Telar's own files call it */
    name[strlen (name) - strlen (".value")] = '\0';
  g_autofree char *id = onnx_canvas_id (canvas, name);
  gboolean empty = telar_tensor_elements (tensor) == 0, uniform = is_one_number (tensor);
  gboolean learned =
      tensor->type.dtype == TELAR_F32 && !uniform && isfinite (telar_tensor_get (tensor, 0));
  gboolean listed = !uniform && !learned && is_listable (tensor);
  gboolean stored = !uniform && !learned && !listed;
  TelarNode *node =
      telar_graph_add_node (canvas->graph, learned ? "parameter" : "constant", id, error);
  TelarParamValue sizes = { .kind = TELAR_PARAM_INTS, .ints.n = tensor->type.shape.rank };
  TelarParamValue value = { .kind = TELAR_PARAM_REAL,
                            .real = empty ? 0 : drawn_number (tensor, 0) };
  if (!node)
    return NULL;
  memcpy (sizes.ints.items, tensor->type.shape.dims, sizes.ints.n * sizeof (gint64));
  if (!telar_param_set_put (node->params, "shape", &sizes, error) ||
      (!learned && !telar_param_set_put_text (node->params, "type",
                                              telar_dtype_name (tensor->type.dtype), error)) ||
      (uniform && !telar_param_set_put (node->params, "value", &value, error)) ||
      (listed && !list_numbers (node, tensor, error)) ||
      (stored && !telar_param_set_put_text (node->params, "stored", "true", error)) ||
      !telar_lower_walk_node (canvas->walk, node, error))
    return NULL;
  if (learned || stored)
    g_hash_table_replace (canvas->weights, g_strdup_printf ("%s.value", node->id),
                          telar_tensor_ref (tensor));
  return node;
}

TelarNode *
onnx_draw_known (OnnxCall *call, const char *name, TelarTensor *tensor)
{
  return call->error ? NULL : onnx_canvas_known (call->trace->canvas, name, tensor, &call->error);
}

TelarNode *
onnx_draw_number (OnnxCall *call, TelarDType dtype, double number)
{
  g_autoptr (TelarTensor) tensor = telar_tensor_scalar (dtype, number);
  return onnx_draw_known (call, "number", tensor);
}
