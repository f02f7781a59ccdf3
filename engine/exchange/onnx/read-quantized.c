/* What ONNX Runtime's quantizer writes where ONNX has no quantized operator (QOperator format,
 * domain com.microsoft): QLinearAdd is Add between DequantizeLinear and QuantizeLinear, and its
 * siblings likewise. Such nodes are replaced by those three when a model is read, so that nothing
 * else need know of them.
 *
 * Formulas: onnxruntime, docs/ContribOperators.md. */
#include "engine/exchange/onnx/read.h"

#include <string.h>

#define DOMAIN "com.microsoft"

/* Each operand is a tensor with its scale and its zero point, the result's scale and zero point
 * stand behind all of them. */
typedef struct {
  const char *name, *plain;
  guint before;          /* inputs before the operands, which stay as they are */
  guint operands;        /* 0: as many as there are */
  gboolean result_first; /* the result's scale and zero point stand in front */
} Quantized;

static const Quantized table[] = {
  { "QLinearAdd", "Add", 0, 2, FALSE },
  { "QLinearMul", "Mul", 0, 2, FALSE },
  { "QLinearSigmoid", "Sigmoid", 0, 1, FALSE },
  { "QLinearLeakyRelu", "LeakyRelu", 0, 1, FALSE },
  { "QLinearSoftmax", "Softmax", 0, 1, FALSE },
  { "QLinearAveragePool", "AveragePool", 0, 1, FALSE },
  { "QLinearGlobalAveragePool", "GlobalAveragePool", 0, 1, FALSE },
  { "QLinearWhere", "Where", 1, 2, FALSE },
  { "QLinearConcat", "Concat", 0, 0, TRUE },
  { "QGemm", "Gemm", 0, 2, FALSE },
};

/* --- nodes ------------------------------------------------------------------------------------ */

/* protobuf-c frees what it read with free (), as GLib does. */
static Onnx__NodeProto *
add_node (GPtrArray *nodes, const Onnx__NodeProto *origin, const char *op, char *output, guint n)
{
  Onnx__NodeProto *node = g_new (Onnx__NodeProto, 1);

  onnx__node_proto__init (node);
  node->op_type = g_strdup (op);
  node->name = g_strdup_printf ("%s_%s", onnx_node_label (origin), op);
  node->n_input = n;
  node->input = g_new0 (char *, n);
  node->n_output = 1;
  node->output = g_new (char *, 1);
  node->output[0] = output;
  g_ptr_array_add (nodes, node);
  return node;
}

static const char *
input_of (const Onnx__NodeProto *node, gsize i)
{
  return i < node->n_input ? node->input[i] : "";
}

/* A name of its own, as results are unlike. */
static char *
inner_name (const Onnx__NodeProto *origin, const char *what, guint number)
{
  return g_strdup_printf ("%s/%s%u", origin->output[0], what, number);
}

static void
set_int (Onnx__NodeProto *node, const char *name, gint64 value)
{
  Onnx__AttributeProto *attr = g_new (Onnx__AttributeProto, 1);

  onnx__attribute_proto__init (attr);
  attr->name = g_strdup (name);
  attr->has_type = TRUE;
  attr->type = ONNX__ATTRIBUTE_PROTO__ATTRIBUTE_TYPE__INT;
  attr->has_i = TRUE;
  attr->i = value;
  node->attribute = g_renew (Onnx__AttributeProto *, node->attribute, node->n_attribute + 1);
  node->attribute[node->n_attribute++] = attr;
}

static const Onnx__AttributeProto *
find_attribute (const Onnx__NodeProto *node, const char *name)
{
  for (gsize i = 0; i < node->n_attribute; i++)
    if (g_str_equal (node->attribute[i]->name, name))
      return node->attribute[i];
  return NULL;
}

static gint64
int_of (const Onnx__NodeProto *node, const char *name)
{
  const Onnx__AttributeProto *attr = find_attribute (node, name);

  return attr ? attr->i : 0;
}

/* QuantizeLinear or DequantizeLinear of @x by the scale at input @scale of @origin and the zero
 * point behind it. Takes over @output. */
static Onnx__NodeProto *
add_linear (GPtrArray *nodes, const Onnx__NodeProto *origin, const char *op, const char *x,
            gsize scale, char *output)
{
  gboolean shifts = *input_of (origin, scale + 1) != '\0';
  Onnx__NodeProto *node = add_node (nodes, origin, op, output, shifts ? 3 : 2);

  node->input[0] = g_strdup (x);
  node->input[1] = g_strdup (input_of (origin, scale));
  if (shifts)
    node->input[2] = g_strdup (input_of (origin, scale + 1));
  return node;
}

/* --- one node --------------------------------------------------------------------------------- */

static const Quantized *
find_quantized (const Onnx__NodeProto *node)
{
  for (guint i = 0; i < G_N_ELEMENTS (table); i++)
    if (g_str_equal (table[i].name, node->op_type))
      return &table[i];
  return NULL;
}

/* Whether it is what the table says: not with channels last, whose tensors lie otherwise, nor with
 * a factor, which its whole sums would be scaled by. */
static gboolean
is_sound (const Quantized *q, const Onnx__NodeProto *node)
{
  const Onnx__AttributeProto *alpha = find_attribute (node, "alpha");
  gboolean gemm = g_str_equal (q->name, "QGemm");
  gsize least = q->result_first ? 5 : q->before + 3 * q->operands + (gemm ? 0 : 1);

  return node->n_output == 1 && node->n_input >= least &&
         (!q->result_first || (node->n_input - 2) % 3 == 0) &&
         int_of (node, "channels_last") == 0 && !(gemm && alpha && alpha->f != 1);
}

/* The sums' bias, whole numbers whose scale is the product of both scales. */
static char *
add_bias (GPtrArray *nodes, const Onnx__NodeProto *origin)
{
  Onnx__NodeProto *scale = add_node (nodes, origin, "Mul", inner_name (origin, "scale", 0), 2);
  Onnx__NodeProto *bias;

  scale->input[0] = g_strdup (input_of (origin, 1));
  scale->input[1] = g_strdup (input_of (origin, 4));
  bias = add_node (nodes, origin, "DequantizeLinear", inner_name (origin, "bias", 0), 2);
  bias->input[0] = g_strdup (input_of (origin, 6));
  bias->input[1] = g_strdup (scale->output[0]);
  set_int (bias, "axis", 0);
  return g_strdup (bias->output[0]);
}

/* The attributes go over to @node; that which says by which operator set a softmax counts is the
 * model's. */
static void
move_attributes (Onnx__NodeProto *origin, Onnx__NodeProto *node)
{
  gsize kept = 0;

  node->attribute = g_new (Onnx__AttributeProto *, origin->n_attribute + 1);
  for (gsize i = 0; i < origin->n_attribute; i++) {
    const char *name = origin->attribute[i]->name;
    if (g_str_equal (name, "opset") || g_str_equal (name, "channels_last"))
      origin->attribute[kept++] = origin->attribute[i];
    else
      node->attribute[node->n_attribute++] = origin->attribute[i];
  }
  origin->n_attribute = kept;
}

static void
expand (GPtrArray *nodes, Onnx__NodeProto *origin, const Quantized *q)
{
  gboolean gemm = g_str_equal (q->name, "QGemm");
  gboolean biased = gemm && *input_of (origin, 6) != '\0';
  guint operands = q->operands ? q->operands : (guint)(origin->n_input - 2) / 3;
  gsize first = q->before + (q->result_first ? 2 : 0);
  gsize result = q->result_first ? 0 : first + 3 * operands + (gemm ? 1 : 0);
  gboolean whole = *input_of (origin, result) != '\0'; /* else the result stays real */
  guint n = q->before + operands + (biased ? 1 : 0);
  g_autoptr (GPtrArray) inputs = g_ptr_array_new ();
  Onnx__NodeProto *plain;

  for (guint i = 0; i < q->before; i++)
    g_ptr_array_add (inputs, g_strdup (input_of (origin, i)));
  for (guint i = 0; i < operands; i++) {
    gsize at = first + 3 * i;
    Onnx__NodeProto *real = add_linear (nodes, origin, "DequantizeLinear", input_of (origin, at),
                                        at + 1, inner_name (origin, "in", i));
    if (gemm && i == 1) /* a scale for each column of the product */
      set_int (real, "axis", int_of (origin, "transB") ? 0 : 1);
    g_ptr_array_add (inputs, g_strdup (real->output[0]));
  }
  if (biased)
    g_ptr_array_add (inputs, add_bias (nodes, origin));
  plain = add_node (nodes, origin, q->plain,
                    whole ? inner_name (origin, "out", 0) : g_strdup (origin->output[0]), n);
  for (guint i = 0; i < n; i++)
    plain->input[i] = inputs->pdata[i];
  move_attributes (origin, plain);
  if (whole)
    add_linear (nodes, origin, "QuantizeLinear", plain->output[0], result,
                g_strdup (origin->output[0]));
  protobuf_c_message_free_unpacked (&origin->base, NULL);
}

/* --- all of them ------------------------------------------------------------------------------ */

static gboolean
is_of_runtime (const Onnx__NodeProto *node)
{
  return g_strcmp0 (node->domain, DOMAIN) == 0;
}

/* Those of ONNX under another domain, where ONNX was slow to take in types. */
static void
take_in (Onnx__NodeProto *node)
{
  if (is_of_runtime (node) && (g_str_equal (node->op_type, "QuantizeLinear") ||
                               g_str_equal (node->op_type, "DequantizeLinear")))
    *node->domain = '\0';
}

void
onnx_expand_quantized (Onnx__GraphProto *graph)
{
  g_autoptr (GPtrArray) nodes = g_ptr_array_new ();

  for (gsize i = 0; i < graph->n_node; i++) {
    Onnx__NodeProto *node = graph->node[i];
    const Quantized *q = is_of_runtime (node) ? find_quantized (node) : NULL;
    for (gsize k = 0; k < node->n_attribute; k++)
      if (node->attribute[k]->g)
        onnx_expand_quantized (node->attribute[k]->g);
    take_in (node);
    if (q && is_sound (q, node))
      expand (nodes, node, q);
    else
      g_ptr_array_add (nodes, node);
  }
  graph->n_node = nodes->len;
  g_free (graph->node);
  graph->node = (Onnx__NodeProto **)g_ptr_array_steal (nodes, NULL);
}
