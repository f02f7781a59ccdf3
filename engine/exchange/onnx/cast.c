/* From one element type to another. */
#include "engine/exchange/onnx/narrow.h"
#include "engine/exchange/onnx/operators.h"
#include "engine/exchange/onnx/read.h"

static gboolean
is_of_strings (const OnnxCall *call, guint input)
{
  return onnx_call_has (call, input) && call->inputs[input]->kind == TELAR_ONNX_STRINGS;
}

static int
narrow_of (const OnnxCall *call, guint input)
{
  return onnx_call_has (call, input) ? call->inputs[input]->narrow : 0;
}

/* No primitive rounds to these types: the numbers must be known. */
static void
cast_narrow (OnnxCall *call, int to)
{
  gboolean saturate = onnx_call_attr_int (call, "saturate", 1) != 0;
  g_autofree char *round = onnx_call_attr_text (call, "round_mode", "up");
  const TelarTensor *given = onnx_call_numbers (call, 0);
  TelarDType dtype;
  if (!given || !onnx_dtype_from_number (to, &dtype))
    return;
  TelarTensor *tensor = telar_tensor_new (dtype, &given->type.shape);
  for (gsize i = 0; i < telar_tensor_elements (given); i++)
    telar_tensor_set (tensor, i,
                      onnx_narrow_round (to, telar_tensor_get (given, i), saturate, round));
  onnx_call_give_numbers (call, 0, tensor);
  call->outputs[0]->narrow = to;
}

static void
trace_cast (OnnxCall *call)
{
  gboolean like = g_str_equal (call->node->op_type, "CastLike");
  int number = like ? narrow_of (call, 1) : (int)onnx_call_attr_int (call, "to", 0);
  gboolean to_strings =
      like ? is_of_strings (call, 1) : number == ONNX__TENSOR_PROTO__DATA_TYPE__STRING;
  if (to_strings && onnx_call_has (call, 0)) {
    onnx_cast_strings (call, TRUE, TELAR_F32);
    return;
  }
  if (onnx_is_narrow (number)) {
    cast_narrow (call, number);
    return;
  }
  TelarDType to =
      like ? onnx_call_type (call, 1).dtype : onnx_call_attr_dtype (call, "to", TELAR_F32);
  if (is_of_strings (call, 0))
    onnx_cast_strings (call, FALSE, to);
  else
    onnx_call_out (call, 0, telar_build_cast (call->b, onnx_call_in (call, 0), to));
}

const OnnxOperator onnx_operators_cast[] = {
  { "Cast", trace_cast },
  { "CastLike", trace_cast },
  { NULL },
};
