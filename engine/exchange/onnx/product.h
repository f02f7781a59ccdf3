/* Products as ONNX defines them, of values that a node has read already. */
#pragma once

#include "engine/exchange/onnx/call.h"

G_BEGIN_DECLS

/* Convolution with the node's attributes; @bias may be TELAR_NO_VALUE. */
TelarValue onnx_product_conv (OnnxCall *call, TelarValue x, TelarValue w, TelarValue bias);

G_END_DECLS
