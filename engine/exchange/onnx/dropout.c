/* Dropout. A model in use drops nothing; one in training drops what the generator of ONNX's
 * reference implementation, NumPy's, says for its seed. */
#include "engine/exchange/onnx/operators.h"

/* --- the Mersenne Twister: Matsumoto, Nishimura, "Mersenne twister: a 623-dimensionally
 * equidistributed uniform pseudo-random number generator", 1998 ---------------------------------
 */

#define TWISTER_WORDS 624
#define TWISTER_SHIFT 397

typedef struct {
  guint32 words[TWISTER_WORDS];
  guint next;
} Twister;

static void
twister_init (Twister *twister, guint32 seed)
{
  twister->words[0] = seed;
  for (guint i = 1; i < TWISTER_WORDS; i++) {
    guint32 before = twister->words[i - 1];
    twister->words[i] = 1812433253u * (before ^ (before >> 30)) + i;
  }
  twister->next = TWISTER_WORDS;
}

static void
twist (Twister *twister)
{
  guint32 *w = twister->words;
  for (guint i = 0; i < TWISTER_WORDS; i++) {
    guint32 joined = (w[i] & 0x80000000u) | (w[(i + 1) % TWISTER_WORDS] & 0x7fffffffu);
    w[i] = w[(i + TWISTER_SHIFT) % TWISTER_WORDS] ^ (joined >> 1) ^ (joined & 1 ? 0x9908b0dfu : 0);
  }
  twister->next = 0;
}

static guint32
twister_next (Twister *twister)
{
  if (twister->next == TWISTER_WORDS)
    twist (twister);
  guint32 word = twister->words[twister->next++];
  word ^= word >> 11;
  word ^= (word << 7) & 0x9d2c5680u;
  word ^= (word << 15) & 0xefc60000u;
  return word ^ (word >> 18);
}

/* [0, 1) with 53 bits. */
static double
twister_uniform (Twister *twister)
{
  guint32 high = twister_next (twister) >> 5, low = twister_next (twister) >> 6;
  return (high * 67108864.0 + low) / 9007199254740992.0;
}

/* --- dropping --------------------------------------------------------------------------------- */

static void
drop_nothing (OnnxCall *call)
{
  if (!onnx_call_has (call, 0)) {
    onnx_call_fail (call, "input 0 is missing");
    return;
  }
  onnx_call_give (call, 0, telar_onnx_value_ref (call->inputs[0]));
  if (!onnx_call_wants (call, 1))
    return;
  TelarType mask = { TELAR_BOOL, onnx_call_type (call, 0).shape };
  onnx_call_out (call, 1, telar_build_fill (call->b, &mask, 1));
}

/* What stays. Without a seed each run draws another one. */
static TelarTensor *
draw_mask (OnnxCall *call, const TelarShape *shape, double ratio)
{
  TelarTensor *mask = telar_tensor_try_new (TELAR_BOOL, shape, &call->error);
  guint32 seed = (guint32)onnx_call_attr_int (call, "seed", 0);
  Twister twister;
  if (!onnx_call_attr (call, "seed")) {
    call->trace->dynamic = TRUE;
    seed = g_random_int ();
  }
  twister_init (&twister, seed);
  for (gsize i = 0; mask && i < telar_tensor_elements (mask); i++)
    telar_tensor_set (mask, i, twister_uniform (&twister) >= ratio);
  return mask;
}

/* How much is dropped and whether this is training are inputs since version 12; before, there is no
 * training. What stays is scaled up, so that the mean stays too. */
static void
trace_dropout (OnnxCall *call)
{
  double ratio = call->version < 12 ? 0 : onnx_call_number (call, 1, 0.5);
  gboolean training = call->version >= 12 && onnx_call_number (call, 2, 0) != 0;
  if (!training || ratio == 0) {
    drop_nothing (call);
    return;
  }
  if (!(ratio > 0 && ratio < 1))
    onnx_call_fail (call, "a ratio of %g cannot be dropped", ratio);
  TelarType type = onnx_call_type (call, 0);
  if (onnx_call_failed (call))
    return;
  g_autoptr (TelarTensor) tensor = draw_mask (call, &type.shape, ratio);
  if (!tensor)
    return;
  TelarValue mask = telar_build_constant (call->b, tensor), x = onnx_call_in (call, 0);
  x = telar_build_binary_scalar (call->b, TELAR_PRIM_MUL, x, 1 / (1 - ratio));
  x = telar_build_select (call->b, mask, x, telar_build_scalar (call->b, type.dtype, 0));
  onnx_call_out (call, 0, x);
  onnx_call_out (call, 1, mask);
}

const OnnxOperator onnx_operators_dropout[] = {
  { "Dropout", trace_dropout, .flags = ONNX_VALUES },
  { NULL },
};
