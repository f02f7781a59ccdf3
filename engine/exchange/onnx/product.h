/* Products as ONNX defines them, of values that a node has read already. */
#pragma once

#include "engine/exchange/onnx/call.h"

G_BEGIN_DECLS

/* As NumPy: a vector at the left is a row, at the right a column, whose axis then goes. */
TelarValue onnx_product_matmul (OnnxCall *call, TelarValue x, TelarValue y);

/* Convolution with the node's attributes; @bias may be TELAR_NO_VALUE. */
TelarValue onnx_product_conv (OnnxCall *call, TelarValue x, TelarValue w, TelarValue bias);

G_END_DECLS
