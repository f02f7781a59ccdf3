/* An operator traced alone, for drawing it by primitives. */
#pragma once

#include "engine/exchange/onnx/canvas.h"

G_BEGIN_DECLS

typedef struct {
  TelarProgram *program;  /* its results, "yN", are those outputs of the call that are computed */
  TelarStates *states;    /* the large constants */
  TelarOnnxValue **known; /* by output; NULL where it is computed */
  guint n_outputs;
} OnnxAlone;

/* The same traced for two batches; the same twice where no batch is open. */
typedef struct {
  OnnxAlone first, second;
  gboolean open;
} OnnxAlonePair;

/* What is drawn is an input "xN" of the programs. FALSE with the error in the call; clear the pair
 * in either case. */
gboolean onnx_alone_trace (OnnxCall *call, const OnnxOperator *op, OnnxAlonePair *pair);
void onnx_alone_clear (OnnxAlonePair *pair);

/* Of the program for any batch: a value's type, TELAR_DIM_BATCH and its multiples in it; the
 * numbers of a state, which are the same for both. */
TelarType onnx_alone_type (const OnnxAlonePair *pair, TelarValue value);
TelarTensor *onnx_alone_state (const OnnxAlonePair *pair, const char *name);

G_END_DECLS
