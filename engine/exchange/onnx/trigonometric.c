/* Trigonometric and hyperbolic functions and their inverses. */
#include "engine/emit.h"
#include "engine/exchange/onnx/operators.h"

/* clang-format off */
#define FUNCTIONS(F)                                                                               \
  F (Acos, acos) F (Acosh, acosh) F (Asin, asin) F (Asinh, asinh) F (Atanh, atanh)                 \
  F (Cosh, cosh) F (Sinh, sinh) F (Tan, tan)
/* clang-format on */

#define DEFINE(name, function)                                                                     \
  static void trace_##function (OnnxCall *call)                                                    \
  {                                                                                                \
    onnx_call_out (call, 0, telar_emit_##function (call->b, onnx_call_in (call, 0)));              \
  }
FUNCTIONS (DEFINE)
#undef DEFINE

const OnnxOperator onnx_operators_trigonometric[] = {
#define ENTRY(name, function) { #name, trace_##function },
  FUNCTIONS (ENTRY)
#undef ENTRY
      { NULL },
};
