/* ONNX's operators of training: optimizers, and the gradient of a part of the graph. */
#include "engine/compiler.h"
#include "engine/exchange/onnx/operators.h"
#include "engine/exchange/onnx/read.h"

#include <string.h>

/* --- optimizers ------------------------------------------------------------------------------- */

/* R and T are scalars; then come all parameters, all gradients, and the slots, one kind after the
 * other. */
typedef struct {
  OnnxCall *call;
  TelarBuilder *b;
  TelarDType dtype;
  TelarValue rate, step; /* the step as a float */
  guint n;               /* parameters */
} Optimizer;

static TelarValue
constant (const Optimizer *o, double number)
{
  return telar_build_scalar (o->b, o->dtype, number);
}

static TelarValue
plus (const Optimizer *o, TelarValue x, TelarValue y)
{
  return telar_build_binary (o->b, TELAR_PRIM_ADD, x, y);
}

static TelarValue
minus (const Optimizer *o, TelarValue x, TelarValue y)
{
  return telar_build_binary (o->b, TELAR_PRIM_SUB, x, y);
}

static TelarValue
times (const Optimizer *o, TelarValue x, TelarValue y)
{
  return telar_build_binary (o->b, TELAR_PRIM_MUL, x, y);
}

static TelarValue
over (const Optimizer *o, TelarValue x, TelarValue y)
{
  return telar_build_binary (o->b, TELAR_PRIM_DIV, x, y);
}

static TelarValue
scaled (const Optimizer *o, TelarValue x, double factor)
{
  return telar_build_binary_scalar (o->b, TELAR_PRIM_MUL, x, factor);
}

static gboolean
read_optimizer (OnnxCall *call, guint slots, Optimizer *o)
{
  if (call->n_inputs < 2 + 2 + slots || (call->n_inputs - 2) % (2 + slots) != 0) {
    onnx_call_fail (call, "its inputs are not rate, step and %u tensors for each parameter",
                    2 + slots);
    return FALSE;
  }
  *o = (Optimizer){ call, call->b, onnx_call_type (call, 2).dtype,
                    0,    0,       (call->n_inputs - 2) / (2 + slots) };
  o->rate = telar_build_cast (call->b, onnx_call_in (call, 0), o->dtype);
  o->step = telar_build_cast (call->b, onnx_call_in (call, 1), o->dtype);
  return !onnx_call_failed (call);
}

/* The gradient with the weight decay of the attribute norm_coefficient. */
static TelarValue
decayed_gradient (const Optimizer *o, guint i)
{
  double decay = onnx_call_attr_real (o->call, "norm_coefficient", 0);
  TelarValue g = onnx_call_in (o->call, 2 + o->n + i);
  return plus (o, g, scaled (o, onnx_call_in (o->call, 2 + i), decay));
}

static TelarValue
slot (const Optimizer *o, guint which, guint i)
{
  return onnx_call_in (o->call, 2 + (2 + which) * o->n + i);
}

static void
give_slot (const Optimizer *o, guint which, guint i, TelarValue value)
{
  onnx_call_out (o->call, which * o->n + i, value);
}

/* Duchi, Hazan, Singer: "Adaptive subgradient methods", 2011. The rate falls as r / (1 + t ·
 * decay).
 */
static void
trace_adagrad (OnnxCall *call)
{
  Optimizer o;
  if (!read_optimizer (call, 1, &o))
    return;
  TelarValue fall = scaled (&o, o.step, onnx_call_attr_real (call, "decay_factor", 0));
  TelarValue rate = over (&o, o.rate, plus (&o, constant (&o, 1), fall));
  for (guint i = 0; i < o.n; i++) {
    TelarValue g = decayed_gradient (&o, i);
    TelarValue h = plus (&o, slot (&o, 0, i), times (&o, g, g));
    TelarValue root = telar_build_unary (o.b, TELAR_PRIM_SQRT, h);
    root = plus (&o, root, constant (&o, onnx_call_attr_real (call, "epsilon", 1e-6)));
    give_slot (&o, 0, i,
               minus (&o, onnx_call_in (call, 2 + i), over (&o, times (&o, rate, g), root)));
    give_slot (&o, 1, i, h);
  }
}

/* √(1 - beta2^t) / (1 - beta1^t), or 1 at the first step, as ONNX has it. */
static TelarValue
adam_rate (const Optimizer *o, double alpha, double beta)
{
  TelarValue one = constant (o, 1);
  TelarValue a =
      minus (o, one, telar_build_binary (o->b, TELAR_PRIM_POW, constant (o, alpha), o->step));
  TelarValue b =
      minus (o, one, telar_build_binary (o->b, TELAR_PRIM_POW, constant (o, beta), o->step));
  TelarValue later = telar_build_binary (o->b, TELAR_PRIM_LESS, constant (o, 0), o->step);
  a = telar_build_select (o->b, later, a, one);
  TelarValue factor = over (o, telar_build_unary (o->b, TELAR_PRIM_SQRT, b), a);
  return times (o, o->rate, telar_build_select (o->b, later, factor, one));
}

/* Kingma, Ba: "Adam", 2015. */
static void
trace_adam (OnnxCall *call)
{
  Optimizer o;
  double alpha = onnx_call_attr_real (call, "alpha", 0.9);
  double beta = onnx_call_attr_real (call, "beta", 0.999);
  double after = onnx_call_attr_real (call, "norm_coefficient_post", 0);
  if (!read_optimizer (call, 2, &o))
    return;
  TelarValue rate = adam_rate (&o, alpha, beta);
  for (guint i = 0; i < o.n; i++) {
    TelarValue g = decayed_gradient (&o, i);
    TelarValue v = plus (&o, scaled (&o, slot (&o, 0, i), alpha), scaled (&o, g, 1 - alpha));
    TelarValue h =
        plus (&o, scaled (&o, slot (&o, 1, i), beta), scaled (&o, times (&o, g, g), 1 - beta));
    TelarValue root = telar_build_unary (o.b, TELAR_PRIM_SQRT, h);
    root = plus (&o, root, constant (&o, onnx_call_attr_real (call, "epsilon", 1e-6)));
    TelarValue x = minus (&o, onnx_call_in (call, 2 + i), over (&o, times (&o, rate, v), root));
    give_slot (&o, 0, i, scaled (&o, x, 1 - after));
    give_slot (&o, 1, i, v);
    give_slot (&o, 2, i, h);
  }
}

/* Sutskever et al.: "On the importance of initialization and momentum", 2013; with Nesterov's
 * variant. beta counts from the second step on. */
static void
trace_momentum (OnnxCall *call)
{
  Optimizer o;
  double alpha = onnx_call_attr_real (call, "alpha", 0),
         beta = onnx_call_attr_real (call, "beta", 0);
  g_autofree char *mode = onnx_call_attr_text (call, "mode", "standard");
  if (!read_optimizer (call, 1, &o))
    return;
  TelarValue later = telar_build_binary (o.b, TELAR_PRIM_LESS, constant (&o, 0), o.step);
  TelarValue factor = telar_build_select (o.b, later, constant (&o, beta), constant (&o, 1));
  for (guint i = 0; i < o.n; i++) {
    TelarValue g = decayed_gradient (&o, i);
    TelarValue v = plus (&o, scaled (&o, slot (&o, 0, i), alpha), times (&o, factor, g));
    TelarValue move = g_str_equal (mode, "nesterov") ? plus (&o, g, scaled (&o, v, alpha)) : v;
    give_slot (&o, 0, i, minus (&o, onnx_call_in (call, 2 + i), times (&o, o.rate, move)));
    give_slot (&o, 1, i, v);
  }
}

const OnnxOperator onnx_operators_training[] = {
  { "Adagrad", trace_adagrad },
  { "Adam", trace_adam },
  { "Momentum", trace_momentum },
  { NULL },
};
